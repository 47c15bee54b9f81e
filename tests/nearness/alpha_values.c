/* alpha_values.c - prints the measures of a matte against a known alpha, for compare_alpha.py.
 *
 * Standard input: width and height as 32-bit integers, floats of the matte, bytes of the alpha. */
#include <stdio.h>
#include <stdlib.h>

#include "inspyr_experimental.h"

int main(void)
{
    inspyr_alpha_measures m;
    inspyr_error error;
    int32_t size[2];
    size_t pixels;
    float *matte;
    unsigned char *alpha;
    inspyr_view views[2];

    if (fread(size, sizeof size, 1, stdin) != 1 || size[0] < 1 || size[1] < 1)
        return 2;
    pixels = (size_t)size[0] * (size_t)size[1];
    matte = malloc(pixels * sizeof *matte);
    alpha = malloc(pixels);
    if (!matte || !alpha || fread(matte, sizeof *matte, pixels, stdin) != pixels ||
        fread(alpha, 1, pixels, stdin) != pixels)
        return 2;
    views[0] = (inspyr_view){ matte, (int64_t)size[0] * 4, size[0], size[1], INSPYR_GREYF32, 0 };
    views[1] = (inspyr_view){ alpha, size[0], size[0], size[1], INSPYR_GREY8, 0 };
    inspyr_alpha_measures_init(&m);
    if (inspyr_measure_alpha(&m, &views[0], &views[1], &error)) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    printf("%.17g %.17g %.17g %.17g\n", m.sad, m.mse, m.gradient, m.connectivity);
    free(alpha);
    free(matte);
    return 0;
}
