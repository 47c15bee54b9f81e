/* watercolor.c - washes that run into each other, dark where they dry last, on rough paper.
 *
 * Step 0 takes the mean and the variance of the square that begins at every pixel. Step 1 blends the four
 * squares that meet at a pixel, the calm ones most (a smooth Kuwahara filter: it flattens areas and keeps
 * edges), and lays pigment: a density d turns a colour C of 0..1 into C - (C - C^2)(d - 1), as Bousseau et al.
 * have it (Interactive watercolor rendering with temporal coherence and abstraction, 2006, equation 1). */
#include "kernels/effect_kernels.h"
#include "kernels/noise.h"

enum { BRUSH, BLEED, EDGES, WASHES, GRANULATION };

#define BRUSH_MAX 12    /* as the table of effects has it */
#define CALM 6.0f       /* variance, levels^2, from which a square counts less */
#define PIGMENT 1.7f    /* density that a full edge adds, */
#define RIPPLES 0.55f   /* and what pools of water and the grain of paper add at most */
#define PAPER 0.12f     /* of white that shines through */
#define THIN 0.3f       /* how much lighter middle tones are than the picture's: paint is thin */
#define COLOURFUL 1.18f /* distance of colours from grey, of the picture's */

/* Of a square: means in 1/256 levels, and the variance of the luminance in levels^2. */
typedef struct square {
    uint16_t colour[3], variance;
} square;

/* Sums over the rows of a square, for every column. */
typedef struct columns {
    uint32_t colour[3], light, light2;
} columns;

static size_t state_bytes(const effect_job *job)
{
    return grid_bytes(job->width, job->height, sizeof(square));
}

static size_t lane_bytes(const effect_job *job)
{
    return ((size_t)job->width + BRUSH_MAX + 1) * sizeof(columns);
}

/* Rows below the picture are its last one. */
static void add_row(columns *sums, const effect_job *job, int32_t y, uint32_t sign)
{
    const unsigned char *src = job_src(job, px_within(y, job->height));

    for (int32_t x = 0; x < job->width; x++, src += 4) {
        uint32_t light = luminance(src);

        for (int c = 0; c < 3; c++)
            sums[x].colour[c] += sign * src[c];
        sums[x].light += sign * light;
        sums[x].light2 += sign * light * light;
    }
}

static void add_column(columns *sum, const columns *column, uint32_t sign)
{
    for (int c = 0; c < 3; c++)
        sum->colour[c] += sign * column->colour[c];
    sum->light += sign * column->light;
    sum->light2 += sign * column->light2;
}

static square square_of(const columns *sum, float share)
{
    float light = (float)(int32_t)sum->light * share;
    float variance = (float)(int32_t)sum->light2 * share - light * light;
    square s;

    for (int c = 0; c < 3; c++)
        s.colour[c] = (uint16_t)((float)(int32_t)sum->colour[c] * share * 256 + 0.5f);
    s.variance = (uint16_t)(variance > 0 ? variance : 0); /* at most 127.5^2 */
    return s;
}

static void find_squares(const effect_job *job, int32_t band, columns *sums)
{
    square *out = job->state;
    int32_t side = (int32_t)job->values[BRUSH] + 1, width = job->width;
    float share = 1 / (float)(side * side);

    memset(sums, 0, (size_t)width * sizeof *sums);
    for (int32_t i = 0; i < side - 1; i++)
        add_row(sums, job, band_first(job, band) + i, 1);
    for (int32_t y = band_first(job, band); y < band_end(job, band); y++) {
        square *row = out + (size_t)y * (size_t)width;
        columns sum = { 0 };

        add_row(sums, job, y + side - 1, 1);
        for (int32_t i = 0; i < side; i++) /* columns beside the picture are its last one */
            sums[width + i] = sums[width - 1];
        for (int32_t i = 0; i < side - 1; i++)
            add_column(&sum, &sums[i], 1);
        for (int32_t x = 0; x < width; x++) {
            add_column(&sum, &sums[x + side - 1], 1);
            row[x] = square_of(&sum, share);
            add_column(&sum, &sums[x], (uint32_t)-1);
        }
        add_row(sums, job, y, (uint32_t)-1);
    }
}

static inline float brightness(float red, float green, float blue)
{
    return 0.299f * red + 0.587f * green + 0.114f * blue;
}

/* What the four squares around a pixel say. */
typedef struct wash {
    float colour[3], edge; /* 0..1 */
} wash;

