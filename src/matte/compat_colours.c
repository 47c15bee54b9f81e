#include <math.h>

#include "base/memory.h"
#include "base/status.h"
#include "image/image.h"
#include "image/layout.h"
#include "matte/compat.h"

#define REGULARISATION 1e-5f
#define SMALL_SIDE 32
#define SMALL_ROUNDS 10
#define LARGE_ROUNDS 2

/* Rounds follow each other down the level two rows apart, which gives what one whole round after another gives,
 * and needs the rows between the first round and the last only. */
#define HELD (SMALL_ROUNDS + 2)

/* F and B of one pixel: red, green, blue of each. */
typedef float colour_pair[6];

typedef struct colour_level {
    colour_pair *pixels;
    int32_t width, height;
} colour_level;

typedef struct held_row {
    colour_pair *colours;
    float *picture; /* three numbers a pixel */
    float *alpha;
} held_row;

typedef struct solver {
    const inspyr_view *dst, *picture;
    const compat_map *map;
    pixel_layout layout;
    colour_level now, before;
    float level_of[256]; /* byte / 255 */
    float *row;          /* of the map */
    float *block;        /* of the held rows */
    held_row held[HELD];
} solver;

static int32_t nearest(int32_t i, int32_t n, int32_t of)
{
    return (int32_t)((int64_t)i * of / n);
}

static void load_row(solver *s, int32_t y)
{
    held_row *h = &s->held[y % HELD];
    const unsigned char *in = view_row(s->picture, nearest(y, s->now.height, s->picture->height));
    colour_pair *start =
        s->before.pixels + (size_t)nearest(y, s->now.height, s->before.height) * (size_t)s->before.width;

    compat_map_row(s->map, s->row, nearest(y, s->now.height, s->picture->height));
    for (int32_t x = 0; x < s->now.width; x++) {
        int32_t from = nearest(x, s->now.width, s->picture->width);
        const unsigned char *pixel = in + (size_t)from * (size_t)s->layout.step;

        h->alpha[x] = s->row[from];
        h->picture[3 * x] = s->level_of[pixel[s->layout.red]];
        h->picture[3 * x + 1] = s->level_of[pixel[s->layout.green]];
        h->picture[3 * x + 2] = s->level_of[pixel[s->layout.blue]];
        memcpy(h->colours[x], start[nearest(x, s->now.width, s->before.width)], sizeof *start);
    }
}

static float limited(float v)
{
    return v < 0.0f ? 0.0f : v > 1.0f ? 1.0f : v;
}

/* In place, from left to right: the pixels above and to the left are of this round, the others of the last. */
static void solve_row(solver *s, int32_t y)
{
    const held_row *h = &s->held[y % HELD], *up = y > 0 ? &s->held[(y - 1) % HELD] : h;
    const held_row *down = y < s->now.height - 1 ? &s->held[(y + 1) % HELD] : h;
    int32_t last = s->now.width - 1;

    for (int32_t x = 0; x <= last; x++) {
        int32_t left = x > 0 ? x - 1 : 0, right = x < last ? x + 1 : last;
        const float *near[4] = { h->colours[left], h->colours[right], up->colours[x], down->colours[x] };
        float a0 = h->alpha[x], a1 = 1.0f - a0, a01 = a0 * a1, a00 = a0 * a0, a11 = a1 * a1, inverse;
        float pull[4] = { h->alpha[left], h->alpha[right], up->alpha[x], down->alpha[x] };
        float *pair = h->colours[x];

        for (int32_t k = 0; k < 4; k++) {
            pull[k] = REGULARISATION + fabsf(a0 - pull[k]);
            a00 += pull[k];
            a11 += pull[k];
        }
        inverse = 1.0f / (a00 * a11 - a01 * a01);
        for (int32_t c = 0; c < 3; c++) {
            float front = a0 * h->picture[3 * x + c], back = a1 * h->picture[3 * x + c];

            for (int32_t k = 0; k < 4; k++) {
                front += pull[k] * near[k][c];
                back += pull[k] * near[k][c + 3];
            }
            pair[c] = limited(inverse * (a11 * front - a01 * back));
            pair[c + 3] = limited(inverse * (a00 * back - a01 * front));
        }
    }
}

/* Hands the finished row over: to the level, or as bytes to the result. */
static void put_row(solver *s, int32_t y, int last)
{
    const held_row *h = &s->held[y % HELD];
    unsigned char *out;

    if (!last) {
        memcpy(s->now.pixels + (size_t)y * (size_t)s->now.width, h->colours,
               (size_t)s->now.width * sizeof *h->colours);
        return;
    }
    out = view_row(s->dst, y);
    for (int32_t x = 0; x < s->now.width; x++)
        for (int32_t c = 0; c < 3; c++)
            out[4 * x + c] = (unsigned char)(int32_t)(h->colours[x][c] * 255.0f + 0.5f);
}

