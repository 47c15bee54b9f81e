#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "image/image.h"
#include "matte/matte.h"
#include "matte/rows.h"
#include "matte/tile.h"

/* Levels that fit one tile get several passes, because there colours still have far to go. */
#define SMALL_SIDE 32
#define SMALL_PASSES 5

/* One pass over a level, from one field to another or, at full size, to the result. */
typedef struct pass {
    const pyramid_level *level;
    const colour_field *from, *to; /* to: NULL for the last pass */
    const inspyr_view *dst;
    tile *tiles; /* of each lane */
    bool small;
} pass;

static int32_t tiles_down(const pyramid_level *level)
{
    return level->height / TILE_HEIGHT + (level->height % TILE_HEIGHT > 0);
}

static bool is_small(const pyramid_level *level)
{
    return level->width <= SMALL_SIDE && level->height <= SMALL_SIDE;
}

static void skip(const pass *p, int32_t x, int32_t y)
{
    if (p->to)
        tile_skip_field(p->to, p->level, p->from, x, y);
    else
        tile_skip_pixels(p->dst, p->level, p->from, x, y);
}

static void pass_row(void *user, int32_t row, int32_t lane)
{
    const pass *p = user;
    tile *t = &p->tiles[lane];
    int32_t y = row * TILE_HEIGHT;

    for (int32_t x = 0; x < p->level->width; x += TILE_WIDTH) {
        if (!p->small && !tile_is_mixed(p->level, x, y)) {
            skip(p, x, y);
            continue;
        }
        tile_solve(t, p->level, p->from, x, y);
        if (p->to)
            tile_put_field(t, p->to);
        else
            tile_put_pixels(t, p->level, p->dst);
    }
}

/* One pixel: the mean of the colours that are mostly subject, and of those that are mostly background; the mean
 * of all where there are none. */
static void start_colours(const colour_field *out, const pyramid_level *level)
{
    for (int32_t c = 0; c < 3; c++) {
        uint64_t sum[3] = { 0, 0, 0 }, weight[3] = { 0, 0, 0 };

        for (int32_t y = 0; y < level->height; y++) {
            const unsigned char *in = plane_row(&level->colour[c], y), *alpha = plane_row(&level->alpha, y);

            for (int32_t x = 0; x < level->width; x++) {
                uint64_t v = in[(int64_t)x * level->colour[c].step], a = alpha[x];
                uint64_t weights[3] = { a * a * a, (255 - a) * (255 - a) * (255 - a), 1 };

                for (int32_t k = 0; k < 3; k++) {
                    sum[k] += weights[k] * v;
                    weight[k] += weights[k];
                }
            }
        }
        for (int32_t k = 0; k < 2; k++) {
            int32_t from = weight[k] ? k : 2;

            *field_row(out, c + 3 * k, 0) = (uint16_t)((sum[from] * 256 + weight[from] / 2) / weight[from]);
        }
    }
}

/* All passes, from one pixel to full size. The fields take turns so that the last one read, of half the
 * picture's size, is fields[0]; fields[1] never holds more than a quarter of the size or a small level. */
static void run_passes(const pyramid *p, int32_t small, colour_field fields[2], tile *tiles,
                       const inspyr_view *dst, inspyr_pool *pool)
{
    int32_t left = small + (p->count - small) * SMALL_PASSES;
    pass now = { .tiles = tiles, .dst = dst };

    fields[(left - 1) & 1].width = fields[(left - 1) & 1].height = 1;
    start_colours(&fields[(left - 1) & 1], &p->levels[small]);
    for (int32_t i = p->count - 1; i >= 0; i--)
        for (int32_t k = 0; k < (i < small ? 1 : SMALL_PASSES); k++) {
            left--;
            now.level = &p->levels[i];
            now.small = i >= small;
            now.from = &fields[left & 1];
            now.to = left ? &fields[~left & 1] : NULL;
            if (left) {
                fields[~left & 1].width = now.level->width;
                fields[~left & 1].height = now.level->height;
            }
            pool_run(pool, tiles_down(now.level), pass_row, &now);
        }
}

/* Room for a field of this level and of every smaller one. */
static size_t field_bytes(const pyramid *p, int32_t level, int32_t small)
{
    const pyramid_level *l = &p->levels[level < small ? level : small];

    return (size_t)l->width * (size_t)l->height * 6 * sizeof(uint16_t);
}

/* Numbers of 16 bits, in what is left of the room. NULL: they do not fit. */
static uint16_t *place(const pyramid_room *room, size_t bytes)
{
    size_t odd = (uintptr_t)room->data & 1;

    return room->size >= bytes + odd ? (uint16_t *)(void *)(room->data + odd) : NULL;
}

/* Before the last pass nothing of the result is in its memory, and what is in it then, all levels but the first
 * and the smaller field, the last pass does not read. Together they are 2.1 of its 4 bytes a pixel. */
inspyr_status matte_foreground(const inspyr_view *dst, size_t lent, const inspyr_view *picture,
                               const inspyr_view *alpha, inspyr_pool *pool, const inspyr_allocator *allocator,
                               inspyr_error *error)
{
    colour_field fields[2] = { { NULL, 0, 0 }, { NULL, 0, 0 } };
    pyramid_room room = { dst->data, lent };
    uint16_t *own = NULL;
    int32_t small = 0;
    pyramid p;
    tile *tiles;
    inspyr_status status = pyramid_create(&p, picture, alpha, &room, pool, allocator, error);

    if (status)
        return status;
    while (!is_small(&p.levels[small]))
        small++;
    fields[0].planes = memory_take(allocator, field_bytes(&p, 1, small));
    fields[1].planes = place(&room, field_bytes(&p, 2, small));
    if (!fields[1].planes)
        fields[1].planes = own = memory_take(allocator, field_bytes(&p, 2, small));
    tiles = memory_array(allocator, (size_t)lane_count(pool, tiles_down(&p.levels[0])), sizeof *tiles);
    if (fields[0].planes && fields[1].planes && tiles)
        run_passes(&p, small, fields, tiles, dst, pool);
    else
        status = failed(error, INSPYR_ERR_MEMORY, "no room for the colours of %d x %d pixels",
                        (int)picture->width, (int)picture->height);
    memory_give(allocator, tiles);
    memory_give(allocator, own);
    memory_give(allocator, fields[0].planes);
    pyramid_free(&p, allocator);
    return status;
}