static inline wash wash_at(const effect_job *job, int32_t x, int32_t y)
{
    const square *squares = job->state;
    int32_t brush = (int32_t)job->values[BRUSH];
    float total = 0, least = 255, most = 0;
    wash w = { { 0 }, 0 };

    for (int i = 0; i < 4; i++) {
        int32_t left = px_within(i & 1 ? x : x - brush, job->width),
                top = px_within(i & 2 ? y : y - brush, job->height);
        const square *s = &squares[(size_t)top * (size_t)job->width + (size_t)left];
        float calm = CALM / (CALM + (float)s->variance), weight = calm * calm + 1e-6f;
        float light = brightness(s->colour[0], s->colour[1], s->colour[2]) * (1.0f / 256);

        for (int c = 0; c < 3; c++)
            w.colour[c] += weight * s->colour[c];
        total += weight;
        least = light < least ? light : least;
        most = light > most ? light : most;
    }
    for (int c = 0; c < 3; c++)
        w.colour[c] = w.colour[c] / total * (1.0f / (255 * 256));
    w.edge = (most - least) * (1.0f / 255);
    return w;
}

/* Brightness in steps, as layers of paint dry on each other, with soft borders. */
static inline float layered(float light, float washes)
{
    float at = light * washes, step = (float)(int32_t)at, rest = at - step;
    float soft = (rest - 0.35f) * (1 / 0.3f);

    soft = soft < 0 ? 0 : soft > 1 ? 1 : soft;
    return (step + noise_ease(soft)) / washes;
}

static inline float clamp_one(float x)
{
    return x < 0 ? 0 : x > 1 ? 1 : x;
}

static inline unsigned char painted(float colour, float density)
{
    colour = clamp_one(colour);
    colour += THIN * (colour - colour * colour);
    colour = clamp_one(colour - (colour - colour * colour) * (density - 1));
    return (unsigned char)(255 * (colour + (1 - colour) * PAPER) + 0.5f);
}

static void paint_pixel(const effect_job *job, int32_t x, int32_t y, uint32_t seed)
{
    const float *values = job->values;
    uint32_t u = (uint32_t)x, v = (uint32_t)y;
    float dx = noise_cloud(u, v, 5, seed + 1) + 0.5f * noise_cloud(u, v, 3, seed + 2) - 0.75f;
    float dy = noise_cloud(u, v, 5, seed + 3) + 0.5f * noise_cloud(u, v, 3, seed + 4) - 0.75f;
    float pools = noise_cloud(u, v, 7, seed + 5) + 0.5f * noise_cloud(u, v, 5, seed + 6) - 0.75f;
    float paper = noise_cloud(u, v, 1, seed + 7) + 0.7f * noise_at(u, v, seed + 8) - 0.85f;
    wash w = wash_at(job, px_within(x + (int32_t)(values[BLEED] * dx + 64.5f) - 64, job->width),
                     px_within(y + (int32_t)(values[BLEED] * dy + 64.5f) - 64, job->height));
    float light = brightness(w.colour[0], w.colour[1], w.colour[2]);
    float wanted = values[WASHES] > 1 ? 0.5f * (light + layered(light, values[WASHES])) : light;
    float density = 1 + PIGMENT * values[EDGES] * clamp_one(2.5f * w.edge - 0.05f) +
                    RIPPLES * values[GRANULATION] * (0.8f * pools + paper * (1.3f - light));
    unsigned char *dst = job_dst(job, y) + 4 * (size_t)x;

    for (int c = 0; c < 3; c++)
        dst[c] = painted(wanted + COLOURFUL * (w.colour[c] - light), density);
    dst[3] = job_src(job, y)[4 * (size_t)x + 3];
}

static void run(const effect_job *job, int32_t step, int32_t band, void *scratch)
{
    uint32_t seed = noise_seed(job->seed);

    if (step == 0) {
        find_squares(job, band, scratch);
        return;
    }
    for (int32_t y = band_first(job, band); y < band_end(job, band); y++)
        for (int32_t x = 0; x < job->width; x++)
            paint_pixel(job, x, y, seed);
}

static int32_t pieces(const effect_job *job, int32_t step)
{
    return step < 2 ? band_count(job) : 0;
}

const effect_steps KERNEL(watercolor_steps) = { state_bytes, lane_bytes, NULL, pieces, run };
