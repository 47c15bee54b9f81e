#include "effect/effect_source.h"

#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "image/convert.h"

#define ROWS 16 /* of a task */

/* Sums of the pixels that become one: colours times alpha, alpha, colours. */
typedef struct pixel_sums {
    uint64_t weighted[3], alpha, plain[3];
} pixel_sums;

typedef struct fill_job {
    const effect_source *source;
    const inspyr_view *dst;
    unsigned char *scratch; /* of each lane: a row of the source, and sums of a row of the result */
    size_t lane_bytes;
} fill_job;

static unsigned char alpha_level(const inspyr_view *alpha, const unsigned char *row, int32_t x)
{
    uint16_t level;
    float share;

    switch (alpha->format) {
    case INSPYR_GREY16:
        memcpy(&level, row + 2 * (size_t)x, sizeof level);
        return (unsigned char)((level + 128u) / 257);
    case INSPYR_GREYF32:
        memcpy(&share, row + 4 * (size_t)x, sizeof share);
        return share >= 1 ? 255 : share > 0 ? (unsigned char)(share * 255 + 0.5f) : 0;
    default:
        return row[x];
    }
}

static void load_row(unsigned char *dst, const effect_source *s, int32_t y)
{
    convert_row(dst, INSPYR_RGBA8, view_row(s->picture, y), s->picture->format, s->picture->width);
    for (int32_t x = 0; s->alpha && x < s->picture->width; x++)
        dst[4 * (size_t)x + 3] = alpha_level(s->alpha, view_row(s->alpha, y), x);
}

static void copy_rows(void *user, int32_t task, int32_t lane)
{
    const fill_job *job = user;

    (void)lane;
    for (int32_t y = task * ROWS; y < job->dst->height && y - task * ROWS < ROWS; y++)
        load_row(view_row(job->dst, y), job->source, y);
}

/* Pixel i of n lies on the pixels from here on of `of` that are to be shrunk, */
static int32_t begins(int32_t i, int32_t n, int32_t of)
{
    return (int32_t)((int64_t)i * of / n);
}

/* up to this one, */
static int32_t ends(int32_t i, int32_t n, int32_t of)
{
    return (int32_t)(((int64_t)(i + 1) * of + n - 1) / n);
}

/* and covers so many n-ths of pixel x. */
static uint64_t covered(int32_t i, int32_t n, int32_t of, int32_t x)
{
    int64_t first = (int64_t)i * of, end = first + of, left = (int64_t)x * n, right = left + n;

    return (uint64_t)((end < right ? end : right) - (first > left ? first : left));
}

/* down: how much of the row counts. Sums stay below 255^2 times the pixels of the picture, 2^47. */
static void add_row(pixel_sums *sums, const unsigned char *row, int32_t n, int32_t of, uint64_t down)
{
    for (int32_t i = 0; i < n; i++)
        for (int32_t x = begins(i, n, of), end = ends(i, n, of); x < end; x++) {
            const unsigned char *p = row + 4 * (size_t)x;
            uint64_t area = covered(i, n, of, x) * down;

            for (int c = 0; c < 3; c++) {
                sums[i].weighted[c] += area * p[c] * p[3];
                sums[i].plain[c] += area * p[c];
            }
            sums[i].alpha += area * p[3];
        }
}

/* Hidden colours show only where nothing else is there. */
static void store_mean(unsigned char *dst, const pixel_sums *s, uint64_t count)
{
    for (int c = 0; c < 3; c++)
        dst[c] = (unsigned char)(s->alpha ? (s->weighted[c] + s->alpha / 2) / s->alpha
                                          : (s->plain[c] + count / 2) / count);
    dst[3] = (unsigned char)((s->alpha + count / 2) / count);
}

static void shrink_row(void *user, int32_t y, int32_t lane)
{
    const fill_job *job = user;
    const inspyr_view *dst = job->dst, *picture = job->source->picture;
    pixel_sums *sums = (void *)(job->scratch + (size_t)lane * job->lane_bytes);
    unsigned char *row = (unsigned char *)(sums + dst->width);
    memset(sums, 0, (size_t)dst->width * sizeof *sums);
    for (int32_t from = begins(y, dst->height, picture->height); from < ends(y, dst->height, picture->height);
         from++) {
        load_row(row, job->source, from);
        add_row(sums, row, dst->width, picture->width, covered(y, dst->height, picture->height, from));
    }
    for (int32_t x = 0; x < dst->width; x++)
        store_mean(view_row(dst, y) + 4 * (size_t)x, &sums[x],
                   (uint64_t)picture->width * (uint64_t)picture->height);
}

static inspyr_status shrink(fill_job *job, inspyr_pool *pool, const inspyr_allocator *allocator,
                            inspyr_error *error)
{
    job->lane_bytes = (size_t)job->dst->width * sizeof(pixel_sums) + (size_t)job->source->picture->width * 4;
    job->lane_bytes += MEMORY_ALIGNMENT - job->lane_bytes % MEMORY_ALIGNMENT;
    job->scratch = memory_array(allocator, (size_t)inspyr_pool_width(pool), job->lane_bytes);
    if (!job->scratch)
        return failed(error, INSPYR_ERR_MEMORY, "no room to shrink the picture");
    pool_run(pool, job->dst->height, shrink_row, job);
    memory_give(allocator, job->scratch);
    return INSPYR_OK;
}

inspyr_status source_open(inspyr_image **copy, inspyr_view *view, const effect_source *s, int32_t width,
                          int32_t height, inspyr_pool *pool, const inspyr_allocator *allocator,
                          inspyr_error *error)
{
    bool same = width == s->picture->width && height == s->picture->height;
    fill_job job = { .source = s, .dst = view };
    inspyr_status status;

    *copy = NULL;
    *view = *s->picture;
    if (same && !s->alpha && view->format == INSPYR_RGBA8)
        return INSPYR_OK;
    status = image_create(copy, allocator, width, height, INSPYR_RGBA8, error);
    if (status)
        return status;
    *view = (*copy)->view;
    if (same)
        pool_run(pool, (height - 1) / ROWS + 1, copy_rows, &job);
    else
        status = shrink(&job, pool, allocator, error);
    if (status) {
        inspyr_image_free(*copy);
        *copy = NULL;
    }
    return status;
}
