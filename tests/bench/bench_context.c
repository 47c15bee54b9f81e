/* bench_context.c - what a service sees of a context: hits, hits at a rate, clients at once, and twice the load
 * that can be borne. usage: bench_context PHOTO.jpg */
#include <math.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "inspyr_context.h"
#include "tests/bench/bench.h"

#define UPLOAD (2 << 20)
#define HITS 2000
#define RATE 100 /* a second */
#define RATE_S 10
#define RATE_PICTURES 30
#define PICTURES 32
#define CLIENTS 8
#define ROUNDS 5 /* of capacity and overload in turn: other work on the machine changes both */
#define OVERLOAD_S 6
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

static void rest_until(double ms)
{
    double left = ms - clock_ms();
    struct timespec pause = { (time_t)(left / 1000), 0 };

    if (left <= 0)
        return;
    pause.tv_nsec = (long)((left - 1000.0 * (double)pause.tv_sec) * 1e6);
    nanosleep(&pause, NULL);
}

/* From when each was due: what is late makes the next ones late. */
static void time_rate(void)
{
    static double ms[RATE * RATE_S];
    const int n = RATE * RATE_S;
    inspyr_error error;
    inspyr_job *job;
    double start, middle;

    for (int i = 0; i < RATE_PICTURES; i++) {
        must(submit(&job, i, 0, &error), &error);
        wait_and_free(job);
    }
    start = clock_ms();
    for (int i = 0; i < n; i++) {
        const double due = start + 1000.0 * i / RATE;

        rest_until(due);
        must(submit(&job, i % RATE_PICTURES, 0, &error), &error);
        wait_and_free(job);
        ms[i] = clock_ms() - due;
    }
    middle = median(ms, (size_t)n);
    printf("%d hits a second of %d pictures for %d s: median %.2f ms, P99 %.2f ms\n", RATE, RATE_PICTURES,
           RATE_S, middle, ms[n * 99 / 100]);
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

typedef struct overload {
    int offered, refused, done;
    double slowest_ms, share; /* the longest refusal; done over capacity */
} overload;

/* Jobs come twice as fast as they can be done, whatever becomes of them. */
static void overload_round(overload *o, double capacity, int first)
{
    static inspyr_job *jobs[JOBS_MAX];
    const int offered = (int)fmin(2 * capacity * OVERLOAD_S, JOBS_MAX);
    const double start = clock_ms();
    int done = 0;

    for (int i = 0; i < offered; i++) {
        double asked = clock_ms();

        if (submit(&jobs[i], first + i, DEADLINE_MS, NULL)) {
            o->refused++;
            o->slowest_ms = fmax(o->slowest_ms, clock_ms() - asked);
        }
        rest_until(start + 1000 * (i + 1) / (2 * capacity));
    }
    for (int i = 0; i < offered; i++) {
        done += jobs[i] && !inspyr_job_wait(jobs[i], -1, NULL);
        inspyr_job_free(jobs[i]);
    }
    o->offered += offered;
    o->done += done;
    o->share = 1000 * done / (clock_ms() - start) / capacity;
}

static void time_overload(void)
{
    overload o = { 0 };
    double shares[ROUNDS], alone[ROUNDS], together[ROUNDS], gains[ROUNDS], middle;

    for (int i = 0; i < ROUNDS; i++) {
        alone[i] = throughput(1, 1000000 * i + 10000);
        together[i] = throughput(CLIENTS, 1000000 * i + 20000);
        gains[i] = together[i] / alone[i];
        overload_round(&o, fmax(alone[i], together[i]), 1000000 * i + 100000);
        shares[i] = o.share;
    }
    middle = median(gains, ROUNDS);
    printf("pictures a second, medians of %d rounds: one client %.1f, %d clients %.1f; %.2f times (%.2f to "
           "%.2f)\n",
           ROUNDS, median(alone, ROUNDS), CLIENTS, median(together, ROUNDS), middle, gains[0],
           gains[ROUNDS - 1]);
    middle = median(shares, ROUNDS);
    printf(
        "offered twice the capacity of the same round, each with %d ms: %.2f of it done (%.2f to %.2f); of %d "
        "jobs %d refused at once, in %.1f ms at most, and %d late\n",
        DEADLINE_MS, middle, shares[0], shares[ROUNDS - 1], o.offered, o.refused, o.slowest_ms,
        o.offered - o.refused - o.done);
}

int main(int argc, char **argv)
{
    inspyr_context_options options;
    inspyr_load_options load;
    inspyr_pool *pool;
    inspyr_error error;

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
    time_rate();
    time_overload();
    must(inspyr_context_drain(context, -1, &error), &error);
    inspyr_context_free(context);
    inspyr_cache_free(options.cache);
    inspyr_pool_free(pool);
    free(upload);
    return 0;
}
