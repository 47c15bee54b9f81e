/* mosaic.c - tiles of stone, set by hand: smaller ones where there is much to see.
 *
 * The picture is divided into square cells with one tile in each, or four where the cell is full of detail; a
 * tile is what lies nearer to its centre than to others (Voronoi), and centres are moved a little at random.
 * Step 0 finds the tiles of a row of cells and their colours, step 1 draws: joints, and edges that catch light
 * from above. */
#include <math.h>

#include "kernels/effect_kernels.h"
#include "kernels/noise.h"

enum { TILE, DETAIL, JOINT, JOINT_COLOUR, RELIEF, VARIATION };

#define JITTER 0.32f /* of a tile's side: centres move by so much at most */
#define BUSY 1500.0f /* variance of a cell's luminance that splits it at half of `detail` */
#define BEVEL 0.22f  /* of a tile's side that is not flat */
#define TILES 4      /* of a cell at most */
#define NEIGHBOURS (9 * TILES)

typedef struct tile {
    float x, y;
    float colour[3]; /* levels */
} tile;

typedef struct cell {
    int32_t tiles;
    tile tile[TILES];
} cell;

static int32_t cells_across(const effect_job *job)
{
    return px_ceil_div(job->width, (int32_t)job->values[TILE]);
}

static int32_t cells_down(const effect_job *job)
{
    return px_ceil_div(job->height, (int32_t)job->values[TILE]);
}

static size_t state_bytes(const effect_job *job)
{
    return grid_bytes(cells_across(job), cells_down(job), sizeof(cell));
}

static cell *cell_at(const effect_job *job, int32_t across, int32_t down)
{
    cell *cells = job->state;

    return &cells[(size_t)down * (size_t)cells_across(job) + (size_t)across];
}

typedef struct patch {
    float colour[3], variance; /* means; of the luminance */
} patch;

/* Of so much of a square as lies in the picture. */
static patch patch_of(const effect_job *job, int32_t left, int32_t top, int32_t side)
{
    int32_t right = job->width - left < side ? job->width : left + side,
            bottom = job->height - top < side ? job->height : top + side;
    uint64_t colour[3] = { 0 }, light = 0, light2 = 0;
    float share = 1 / ((float)(right - left) * (float)(bottom - top)), mean;
    patch p;

    for (int32_t y = top; y < bottom; y++) {
        const unsigned char *src = job_src(job, y) + 4 * (size_t)left;

        for (int32_t x = left; x < right; x++, src += 4) {
            uint32_t l = luminance(src);

            for (int c = 0; c < 3; c++)
                colour[c] += src[c];
            light += l;
            light2 += (uint64_t)l * l;
        }
    }
    for (int c = 0; c < 3; c++)
        p.colour[c] = (float)colour[c] * share;
    mean = (float)light * share;
    p.variance = (float)light2 * share - mean * mean;
    return p;
}

/* One tile for a square of a cell. */
static void set_tile(const effect_job *job, tile *t, const patch *p, int32_t left, int32_t top, float side,
                     uint32_t seed)
{
    uint32_t u = (uint32_t)left, v = (uint32_t)top;
    float tone = 1 + job->values[VARIATION] * (2 * noise_at(u, v, seed + 3) - 1);

    t->x = (float)left + side * (0.5f + JITTER * (2 * noise_at(u, v, seed + 1) - 1));
    t->y = (float)top + side * (0.5f + JITTER * (2 * noise_at(u, v, seed + 2) - 1));
    for (int c = 0; c < 3; c++)
        t->colour[c] = p->colour[c] * tone;
}

static void set_cell(const effect_job *job, int32_t across, int32_t down, uint32_t seed)
{
    int32_t side = (int32_t)job->values[TILE], half = side / 2, left = across * side, top = down * side;
    cell *c = cell_at(job, across, down);
    patch p = patch_of(job, left, top, side);

    c->tiles = 0;
    if (p.variance * job->values[DETAIL] <= BUSY / 2) {
        set_tile(job, &c->tile[c->tiles++], &p, left, top, (float)side, seed);
        return;
    }
    for (int32_t y = top; y < job->height && y <= top + half; y += half)
        for (int32_t x = left; x < job->width && x <= left + half; x += half) {
            p = patch_of(job, x, y, side - half);
            set_tile(job, &c->tile[c->tiles++], &p, x, y, (float)side / 2, seed);
        }
}

