#include "effect/effect_call.h"

#include <stdio.h>

#include "base/memory.h"
#include "base/options.h"
#include "base/pool.h"
#include "base/status.h"
#include "effect/effect_check.h"
#include "effect/effect_draw.h"
#include "effect/effect_elsewhere.h"
#include "effect/effect_select.h"
#include "effect/effect_source.h"
#include "effect/effect_table.h"

/* One effect of a call. */
typedef struct call_effect {
    inspyr_effect_values values;
    float numbers[INSPYR_PARAMETERS_MAX + 1]; /* of the job */
    inspyr_image *image;
    inspyr_error error;
    bool elsewhere; /* a device drew it */
} call_effect;

typedef struct effect_call {
    const inspyr_effect_options *options;
    const effect_kernels *kernels;
    effect_source source;
    inspyr_allocator allocator;
    inspyr_image *copy;
    inspyr_view view; /* what is drawn on */
    size_t n;
    call_effect *effects;
    effect_drawing *drawings;
    elsewhere device;
    unsigned char *scratch;
    size_t lane_bytes;
    effects_take *take; /* NULL: results wait for the end of the call */
    void *take_user;
} effect_call;

static inspyr_status read_effect(call_effect *e, const char *text)
{
    size_t count;
    inspyr_status status;

    inspyr_effect_values_init(&e->values);
    status = inspyr_effect_parse(&e->values, &count, text, 0, &e->error);
    if (!status && count != 1)
        status = failed(&e->error, INSPYR_ERR_ARGUMENT, "one effect is expected here, not %zu", count);
    return status;
}

/* What is drawn on by the picture. */
static float scale_of(const effect_call *c)
{
    return (float)c->view.width / (float)c->source.picture->width;
}

/* Room for the result; a failure is the effect's own. */
static void begin(effect_call *c, size_t i)
{
    call_effect *e = &c->effects[i];
    effect_drawing *d = &c->drawings[i];

    effect_job_values(e->numbers, &e->values, scale_of(c));
    if (c->device.table && c->device.required && !elsewhere_has(&c->device, e->values.effect, e->numbers))
        failed(&e->error, INSPYR_ERR_UNSUPPORTED, "%s is required, and does not have %s", c->device.name,
               effect_table[e->values.effect].name);
    else
        (void)image_create(&e->image, &c->allocator, c->view.width, c->view.height, INSPYR_RGBA8, &e->error);
    if (e->error.status)
        return;
    d->job = (effect_job){ c->view.data,  c->view.stride, e->image->view.data, e->image->view.stride,
                           c->view.width, c->view.height, e->numbers,          c->options->seed,
                           NULL };
    d->pack = !source_has_alpha(&c->source);
}

/* Room for what the effect keeps, which the CPU draws. */
static void prepare(effect_call *c, size_t i)
{
    call_effect *e = &c->effects[i];
    effect_drawing *d = &c->drawings[i];
    const effect_steps *steps = c->kernels->steps[e->values.effect];
    size_t state = steps->state_bytes(&d->job), lane = steps->lane_bytes(&d->job);

    if (state)
        d->job.state = memory_take(&c->allocator, state);
    if ((state && !d->job.state) || lane > PTRDIFF_MAX) {
        failed(&e->error, INSPYR_ERR_MEMORY, "no room to draw on %d x %d pixels", (int)c->view.width,
               (int)c->view.height);
        return;
    }
    c->lane_bytes = lane > c->lane_bytes ? lane : c->lane_bytes;
    d->steps = steps;
    if (steps->prepare)
        steps->prepare(&d->job);
}

static int32_t no_pieces(const effect_job *job, int32_t step)
{
    (void)job, (void)step;
    return 0;
}

/* What a device has drawn has no steps left. */
static const effect_steps drawn_steps = { .pieces = no_pieces };

/* Everything that the device has; where it fails, the CPU draws, unless the device is required. */
static inspyr_status draw_elsewhere(effect_call *c, inspyr_error *error)
{
    elsewhere_job jobs[DRAWINGS_MAX] = { { 0 } };
    inspyr_error why;
    inspyr_status status;
    size_t n = 0;

    for (size_t i = 0; i < c->n; i++) {
        call_effect *e = &c->effects[i];

        e->elsewhere = !e->error.status && elsewhere_has(&c->device, e->values.effect, e->numbers);
        if (e->elsewhere)
            jobs[n++] = (elsewhere_job){ e->values.effect, e->numbers, e->image->view, NULL };
    }
    if (!n)
        return INSPYR_OK;
    status = elsewhere_draw(&c->device, &c->view, jobs, n, c->options->seed, &why);
    if (status && c->device.required)
        return failed(error, status, "%s", why.message);
    if (status)
        snprintf(c->device.note, sizeof c->device.note, "using the cpu instead of %s: %.200s", c->device.name,
                 why.message);
    for (size_t i = 0; i < c->n; i++) {
        c->effects[i].elsewhere = c->effects[i].elsewhere && !status;
        if (c->effects[i].elsewhere)
            c->drawings[i].steps = &drawn_steps;
    }
    return INSPYR_OK;
}

