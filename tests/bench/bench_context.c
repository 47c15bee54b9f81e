/* bench_context.c - what a service sees of a context: hits, clients at once, and twice the load that can be
 * borne. usage: bench_context PHOTO.jpg */
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "inspyr_context.h"
#include "tests/bench/bench.h"

#define UPLOAD (2 << 20)
#define HITS 2000
#define PICTURES 48
#define CLIENTS 8
#define OVERLOAD_S 20
#define DEADLINE_MS 1000
#define JOBS_MAX 4096

static unsigned char *upload;
static inspyr_context *context;

/* The photo in a file of 2 MB: what follows its last marker is no part of it, and makes it another file. */
static void read_photo(const char *path)
{
    FILE *file = fopen(path, "rb");

    upload = calloc(1, UPLOAD);
    if (!file || !upload || !fread(upload, 1, UPLOAD, file)) {
        fprintf(stderr, "%s cannot be read\n", path);
        exit(1);
    }
    fclose(file);
}

static inspyr_status submit(inspyr_job **out, int number, int64_t deadline_ms, inspyr_error *error)
{
    inspyr_encode_options png;
    inspyr_request request;

    inspyr_encode_options_init(&png);
    inspyr_request_init(&request);
    request.encode = &png;
    request.deadline_ms = deadline_ms;
    memcpy(upload + UPLOAD - sizeof number, &number, sizeof number);
    return inspyr_context_submit(out, context, upload, UPLOAD, &request, error);
}

static void wait_and_free(inspyr_job *job)
{
    inspyr_error error;

    must(inspyr_job_wait(job, -1, &error), &error);
    inspyr_job_free(job);
}

static void time_hits(void)
{
    static double ms[HITS];
    inspyr_error error;
    inspyr_job *job;
    double middle;

    must(submit(&job, 0, 0, &error), &error);
    wait_and_free(job);
    for (int i = 0; i < HITS; i++) {
        double start = clock_ms();

        must(submit(&job, 0, 0, &error), &error);
        wait_and_free(job);
        ms[i] = clock_ms() - start;
    }
    middle = median(ms, HITS);
    printf("hit, 2 MB upload: median %.2f ms, P99 %.2f ms\n", middle, ms[HITS * 99 / 100]);
}

/* Pictures a second, `clients` of them waiting at any time. */
static double throughput(int clients, int first)
{
    inspyr_job *jobs[CLIENTS] = { NULL };
    inspyr_error error;
    double start = clock_ms();

    for (int i = 0; i < PICTURES; i++) {
        if (jobs[i % clients])
            wait_and_free(jobs[i % clients]);
        must(submit(&jobs[i % clients], first + i, 0, &error), &error);
    }
    for (int i = 0; i < clients; i++)
        wait_and_free(jobs[i]);
    return 1000 * PICTURES / (clock_ms() - start);
}

static void rest_until(double ms)
{
    double left = ms - clock_ms();
    struct timespec pause = { (time_t)(left / 1000), 0 };

    if (left <= 0)
        return;
    pause.tv_nsec = (long)((left - 1000.0 * (double)pause.tv_sec) * 1e6);
    nanosleep(&pause, NULL);
}

/* Jobs come twice as fast as they can be done, whatever becomes of them. */
static void overload(double capacity)
{
    static inspyr_job *jobs[JOBS_MAX];
    int offered = (int)(2 * capacity * OVERLOAD_S), refused = 0, done = 0;
    double start = clock_ms(), slowest = 0;

    offered = offered < JOBS_MAX ? offered : JOBS_MAX;
    for (int i = 0; i < offered; i++) {
        double asked = clock_ms();

        if (submit(&jobs[i], 100000 + i, DEADLINE_MS, NULL)) {
            refused++;
            slowest = clock_ms() - asked > slowest ? clock_ms() - asked : slowest;
        }
        rest_until(start + 1000 * (i + 1) / (2 * capacity));
    }
    for (int i = 0; i < offered; i++) {
        done += jobs[i] && !inspyr_job_wait(jobs[i], -1, NULL);
        inspyr_job_free(jobs[i]);
    }
    printf("offered %.1f a second, twice the capacity, each with %d ms: %.1f a second done, %.2f of capacity; "
           "%d of "
           "%d refused at once, in %.1f ms at most\n",
           2 * capacity, DEADLINE_MS, 1000 * done / (clock_ms() - start),
           1000 * done / (clock_ms() - start) / capacity, refused, offered, slowest);
}

int main(int argc, char **argv)
{
    inspyr_context_options options;
    inspyr_load_options load;
    inspyr_pool *pool;
    inspyr_error error;
    double alone, together;

    if (argc != 2) {
        fprintf(stderr, "usage: bench_context PHOTO.jpg\n");
        return 2;
    }
    read_photo(argv[1]);
    must(inspyr_pool_open(&pool, 0, NULL, &error), &error);
    inspyr_load_options_init(&load);
    load.pool = pool;
    inspyr_context_options_init(&options);
    options.load = &load;
    options.flags = INSPYR_CONTEXT_WAIT;
    must(inspyr_cache_open(&options.cache, NULL, &error), &error);
    must(inspyr_context_open(&context, &options, &error), &error);
    time_hits();
    alone = throughput(1, 1000);
    together = throughput(CLIENTS, 2000);
    printf("one client %.1f pictures a second, %d clients %.1f: %.2f times\n", alone, CLIENTS, together,
           together / alone);
    overload(together > alone ? together : alone);
    must(inspyr_context_drain(context, -1, &error), &error);
    inspyr_context_free(context);
    inspyr_cache_free(options.cache);
    inspyr_pool_free(pool);
    free(upload);
    return 0;
}
