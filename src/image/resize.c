#include "image/resize.h"

#include <stdbool.h>

#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "image/convert.h"
#include "image/image.h"
#include "image/taps.h"

/* Rows that one task works on: enough to make the pool's mutex invisible, few enough to share out evenly. */
#define ROWS 16

#define HALF_UNIT (1 << (TAPS_BITS - 1))

/* Every row of the source goes through the horizontal pass into `middle`, every row of the destination comes
 * out of `middle` by the vertical pass. A pass that has nothing to change is not run: where the height stays,
 * `middle` is the destination; where an RGB8 source keeps its width, `middle` is the source. */
typedef struct resizing {
    inspyr_view dst, src, middle;
    taps horizontal, vertical;
    bool narrows, lowers; /* the width, the height changes */
    resize_alpha alpha;
    size_t pitch; /* samples of a plane */
    size_t lane_bytes;
    unsigned char *lanes; /* scratch of each lane: a row in three planes, or the sums of a row */
} resizing;

static unsigned char clamp(int32_t sum)
{
    sum >>= TAPS_BITS;
    return sum < 0 ? 0 : sum > 255 ? 255 : (unsigned char)sum;
}

static int32_t over(int32_t value, int32_t alpha, int32_t ground)
{
    int32_t product = value * alpha + ground * (255 - alpha) + 128;

    return (product + (product >> 8)) >> 8; /* / 255, rounded */
}

/* A row of the source in three planes of 16 bits, for the inner loop of the horizontal pass. ground: what
 * pixels of four bytes are laid over; negative: nothing. */
static inline __attribute__((always_inline)) void split(int16_t *restrict planes, size_t pitch,
                                                        const unsigned char *restrict src, int32_t n,
                                                        size_t bytes, size_t red, size_t green, size_t blue,
                                                        int32_t ground)
{
    for (size_t x = 0; x < (size_t)n; x++, src += bytes) {
        int32_t alpha = bytes == 4 && ground >= 0 ? src[3] : 255;

        planes[x] = (int16_t)(bytes == 4 ? over(src[red], alpha, ground) : src[red]);
        planes[x + pitch] = (int16_t)(bytes == 4 ? over(src[green], alpha, ground) : src[green]);
        planes[x + 2 * pitch] = (int16_t)(bytes == 4 ? over(src[blue], alpha, ground) : src[blue]);
    }
}

static void split_row(int16_t *planes, const resizing *r, const unsigned char *src)
{
    int32_t ground = r->alpha == RESIZE_OVER_GREY ? 128 : r->alpha == RESIZE_OVER_WHITE ? 255 : -1;
    int32_t n = r->src.width;

    switch (r->src.format) {
    case INSPYR_RGBA8:
        split(planes, r->pitch, src, n, 4, 0, 1, 2, ground);
        break;
    case INSPYR_BGRA8:
        split(planes, r->pitch, src, n, 4, 2, 1, 0, ground);
        break;
    case INSPYR_RGB8:
        split(planes, r->pitch, src, n, 3, 0, 1, 2, -1);
        break;
    case INSPYR_BGR8:
        split(planes, r->pitch, src, n, 3, 2, 1, 0, -1);
        break;
    default:
        split(planes, r->pitch, src, n, 1, 0, 0, 0, -1);
        break;
    }
}

static int32_t weigh(const int16_t *restrict pixels, const int16_t *restrict high, const int16_t *restrict low,
                     int32_t n)
{
    int32_t highs = 0, lows = 0;

    for (int32_t i = 0; i < n; i += TAPS_STEP)
        for (int32_t k = i; k < i + TAPS_STEP; k++) {
            highs += pixels[k] * high[k];
            lows += pixels[k] * low[k];
        }
    return (highs << TAPS_HALF) + lows;
}

static void narrow_row(unsigned char *dst, const int16_t *planes, size_t pitch, const taps *t)
{
    for (int32_t i = 0; i < t->outputs; i++, dst += 3) {
        size_t row = (size_t)i * (size_t)t->widest;
        const int16_t *from = planes + t->first[i];

        for (size_t c = 0; c < 3; c++)
            dst[c] = clamp(HALF_UNIT + weigh(from + c * pitch, t->high + row, t->low + row, t->count[i]));
    }
}

static void plain_row(unsigned char *dst, const int16_t *planes, size_t pitch, int32_t n)
{
    for (int32_t x = 0; x < n; x++)
        for (size_t c = 0; c < 3; c++)
            dst[3 * x + (int32_t)c] = (unsigned char)planes[(size_t)x + c * pitch];
}

static void horizontal_rows(void *user, int32_t task, int32_t lane)
{
    resizing *r = user;
    int32_t y = task * ROWS, end = r->src.height - y > ROWS ? y + ROWS : r->src.height;
    int16_t *planes = (int16_t *)(void *)(r->lanes + (size_t)lane * r->lane_bytes);

    for (; y < end; y++) {
        unsigned char *row = view_row(&r->middle, y);

        split_row(planes, r, view_row(&r->src, y));
        if (r->narrows)
            narrow_row(row, planes, r->pitch, &r->horizontal);
        else
            plain_row(row, planes, r->pitch, r->src.width);
    }
}

