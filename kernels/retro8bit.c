/* Blocks of few colours, smaller where there are edges. Steps: the palette, where it is the picture's own (one
 * piece); bands of rows; the diffusion of errors, where it is asked for (one piece, on the rows that the bands
 * have written). Colours are looked up for the smaller pictures, and for single pixels only without them. */
#include "kernels/effect_kernels.h"
#include "kernels/retro_palette.h"
#include "kernels/retro_shrink.h"

#define BAND 120
#define AROUND 2 /* pixels around an edge that decide on it: one of the gradient, one of the widening */
#define RING 4   /* rows of grey and of edges */

typedef struct retro_state {
    retro_palette palette;
    retro_cell cells[RETRO_CELLS]; /* there where the palette is the picture's own */
} retro_state;

typedef struct retro_band {
    const effect_job *job;
    retro_plan plan;
    const retro_palette *palette;
    retro_shrink coarse, fine;
    int32_t pitch; /* of a row with AROUND pixels on both sides */
    uint32_t *words;
    int16_t *greys;
    unsigned char *edges, *wide;
    float *errors; /* three channels of two rows */
} retro_band;

static size_t take(retro_band *b, unsigned char *scratch)
{
    unsigned char *end = scratch;

    b->pitch = (b->job->width + 2 * AROUND + 15) / 16 * 16;
    b->words = px_take(&end, (size_t)b->pitch, sizeof *b->words);
    b->greys = px_take(&end, RING * (size_t)b->pitch, sizeof *b->greys);
    b->edges = px_take(&end, RING * (size_t)b->pitch, 1);
    b->wide = px_take(&end, (size_t)b->pitch, 1);
    b->errors = px_take(&end, 6 * (size_t)b->pitch, sizeof *b->errors);
    b->coarse.job = b->fine.job = b->job;
    end += retro_shrink_take(&b->coarse, end);
    end += retro_shrink_take(&b->fine, end);
    return (size_t)(end - scratch);
}

static size_t ring_at(const retro_band *b, int32_t y)
{
    return (size_t)((y + AROUND) & (RING - 1)) * (size_t)b->pitch;
}

static void grey_row(const retro_band *b, int32_t y)
{
    int32_t n = b->job->width + 2 * AROUND;
    int16_t *restrict grey = b->greys + ring_at(b, y);
    const uint32_t *restrict words = b->words;

    px_fetch(b->words, b->job, y, -AROUND, b->job->width + AROUND);
    for (int32_t x = 0; x < n; x++)
        grey[x] = retro_grey(words[x]);
}

static void edge_row(const retro_band *b, int32_t y)
{
    int32_t n = b->job->width + 2;
    const int16_t *restrict p = b->greys + ring_at(b, y - 1), *restrict q = b->greys + ring_at(b, y);
    const int16_t *restrict r = b->greys + ring_at(b, y + 1);
    unsigned char *restrict edge = b->edges + ring_at(b, y);
    int32_t limit = b->plan.threshold * b->plan.threshold;

    for (int32_t x = 0; x < n; x++)
        edge[x] = retro_steep(p + x, q + x, r + x) > limit;
}

static void widen_row(const retro_band *b, int32_t y)
{
    int32_t n = b->job->width;
    const unsigned char *restrict p = b->edges + ring_at(b, y - 1), *restrict q = b->edges + ring_at(b, y);
    const unsigned char *restrict r = b->edges + ring_at(b, y + 1);
    unsigned char *restrict wide = b->wide;

    for (int32_t x = 0; x < n; x++)
        wide[x] = p[x] | p[x + 1] | p[x + 2] | q[x] | q[x + 1] | q[x + 2] | r[x] | r[x + 1] | r[x + 2];
}

static void quantise(const retro_palette *palette, uint32_t *words, int32_t n)
{
    int32_t best[RETRO_CHUNK];

    for (int32_t from = 0; from < n; from += RETRO_CHUNK) {
        int32_t count = n - from < RETRO_CHUNK ? n - from : RETRO_CHUNK;

        retro_nearest_of(best, palette, words + from, count);
        for (int32_t x = 0; x < count; x++)
            words[from + x] = palette->words[best[x]];
    }
}

/* The row of blocks at row y of the picture. */
static const uint32_t *blocks_at(const retro_band *b, retro_shrink *s, int32_t y)
{
    int32_t n = b->job->width;
    int32_t row = retro_shown_at(y, b->job->height, s->size.height);
    const uint32_t *restrict words = s->words;
    uint32_t *restrict out = s->out;

    if (s->row == row)
        return out;
    s->row = row;
    retro_shrink_row(s, row);
    if (!b->plan.diffusion)
        quantise(b->palette, s->words, s->size.width);
    for (int32_t x = 0; x < n; x++)
        out[x] = words[s->shown[x]];
    return out;
}

static void write_row(const retro_band *b, int32_t y, const uint32_t *restrict coarse,
                      const uint32_t *restrict fine)
{
    int32_t n = b->job->width;
    uint32_t *restrict words = b->words;
    const unsigned char *restrict wide = b->wide;

    memcpy(words, job_src(b->job, y), 4 * (size_t)n);
    for (int32_t x = 0; x < n; x++) {
        uint32_t alpha = words[x] & PX_ALPHA, colour = wide[x] ? fine[x] : coarse[x];

        words[x] = alpha ? alpha | colour : 0;
    }
    memcpy(job_dst(b->job, y), words, 4 * (size_t)n);
}