static void solve_level(solver *s, int last)
{
    int32_t rounds = s->now.width <= SMALL_SIDE && s->now.height <= SMALL_SIDE ? SMALL_ROUNDS : LARGE_ROUNDS;

    load_row(s, 0);
    for (int32_t step = 0; step < s->now.height + rounds - 1; step++) {
        if (step + 1 < s->now.height)
            load_row(s, step + 1);
        for (int32_t k = 0; k < rounds; k++)
            if (step - k >= 0 && step - k < s->now.height)
                solve_row(s, step - k);
        if (step - rounds + 1 >= 0)
            put_row(s, step - rounds + 1, last);
    }
}

/* Mean colours of what is mostly subject and mostly background; black where there is none. */
static void start_colours(solver *s, colour_pair out)
{
    float sum[6] = { 0 }, count[2] = { 0 };

    for (int32_t y = 0; y < s->picture->height; y++) {
        const unsigned char *pixel = view_row(s->picture, y);

        compat_map_row(s->map, s->row, y);
        for (int32_t x = 0; x < s->picture->width; x++, pixel += s->layout.step) {
            double a = (double)s->row[x];
            int32_t side = a > 0.9 ? 0 : a < 0.1 ? 1 : -1;

            if (side < 0)
                continue;
            count[side] += 1.0f;
            sum[3 * side] += s->level_of[pixel[s->layout.red]];
            sum[3 * side + 1] += s->level_of[pixel[s->layout.green]];
            sum[3 * side + 2] += s->level_of[pixel[s->layout.blue]];
        }
    }
    for (int32_t c = 0; c < 6; c++)
        out[c] = sum[c] / (count[c / 3] + 1e-5f);
}

/* Level `i` of `n`, whose sides grow by a constant factor from level to level. */
static void size_level(solver *s, int32_t i, int32_t n)
{
    double share = n ? (double)i / n : 1;

    s->now.width = (int32_t)rint(pow(s->picture->width, share));
    s->now.height = (int32_t)rint(pow(s->picture->height, share));
}

/* *room: two fields, the larger of which holds the last level but one, and the smaller the one before that. */
static void run_levels(solver *s, int32_t n, colour_pair *room[2])
{
    colour_pair start;

    start_colours(s, start);
    s->before = (colour_level){ &start, 1, 1 };
    for (int32_t i = 0; i <= n; i++) {
        size_level(s, i, n);
        s->now.pixels = room[(n - i + 1) & 1];
        solve_level(s, i == n);
        s->before = s->now;
    }
}

static size_t level_pixels(solver *s, int32_t i, int32_t n)
{
    size_level(s, i > 0 ? i : 0, n);
    return (size_t)s->now.width * (size_t)s->now.height;
}

static int take_rows(solver *s, const inspyr_allocator *allocator)
{
    size_t width = (size_t)s->picture->width, pitch = width * 10;

    s->row = memory_array(allocator, width, sizeof *s->row);
    s->block = memory_array(allocator, HELD * width, 10 * sizeof *s->block);
    for (size_t i = 0; s->block && i < HELD; i++) {
        s->held[i].colours = (colour_pair *)(void *)(s->block + i * pitch);
        s->held[i].picture = s->block + i * pitch + 6 * width;
        s->held[i].alpha = s->block + i * pitch + 9 * width;
    }
    return s->row && s->block;
}

inspyr_status compat_colours(const inspyr_view *dst, const inspyr_view *picture, const compat_map *map,
                             const inspyr_allocator *allocator, inspyr_error *error)
{
    solver s = { .dst = dst, .picture = picture, .map = map, .layout = pixel_layout_of(picture->format) };
    int32_t n = 0, side = picture->width > picture->height ? picture->width : picture->height;
    colour_pair *room[2];
    inspyr_status status = INSPYR_OK;

    while (n < 31 && side > (int64_t)1 << n)
        n++;
    for (int32_t i = 0; i < 256; i++)
        s.level_of[i] = (float)(i / 255.0);
    room[0] = memory_array(allocator, level_pixels(&s, n - 1, n), sizeof *room[0]);
    room[1] = memory_array(allocator, level_pixels(&s, n - 2, n), sizeof *room[1]);
    if (take_rows(&s, allocator) && room[0] && room[1])
        run_levels(&s, n, room);
    else
        status = failed(error, INSPYR_ERR_MEMORY, "no room for the colours of %d x %d pixels",
                        (int)picture->width, (int)picture->height);
    memory_give(allocator, s.block);
    memory_give(allocator, s.row);
    memory_give(allocator, room[1]);
    memory_give(allocator, room[0]);
    return status;
}
