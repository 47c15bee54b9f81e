/* bands.h - pieces that are bands of whole rows. Leaf (kernels). Threads: any. */
#ifndef INSPYR_KERNELS_BANDS_H
#define INSPYR_KERNELS_BANDS_H

#include "kernels/effect_job.h"

/* Half of a second-level cache is read and written by a band, but it has one row at least. */
#define BAND_PIXELS (32 * 1024)

static inline int32_t band_rows(const effect_job *job)
{
    return job->width >= BAND_PIXELS ? 1 : BAND_PIXELS / job->width;
}

static inline int32_t band_count(const effect_job *job)
{
    int32_t rows = band_rows(job);

    return job->height / rows + (job->height % rows != 0);
}

static inline int32_t band_first(const effect_job *job, int32_t band)
{
    return band * band_rows(job);
}

static inline int32_t band_end(const effect_job *job, int32_t band)
{
    int32_t first = band_first(job, band), rows = band_rows(job);

    return job->height - first < rows ? job->height : first + rows;
}

static inline const unsigned char *job_src(const effect_job *job, int32_t y)
{
    return job->src + y * job->src_stride;
}

static inline unsigned char *job_dst(const effect_job *job, int32_t y)
{
    return job->dst + y * job->dst_stride;
}

/* With the weights of ITU-R BT.601. */
#define LUMINANCE(red, green, blue) ((19595u * (red) + 38470u * (green) + 7471u * (blue) + 32768u) >> 16)

/* Of an RGBA pixel. */
static inline unsigned char luminance(const unsigned char *pixel)
{
    return (unsigned char)LUMINANCE(pixel[0], pixel[1], pixel[2]);
}

/* Bytes of across x down things of `each` bytes; SIZE_MAX: more than a size can say. */
static inline size_t grid_bytes(int32_t across, int32_t down, size_t each)
{
    size_t count, bytes;

    return __builtin_mul_overflow((size_t)across, (size_t)down, &count) ||
                   __builtin_mul_overflow(count, each, &bytes)
               ? SIZE_MAX
               : bytes;
}

/* effect_steps of effects that are one step of bands and need no memory. */
static inline size_t no_bytes(const effect_job *job)
{
    (void)job;
    return 0;
}

static inline int32_t one_step_of_bands(const effect_job *job, int32_t step)
{
    return step ? 0 : band_count(job);
}

#endif
