/* batch.c - a batch on its way: pixels, passes of the network, and then each flight's results. */
#include "base/pool.h"
#include "base/status.h"
#include "run/context/deliver.h"
#include "run/context/finish.h"
#include "run/context/flight.h"
#include "run/context/remember.h"
#include "run/context/telemetry.h"

/* Flights of one network size. */
typedef struct group {
    batch *b;
    flight *flights[CONTEXT_BATCH];
    int32_t n;
} group;

/* Whether anybody still waits for any of them. */
static int heard(void *user, const inspyr_progress *progress)
{
    group *g = user;
    inspyr_context *c = g->b->context;
    bool waited_for = false;

    context_lock(c);
    jobs_expire(c);
    for (int32_t i = 0; i < g->n; i++)
        for (part *p = g->flights[i]->parts; p; p = p->next) {
            p->fraction = progress->fraction;
            waited_for = true;
        }
    context_unlock(c);
    return !waited_for;
}

static bool deserted(inspyr_context *c, const flight *f)
{
    bool alone;

    context_lock(c);
    jobs_expire(c);
    alone = !f->parts;
    context_unlock(c);
    return alone;
}

static bool same_size(const inspyr_view *a, const inspyr_view *b)
{
    return a->width == b->width && a->height == b->height;
}

/* What the cache has, and pixels for those who need more. A store without a secret may be written by others,
 * who can seal a matte of any size. */
static void prepare(void *user, int32_t task, int32_t lane)
{
    batch *b = user;
    inspyr_context *c = b->context;
    flight *f = b->flights[task];
    double began = context_now(c);

    (void)lane;
    if (deserted(c, f))
        return;
    if (c->options.cache)
        remember_flight(c, f, c->backend->model(b->handle));
    if (!deserted(c, f))
        (void)source_pixels(f->source, &f->failure);
    if (f->alpha && f->source->image && !same_size(&f->alpha->view, &f->source->image->view)) {
        inspyr_image_free(f->alpha);
        f->alpha = NULL;
        f->origin = INSPYR_ORIGIN_COMPUTE;
    }
    context_lock(c);
    telemetry_stage(&f->decode, c, began, b->worker);
    context_unlock(c);
}

static inspyr_status take_planes(group *g, inspyr_view *pictures, inspyr_view *alphas, inspyr_bytes *profiles,
                                 inspyr_error *error)
{
    for (int32_t i = 0; i < g->n; i++) {
        flight *f = g->flights[i];
        inspyr_status status = INSPYR_OK;

        pictures[i] = f->source->image->view;
        if (!f->alpha)
            status = image_create(&f->alpha, &g->b->context->allocator, pictures[i].width, pictures[i].height,
                                  INSPYR_GREY8, error);
        if (status)
            return status;
        alphas[i] = f->alpha->view;
        finish_profile(&profiles[i], f);
    }
    return INSPYR_OK;
}

static void learn(const group *g, const backend_found *found)
{
    inspyr_context *c = g->b->context;
    uint64_t pixels = (uint64_t)found[0].network_width * (uint64_t)found[0].network_height;

    context_lock(c);
    c->pass_bytes = found[0].pass_bytes;
    forecast_learn(&c->forecast, pixels, g->n, found[0].network_ms * g->n * 1e-3, c->rest);
    context_unlock(c);
}

static uint64_t next_number(inspyr_context *c)
{
    uint64_t number;

    context_lock(c);
    number = ++c->passes;
    context_unlock(c);
    return number;
}

static void note_times(const group *g, double began, uint64_t number)
{
    inspyr_context *c = g->b->context;

    context_lock(c);
    for (int32_t i = 0; i < g->n; i++) {
        telemetry_stage(&g->flights[i]->infer, c, began, g->b->worker);
        g->flights[i]->batch = number;
    }
    context_unlock(c);
}

static inspyr_status pass(group *g, inspyr_error *error)
{
    inspyr_context *c = g->b->context;
    inspyr_view pictures[CONTEXT_BATCH], alphas[CONTEXT_BATCH];
    inspyr_bytes profiles[CONTEXT_BATCH];
    backend_found found[CONTEXT_BATCH];
    const backend_pass p = { &g->flights[0]->recipe, pictures, alphas, profiles, found, g->n, heard, g };
    const uint64_t number = next_number(c);
    const double began = context_now(c);
    inspyr_status status = take_planes(g, pictures, alphas, profiles, error);

    if (!status)
        status = c->backend->matte(g->b->handle, &p, error);
    note_times(g, began, number);
    telemetry_pass(c, g->n, began, g->b->worker, number, status);
    for (int32_t i = 0; i < g->n; i++)
        if (status) {
            inspyr_image_free(g->flights[i]->alpha);
            g->flights[i]->alpha = NULL;
        } else {
            g->flights[i]->found = found[i];
        }
    if (!status)
        learn(g, found);
    return status;
}