static void lower_row(const resizing *r, int32_t y, int32_t *restrict sums)
{
    const taps *t = &r->vertical;
    const int32_t *weight = t->weight + (size_t)y * (size_t)t->widest;
    int64_t samples = (int64_t)r->dst.width * 3;
    unsigned char *restrict dst = view_row(&r->dst, y);

    for (int64_t x = 0; x < samples; x++)
        sums[x] = HALF_UNIT;
    for (int32_t k = 0; k < t->count[y]; k++) {
        const unsigned char *restrict row = view_row(&r->middle, t->first[y] + k);

        for (int64_t x = 0; x < samples; x++)
            sums[x] += weight[k] * row[x];
    }
    for (int64_t x = 0; x < samples; x++)
        dst[x] = clamp(sums[x]);
}

static void vertical_rows(void *user, int32_t task, int32_t lane)
{
    resizing *r = user;
    int32_t y = task * ROWS, end = r->dst.height - y > ROWS ? y + ROWS : r->dst.height;

    for (; y < end; y++)
        lower_row(r, y, (int32_t *)(void *)(r->lanes + (size_t)lane * r->lane_bytes));
}

static inspyr_status take_lanes(resizing *r, int32_t width, const inspyr_allocator *allocator,
                                inspyr_error *error)
{
    size_t sums = (size_t)r->dst.width * 3 * sizeof(int32_t), planes;

    /* A plane is longer than a row, because the padding of the last taps reads beyond its end. */
    r->pitch = (size_t)r->src.width + TAPS_STEP;
    planes = r->pitch * 3 * sizeof(int16_t);
    r->lane_bytes = (planes > sums ? planes : sums) / MEMORY_ALIGNMENT * MEMORY_ALIGNMENT + MEMORY_ALIGNMENT;
    r->lanes = memory_array(allocator, (size_t)width, r->lane_bytes);
    if (!r->lanes)
        return failed(error, INSPYR_ERR_MEMORY, "no room for rows of the picture");
    memset(r->lanes, 0, (size_t)width * r->lane_bytes);
    return INSPYR_OK;
}

/* Sets `middle`; if that needs memory of its own, it goes into *scratch. */
static inspyr_status place_middle(resizing *r, void **scratch, const inspyr_allocator *allocator,
                                  inspyr_error *error)
{
    r->middle = r->dst;
    if (!r->lowers)
        return INSPYR_OK;
    if (!r->narrows && r->src.format == INSPYR_RGB8) {
        r->middle = r->src;
        return INSPYR_OK;
    }
    r->middle.height = r->src.height;
    r->middle.stride = (int64_t)r->dst.width * 3;
    r->middle.data = *scratch = memory_array(allocator, (size_t)r->src.height, (size_t)r->middle.stride);
    if (!*scratch)
        return failed(error, INSPYR_ERR_MEMORY, "no room for %d rows of %d pixels", (int)r->src.height,
                      (int)r->dst.width);
    return INSPYR_OK;
}

static int32_t tasks(int32_t rows)
{
    return rows / ROWS + (rows % ROWS != 0);
}

inspyr_status resize_picture(const inspyr_view *dst, const inspyr_view *src, resize_alpha alpha,
                             inspyr_pool *pool, const inspyr_allocator *allocator, inspyr_error *error)
{
    resizing r;
    void *scratch = NULL;
    inspyr_status status;

    if ((status = view_check(dst, FORMAT_BIT(INSPYR_RGB8), "resized picture", error)) ||
        (status = view_check(src, FORMATS_PICTURE, "picture", error)))
        return status;
    memset(&r, 0, sizeof r);
    r.dst = *dst;
    r.src = *src;
    r.alpha = alpha;
    r.narrows = src->width != dst->width;
    r.lowers = src->height != dst->height;
    if (r.narrows)
        status = taps_create(&r.horizontal, src->width, dst->width, allocator, error);
    if (status == INSPYR_OK && r.lowers)
        status = taps_create(&r.vertical, src->height, dst->height, allocator, error);
    if (status == INSPYR_OK)
        status = take_lanes(&r, inspyr_pool_width(pool), allocator, error);
    if (status == INSPYR_OK)
        status = place_middle(&r, &scratch, allocator, error);
    if (status == INSPYR_OK && r.middle.data != r.src.data)
        pool_run(pool, tasks(src->height), horizontal_rows, &r);
    if (status == INSPYR_OK && r.lowers)
        pool_run(pool, tasks(dst->height), vertical_rows, &r);
    memory_give(allocator, scratch);
    memory_give(allocator, r.lanes);
    taps_free(&r.horizontal, allocator);
    taps_free(&r.vertical, allocator);
    return status;
}
