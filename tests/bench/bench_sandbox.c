/* bench_sandbox.c - what a sandbox costs: pictures decoded there and in the calling thread, in turns.
 *
 * usage: bench_sandbox [photo...]; without, the demo's. Medians of RUNS, and of the differences of neighbours.
 */
#include <stdio.h>

#include "base/clock.h"
#include "base/file.h"
#include "bench.h"
#include "inspyr.h"

#define RUNS 101

static double once(const mapped_file *file, inspyr_sandbox *sandbox, inspyr_view *size)
{
    inspyr_decode_options options;
    inspyr_image *photo;
    inspyr_error error;
    double start = clock_ms(), end;

    inspyr_decode_options_init(&options);
    options.sandbox = sandbox;
    must(inspyr_image_decode(&photo, file->bytes, file->size, &options, &error), &error);
    end = clock_ms();
    inspyr_image_view(photo, size);
    inspyr_image_free(photo);
    return end - start;
}

static inspyr_sandbox *open_sandbox(uint64_t flags, double *ms)
{
    inspyr_sandbox_options options;
    inspyr_sandbox *sandbox;
    inspyr_error error;
    double start = clock_ms();

    inspyr_sandbox_options_init(&options);
    options.flags = flags;
    options.helper = BENCH_HELPER;
    if (inspyr_sandbox_open(&sandbox, &options, &error) == INSPYR_ERR_UNSUPPORTED) {
        puts(error.message);
        exit(0);
    }
    must(error.status, &error);
    *ms = clock_ms() - start;
    return sandbox;
}

static void bench(const char *path, inspyr_sandbox *warm, inspyr_sandbox *fresh)
{
    double times[4][RUNS];
    inspyr_view size;
    inspyr_error error;
    mapped_file file;

    must(file_map(&file, path, 1 << 30, &error), &error);
    for (int i = -3; i < RUNS; i++) {
        double outside = once(&file, NULL, &size), inside = once(&file, warm, &size);

        if (i < 0)
            continue;
        times[0][i] = outside;
        times[1][i] = inside;
        times[2][i] = inside - outside;
        times[3][i] = once(&file, fresh, &size);
    }
    printf("%8.2f %8.2f %8.2f %8.2f  %.2f megapixels, %s\n", median(times[0], RUNS), median(times[1], RUNS),
           median(times[2], RUNS), median(times[3], RUNS), 1e-6 * size.width * size.height, path);
    file_unmap(&file);
}

int main(int count, char **arguments)
{
    static char *demo[] = { BENCH_SOURCE "/demo/chelsea.png", BENCH_SOURCE "/demo/astronaut.png" };
    double ms[2];
    inspyr_sandbox *warm = open_sandbox(0, &ms[0]), *fresh = open_sandbox(INSPYR_SANDBOX_ONE_PICTURE, &ms[1]);

    printf("opening: %.1f ms\n outside   inside     more  one picture a process\n", ms[1]);
    for (int i = 0; i < (count > 1 ? count - 1 : 2); i++)
        bench(count > 1 ? arguments[i + 1] : demo[i], warm, fresh);
    inspyr_sandbox_free(warm);
    inspyr_sandbox_free(fresh);
    return 0;
}