static inspyr_status take_scratch(effect_call *c, inspyr_error *error)
{
    c->lane_bytes = (c->lane_bytes + MEMORY_ALIGNMENT) / MEMORY_ALIGNMENT * MEMORY_ALIGNMENT;
    c->scratch = memory_array(&c->allocator, (size_t)inspyr_pool_width(c->options->pool), c->lane_bytes);
    return c->scratch ? INSPYR_OK : failed(error, INSPYR_ERR_MEMORY, "no room for the threads' scratch");
}

static inspyr_status tell_progress(const effect_call *c, float fraction, inspyr_error *error)
{
    inspyr_progress progress = { sizeof progress, INSPYR_STATE_READY, INSPYR_STAGE_EFFECTS, fraction, 0 };
    const inspyr_effect_options *o = c->options;

    if (o->progress && o->progress(o->progress_user, &progress))
        return failed(error, INSPYR_ERR_CANCELLED, "cancelled by the progress callback");
    return INSPYR_OK;
}

/* Why it is not the device that was asked for. */
static const char *note_of(const effect_call *c, const call_effect *e)
{
    return e->elsewhere                            ? ""
           : c->device.table && !c->device.note[0] ? "the device does not have it"
                                                   : c->device.note;
}

static bool told_to_end(effect_call *c, call_effect *e, const inspyr_effect_result *result)
{
    inspyr_image *image = e->image;

    if (c->options->result && c->options->result(c->options->result_user, result))
        return true;
    if (!c->take)
        return false;
    e->image = NULL;
    return c->take(c->take_user, result, image) != 0;
}

/* Effect i is drawn, or has failed. */
static inspyr_status finish(effect_call *c, size_t i, inspyr_error *error)
{
    call_effect *e = &c->effects[i];
    inspyr_effect_result result = { .struct_size = sizeof result, .index = i };

    memory_give(&c->allocator, c->drawings[i].job.state);
    c->drawings[i].job.state = NULL;
    if (e->error.status) {
        inspyr_image_free(e->image);
        e->image = NULL;
    } else if (c->drawings[i].pack) {
        e->image->view.format = INSPYR_RGB8;
    }
    result.image = e->image;
    result.message = e->error.message;
    result.status = e->error.status;
    result.device = e->elsewhere ? c->device.name : "cpu";
    result.note = note_of(c, e);
    result.scale = scale_of(c);
    if (told_to_end(c, e, &result))
        return failed(error, INSPYR_ERR_CANCELLED, "cancelled by the callback for results");
    return INSPYR_OK;
}

static inspyr_status draw(effect_call *c, inspyr_error *error)
{
    int32_t rounds = drawings_plan(c->drawings, c->n);
    inspyr_status status = INSPYR_OK;

    for (size_t i = 0; !status && i < c->n; i++)
        if (!c->drawings[i].end)
            status = finish(c, i, error);
    if (!status && !rounds)
        status = tell_progress(c, 1, error);
    for (int32_t round = 0; !status && round < rounds; round++) {
        if (!drawings_round(c->drawings, c->n, round, c->options->pool, c->scratch, c->lane_bytes))
            return failed(error, INSPYR_ERR_INTERNAL, "more pieces than can be counted");
        for (size_t i = 0; !status && i < c->n; i++)
            if (c->drawings[i].end == round + 1)
                status = finish(c, i, error);
        if (!status)
            status = tell_progress(c, (float)(round + 1) / (float)rounds, error);
    }
    return status;
}