/* All tiles that may reach into a cell. */
static int32_t gather(const effect_job *job, const tile *tiles[NEIGHBOURS], int32_t across, int32_t down)
{
    int32_t count = 0;

    for (int32_t v = down > 0 ? down - 1 : 0; v <= down + 1 && v < cells_down(job); v++)
        for (int32_t u = across > 0 ? across - 1 : 0; u <= across + 1 && u < cells_across(job); u++) {
            const cell *c = cell_at(job, u, v);

            for (int32_t i = 0; i < c->tiles; i++)
                tiles[count++] = &c->tile[i];
        }
    return count;
}

/* A pixel's own tile, the one behind its nearest border, and how far that is. */
typedef struct place {
    const tile *own, *other;
    float border;
} place;

static float squared(float x, float y)
{
    return x * x + y * y;
}

static place place_of(const tile *const *tiles, int32_t count, float x, float y)
{
    place p = { tiles[0], NULL, 1e9f };
    float far[NEIGHBOURS], nearest = 1e18f;

    for (int32_t i = 0; i < count; i++) {
        far[i] = squared(tiles[i]->x - x, tiles[i]->y - y);
        if (far[i] < nearest) {
            nearest = far[i];
            p.own = tiles[i];
        }
    }
    for (int32_t i = 0; i < count; i++) {
        float apart = squared(tiles[i]->x - p.own->x, tiles[i]->y - p.own->y), border;

        if (tiles[i] == p.own || apart < 0.25f)
            continue;
        border = (far[i] - nearest) / (2 * sqrtf(apart));
        if (border < p.border) {
            p.border = border;
            p.other = tiles[i];
        }
    }
    return p;
}

/* Brightness of a tile at a pixel: its rim slopes towards its neighbour, and light comes from above and left.
 */
static float shade(const effect_job *job, const place *p)
{
    float rim = BEVEL * job->values[TILE], depth = p->border - job->values[JOINT] / 2, slope, dx, dy;

    if (!p->other || depth >= rim)
        return 1;
    dx = p->other->x - p->own->x;
    dy = p->other->y - p->own->y;
    slope = (1 - (depth > 0 ? depth : 0) / rim) * job->values[RELIEF];
    return 1 - 0.42f * slope * (dx * 0.5f + dy * 0.866f) / sqrtf(squared(dx, dy));
}

static void draw_pixel(const effect_job *job, unsigned char *dst, const place *p)
{
    uint32_t joint = (uint32_t)job->values[JOINT_COLOUR];
    float light = shade(job, p), stone = p->border - job->values[JOINT] / 2 + 0.5f;

    stone = stone < 0 ? 0 : stone > 1 ? 1 : stone;
    for (int c = 0; c < 3; c++) {
        float between = (float)(int32_t)(joint >> (16 - 8 * c) & 255), level = p->own->colour[c] * light;

        level = between + (level - between) * stone + 0.5f;
        dst[c] = (unsigned char)(level < 0 ? 0 : level > 255 ? 255 : level);
    }
}

static void draw_cell(const effect_job *job, int32_t across, int32_t down)
{
    int32_t side = (int32_t)job->values[TILE], count;
    const tile *tiles[NEIGHBOURS];

    count = gather(job, tiles, across, down);
    for (int32_t y = down * side; y < job->height && y < (down + 1) * side; y++)
        for (int32_t x = across * side; x < job->width && x < (across + 1) * side; x++) {
            place p = place_of(tiles, count, (float)x + 0.5f, (float)y + 0.5f);
            unsigned char *dst = job_dst(job, y) + 4 * (size_t)x;

            draw_pixel(job, dst, &p);
            dst[3] = job_src(job, y)[4 * (size_t)x + 3];
        }
}

static void run(const effect_job *job, int32_t step, int32_t row, void *scratch)
{
    (void)scratch;
    for (int32_t across = 0; across < cells_across(job); across++) {
        if (step == 0)
            set_cell(job, across, row, noise_seed(job->seed));
        else
            draw_cell(job, across, row);
    }
}

static int32_t pieces(const effect_job *job, int32_t step)
{
    return step < 2 ? cells_down(job) : 0;
}

const effect_steps KERNEL(mosaic_steps) = { state_bytes, no_bytes, NULL, pieces, run };