static void pixelate_band(retro_band *b, int32_t y, int32_t end)
{
    retro_shrink_begin(&b->coarse, b->plan.factor);
    if (b->plan.edges)
        retro_shrink_begin(&b->fine, retro_fine(b->plan.factor));
    else
        memset(b->wide, 0, (size_t)b->job->width);
    for (int32_t r = b->plan.edges ? y - AROUND : y + AROUND; r < end + AROUND; r++) {
        int32_t done = r - AROUND;
        const uint32_t *coarse;

        if (b->plan.edges) {
            grey_row(b, r);
            if (r >= y)
                edge_row(b, r - 1);
            if (done < y)
                continue;
            widen_row(b, done);
        }
        coarse = blocks_at(b, &b->coarse, done);
        write_row(b, done, coarse, b->plan.edges ? blocks_at(b, &b->fine, done) : coarse);
    }
}

static void plain_band(retro_band *b, int32_t y, int32_t end)
{
    memset(b->wide, 0, (size_t)b->job->width);
    for (; y < end; y++) {
        uint32_t *words = b->coarse.out;

        memcpy(words, job_src(b->job, y), 4 * (size_t)b->job->width);
        for (int32_t x = 0; x < b->job->width; x++)
            words[x] &= ~PX_ALPHA;
        if (!b->plan.diffusion)
            quantise(b->palette, words, b->job->width);
        write_row(b, y, words, words);
    }
}

/* One pixel of the result, and the error that its neighbours get. */
static void diffuse_pixel(const retro_palette *palette, unsigned char *pixel, float *here, float *next)
{
    float v[3];
    int32_t best;

    for (int32_t c = 0; c < 3; c++)
        v[c] = (float)pixel[c] + here[c];
    best = retro_nearest(palette, 3.0f * v[0], 12.0f * v[1], 5.0f * v[2]);
    for (int32_t c = 0; c < 3; c++) {
        float error = v[c] - (float)PX_CHANNEL(palette->words[best], c);

        pixel[c] = (unsigned char)PX_CHANNEL(palette->words[best], c);
        here[c + 3] += error * 0.4375f;
        next[c - 3] += error * 0.1875f;
        next[c] += error * 0.3125f;
        next[c + 3] += error * 0.0625f;
    }
}

/* Of the whole picture, in place. Errors of both rows have room for one more pixel on either side. */
static void diffuse(const retro_band *b)
{
    size_t row = 3 * (size_t)b->pitch;

    memset(b->errors, 0, 2 * row * sizeof *b->errors);
    for (int32_t y = 0; y < b->job->height; y++) {
        float *here = b->errors + row * (size_t)(y & 1), *next = b->errors + row * (size_t)(~y & 1);
        unsigned char *dst = job_dst(b->job, y);

        memset(next, 0, row * sizeof *next);
        for (int32_t x = 0; x < b->job->width; x++)
            if (dst[4 * (size_t)x + 3])
                diffuse_pixel(b->palette, dst + 4 * (size_t)x, here + 3 * (size_t)(x + 1),
                              next + 3 * (size_t)(x + 1));
    }
}

static size_t state_bytes(const effect_job *job)
{
    return retro_plan_of(job->values).adaptive ? sizeof(retro_state) : sizeof(retro_palette);
}

static size_t lane_bytes(const effect_job *job)
{
    retro_band b = { .job = job };

    return take(&b, NULL);
}

static void prepare(const effect_job *job)
{
    retro_fixed(job->state);
}

/* The palette is step 0 and the diffusion step 2, but only where they are needed. */
static int32_t stage_of(const retro_plan *p, int32_t step)
{
    int32_t stage = p->adaptive ? step : step + 1;

    return stage == 2 && !p->diffusion ? 3 : stage;
}

static int32_t pieces(const effect_job *job, int32_t step)
{
    retro_plan plan = retro_plan_of(job->values);
    int32_t stage = stage_of(&plan, step);

    return stage == 1 ? px_bands(job->height, BAND, 8) : stage <= 2;
}

static void run(const effect_job *job, int32_t step, int32_t piece, void *scratch)
{
    retro_band b = { .job = job, .plan = retro_plan_of(job->values), .palette = job->state };
    int32_t stage = stage_of(&b.plan, step), bands = pieces(job, step);
    int32_t y = px_part(job->height, piece, bands), end = px_part(job->height, piece + 1, bands);
    retro_state *own = job->state;

    take(&b, scratch);
    if (stage == 0)
        retro_adapt(&own->palette, own->cells, job);
    else if (stage == 2)
        diffuse(&b);
    else if (b.plan.factor > 1)
        pixelate_band(&b, y, end);
    else
        plain_band(&b, y, end);
}

const effect_steps KERNEL(retro8bit_steps) = {
    .state_bytes = state_bytes, .lane_bytes = lane_bytes, .prepare = prepare, .pieces = pieces, .run = run
};
