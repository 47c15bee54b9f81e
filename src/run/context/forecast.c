#include "run/context/forecast.h"

#include <math.h>
#include <stdbool.h>

/* What a pass still counts after the next one. Twenty passes are remembered: enough for a line, and a machine
 * that gets busy is noticed within seconds. */
#define KEPT 0.95
#define NEWER 0.2   /* share of the newest in moving averages */
#define WORTH 0.1   /* of a lone pass: what a batch of two must save of two of them */
#define RETRIED 100 /* passes after which it is tried again what memory was too small for */
#define OVERDUE 3.0 /* times the usual gap after which no job is expected any more */

static const forecast_size *find(const forecast *f, uint64_t pixels)
{
    for (int i = 0; i < FORECAST_SIZES; i++)
        if (f->sizes[i].pixels == pixels)
            return &f->sizes[i];
    return NULL;
}

static forecast_size *entry(forecast *f, uint64_t pixels)
{
    forecast_size *s = &f->sizes[0];

    for (int i = 0; i < FORECAST_SIZES && s->pixels != pixels; i++)
        if (f->sizes[i].pixels == pixels || f->sizes[i].used < s->used)
            s = &f->sizes[i];
    if (s->pixels != pixels)
        *s = (forecast_size){ .pixels = pixels };
    s->used = ++f->turns;
    return s;
}

/* The line; through the origin, and false, as long as all passes had one number of pictures; never below it. */
static bool line(const forecast_size *s, double *fixed, double *each)
{
    double spread = s->w * s->nn - s->n * s->n;

    *fixed = 0;
    *each = s->nt / s->nn;
    if (spread <= 0.01 * s->w * s->nn)
        return false;
    *each = (s->w * s->nt - s->n * s->t) / spread;
    *fixed = (s->t - *each * s->n) / s->w;
    if (*each < 0 || *fixed < 0) {
        *fixed = *each < 0 ? s->t / s->w : 0;
        *each = *each < 0 ? 0 : s->nt / s->nn;
    }
    return true;
}

static const forecast_size *nearest(const forecast *f, uint64_t pixels)
{
    const forecast_size *best = NULL;

    for (int i = 0; i < FORECAST_SIZES; i++) {
        const forecast_size *s = &f->sizes[i];

        if (s->w > 0 && (!best || fabs(log((double)s->pixels / (double)pixels)) <
                                      fabs(log((double)best->pixels / (double)pixels))))
            best = s;
    }
    return best;
}

void forecast_learn(forecast *f, uint64_t pixels, int32_t pictures, double seconds, double rest)
{
    forecast_size *s = entry(f, pixels);
    double n = pictures;

    s->rest = s->w > 0 ? (1 - NEWER) * s->rest + NEWER * rest : rest;
    s->w = KEPT * s->w + 1;
    s->n = KEPT * s->n + n;
    s->nn = KEPT * s->nn + n * n;
    s->t = KEPT * s->t + seconds;
    s->nt = KEPT * s->nt + n * seconds;
    if (s->limit && ++s->since_limit >= RETRIED)
        s->limit = 0;
}

void forecast_full(forecast *f, uint64_t pixels, int32_t pictures)
{
    forecast_size *s = entry(f, pixels);

    s->limit = pictures > 1 ? pictures / 2 : 1;
    s->since_limit = 0;
}

void forecast_arrival(forecast *f, uint64_t pixels, double now_s)
{
    forecast_size *s = entry(f, pixels);
    double gap = now_s - s->last_arrival_s;

    if (s->last_arrival_s > 0)
        s->arrival_s = s->arrival_s > 0 ? (1 - NEWER) * s->arrival_s + NEWER * gap : gap;
    s->last_arrival_s = now_s;
}

/* What is known of a size, or else of the nearest one; NULL: nothing is. */
static const forecast_size *known(const forecast *f, uint64_t pixels)
{
    const forecast_size *s = find(f, pixels);

    return s && s->w > 0 ? s : nearest(f, pixels);
}

double forecast_pass(const forecast *f, uint64_t pixels, int32_t pictures)
{
    const forecast_size *s = known(f, pixels);
    double fixed, each, scale;

    if (!s)
        return -1;
    line(s, &fixed, &each);
    scale = (double)pixels / (double)s->pixels;
    return (fixed + each * pictures) * scale + s->rest * pictures;
}

double forecast_delay(const forecast *f, uint64_t pixels, int32_t ahead, int32_t max_batch, int32_t workers)
{
    double full = forecast_pass(f, pixels, max_batch);
    int32_t left = ahead % max_batch;

    if (full < 0)
        return -1;
    return (ahead / max_batch * full + (left ? forecast_pass(f, pixels, left) : 0)) / workers;
}

static bool worth(double fixed, double each)
{
    return fixed >= WORTH * (fixed + each);
}

static int32_t worthwhile(const forecast_size *s, int32_t max_batch)
{
    double fixed, each;

    if (line(s, &fixed, &each))
        return worth(fixed, each) ? max_batch : 1;
    return max_batch > 2 && s->n < 1.5 * s->w ? 2 : max_batch;
}

int32_t forecast_batch(const forecast *f, uint64_t pixels, int32_t max_batch)
{
    const forecast_size *s = known(f, pixels);

    if (!s)
        return 1;
    return worthwhile(s, s->limit && s->limit < max_batch ? s->limit : max_batch);
}

double forecast_wait(const forecast *f, uint64_t pixels, int32_t waiting, int32_t max_batch, double max_wait_s,
                     double now_s)
{
    const forecast_size *s = find(f, pixels);
    double fixed, each, due;

    if (!s || s->w <= 0 || s->arrival_s <= 0 || waiting >= max_batch)
        return 0;
    line(s, &fixed, &each);
    if (!worth(fixed, each))
        return 0;
    if (now_s - s->last_arrival_s > OVERDUE * s->arrival_s)
        return 0;
    due = fmax(s->last_arrival_s + s->arrival_s - now_s, 0.1 * s->arrival_s);
    return due <= max_wait_s && due * waiting < fixed ? due : 0;
}
