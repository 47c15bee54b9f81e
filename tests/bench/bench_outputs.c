/* bench_outputs.c - what each output costs behind the network, in both flavours, with one thread and with two.
 *
 * usage: bench_outputs [photo]; without, the demo's astronaut stretched to 12 megapixels. Medians of RUNS of
 * foreground colours and composition, and the most memory the call held beyond the network's, the result
 * included. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../support/meter.h"
#include "base/file.h"
#include "base/memory.h"
#include "bench.h"
#include "image/image.h"
#include "image/linear.h"
#include "inspyr.h"

#define RUNS 3
static void time_output(inspyr_model *m, meter *memory, const inspyr_view *picture,
                        inspyr_cutout_options *options)
{
    double times[RUNS], most = 0;
    inspyr_report report;
    inspyr_error error;

    inspyr_report_init(&report);
    options->report = &report;
    for (int i = 0; i <= RUNS; i++) { /* the first one warms up */
        inspyr_image *image;
        long long before = memory->now;

        memory->most = memory->now;
        must(inspyr_remove_background(&image, m, picture, options, &error), &error);
        inspyr_image_free(image);
        times[i ? i - 1 : 0] = report.foreground_ms + report.compose_ms;
        most = (double)(memory->most - before) / 1e6;
    }
    printf(" %8.1f %4.0f", median(times, RUNS), most);
}

static void bench(const inspyr_view *picture, int32_t width)
{
    static const char *names[] = { "rgba", "map", "colour", "blur", "overlay", "picture" };
    static const uint64_t flags[] = { 0, INSPYR_CUTOUT_LINEAR_LIGHT, INSPYR_COMPAT };
    meter memory = { 0, 0 };
    inspyr_allocator allocator = meter_allocator(&memory);
    inspyr_load_options load;
    inspyr_pool *pool;
    inspyr_model *m;
    inspyr_error error;

    must(inspyr_pool_open(&pool, width, NULL, &error), &error);
    inspyr_load_options_init(&load);
    load.pool = pool;
    load.allocator = &allocator;
    must(inspyr_model_load(&m, NULL, &load, &error), &error);
    for (int output = 0; output < 6; output++) {
        printf("%-8s %d", names[output], (int)width);
        for (int k = 0; k < 3; k++) {
            inspyr_cutout_options options;

            inspyr_cutout_options_init(&options);
            options.output = (inspyr_output)output;
            options.flags = flags[k];
            if (output < INSPYR_OUTPUT_COLOUR)
                options.flags &= ~INSPYR_CUTOUT_LINEAR_LIGHT; /* refused; the columns stay in line */
            options.background = output == INSPYR_OUTPUT_PICTURE ? picture : NULL;
            time_output(m, &memory, picture, &options);
        }
        putchar('\n');
    }
    inspyr_model_free(m);
    inspyr_pool_free(pool);
}

int main(int count, char **arguments)
{
    const char *path = count > 1 ? arguments[1] : BENCH_SOURCE "/demo/astronaut.png";
    inspyr_allocator allocator;
    inspyr_image *photo, *large;
    inspyr_view view;
    mapped_file file;
    inspyr_error error;

    must(file_map(&file, path, 1 << 30, &error), &error);
    must(inspyr_image_decode(&photo, file.bytes, file.size, NULL, &error), &error);
    must(memory_import(&allocator, NULL, &error), &error);
    must(image_create(&large, &allocator, 4000, 3000, INSPYR_RGB8, &error), &error);
    inspyr_image_view(photo, &view);
    if (count < 2) {
        must(linear_picture(&large->view, &view, NULL, &allocator, &error), &error);
        view = large->view;
    }
    printf("%.1f megapixels: ms and MB\noutput   threads     as is     linear light         compat\n",
           1e-6 * view.width * view.height);
    for (int32_t width = 1; width <= 2; width++)
        bench(&view, width);
    inspyr_image_free(large);
    inspyr_image_free(photo);
    file_unmap(&file);
    return 0;
}
