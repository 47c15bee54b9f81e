#include "run/context/gather.h"

#include <math.h>
#include <string.h>

#include "run/context/deliver.h"

static bool alike(const inspyr_context *c, const flight *a, const flight *b)
{
    return c->handles[a->level] == c->handles[b->level] && a->recipe.flags == b->recipe.flags &&
           a->recipe.width == b->recipe.width && a->recipe.height == b->recipe.height &&
           a->recipe.resize == b->recipe.resize && a->recipe.short_side == b->recipe.short_side;
}

static flight *first(const inspyr_context *c)
{
    for (int i = 0; i < CONTEXT_PRIORITIES; i++)
        if (c->queue[i])
            return c->queue[i];
    return NULL;
}

static bool others_wait(const inspyr_context *c, const flight *head)
{
    if (head->next)
        return true;
    for (int i = head->priority + 1; i < CONTEXT_PRIORITIES; i++)
        if (c->queue[i])
            return true;
    return false;
}

/* When nobody wants it any more. */
static double deadline(const flight *f)
{
    double last = -INFINITY;

    for (const part *p = f->parts; p; p = p->next)
        last = fmax(last, p->job->deadline);
    return last;
}

/* Milliseconds of a pass, by estimate; below 0: unknown. */
static double pass_ms(const inspyr_context *c, const flight *head, int32_t n)
{
    return 1e3 * forecast_pass(&c->forecast, head->pixels, n);
}

/* Who could not be done in time leaves before the pass, not in it: the machine's time goes to those behind. Who
 * has nobody behind is tried, or an estimate that is too high would stay for ever. */
void gather_forgo(inspyr_context *c)
{
    flight *head;

    while ((head = first(c)) && others_wait(c, head) &&
           deadline(head) < context_now(c) + FORECAST_MARGIN * pass_ms(c, head, 1))
        job_end(head->parts->job, INSPYR_ERR_DEADLINE, "the deadline would pass in its own pass, by estimate");
}

/* What a pass of n makes a millisecond: pictures done in time, less those that it makes too late for a pass of
 * their own after it. */
static double gain(const inspyr_context *c, const batch *b, int32_t n)
{
    const double now = context_now(c), ms = pass_ms(c, b->flights[0], n), alone = pass_ms(c, b->flights[0], 1);
    int32_t done = 0, lost = 0;

    for (int32_t i = 0; i < b->n; i++) {
        const double left = deadline(b->flights[i]) - now;

        if (done < n && left >= ms)
            done++;
        else if (left >= alone && left < ms + alone)
            lost++;
    }
    return (done - lost) / ms;
}

/* Those who can bear a pass of n, at most n of them; returns how many there are. */
static int32_t bearing(flight **out, const inspyr_context *c, const batch *b, int32_t n)
{
    const double end = context_now(c) + pass_ms(c, b->flights[0], n);
    int32_t kept = 0;

    for (int32_t i = 0; i < b->n && kept < n; i++)
        if (deadline(b->flights[i]) >= end)
            out[kept++] = b->flights[i];
    return kept;
}

/* Large passes make more pictures a second, but some of those who have waited can bear only a small one. */
static void keep_best(const inspyr_context *c, batch *b)
{
    flight *kept[CONTEXT_BATCH];
    double best = -INFINITY;
    int32_t most = b->n;

    if (bearing(kept, c, b, b->n) == b->n)
        return;
    for (int32_t n = 1; n <= b->n; n++) {
        const double made = gain(c, b, n);

        if (made > best) {
            best = made;
            most = n;
        }
    }
    most = bearing(kept, c, b, most);
    if (most) {
        memcpy(b->flights, kept, (size_t)most * sizeof *kept);
        b->n = most;
    }
}

static bool fits(const inspyr_context *c, uint64_t more)
{
    return !c->options.memory_budget || c->reserved + more <= c->options.memory_budget;
}

void gather_batch(inspyr_context *c, batch *b)
{
    uint64_t bytes = 0;
    flight *head = first(c);
    int32_t most;

    b->n = 0;
    if (!head || (c->reserved && !fits(c, head->footprint)))
        return;
    most = forecast_batch(&c->forecast, head->pixels, c->options.max_batch);
    for (int i = 0; i < CONTEXT_PRIORITIES; i++)
        for (flight *f = c->queue[i]; f && b->n < most; f = f->next)
            if (f == head || (alike(c, f, head) && fits(c, bytes + f->footprint))) {
                bytes += f->footprint;
                b->flights[b->n++] = f;
            }
    keep_best(c, b);
}
