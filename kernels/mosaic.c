/* mosaic.c - tiles of stone, set by hand: smaller ones where there is much to see.
 *
 * The picture is divided into square cells with one tile in each, or four where the cell is full of detail; a
 * tile is what lies nearer to its centre than to others (Voronoi), and centres are moved a little at random.
 * Step 0 finds the tiles of a row of cells and their colours, step 1 draws: joints, and edges that catch light
 * from above. */
#include "kernels/mosaic.h"
#include "kernels/effect_kernels.h"

static mosaic_look look_of(const effect_job *job)
{
    return mosaic_look_of(job->values, job->width, job->height, job->seed);
}

static size_t state_bytes(const effect_job *job)
{
    mosaic_look k = look_of(job);

    return grid_bytes(k.across, k.down, sizeof(mosaic_cell));
}

static mosaic_patch patch_of(const effect_job *job, const mosaic_square *s)
{
    mosaic_sums sums = { { 0 }, 0, 0 };

    for (int32_t y = s->top; y < s->bottom; y++) {
        const unsigned char *src = job_src(job, y) + 4 * (size_t)s->left;

        for (int32_t x = s->left; x < s->right; x++, src += 4) {
            uint32_t l = luminance(src);

            for (int c = 0; c < 3; c++)
                sums.colour[c] += src[c];
            sums.light += l;
            sums.light2 += l * l;
        }
    }
    return mosaic_patch_of(&sums, s);
}

static void set_cell(const effect_job *job, const mosaic_look *k, int32_t across, int32_t down)
{
    mosaic_cell *cells = job->state, *c = &cells[(size_t)down * (size_t)k->across + (size_t)across];
    mosaic_square s = mosaic_square_of(k, across, down, 0);
    mosaic_patch p = patch_of(job, &s);

    c->tiles = 0;
    if (mosaic_calm(k, &p)) {
        mosaic_set_tile(k, c, &p, &s, (float)k->side);
        return;
    }
    for (int32_t i = 1; i < MOSAIC_PATCHES; i++) {
        s = mosaic_square_of(k, across, down, i);
        if (s.left >= job->width || s.top >= job->height)
            continue;
        p = patch_of(job, &s);
        mosaic_set_tile(k, c, &p, &s, (float)k->side / 2);
    }
}

static void draw_cell(const effect_job *job, const mosaic_look *k, int32_t across, int32_t down)
{
    mosaic_square s = mosaic_square_of(k, across, down, 0);
    const mosaic_tile *tiles[MOSAIC_NEAR];
    int32_t count = mosaic_gather(k, job->state, tiles, across, down);

    for (int32_t y = s.top; y < s.bottom; y++)
        for (int32_t x = s.left; x < s.right; x++) {
            mosaic_place p = mosaic_place_of(tiles, count, (float)x + 0.5f, (float)y + 0.5f);
            unsigned char *dst = job_dst(job, y) + 4 * (size_t)x;

            mosaic_paint(dst, k, &p);
            dst[3] = job_src(job, y)[4 * (size_t)x + 3];
        }
}

static void run(const effect_job *job, int32_t step, int32_t row, void *scratch)
{
    mosaic_look k = look_of(job);

    (void)scratch;
    for (int32_t across = 0; across < k.across; across++) {
        if (step == 0)
            set_cell(job, &k, across, row);
        else
            draw_cell(job, &k, across, row);
    }
}

static int32_t pieces(const effect_job *job, int32_t step)
{
    return step < 2 ? look_of(job).down : 0;
}

const effect_steps KERNEL(mosaic_steps) = { state_bytes, no_bytes, NULL, pieces, run };
