#include "run/context/flight.h"

#include "base/memory.h"
#include "run/context/deliver.h"

flight *flight_create(const inspyr_allocator *allocator, const part *p, source *s)
{
    const job_request *r = &p->job->request;
    flight *f = memory_zeroed(allocator, sizeof *f);

    if (!f)
        return NULL;
    if (r->profile.size && memory_bytes(&f->profile, allocator, r->profile.size, NULL)) {
        memory_give(allocator, f);
        return NULL;
    }
    if (r->profile.size)
        memcpy(f->profile.data, r->profile.data, r->profile.size);
    f->key = p->key;
    f->recipe = p->recipe;
    f->level = p->job->level;
    f->whole = request_whole(r);
    f->source = source_share(s);
    f->priority = r->options.priority;
    return f;
}

void flight_destroy(flight *f, const inspyr_allocator *allocator)
{
    if (!f)
        return;
    source_drop(f->source);
    inspyr_image_free(f->alpha);
    inspyr_bytes_free(&f->profile);
    memory_give(allocator, f);
}

static size_t bucket(const cache_key *key)
{
    return key_mark(key) % CONTEXT_BUCKETS;
}

flight *flight_find(const inspyr_context *c, const cache_key *key)
{
    for (flight *f = c->open[bucket(key)]; f; f = f->same)
        if (key_equal(&f->key, key))
            return f;
    return NULL;
}

static void enqueue(inspyr_context *c, flight *f)
{
    flight **place = &c->queue[f->priority];

    while (*place && (*place)->number < f->number)
        place = &(*place)->next;
    f->next = *place;
    *place = f;
    f->queued = true;
}

static void dequeue(inspyr_context *c, flight *f)
{
    flight **place = &c->queue[f->priority];

    while (*place != f)
        place = &(*place)->next;
    *place = f->next;
    f->next = NULL;
    f->queued = false;
}

void flight_enter(inspyr_context *c, flight *f)
{
    f->number = c->flights++;
    f->entered = context_now(c);
    f->same = c->open[bucket(&f->key)];
    c->open[bucket(&f->key)] = f;
    enqueue(c, f);
}

/* A flight at work keeps its priority: it has none any more. */
static void reprioritise(inspyr_context *c, flight *f)
{
    inspyr_priority best = INSPYR_PRIORITY_WARMUP;

    for (const part *p = f->parts; p; p = p->next)
        if (p->job->request.options.priority < best)
            best = p->job->request.options.priority;
    if (!f->queued || best == f->priority)
        return;
    dequeue(c, f);
    f->priority = best;
    enqueue(c, f);
}

void flight_join(inspyr_context *c, flight *f, part *p)
{
    part **end = &f->parts;

    while (*end)
        end = &(*end)->next;
    *end = p;
    p->flight = f;
    p->next = NULL;
    p->late = f->running;
    reprioritise(c, f);
}

void flight_leave(inspyr_context *c, part *p)
{
    flight *f = p->flight;

    if (!f)
        return;
    for (part **place = &f->parts;; place = &(*place)->next)
        if (*place == p) {
            *place = p->next;
            break;
        }
    p->flight = NULL;
    if (f->parts)
        reprioritise(c, f);
    else if (f->queued) {
        dequeue(c, f);
        flight_close(c, f);
    }
}

void flight_begin(inspyr_context *c, flight *f)
{
    dequeue(c, f);
    f->running = true;
    for (part *p = f->parts; p; p = p->next)
        job_starts(p->job, true);
}

void flight_again(inspyr_context *c, flight *f)
{
    f->failure.status = INSPYR_OK;
    f->running = false;
    f->retried = true;
    for (part *p = f->parts; p; p = p->next)
        p->late = false;
    enqueue(c, f);
    reprioritise(c, f);
    pthread_cond_broadcast(&c->changed);
}

void flight_close(inspyr_context *c, flight *f)
{
    flight **place = &c->open[bucket(&f->key)];

    while (*place != f)
        place = &(*place)->same;
    *place = f->same;
    f->closed = true;
    f->next = c->wrecks;
    c->wrecks = f;
}

void flights_answer(inspyr_context *c)
{
    for (int i = 0; i < CONTEXT_PRIORITIES; i++)
        while (c->queue[i] && c->life.phase != LIFE_LOADING) /* unless somebody wanted it once more meanwhile */
            job_end(c->queue[i]->parts->job, c->reason.status, c->reason.message);
}
