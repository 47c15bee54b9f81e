/* popart.c - contrast and saturation until 27 colours are left, which are painted anew.
 *
 * Numbers stay unrounded until the picture is posterised. */
#include <string.h>

#include "kernels/effect_kernels.h"
#include "kernels/popart.h"

#define CHUNK 1024 /* pixels whose levels are kept */

static void find_levels(unsigned char *restrict levels, const unsigned char *restrict src, int32_t n,
                        float contrast, float saturation)
{
    for (int32_t i = 0; i < n; i++)
        levels[i] =
            (unsigned char)popart_levels(src[4 * i], src[4 * i + 1], src[4 * i + 2], contrast, saturation);
}

static void paint(unsigned char *restrict dst, const unsigned char *restrict levels,
                  const unsigned char *restrict src, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        memcpy(dst + 4 * i, popart_paints[popart_paint_of[levels[i]]], 3);
        dst[4 * i + 3] = src[4 * i + 3];
    }
}

static void run(const effect_job *job, int32_t step, int32_t band, void *scratch)
{
    unsigned char levels[CHUNK];

    (void)step, (void)scratch;
    for (int32_t y = band_first(job, band); y < band_end(job, band); y++)
        for (int32_t x = 0, n; x < job->width; x += n) {
            const unsigned char *src = job_src(job, y) + 4 * (size_t)x;

            n = job->width - x < CHUNK ? job->width - x : CHUNK;
            find_levels(levels, src, n, job->values[POPART_CONTRAST], job->values[POPART_SATURATION]);
            paint(job_dst(job, y) + 4 * (size_t)x, levels, src, n);
        }
}

const effect_steps KERNEL(popart_steps) = { no_bytes, no_bytes, NULL, one_step_of_bands, run };
