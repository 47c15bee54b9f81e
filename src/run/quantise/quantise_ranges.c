/* quantise_ranges.c - what each convolution's inputs range over, from counts of their values. */
#include <math.h>

#include "base/memory.h"
#include "base/status.h"
#include "run/quantise/quantise.h"

/* The first 15 bits of a float32: sign, exponent and six bits of fraction, so that a bucket is 1.6 % wide. */
#define BUCKETS 32768
#define BUCKET_BITS 17
#define SIGN (BUCKETS / 2)

typedef struct unit_counts {
    uint64_t buckets[BUCKETS];
} unit_counts;

static void count_numbers(void *user, int32_t unit, const float *numbers, int32_t count)
{
    unit_counts *const *of = user;
    unit_counts *counts = of[unit];

    if (!counts)
        return;
    for (int32_t i = 0; i < count; i++) {
        uint32_t bits;

        memcpy(&bits, &numbers[i], sizeof bits);
        counts->buckets[bits >> BUCKET_BITS]++;
    }
}

/* The end of a bucket that is farther from zero. */
static float end_of(int32_t bucket)
{
    uint32_t bits = ((uint32_t)bucket << BUCKET_BITS) + (1u << BUCKET_BITS) - 1;
    float x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

/* How far buckets of one sign reach when so many numbers may lie beyond: 0 where that is all of them. */
static float reach(const uint64_t *buckets, int32_t first, uint64_t beyond)
{
    for (int32_t i = SIGN - 1; i >= 0; i--) {
        if (buckets[first + i] > beyond)
            return end_of(first + i);
        beyond -= buckets[first + i];
    }
    return 0;
}

/* Mean square of what storing the numbers in bytes over this range changes: what is cut off, and steps. */
static double loss(const unit_counts *counts, float low, float high)
{
    double step = ((double)high - low) / 255, sum = 0;

    for (int32_t i = 0; i < BUCKETS; i++) {
        double x = counts->buckets[i] ? (double)end_of(i) : 0, cut = x < low    ? low - x
                                                                     : x > high ? x - high
                                                                                : 0;

        sum += (double)counts->buckets[i] * (cut * cut + step * step / 12);
    }
    return sum;
}

/* Of the ranges that leave out so many of a million numbers at each end, the one that loses least. */
static quantised_unit choose_range(const unit_counts *counts)
{
    static const double left_out[] = { 0, 1, 10, 100, 1000 };
    quantised_unit best = { true, 0, 1 };
    double least = INFINITY;
    uint64_t total = 0;

    for (int32_t i = 0; i < BUCKETS; i++)
        total += counts->buckets[i];
    if (!total)
        return (quantised_unit){ .ranged = false };
    for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++) {
        uint64_t beyond = (uint64_t)((double)total * left_out[i] * 1e-6);
        float low = reach(counts->buckets, SIGN, beyond), high = reach(counts->buckets, 0, beyond);
        double lost;

        if (!(high - low > 1e-20F)) /* nothing but zeros */
            continue;
        lost = loss(counts, low, high);
        if (lost < least) {
            least = lost;
            best = (quantised_unit){ true, low, high };
        }
    }
    return best;
}

static inspyr_status count_pictures(quantise_job *job, unit_counts **counts, inspyr_error *error)
{
    const engine_watch watch = { .see = count_numbers, .user = counts };
    inspyr_status status = quantise_compile(job, NULL, error);

    for (size_t i = 0; i < job->pictures && !status; i++) {
        status = quantise_alpha(job, i, &watch, job->exact + i * job->logits, error);
        if (!status)
            status = call_tell(&job->progress, INSPYR_STAGE_NETWORK,
                               0.05f + 0.25f * (float)(i + 1) / (float)job->pictures, error);
    }
    return status;
}

inspyr_status quantise_calibrate(quantise_job *job, inspyr_error *error)
{
    const size_t units = (size_t)job->p->weights_count;
    unit_counts **counts = memory_zeroed(&job->allocator, units * sizeof *counts);
    inspyr_status status = counts ? INSPYR_OK : failed(error, INSPYR_ERR_MEMORY, "no room for counts");

    for (size_t i = 0; i < units && !status; i++)
        if (job->possible[i] && !(counts[i] = memory_zeroed(&job->allocator, sizeof **counts)))
            status = failed(error, INSPYR_ERR_MEMORY, "no room for the counts of %zu convolutions", units);
    if (!status)
        status = count_pictures(job, counts, error);
    for (size_t i = 0; i < units && counts; i++) {
        if (counts[i] && !status) { /* what nobody saw is no convolution any more: lowering folded it */
            job->ranges[i] = choose_range(counts[i]);
            job->possible[i] = job->ranges[i].ranged;
        }
        memory_give(&job->allocator, counts[i]);
    }
    memory_give(&job->allocator, counts);
    return status;
}
