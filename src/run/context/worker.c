#include "run/context/worker.h"

#include <math.h>

#include "run/context/deliver.h"
#include "run/context/flight.h"
#include "run/context/gather.h"

/* Until when a batch waits for more: not at all unless forecasts expect a job, and that it saves more than it
 * costs. */
static double patience(const inspyr_context *c, const batch *b)
{
    const double now = context_now(c), most = (double)c->options.max_wait_ms * 1e-3;
    const flight *head = b->flights[0];
    double end;

    if (!c->options.max_wait_ms || c->life.draining)
        return -INFINITY;
    end = now + 1e3 * forecast_wait(&c->forecast, head->pixels, b->n, c->options.max_batch, most, now * 1e-3);
    return fmin(end, head->entered + (double)c->options.max_wait_ms);
}

static void run(inspyr_context *c, batch *b)
{
    for (int32_t i = 0; i < b->n; i++) {
        c->reserved += b->flights[i]->footprint;
        flight_begin(c, b->flights[i]);
    }
    c->passing += b->n;
    batch_run(b);
    c->passing -= b->n;
    c->active = context_now(c);
}

static double idle_until(const inspyr_context *c)
{
    bool idle = c->options.idle_release_ms && c->life.phase == LIFE_SERVING && !c->life.draining && !c->jobs &&
                !c->users;

    return idle ? c->active + (double)c->options.idle_release_ms : INFINITY;
}

static void release_model(inspyr_context *c)
{
    void *handles[CONTEXT_MODELS];

    if (context_step(c, LIFE_IDLE) != LIFE_RELEASE)
        return;
    memcpy(handles, c->handles, sizeof handles);
    memset(c->handles, 0, sizeof c->handles);
    context_unlock(c);
    models_release(c->backend, handles);
    context_lock(c);
}

static int32_t number_of(const inspyr_context *c)
{
    int32_t i = 0;

    while (i < c->started && !pthread_equal(c->workers[i], pthread_self()))
        i++;
    return i + 1;
}

/* One batch, or one pause. */
static void turn(inspyr_context *c)
{
    batch b = { .context = c };
    double now = context_now(c), until = INFINITY;

    if (c->life.phase == LIFE_SERVING) {
        gather_forgo(c);
        gather_batch(c, &b);
    }
    if (b.n) {
        until = patience(c, &b);
        if (context_now(c) >= until) {
            b.worker = number_of(c);
            b.handle = context_take_handle(c, b.flights[0]->level);
            run(c, &b);
            context_give_handle(c);
            return;
        }
    }
    if (now >= idle_until(c)) {
        release_model(c);
        return;
    }
    until = fmin(until, fmin(c->next_deadline, idle_until(c)));
    context_wait(c, &c->changed, until);
}

void *worker_run(void *user)
{
    inspyr_context *c = user;

    context_lock(c);
    while (!c->closing) {
        jobs_expire(c);
        turn(c);
        context_unlock(c); /* frees what is over */
        context_lock(c);
    }
    context_unlock(c);
    return NULL;
}