static inspyr_status run(effect_call *c, const char *const *texts, inspyr_error *error)
{
    int32_t width, height;
    inspyr_status status;

    c->effects = memory_zeroed(&c->allocator, c->n * sizeof *c->effects);
    c->drawings = memory_zeroed(&c->allocator, c->n * sizeof *c->drawings);
    if (!c->effects || !c->drawings)
        return failed(error, INSPYR_ERR_MEMORY, "no room for %zu effects", c->n);
    effect_size(&width, &height, c->source.picture, c->options);
    status = tell_progress(c, 0, error);
    if (!status)
        status =
            source_open(&c->copy, &c->view, &c->source, width, height, c->options->pool, &c->allocator, error);
    if (status)
        return status;
    for (size_t i = 0; i < c->n; i++)
        if (!read_effect(&c->effects[i], texts[i]))
            begin(c, i);
    status = draw_elsewhere(c, error);
    if (status)
        return status;
    for (size_t i = 0; i < c->n; i++)
        if (!c->effects[i].error.status && !c->effects[i].elsewhere)
            prepare(c, i);
    status = take_scratch(c, error);
    return status ? status : draw(c, error);
}

/* Results belong to the caller unless the call itself failed. */
static inspyr_status hand_over(inspyr_image **outs, inspyr_status *statuses, effect_call *c,
                               inspyr_status status, inspyr_error *error)
{
    for (size_t i = 0; c->effects && i < c->n; i++) {
        const inspyr_error *own = &c->effects[i].error;

        if (c->drawings)
            memory_give(&c->allocator, c->drawings[i].job.state);
        if (status) {
            inspyr_image_free(c->effects[i].image);
            continue;
        }
        if (outs)
            outs[i] = c->effects[i].image;
        if (statuses)
            statuses[i] = own->status;
    }
    for (size_t i = 0; !status && i < c->n; i++)
        if (c->effects[i].error.status)
            status = failed(error, c->effects[i].error.status, "%s", c->effects[i].error.message);
    elsewhere_close(&c->device);
    memory_give(&c->allocator, c->scratch);
    inspyr_image_free(c->copy);
    memory_give(&c->allocator, c->drawings);
    memory_give(&c->allocator, c->effects);
    return status;
}

/* c: source, kernels, n and take are set. */
static inspyr_status call(effect_call *c, inspyr_image **outs, inspyr_status *statuses,
                          const char *const *effects, const inspyr_effect_options *options, inspyr_error *error)
{
    inspyr_effect_options o;
    inspyr_status status;

    if (!effects || c->n < 1 || c->n > DRAWINGS_MAX)
        return failed(error, INSPYR_ERR_ARGUMENT,
                      "outs and effects are needed, and %zu effects: 1 to %d are possible", c->n, DRAWINGS_MAX);
    c->options = &o;
    if ((status = options_import(&o, sizeof o, OPTIONS_FIRST(inspyr_effect_options, progress_user), options,
                                 error)) ||
        (status = effect_check_options(&o, error)) ||
        (status = memory_import(&c->allocator, o.allocator, error)) ||
        (status = effect_check_picture(c->source.picture, c->source.alpha, error)) ||
        (status = elsewhere_open(&c->device, &o, &c->allocator, error)))
        return status;
    return hand_over(outs, statuses, c, run(c, effects, error), error);
}

inspyr_status effects_apply(inspyr_image **outs, inspyr_status *statuses, const inspyr_view *picture,
                            const inspyr_view *alpha, const char *const *effects, size_t n,
                            const inspyr_effect_options *options, const effect_kernels *kernels,
                            inspyr_error *error)
{
    effect_call c = { .kernels = kernels, .source = { picture, alpha }, .n = n };

    succeeded(error);
    if (!outs)
        effects = NULL;
    for (size_t i = 0; outs && i < n && n <= DRAWINGS_MAX; i++) {
        outs[i] = NULL;
        if (statuses)
            statuses[i] = INSPYR_OK;
    }
    return call(&c, outs, statuses, effects, options, error);
}

inspyr_status effects_stream(const inspyr_view *picture, const char *const *effects, size_t n,
                             const inspyr_effect_options *options, effects_take *take, void *take_user,
                             inspyr_error *error)
{
    effect_call c = { .kernels = effect_kernels_select(EFFECT_ALL),
                      .source = { picture, NULL },
                      .n = n,
                      .take = take,
                      .take_user = take_user };

    succeeded(error);
    return call(&c, NULL, NULL, effects, options, error);
}

inspyr_status inspyr_apply_effects(inspyr_image **outs, inspyr_status *statuses, const inspyr_view *picture,
                                   const inspyr_view *alpha, const char *const *effects, size_t n,
                                   const inspyr_effect_options *options, inspyr_error *error)
{
    return effects_apply(outs, statuses, picture, alpha, effects, n, options, effect_kernels_select(EFFECT_ALL),
                         error);
}
