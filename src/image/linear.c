#include "image/linear.h"

#include <math.h>

#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "image/image.h"
#include "image/layout.h"

/* Rows that one task works on. */
#define ROWS 16

/* Weights are fixed point with 11 bits after the point. */
#define UNIT 2048

/* Where a pixel of the destination lies: between `first` and the next pixel, `far` of UNIT towards that. */
typedef struct place {
    int32_t first, far;
    int32_t near;
} place;

typedef struct stretching {
    const inspyr_view *dst, *src;
    place *columns;
    int32_t *lanes; /* of each lane: two rows of the source, stretched, times UNIT */
} stretching;

static place place_of(int32_t i, int32_t from, int32_t to)
{
    float at = (float)((i + 0.5) * ((double)from / to) - 0.5);
    float below = floorf(at), far = at - below;

    return (place){ (int32_t)below, (int32_t)lrintf(far * UNIT), (int32_t)lrintf((1.0f - far) * UNIT) };
}

static int32_t within(int32_t i, int32_t n)
{
    return i < 0 ? 0 : i < n ? i : n - 1;
}

static void stretch_row(int32_t *out, const stretching *s, int32_t y)
{
    pixel_layout layout = pixel_layout_of(s->src->format);
    const unsigned char *row = view_row(s->src, y);

    for (int32_t x = 0; x < s->dst->width; x++, out += 3) {
        place p = s->columns[x];
        const unsigned char *left = row + (size_t)p.first * (size_t)layout.step;
        const unsigned char *right = left + (p.far ? layout.step : 0);

        out[0] = p.near * left[layout.red] + p.far * right[layout.red];
        out[1] = p.near * left[layout.green] + p.far * right[layout.green];
        out[2] = p.near * left[layout.blue] + p.far * right[layout.blue];
    }
}

static void stretch_rows(void *user, int32_t task, int32_t lane)
{
    const stretching *s = user;
    size_t samples = (size_t)s->dst->width * 3;
    int32_t *rows[2] = { s->lanes + (size_t)lane * 2 * samples, s->lanes + ((size_t)lane * 2 + 1) * samples };
    int32_t held[2] = { -1, -1 };
    int32_t end = s->dst->height - task * ROWS > ROWS ? (task + 1) * ROWS : s->dst->height;

    for (int32_t y = task * ROWS; y < end; y++) {
        place p = place_of(y, s->src->height, s->dst->height);
        int32_t sources[2] = { within(p.first, s->src->height), within(p.first + 1, s->src->height) };
        const int32_t *above = rows[sources[0] & 1], *below = rows[sources[1] & 1];
        unsigned char *out = view_row(s->dst, y);

        for (int32_t k = 0; k < 2; k++)
            if (held[sources[k] & 1] != sources[k]) {
                stretch_row(rows[sources[k] & 1], s, sources[k]);
                held[sources[k] & 1] = sources[k];
            }
        for (size_t x = 0; x < samples; x++)
            out[x] =
                (unsigned char)(((p.near * (above[x] >> 4) >> 16) + (p.far * (below[x] >> 4) >> 16) + 2) >> 2);
    }
}

/* Columns do not reach over the border: there the outermost pixel counts in full. */
static void place_columns(stretching *s)
{
    int32_t last = s->src->width - 1;

    for (int32_t x = 0; x < s->dst->width; x++) {
        place p = place_of(x, s->src->width, s->dst->width);

        if (p.first < 0)
            p = (place){ 0, 0, UNIT };
        if (p.first >= last)
            p = (place){ last, 0, UNIT };
        s->columns[x] = p;
    }
}

inspyr_status linear_picture(const inspyr_view *dst, const inspyr_view *src, inspyr_pool *pool,
                             const inspyr_allocator *allocator, inspyr_error *error)
{
    stretching s = { .dst = dst, .src = src };
    size_t width = (size_t)dst->width;
    inspyr_status status = INSPYR_OK;

    s.columns = memory_array(allocator, width, sizeof *s.columns);
    s.lanes = memory_array(allocator, (size_t)inspyr_pool_width(pool) * 2 * 3 * width, sizeof *s.lanes);
    if (s.columns && s.lanes) {
        place_columns(&s);
        pool_run(pool, dst->height / ROWS + (dst->height % ROWS != 0), stretch_rows, &s);
    } else {
        status = failed(error, INSPYR_ERR_MEMORY, "no room for rows of %d pixels", (int)dst->width);
    }
    memory_give(allocator, s.lanes);
    memory_give(allocator, s.columns);
    return status;
}
