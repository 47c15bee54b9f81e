#include "matte/pyramid.h"

#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "matte/rows.h"

typedef struct halve_job {
    const pyramid_level *from, *to;
} halve_job;

/* The step is a constant at every call, so that each gets a loop of its own. */
static inline void halve_pairs(unsigned char *out, const unsigned char *above, const unsigned char *below,
                               int32_t step, int32_t pairs)
{
    for (int32_t i = 0; i < pairs; i++) {
        int32_t k = i * 2 * step;

        out[i] = (unsigned char)((above[k] + above[k + step] + below[k] + below[k + step] + 2) >> 2);
    }
}

static void halve_row(unsigned char *out, const sample_plane *from, int32_t y, int32_t width, int32_t height)
{
    const unsigned char *above = plane_row(from, 2 * y);
    const unsigned char *below = 2 * y + 1 < height ? plane_row(from, 2 * y + 1) : above;
    int32_t pairs = width / 2, last = (width - 1) * from->step;

    if (from->step == 1)
        halve_pairs(out, above, below, 1, pairs);
    else if (from->step == 3)
        halve_pairs(out, above, below, 3, pairs);
    else
        halve_pairs(out, above, below, 4, pairs);
    if (width & 1)
        out[pairs] = (unsigned char)((2 * above[last] + 2 * below[last] + 2) >> 2);
}

static void halve_stripe(void *user, int32_t stripe, int32_t lane)
{
    const halve_job *job = user;

    (void)lane;
    for (int32_t y = stripe * STRIPE_ROWS; y < stripe_end(stripe, job->to->height); y++)
        for (int32_t c = 0; c < 4; c++) {
            const sample_plane *from = c < 3 ? &job->from->colour[c] : &job->from->alpha;
            const sample_plane *to = c < 3 ? &job->to->colour[c] : &job->to->alpha;

            halve_row((unsigned char *)plane_row(to, y), from, y, job->from->width, job->from->height);
        }
}

static pyramid_level full_size(const inspyr_view *picture, const inspyr_view *alpha)
{
    const unsigned char *data = picture->data;
    pixel_layout layout = pixel_layout_of(picture->format);
    pyramid_level level = { picture->width, picture->height, { { NULL, 0, 0 } }, { NULL, 0, 0 } };

    level.colour[0] = (sample_plane){ data + layout.red, picture->stride, layout.step };
    level.colour[1] = (sample_plane){ data + layout.green, picture->stride, layout.step };
    level.colour[2] = (sample_plane){ data + layout.blue, picture->stride, layout.step };
    level.alpha = (sample_plane){ alpha->data, alpha->stride, 1 };
    return level;
}

/* Sizes of all levels; returns the bytes they need. Planes are told their place once there is memory. */
static size_t lay_out(pyramid *p, unsigned char *memory)
{
    size_t used = 0;

    for (p->count = 1;; p->count++) {
        const pyramid_level *below = &p->levels[p->count - 1];
        pyramid_level *level = &p->levels[p->count];

        if (below->width == 1 && below->height == 1)
            return used;
        level->width = below->width / 2 + (below->width & 1);
        level->height = below->height / 2 + (below->height & 1);
        for (int32_t c = 0; c < 4; c++) {
            sample_plane plane = { memory ? memory + used : NULL, level->width, 1 };

            *(c < 3 ? &level->colour[c] : &level->alpha) = plane;
            used += (size_t)level->width * (size_t)level->height;
        }
    }
}

inspyr_status pyramid_create(pyramid *out, const inspyr_view *picture, const inspyr_view *alpha,
                             pyramid_room *room, inspyr_pool *pool, const inspyr_allocator *allocator,
                             inspyr_error *error)
{
    unsigned char *memory = room->data;

    memset(out, 0, sizeof *out);
    out->levels[0] = full_size(picture, alpha);
    out->bytes = lay_out(out, NULL);
    if (out->bytes <= room->size) {
        room->data += out->bytes;
        room->size -= out->bytes;
    } else {
        memory = out->memory = memory_take(allocator, out->bytes);
        if (!memory)
            return failed(error, INSPYR_ERR_MEMORY, "no room for a pyramid of %zu bytes", out->bytes);
    }
    lay_out(out, memory);
    for (int32_t i = 1; i < out->count; i++) {
        halve_job job = { &out->levels[i - 1], &out->levels[i] };

        pool_run(pool, stripe_count(out->levels[i].height), halve_stripe, &job);
    }
    return INSPYR_OK;
}

void pyramid_free(pyramid *p, const inspyr_allocator *allocator)
{
    memory_give(allocator, p->memory);
    p->memory = NULL;
}