/* A batch that was too large is not tried again soon: each time it drops what waits. */
static void note_full(const group *g)
{
    inspyr_context *c = g->b->context;

    context_lock(c);
    forecast_full(&c->forecast, g->flights[0]->pixels, g->n);
    context_unlock(c);
}

/* Where memory runs out, what waits is freed, and each picture is tried once more on its own. */
static void run_group(group *g)
{
    inspyr_context *c = g->b->context;
    inspyr_error error = { INSPYR_OK, "" };
    inspyr_status status = pass(g, &error);

    if (wants_memory(status)) {
        log_line(&c->log, INSPYR_LOG_WARNING, "each of %d pictures once more, on its own: %s", (int)g->n,
                 error.message);
        c->backend->drop_idle(g->b->handle);
        if (g->n > 1)
            note_full(g);
        metrics_oom_retry(c->metrics, 0, g->n > 1 ? METRICS_RETRY_HALVED : METRICS_RETRY_FREED);
        for (int32_t i = 0; i < g->n; i++) {
            group one = { g->b, { g->flights[i] }, 1 };

            if (!deserted(c, g->flights[i]))
                (void)pass(&one, &g->flights[i]->failure);
        }
    } else if (status) {
        for (int32_t i = 0; i < g->n; i++)
            g->flights[i]->failure = error;
    }
}

/* Sizes of the network, of those that need it; the others have 0. */
static void choose_sizes(const batch *b, int32_t (*sizes)[2])
{
    for (int32_t i = 0; i < b->n; i++) {
        flight *f = b->flights[i];

        sizes[i][0] = sizes[i][1] = 0;
        if (f->failure.status || !f->source->image || f->alpha || f->whole || deserted(b->context, f))
            continue;
        (void)b->context->backend->size(b->handle, &f->recipe, f->source->image->view.width,
                                        f->source->image->view.height, &sizes[i][0], &sizes[i][1], &f->failure);
        if (f->failure.status)
            sizes[i][0] = sizes[i][1] = 0;
    }
}

static void run_passes(batch *b)
{
    int32_t sizes[CONTEXT_BATCH][2];

    choose_sizes(b, sizes);
    for (int32_t i = 0; i < b->n; i++) {
        group g = { .b = b };
        const int32_t width = sizes[i][0], height = sizes[i][1];

        for (int32_t j = i; width && j < b->n; j++)
            if (sizes[j][0] == width && sizes[j][1] == height) {
                g.flights[g.n++] = b->flights[j];
                sizes[j][0] = sizes[j][1] = 0;
            }
        if (g.n)
            run_group(&g);
    }
}

static void finish_one(void *user, int32_t task, int32_t lane)
{
    batch *b = user;

    (void)lane;
    finish_flight(b, b->flights[task]);
}

/* What the passes have shown of the device. */
static void look_at_device(batch *b)
{
    inspyr_context *c = b->context;
    inspyr_state state = c->backend->state(b->handle);

    if (state == INSPYR_STATE_DEGRADED && !c->life.degraded) {
        failed(&c->reason, INSPYR_OK, "the cpu took over from a device that failed");
        context_step(c, LIFE_FELL_BACK);
    }
    if (state != INSPYR_STATE_FAILED || c->life.phase != LIFE_SERVING)
        return;
    for (int32_t i = 0; i < b->n; i++)
        if (b->flights[i]->failure.status == INSPYR_ERR_DEVICE) /* and not what else is wrong with a picture */
            c->reason = b->flights[i]->failure;
    if (!c->reason.status)
        failed(&c->reason, INSPYR_ERR_DEVICE, "the device was lost");
    metrics_device_error(c->metrics, 0, METRICS_ERROR_LOST);
    context_step(c, LIFE_DEVICE_LOST);
}

void batch_run(batch *b)
{
    inspyr_context *c = b->context;

    context_unlock(c);
    pool_run(c->load.pool, b->n, prepare, b);
    run_passes(b);
    context_lock(c);
    look_at_device(b);
    context_unlock(c);
    pool_run(c->load.pool, b->n, finish_one, b);
    context_lock(c);
}
