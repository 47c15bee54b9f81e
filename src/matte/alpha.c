#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "image/image.h"
#include "matte/aligned.h"
#include "matte/alpha_count.h"
#include "matte/matte.h"
#include "matte/rows.h"
#include "matte/sigmoid.h"

typedef struct alpha_job {
    const inspyr_view *alpha, *picture;
    const matte_logits *logits;
    float *map;           /* probabilities, one per logit */
    float *scratch;       /* of a lane: two rows stretched to the picture's width */
    int32_t *column;      /* per pixel: the sample to its left, */
    float *column_weight; /* and the weight of the one to its right */
    uint16_t *levels;     /* of a lane: a row of alpha in units of 1/65535 */
    alpha_count *counts;  /* of each stripe */
    subject_box reach;    /* pixels that may belong to the subject */
} alpha_job;

static void map_rows(void *user, int32_t stripe, int32_t lane)
{
    const alpha_job *job = user;
    size_t width = (size_t)job->logits->width;
    size_t first = (size_t)stripe * STRIPE_ROWS * width;
    size_t end = (size_t)stripe_end(stripe, job->logits->height) * width;

    (void)lane;
    sigmoid_row(job->map + first, job->logits->data + first, end - first);
}

static void stretch_row(float *out, const alpha_job *job, int32_t sample_row)
{
    const float *row = job->map + (size_t)sample_row * (size_t)job->logits->width;

    for (int32_t x = 0; x < job->alpha->width; x++) {
        float right = job->column_weight[x];
        int32_t i = job->column[x];
        int32_t next = i + (i < job->logits->width - 1);

        out[x] = row[i] * (1.0f - right) + row[next] * right;
    }
}

/* Between two rows; rounding may exceed 1 by a bit, which is cut off. */
static void blend(float *out, const float *above, const float *below, float weight, int32_t n)
{
    float rest = 1.0f - weight;

    for (int32_t i = 0; i < n; i++) {
        float a = above[i] * rest + below[i] * weight;

        out[i] = a < 1.0f ? a : 1.0f;
    }
}

static void times_own_alpha(float *a, const unsigned char *own, int32_t n)
{
    for (int32_t i = 0; i < n; i++)
        a[i] *= (float)own[i * 4] * (1.0f / 255.0f);
}

static void store(const inspyr_view *view, unsigned char *row, int32_t x, const float *a,
                  const uint16_t *levels, int32_t n)
{
    if (view->format == INSPYR_GREYF32)
        memcpy((float *)(void *)row + x, a, (size_t)n * sizeof *a);
    else if (view->format == INSPYR_GREY16)
        memcpy((uint16_t *)(void *)row + x, levels, (size_t)n * sizeof *levels);
    else
        for (int32_t i = 0; i < n; i++)
            row[x + i] = (unsigned char)(int32_t)(a[i] * 255.0f + 0.5f);
}

static void alpha_row(const alpha_job *job, alpha_count *count, uint16_t *levels, int32_t y, const float *above,
                      const float *below, float weight)
{
    unsigned char *row = view_row(job->alpha, y);
    int32_t own = job->picture ? pixel_layout_of(job->picture->format).alpha : -1;
    int32_t width = job->alpha->width;
    float a[ALPHA_SEGMENT];

    for (int32_t x = 0; x < width; x += ALPHA_SEGMENT) {
        int32_t n = width - x < ALPHA_SEGMENT ? width - x : ALPHA_SEGMENT;

        blend(a, above + x, below + x, weight, n);
        if (own >= 0)
            times_own_alpha(a, view_row(job->picture, y) + (size_t)x * 4 + own, n);
        alpha_count_levels(count, levels + x, a, n);
        store(job->alpha, row, x, a, levels + x, n);
    }
    alpha_widen_box(&count->box, &job->reach, levels, y);
}

static void alpha_stripe(void *user, int32_t stripe, int32_t lane)
{
    const alpha_job *job = user;
    size_t width = (size_t)job->alpha->width;
    float *rows[2] = { job->scratch + (size_t)lane * 2 * width, job->scratch + ((size_t)lane * 2 + 1) * width };
    int32_t held[2] = { -1, -1 }; /* the sample rows that were stretched into them */
    float step = aligned_step(job->logits->height, job->alpha->height);
    alpha_count *count = &job->counts[stripe];

    *count = (alpha_count){ 0, 0, { job->alpha->width, job->alpha->height, 0, 0 } };
    for (int32_t y = stripe * STRIPE_ROWS; y < stripe_end(stripe, job->alpha->height); y++) {
        float weight;
        int32_t above = aligned_sample(y, step, job->logits->height, &weight);
        int32_t below = above + (above < job->logits->height - 1);

        for (int32_t k = above; k <= below; k++)
            if (held[k & 1] != k) {
                stretch_row(rows[k & 1], job, k);
                held[k & 1] = k;
            }
        alpha_row(job, count, job->levels + (size_t)lane * width, y, rows[above & 1], rows[below & 1], weight);
    }
}

static inspyr_status run_alpha(alpha_job *job, matte_subject *subject, inspyr_pool *pool,
                               const inspyr_allocator *allocator, inspyr_error *error)
{
    const inspyr_view *alpha = job->alpha;
    const matte_logits *logits = job->logits;
    float step = aligned_step(logits->width, alpha->width);
    subject_box parts;
    inspyr_status status;

    pool_run(pool, stripe_count(logits->height), map_rows, job);
    if (subject) {
        status = subject_parts(&parts, job->map, logits->width, logits->height, allocator, error);
        if (status)
            return status;
        job->reach = subject_reach(&parts, logits->width, logits->height, alpha->width, alpha->height);
    }
    for (int32_t x = 0; x < alpha->width; x++)
        job->column[x] = aligned_sample(x, step, logits->width, &job->column_weight[x]);
    pool_run(pool, stripe_count(alpha->height), alpha_stripe, job);
    if (subject)
        alpha_report(subject, job->counts, alpha);
    return INSPYR_OK;
}

inspyr_status matte_alpha(const inspyr_view *alpha, matte_subject *subject, const matte_logits *logits,
                          const inspyr_view *picture, inspyr_pool *pool, const inspyr_allocator *allocator,
                          inspyr_error *error)
{
    alpha_job job = { .alpha = alpha, .picture = picture, .logits = logits };
    size_t width = (size_t)alpha->width, map_width = (size_t)logits->width;
    size_t lanes = (size_t)lane_count(pool, stripe_count(alpha->height));
    inspyr_status status;

    job.map = memory_array(allocator, map_width * (size_t)logits->height, sizeof *job.map);
    job.scratch = memory_array(allocator, lanes * 2 * width, sizeof *job.scratch);
    job.levels = memory_array(allocator, lanes * width, sizeof *job.levels);
    job.column = memory_array(allocator, width, sizeof *job.column);
    job.column_weight = memory_array(allocator, width, sizeof *job.column_weight);
    job.counts = memory_array(allocator, (size_t)stripe_count(alpha->height), sizeof *job.counts);
    if (job.map && job.scratch && job.levels && job.column && job.column_weight && job.counts)
        status = run_alpha(&job, subject, pool, allocator, error);
    else
        status = failed(error, INSPYR_ERR_MEMORY, "no room for a matte of %d x %d pixels", (int)alpha->width,
                        (int)alpha->height);
    memory_give(allocator, job.counts);
    memory_give(allocator, job.column_weight);
    memory_give(allocator, job.column);
    memory_give(allocator, job.levels);
    memory_give(allocator, job.scratch);
    memory_give(allocator, job.map);
    return status;
}
