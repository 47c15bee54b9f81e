/* bench_effects.c - effects on a picture of 1280 x 960 with one thread and with two: milliseconds, the least
 * and the median of RUNS.
 *
 * usage: bench_effects [effect...]; without any, those below. The picture is a cut-out of waves with some
 * noise. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "bench.h"
#include "inspyr.h"

#define RUNS 15
#define WIDTH 1280
#define HEIGHT 960
#define MOST 8 /* effects in one call */

static unsigned char *picture(void)
{
    unsigned char *p = malloc((size_t)WIDTH * HEIGHT * 4);
    uint32_t seed = 1;

    if (!p)
        exit(1);
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++) {
            unsigned char *pixel = p + 4 * ((size_t)y * WIDTH + (size_t)x);
            int32_t far = (x - WIDTH / 2) * (x - WIDTH / 2) + (y - HEIGHT / 2) * (y - HEIGHT / 2);

            seed = seed * 1664525 + 1013904223;
            for (int32_t c = 0; c < 3; c++) {
                int32_t wave = (x * (2 + c) + y * (3 - c)) / 5 % 480;

                pixel[c] =
                    (unsigned char)((wave < 240 ? wave : 479 - wave) + (int32_t)(seed >> (8 + 8 * c) & 15));
            }
            pixel[3] = far < 250000 ? 255 : 0; /* two thirds */
        }
    return p;
}

static void bench(const char *name, const char *const *effects, size_t count, const inspyr_view *view)
{
    printf("%-34s", name);
    for (int32_t width = 1; width <= 2; width++) {
        double times[RUNS], middle;
        inspyr_effect_options options;
        inspyr_error error;
        inspyr_pool *pool;

        must(inspyr_pool_open(&pool, width, NULL, &error), &error);
        inspyr_effect_options_init(&options);
        options.pool = pool;
        for (int run = 0; run < RUNS; run++) {
            inspyr_image *outs[MOST];
            double start = clock_ms();

            must(inspyr_apply_effects(outs, NULL, view, NULL, effects, count, &options, &error), &error);
            times[run] = clock_ms() - start;
            for (size_t i = 0; i < count; i++)
                inspyr_image_free(outs[i]);
        }
        middle = median(times, RUNS);
        printf("  %d thread%s %6.2f (%6.2f)", width, width > 1 ? "s" : " ", times[0], middle);
        inspyr_pool_free(pool);
    }
    printf("\n");
}

int main(int argc, char **argv)
{
    static const char *const effects[] = { "color",
                                           "popart",
                                           "enhancedblackwhite",
                                           "enhancedblackwhite@2",
                                           "dithering",
                                           "retro8bit",
                                           "retro8bit:quality_preset=speed",
                                           "retro8bit:quality_preset=quality" };
    static const char *const usual[] = { "color", "enhancedblackwhite", "popart", "dithering" };
    inspyr_view view = { picture(), WIDTH * 4, WIDTH, HEIGHT, INSPYR_RGBA8, 0 };

    for (int i = 1; i < argc; i++)
        bench(argv[i], (const char *const *)&argv[i], 1, &view);
    for (size_t i = 0; argc == 1 && i < sizeof effects / sizeof *effects; i++)
        bench(effects[i], &effects[i], 1, &view);
    if (argc == 1)
        bench("the usual four", usual, sizeof usual / sizeof *usual, &view);
    free(view.data);
    return 0;
}
