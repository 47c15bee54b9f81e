/* color.c - the picture as it is. */
#include <string.h>

#include "kernels/bands.h"
#include "kernels/effect_kernels.h"

static void run(const effect_job *job, int32_t step, int32_t band, void *scratch)
{
    (void)step, (void)scratch;
    for (int32_t y = band_first(job, band); y < band_end(job, band); y++)
        memcpy(job_dst(job, y), job_src(job, y), (size_t)job->width * 4);
}

const effect_steps KERNEL(color_steps) = { no_bytes, no_bytes, NULL, one_step_of_bands, run };
