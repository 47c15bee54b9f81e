#include <math.h>

#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "image/image.h"
#include "matte/aligned.h"
#include "matte/compat.h"
#include "matte/rows.h"

typedef struct map_job {
    compat_map *map;
    const float *logits;
    float low, range;
} map_job;

/* The exponential in double, so that the one rounding lies where the best of float32's would. */
static float sigmoid(float x)
{
    return 1.0f / (1.0f + (float)exp(-(double)x));
}

static void sample_rows(void *user, int32_t stripe, int32_t lane)
{
    const map_job *job = user;
    size_t across = (size_t)job->map->across;
    size_t first = (size_t)stripe * STRIPE_ROWS * across;
    size_t end = (size_t)stripe_end(stripe, job->map->down) * across;

    (void)lane;
    for (size_t i = first; i < end; i++)
        job->map->samples[i] = (sigmoid(job->logits[i]) - job->low) / job->range;
}

inspyr_status compat_map_create(compat_map *map, const matte_logits *logits, int32_t width, int32_t height,
                                const matte_look *look, inspyr_pool *pool, const inspyr_allocator *allocator,
                                inspyr_error *error)
{
    size_t n = (size_t)logits->width * (size_t)logits->height;
    map_job job = { map, logits->data, sigmoid(logits->minimum), 0 };
    float step = aligned_step(logits->width, width);

    *map = (compat_map){ .across = logits->width, .down = logits->height, .width = width, .height = height };
    map->look = look;
    map->samples = memory_array(allocator, n, sizeof *map->samples);
    map->column = memory_array(allocator, (size_t)width, sizeof *map->column);
    map->weight = memory_array(allocator, (size_t)width, sizeof *map->weight);
    if (!map->samples || !map->column || !map->weight)
        return failed(error, INSPYR_ERR_MEMORY, "no room for a map of %d x %d samples", (int)logits->width,
                      (int)logits->height);
    job.range = sigmoid(logits->maximum) - job.low + 1e-8f;
    pool_run(pool, stripe_count(logits->height), sample_rows, &job);
    for (int32_t x = 0; x < width; x++)
        map->column[x] = aligned_sample(x, step, logits->width, &map->weight[x]);
    return INSPYR_OK;
}

void compat_map_free(compat_map *map, const inspyr_allocator *allocator)
{
    memory_give(allocator, map->samples);
    memory_give(allocator, map->column);
    memory_give(allocator, map->weight);
    memset(map, 0, sizeof *map);
}

/* a * b + c with one rounding, as torch's kernels have it for all but the smallest pictures. The product is
 * exact in float64; where its sum with c is rounded twice, once in 2^29 times that matters. */
static float fused(float a, float b, float c)
{
    return (float)((double)a * (double)b + (double)c);
}

void compat_map_row(const compat_map *map, float *out, int32_t y)
{
    float lower, threshold = map->look->threshold;
    int32_t sample = aligned_sample(y, aligned_step(map->down, map->height), map->down, &lower);
    const float *above = map->samples + (size_t)sample * (size_t)map->across;
    const float *below = sample < map->down - 1 ? above + map->across : above;
    int hard = (map->look->flags & INSPYR_CUTOUT_THRESHOLD) != 0;
    int reverse = (map->look->flags & INSPYR_CUTOUT_REVERSE) != 0;

    for (int32_t x = 0; x < map->width; x++) {
        float right = map->weight[x], left = 1.0f - right;
        int32_t i = map->column[x], next = i + (i < map->across - 1);
        float up = fused(above[i], left, above[next] * right);
        float down = fused(below[i], left, below[next] * right);

        out[x] = fused(up, 1.0f - lower, down * lower);
    }
    for (int32_t x = 0; hard && x < map->width; x++)
        out[x] = out[x] > threshold ? 1.0f : 0.0f;
    for (int32_t x = 0; reverse && x < map->width; x++)
        out[x] = 1.0f - out[x];
}

typedef struct alpha_job {
    const inspyr_view *alpha;
    const compat_map *map;
    float *lanes;
} alpha_job;

static void alpha_stripe(void *user, int32_t stripe, int32_t lane)
{
    const alpha_job *job = user;
    float *row = job->lanes + (size_t)lane * (size_t)job->map->width;

    for (int32_t y = stripe * STRIPE_ROWS; y < stripe_end(stripe, job->map->height); y++) {
        unsigned char *out = view_row(job->alpha, y);

        compat_map_row(job->map, row, y);
        for (int32_t x = 0; x < job->map->width; x++) {
            float a = row[x] < 0.0f ? 0.0f : row[x] < 1.0f ? row[x] : 1.0f;

            if (job->alpha->format == INSPYR_GREY8)
                out[x] = (unsigned char)(int32_t)(a * 255.0f);
            else if (job->alpha->format == INSPYR_GREY16)
                ((uint16_t *)(void *)out)[x] = (uint16_t)(int32_t)(a * 65535.0f);
            else
                ((float *)(void *)out)[x] = a;
        }
    }
}

inspyr_status compat_alpha(const inspyr_view *alpha, const compat_map *map, inspyr_pool *pool,
                           const inspyr_allocator *allocator, inspyr_error *error)
{
    alpha_job job = { alpha, map, NULL };
    size_t lanes = (size_t)lane_count(pool, stripe_count(map->height));

    job.lanes = memory_array(allocator, lanes * (size_t)map->width, sizeof *job.lanes);
    if (!job.lanes)
        return failed(error, INSPYR_ERR_MEMORY, "no room for rows of %d pixels", (int)map->width);
    pool_run(pool, stripe_count(map->height), alpha_stripe, &job);
    memory_give(allocator, job.lanes);
    return INSPYR_OK;
}
