/* effect_job.h - an effect as steps, each made of pieces that may run in any order and at once.
 *
 * Pictures are RGBA8, straight alpha. Nothing here allocates; nothing depends on how many lanes there are, so
 * the bytes are the same for every number of threads. Leaf (kernels). Threads: pieces of one step at once,
 * steps in order. */
#ifndef INSPYR_KERNELS_EFFECT_JOB_H
#define INSPYR_KERNELS_EFFECT_JOB_H

#include <stddef.h>
#include <stdint.h>

/* One effect on one picture. */
typedef struct effect_job {
    const unsigned char *src; /* RGBA8 */
    int64_t src_stride;       /* bytes, may be negative */
    unsigned char *dst;       /* RGBA8, never overlapping src */
    int64_t dst_stride;
    int32_t width, height;
    const float *values; /* of the effect's parameters, in its table's order, all in range */
    uint64_t seed;       /* of random numbers; same seed, same bytes */
    void *state;         /* state_bytes() bytes at a multiple of 64, kept from step to step */
} effect_job;

typedef struct effect_steps {
    size_t (*state_bytes)(const effect_job *job); /* SIZE_MAX: more than a size can say */
    size_t (*lane_bytes)(const effect_job *job);  /* of one lane's scratch, at a multiple of 64 */
    void (*prepare)(const effect_job *job);       /* tables: at most some 10 us. May be NULL */
    int32_t (*pieces)(const effect_job *job,
                      int32_t step); /* 0 past the last step; 1 for what must be serial */
    void (*run)(const effect_job *job, int32_t step, int32_t piece, void *scratch);
} effect_steps;

#endif
