/* duotone.c - from one colour in the shadows to another in the lights. */
#include "kernels/duotone.h"
#include "kernels/bands.h"
#include "kernels/effect_kernels.h"

/* A colour for each of the 256 luminances. */
typedef struct ramp {
    unsigned char colours[256][3];
} ramp;

static size_t state_bytes(const effect_job *job)
{
    (void)job;
    return sizeof(ramp);
}

static void prepare(const effect_job *job)
{
    ramp *r = job->state;
    uint32_t dark = (uint32_t)job->values[DUOTONE_DARK], light = (uint32_t)job->values[DUOTONE_LIGHT];

    for (uint32_t v = 0; v < 256; v++)
        for (int c = 0; c < 3; c++)
            r->colours[v][c] = (unsigned char)duotone_level(dark, light, v, c);
}

static void run(const effect_job *job, int32_t step, int32_t band, void *scratch)
{
    const ramp *r = job->state;

    (void)step, (void)scratch;
    for (int32_t y = band_first(job, band); y < band_end(job, band); y++) {
        const unsigned char *src = job_src(job, y);
        unsigned char *dst = job_dst(job, y);

        for (int32_t x = 0; x < job->width; x++, src += 4, dst += 4) {
            const unsigned char *colour = r->colours[luminance(src)];

            dst[0] = colour[0];
            dst[1] = colour[1];
            dst[2] = colour[2];
            dst[3] = src[3];
        }
    }
}

const effect_steps KERNEL(duotone_steps) = { state_bytes, no_bytes, prepare, one_step_of_bands, run };
