/* bench_soak.c - does a context that has worked for long hold more memory than one that has worked for a while?
 * usage: bench_soak PICTURES|HOURSh FILE...
 *
 * Pieces of the files, of sizes from 1 to 1500 pixels and most of them never seen before, go through the
 * built-in model, four at once, some with effects, some as files, through a cache that is full after a while.
 * Prints the process's memory; fails where the level at the end is over that after the first 500 by more than 5
 * %. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "inspyr_context.h"
#include "run/metrics/process_usage.h"
#include "tests/bench/bench.h"
#include "tests/support/chance.h"

#define AT_ONCE 4
#define SETTLED 500 /* pictures */
#define SIDE_MAX 1500
#define CACHE_BYTES ((uint64_t)4 << 20) /* full long before that */

static inspyr_image *read_picture(const char *path)
{
    static unsigned char bytes[32 << 20];
    FILE *file = fopen(path, "rb");
    inspyr_image *image;
    inspyr_error error;
    size_t size = file ? fread(bytes, 1, sizeof bytes, file) : 0;

    if (file)
        fclose(file);
    must(inspyr_image_decode(&image, bytes, size, NULL, &error), &error);
    return image;
}

/* Any rectangle of it. */
static inspyr_view piece(const inspyr_image *image, chance *random)
{
    inspyr_view v;
    size_t pixel;
    int32_t x, y;

    inspyr_image_view(image, &v);
    pixel = v.format == INSPYR_RGBA8 ? 4 : v.format == INSPYR_GREY8 ? 1 : 3;
    x = chance_between(random, 0, v.width - 1);
    y = chance_between(random, 0, v.height - 1);
    v.data = (unsigned char *)v.data + y * v.stride + (int64_t)x * (int64_t)pixel;
    v.width = chance_between(random, 1, v.width - x < SIDE_MAX ? v.width - x : SIDE_MAX);
    v.height = chance_between(random, 1, v.height - y < SIDE_MAX ? v.height - y : SIDE_MAX);
    return v;
}

static inspyr_job *submit(inspyr_context *context, const inspyr_view *picture, int32_t number)
{
    inspyr_encode_options png;
    inspyr_request request;
    inspyr_error error;
    inspyr_job *job;

    inspyr_encode_options_init(&png);
    inspyr_request_init(&request);
    request.effects = number % 3 == 0 ? "popart,dithering" : NULL;
    request.encode = number % 2 ? &png : NULL;
    must(inspyr_context_submit_view(&job, context, picture, &request, &error), &error);
    return job;
}

static double resident_mb(void)
{
    process_usage usage;

    return process_usage_read(&usage) ? 1e-6 * (double)usage.resident_bytes : 0;
}

/* The most that any of the last hundred jobs left, so that one large picture does not decide. */
static double work(inspyr_context *context, inspyr_image *const *images, int32_t files, int32_t count,
                   double until_ms)
{
    inspyr_job *jobs[AT_ONCE] = { NULL };
    chance random = { 1 };
    inspyr_error error;
    double settled = 0, level = 0;

    for (int32_t i = 0; i < count && clock_ms() < until_ms; i++) {
        inspyr_view picture = piece(images[i % files], &random);
        int32_t slot = i % AT_ONCE;

        if (jobs[slot])
            must(inspyr_job_wait(jobs[slot], -1, &error), &error);
        inspyr_job_free(jobs[slot]);
        jobs[slot] = submit(context, &picture, i);
        level = i % 100 ? level > resident_mb() ? level : resident_mb() : resident_mb();
        if (i % 100 == 99 && i < SETTLED)
            settled = settled > level ? settled : level;
        if (i % 1000 == 999 || i == SETTLED - 1)
            printf("%d pictures: %.1f MB\n", (int)i + 1, level);
        fflush(stdout);
    }
    for (int i = 0; i < AT_ONCE; i++) {
        if (jobs[i])
            must(inspyr_job_wait(jobs[i], -1, &error), &error);
        inspyr_job_free(jobs[i]);
    }
    return settled > 0 ? level / settled : 1;
}

int main(int argc, char **argv)
{
    inspyr_image *images[16];
    int32_t files = argc - 2 < 16 ? argc - 2 : 16;
    inspyr_context_options options;
    inspyr_cache_options cache;
    inspyr_load_options load;
    inspyr_context *context;
    inspyr_pool *pool;
    inspyr_error error;
    double growth;
    bool hours;

    if (files < 1 || atof(argv[1]) <= 0) {
        fprintf(stderr, "usage: bench_soak PICTURES|HOURSh FILE...\n");
        return 2;
    }
    for (int32_t i = 0; i < files; i++)
        images[i] = read_picture(argv[i + 2]);
    must(inspyr_pool_open(&pool, 0, NULL, &error), &error);
    inspyr_load_options_init(&load);
    load.pool = pool;
    inspyr_cache_options_init(&cache);
    cache.matte_bytes = cache.result_bytes = CACHE_BYTES;
    inspyr_context_options_init(&options);
    options.load = &load;
    must(inspyr_cache_open(&options.cache, &cache, &error), &error);
    must(inspyr_context_open(&context, &options, &error), &error);
    hours = strchr(argv[1], 'h') != NULL;
    growth = work(context, images, files, hours ? INT32_MAX : atoi(argv[1]),
                  hours ? clock_ms() + 3.6e6 * atof(argv[1]) : INFINITY);
    printf("the last hundred over the first %d: %.3f\n", SETTLED, growth);
    must(inspyr_context_drain(context, -1, &error), &error);
    inspyr_context_free(context);
    inspyr_cache_free(options.cache);
    inspyr_pool_free(pool);
    for (int32_t i = 0; i < files; i++)
        inspyr_image_free(images[i]);
    return growth > 1.05;
}
