#include "effect/effect_draw.h"

#include "base/pool.h"
#include "kernels/bands.h"

static int32_t step_count(const effect_drawing *d)
{
    int32_t count = 0;

    while (d->steps->pieces(&d->job, count))
        count++;
    return count;
}

/* A step that cannot be shared out, of an effect whose others can. */
static bool is_serial(const effect_drawing *d, int32_t step, int32_t count)
{
    bool shared = false;

    for (int32_t s = 0; s < count; s++)
        shared = shared || d->steps->pieces(&d->job, s) > 1;
    return shared && d->steps->pieces(&d->job, step) == 1;
}

static int32_t first_serial_round(const effect_drawing *drawings, size_t n)
{
    int32_t first = INT32_MAX;

    for (size_t i = 0; i < n; i++) {
        int32_t count = drawings[i].steps ? step_count(&drawings[i]) : 0;

        for (int32_t s = 0; s < count && s < first; s++)
            if (is_serial(&drawings[i], s, count))
                first = s;
    }
    return first == INT32_MAX ? 0 : first;
}

int32_t drawings_plan(effect_drawing *drawings, size_t n)
{
    int32_t serial = first_serial_round(drawings, n), rounds = 0;

    for (size_t i = 0; i < n; i++) {
        effect_drawing *d = &drawings[i];
        int32_t count = d->steps ? step_count(d) : 0;

        d->begin = count == 1 ? serial : 0;
        d->end = d->steps ? d->begin + count + d->pack : 0;
        rounds = d->end > rounds ? d->end : rounds;
    }
    return rounds;
}

/* The pieces of one round: those of drawing order[k] are tasks first[k] to first[k + 1] - 1. */
typedef struct round_tasks {
    const effect_drawing *drawings;
    int32_t round, count;
    int32_t order[DRAWINGS_MAX], first[DRAWINGS_MAX + 1];
    unsigned char *scratch;
    size_t lane_bytes;
} round_tasks;

static bool packs(const effect_drawing *d, int32_t round)
{
    return d->pack && round == d->end - 1;
}

static int32_t pieces_in(const effect_drawing *d, int32_t round)
{
    if (round < d->begin || round >= d->end)
        return 0;
    return packs(d, round) ? band_count(&d->job) : d->steps->pieces(&d->job, round - d->begin);
}

static void pack_band(const effect_job *job, int32_t band)
{
    for (int32_t y = band_first(job, band); y < band_end(job, band); y++) {
        unsigned char *row = job_dst(job, y);

        for (size_t x = 1; x < (size_t)job->width; x++) {
            row[3 * x] = row[4 * x];
            row[3 * x + 1] = row[4 * x + 1];
            row[3 * x + 2] = row[4 * x + 2];
        }
    }
}

static void run_task(void *user, int32_t task, int32_t lane)
{
    const round_tasks *t = user;
    const effect_drawing *d;
    int32_t k = 0;

    while (task >= t->first[k + 1])
        k++;
    d = &t->drawings[t->order[k]];
    if (packs(d, t->round))
        pack_band(&d->job, task - t->first[k]);
    else
        d->steps->run(&d->job, t->round - d->begin, task - t->first[k],
                      t->lane_bytes ? t->scratch + (size_t)lane * t->lane_bytes : NULL);
}

/* Drawings with one piece, or with more of them. */
static bool queue(round_tasks *t, size_t n, bool single)
{
    for (size_t i = 0; i < n; i++) {
        int32_t pieces = pieces_in(&t->drawings[i], t->round);

        if (!pieces || (pieces == 1) != single)
            continue;
        t->order[t->count++] = (int32_t)i;
        if (__builtin_add_overflow(t->first[t->count - 1], pieces, &t->first[t->count]))
            return false;
    }
    return true;
}

bool drawings_round(const effect_drawing *drawings, size_t n, int32_t round, inspyr_pool *pool,
                    unsigned char *scratch, size_t lane_bytes)
{
    round_tasks t = { .drawings = drawings, .round = round, .scratch = scratch, .lane_bytes = lane_bytes };

    if (!queue(&t, n, true) || !queue(&t, n, false))
        return false;
    pool_run(pool, t.first[t.count], run_task, &t);
    return true;
}
