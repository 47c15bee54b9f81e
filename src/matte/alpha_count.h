/* alpha_count.h - coverage, confidence and box of the subject, counted while alpha is made.
 *
 * Layer 3 (matte). Threads: any, a count each. */
#ifndef INSPYR_MATTE_ALPHA_COUNT_H
#define INSPYR_MATTE_ALPHA_COUNT_H

#include "matte/matte.h"
#include "matte/subject.h"

/* Pixels whose sums fit 32 bits. */
#define ALPHA_SEGMENT 1024

/* What a task counts; sums of integers, so that their order does not matter. Alpha in units of 1/65535. */
typedef struct alpha_count {
    uint64_t sum, confidence;
    subject_box box;
} alpha_count;

/* Rounds at most ALPHA_SEGMENT alphas of 0..1 to levels, and counts them. */
void alpha_count_levels(alpha_count *count, uint16_t *levels, const float *a, int32_t n);

/* Widens the box by the pixels of row y that belong to the subject: those inside `reach` with at least
 * SUBJECT_EDGE. levels: of the whole row. */
void alpha_widen_box(subject_box *box, const subject_box *reach, const uint16_t *levels, int32_t y);

/* counts: one of each stripe of the alpha's rows. */
void alpha_report(matte_subject *subject, const alpha_count *counts, const inspyr_view *alpha);

#endif
