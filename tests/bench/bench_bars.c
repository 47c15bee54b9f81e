/* bench_bars.c - what the pixels around the network cost: the five figures that have a bar, with their stages.
 *
 * usage: bench_bars LARGE.jpg SMALL.jpg [times], photos of 12 and 1.2 megapixels. One line a stage: figure,
 * stage, median. bench_bars.py makes the photos, and measures others beside it. */
#include <stdio.h>
#include <string.h>

#include "../support/meter.h"
#include "base/clock.h"
#include "base/file.h"
#include "bench.h"

#define RUNS_MAX 101
#define STAGES 6
/* Of a picture that is only looked at: a network of 384 x 384 sees no more. */
#define SMALL_PIXELS (768 * 768)

typedef struct bench {
    mapped_file large, small;
    inspyr_pool *pools[2]; /* of one thread and of two */
    inspyr_model *models[2], *counted;
    meter memory;
    int runs;
} bench;

typedef void figure(bench *b, double stages[STAGES]);

static inspyr_image *decode(const mapped_file *file, uint64_t shrink_to)
{
    inspyr_decode_options options;
    inspyr_image *photo;
    inspyr_error error;

    inspyr_decode_options_init(&options);
    options.max_pixels = shrink_to;
    options.flags = shrink_to ? INSPYR_DECODE_SHRINK : 0;
    must(inspyr_image_decode(&photo, file->bytes, file->size, &options, &error), &error);
    return photo;
}

static inspyr_image *cut(inspyr_model *model, const inspyr_image *photo, inspyr_output output,
                         inspyr_report *report)
{
    inspyr_cutout_options options;
    inspyr_image *result;
    inspyr_view view;
    inspyr_error error;

    inspyr_report_init(report);
    inspyr_cutout_options_init(&options);
    options.output = output;
    options.report = report;
    inspyr_image_view(photo, &view);
    must(inspyr_remove_background(&result, model, &view, &options, &error), &error);
    return result;
}

static double encode(const inspyr_image *image, inspyr_pool *pool)
{
    inspyr_encode_options options;
    inspyr_bytes png;
    inspyr_view view;
    inspyr_error error;
    double start = clock_ms();

    inspyr_encode_options_init(&options);
    options.pool = pool;
    inspyr_image_view(image, &view);
    must(inspyr_image_encode(&png, &view, &options, &error), &error);
    inspyr_bytes_free(&png);
    return clock_ms() - start;
}

/* decode, prepare, both */
static void look(bench *b, double stages[STAGES])
{
    double start = clock_ms();
    inspyr_image *photo = decode(&b->large, SMALL_PIXELS);
    inspyr_report report;

    stages[0] = clock_ms() - start;
    inspyr_image_free(cut(b->models[0], photo, INSPYR_OUTPUT_MAP, &report));
    inspyr_image_free(photo);
    stages[1] = report.prepare_ms;
    stages[2] = stages[0] + stages[1];
}

/* matte, foreground with pixels, the rest, all; the most memory over the result's, all that there is included
 */
static void colour(bench *b, double stages[STAGES])
{
    inspyr_image *photo = decode(&b->large, 0), *result;
    inspyr_report report;

    result = cut(b->models[1], photo, INSPYR_OUTPUT_RGBA, &report);
    stages[0] = report.matte_ms;
    stages[1] = report.foreground_ms;
    stages[2] = report.compose_ms;
    stages[3] = report.matte_ms + report.foreground_ms + report.compose_ms;
    stages[4] = encode(result, b->pools[1]);
    inspyr_image_free(result);
    inspyr_image_free(photo);
}

/* The most memory over the result's: weights, network, picture and result. An allocator of one's own gets no
 * large pages, so nothing is timed here. */
static void weigh(bench *b, double stages[STAGES])
{
    inspyr_image *photo = decode(&b->large, 0);
    inspyr_view view;
    inspyr_report report;

    inspyr_image_view(photo, &view);
    b->memory.most = b->memory.now;
    inspyr_image_free(cut(b->counted, photo, INSPYR_OUTPUT_RGBA, &report));
    stages[0] = ((double)b->memory.most + (double)view.stride * view.height) / (double)report.result_bytes;
    inspyr_image_free(photo);
}

/* decode, prepare, network, matte and colours, encode, all */
static void whole(bench *b, double stages[STAGES])
{
    double start = clock_ms();
    inspyr_image *photo = decode(&b->small, 0), *result;
    inspyr_report report;

    stages[0] = clock_ms() - start;
    result = cut(b->models[1], photo, INSPYR_OUTPUT_RGBA, &report);
    stages[1] = report.prepare_ms;
    stages[2] = report.network_ms;
    stages[3] = report.matte_ms + report.foreground_ms + report.compose_ms;
    stages[4] = encode(result, b->pools[1]);
    stages[5] = clock_ms() - start;
    inspyr_image_free(result);
    inspyr_image_free(photo);
}

static void measure(bench *b, const char *name, const char *const words[STAGES], figure *f)
{
    static double times[STAGES][RUNS_MAX];

    for (int i = -1; i < b->runs; i++) {
        double stages[STAGES] = { 0 };

        f(b, stages);
        for (int s = 0; s < STAGES; s++)
            times[s][i < 0 ? 0 : i] = stages[s];
    }
    for (int s = 0; s < STAGES && words[s]; s++)
        printf("%s\t%s\t%.2f\n", name, words[s], median(times[s], (size_t)b->runs));
}

int main(int count, char **arguments)
{
    static const char *const looks[STAGES] = { "decode", "prepare", "all" };
    static const char *const colours[STAGES] = { "matte", "foreground", "rest", "all", "png" };
    static const char *const weights[STAGES] = { "times the result" };
    static const char *const wholes[STAGES] = { "decode", "prepare", "network", "matte and colours",
                                                "png",    "all" };
    bench b = { .runs = count > 3 ? atoi(arguments[3]) : 9 };
    inspyr_allocator allocator = meter_allocator(&b.memory);
    inspyr_load_options options;
    inspyr_error error;

    if (count < 3 || b.runs < 1 || b.runs > RUNS_MAX) {
        puts("needs two photos: run tests/bench/bench_bars.py");
        return 0;
    }
    must(file_map(&b.large, arguments[1], 1 << 30, &error), &error);
    must(file_map(&b.small, arguments[2], 1 << 30, &error), &error);
    for (int i = 0; i < 2; i++) {
        inspyr_load_options_init(&options);
        must(inspyr_pool_open(&b.pools[i], i + 1, NULL, &error), &error);
        options.pool = b.pools[i];
        must(inspyr_model_load(&b.models[i], NULL, &options, &error), &error);
    }
    options.allocator = &allocator;
    must(inspyr_model_load(&b.counted, NULL, &options, &error), &error);
    measure(&b, "look", looks, look);
    measure(&b, "memory", weights, weigh);
    measure(&b, "colour", colours, colour);
    measure(&b, "whole", wholes, whole);
    inspyr_model_free(b.counted);
    for (int i = 0; i < 2; i++) {
        inspyr_model_free(b.models[i]);
        inspyr_pool_free(b.pools[i]);
    }
    file_unmap(&b.small);
    file_unmap(&b.large);
    return 0;
}
