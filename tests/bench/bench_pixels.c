/* bench_pixels.c - a photograph from bytes to RGBA PNG bytes, stage by stage, with one thread and with two.
 *
 * usage: bench_pixels [photo...]; without any, the demo's. Medians of RUNS, and the most memory the process
 * ever held. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/file.h"
#include "bench.h"
#include "inspyr.h"

#define RUNS 7
#define STAGES 8

static void once(inspyr_model *m, const mapped_file *file, double times[STAGES], inspyr_view *size)
{
    inspyr_error error;
    inspyr_image *photo, *cutout;
    inspyr_view view;
    inspyr_bytes png;
    inspyr_report report;
    inspyr_cutout_options options;
    double start = clock_ms(), encoding;

    inspyr_report_init(&report);
    inspyr_cutout_options_init(&options);
    options.report = &report;
    must(inspyr_image_decode(&photo, file->bytes, file->size, NULL, &error), &error);
    times[0] = clock_ms() - start;
    inspyr_image_view(photo, size);
    must(inspyr_remove_background(&cutout, m, size, &options, &error), &error);
    inspyr_image_view(cutout, &view);
    encoding = clock_ms();
    must(inspyr_image_encode(&png, &view, NULL, &error), &error);
    times[1] = report.prepare_ms;
    times[2] = report.network_ms;
    times[3] = report.matte_ms;
    times[4] = report.foreground_ms;
    times[5] = report.compose_ms;
    times[6] = clock_ms() - encoding;
    times[7] = clock_ms() - start;
    inspyr_bytes_free(&png);
    inspyr_image_free(cutout);
    inspyr_image_free(photo);
}

static void bench(const char *path, int32_t width)
{
    inspyr_error error;
    inspyr_pool *pool;
    inspyr_load_options options;
    inspyr_model *m;
    inspyr_view size;
    mapped_file file;
    struct rusage usage;
    double times[RUNS][STAGES], column[RUNS];

    must(file_map(&file, path, 1 << 30, &error), &error);
    must(inspyr_pool_open(&pool, width, NULL, &error), &error);
    inspyr_load_options_init(&options);
    options.pool = pool;
    must(inspyr_model_load(&m, NULL, &options, &error), &error);
    once(m, &file, times[0], &size);
    for (int i = 0; i < RUNS; i++)
        once(m, &file, times[i], &size);
    for (int s = 0; s < STAGES; s++) {
        for (int i = 0; i < RUNS; i++)
            column[i] = times[i][s];
        printf(" %9.1f", median(column, RUNS));
    }
    getrusage(RUSAGE_SELF, &usage);
    path = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    printf("  %2d  %5.0f  %s, %.1f megapixels\n", (int)width, (double)usage.ru_maxrss / 1e3, path,
           1e-6 * size.width * size.height);
    inspyr_model_free(m);
    inspyr_pool_free(pool);
    file_unmap(&file);
}

int main(int count, char **arguments)
{
    static char *demo[] = { BENCH_SOURCE "/demo/chelsea.png", BENCH_SOURCE "/demo/astronaut.png" };

    printf("    decode   prepare   network     matte foreground   compose    encode     total  threads  MB\n");
    for (int i = 0; i < (count > 1 ? count - 1 : 2); i++)
        for (int32_t width = 1; width <= 2; width++)
            bench(count > 1 ? arguments[i + 1] : demo[i], width);
    return 0;
}
