#include "run/context/finish.h"

#include "base/memory.h"
#include "base/status.h"
#include "effect/effect_call.h"
#include "run/context/deliver.h"
#include "run/context/flight.h"
#include "run/context/remember.h"
#include "run/context/telemetry.h"
#include "run/outputs.h"

/* One flight, as its results are made. */
typedef struct finishing {
    inspyr_context *c;
    void *handle;
    flight *f;
    int32_t worker;
    product *look; /* the cut-out that was made last */
    cache_key look_key;
} finishing;

/* The results of one job in it. */
typedef struct finishing_job {
    finishing *with;
    inspyr_job *job; /* referred to */
    const part *part;
    size_t slots[REQUEST_EFFECTS]; /* of the effects that are drawn */
    double drawing;                /* when that began */
    stage_time stages[JOB_STAGES]; /* of what is done here, for the job to know at its next result */
} finishing_job;

void finish_profile(inspyr_bytes *out, const flight *f)
{
    memset(out, 0, sizeof *out);
    if (f->profile.size)
        *out = f->profile;
    else if (f->source->image)
        inspyr_image_profile(f->source->image, out);
}

/* Bytes do not depend on the device, but whether there are any does. */
static bool same_device(const inspyr_job *a, const inspyr_job *b)
{
    const char *x = a->request.effect_device, *y = b->request.effect_device;

    return a->request.effect.device_need == b->request.effect.device_need && !strcmp(x ? x : "", y ? y : "");
}

static bool same_result(const inspyr_job *a, size_t i, const inspyr_job *b, size_t j)
{
    return a->request.encoded == b->request.encoded && key_equal(&a->slots[i].key, &b->slots[j].key) &&
           (i < a->request.size_count || same_device(a, b));
}

/* Cancelled: everybody had left, and then somebody came. */
static bool transient(const flight *f)
{
    return f->failure.status == INSPYR_ERR_CANCELLED || (!f->retried && wants_memory(f->failure.status));
}

/* The failure of a pass does not concern those who came after it had begun. */
static bool spared(const flight *f, const part *p)
{
    return p->late && transient(f);
}

/* Some job of the flight that still wants result i of `job`; the first call finds `job` itself. */
static bool find_wanting(const flight *f, const inspyr_job *job, size_t i, inspyr_job **found, size_t *place)
{
    for (const part *p = f->parts; p; p = p->next) {
        inspyr_job *other = p->job;

        for (size_t j = 0; !spared(f, p) && j < other->count; j++)
            if (!other->slots[j].delivered && same_result(job, i, other, j)) {
                *found = other;
                *place = j;
                return true;
            }
    }
    return false;
}

static inspyr_origin origin_for(const flight *f, const inspyr_job *job)
{
    return f->origin || f->computed_for == job ? f->origin : INSPYR_ORIGIN_JOINED;
}

/* Result i of a job is there: for it, for all who want the same, and for the cache. */
static void deliver(finishing_job *d, size_t i, product *made)
{
    inspyr_context *c = d->with->c;
    flight *f = d->with->f;
    inspyr_job *other;
    size_t place;

    remember_result(d->job, f, i, made, c->backend->model(d->with->handle));
    context_lock(c);
    for (int s = STAGE_COMPOSE; !d->job->over && s < JOB_STAGES; s++)
        if (d->stages[s].ended > 0)
            d->job->stages[s] = d->stages[s];
    if (!f->computed_for)
        f->computed_for = d->job;
    job_deliver(d->job, i, made, origin_for(f, d->job));
    while (find_wanting(f, d->job, i, &other, &place))
        job_deliver(other, place, made, origin_for(f, other));
    context_unlock(c);
}

static inspyr_status encode(product *made, finishing_job *d, const inspyr_image *image)
{
    inspyr_encode_options o = d->job->request.encode;
    double began = context_now(d->with->c);
    inspyr_bytes profile;
    inspyr_status status;

    finish_profile(&profile, d->with->f);
    if (!o.profile && profile.size && o.file != INSPYR_FILE_PAM && image->view.format != INSPYR_GREY8 &&
        !request_whole(&d->job->request))
        o.profile = &profile;
    status = inspyr_image_encode(&made->bytes, &image->view, &o, &made->failure);
    telemetry_stage(&d->stages[STAGE_ENCODE], d->with->c, began, d->with->worker);
    return status;
}

static product *result_of(const finishing_job *d)
{
    product *made = product_create(&d->with->c->allocator);

    if (made && !d->with->f->origin) {
        made->network_width = d->with->f->found.network_width;
        made->network_height = d->with->f->found.network_height;
    }
    return made;
}

static void fail(finishing_job *d, size_t i, const inspyr_error *error)
{
    product *made = result_of(d);

    if (made)
        made->failure = *error;
    deliver(d, i, made);
    product_drop(made);
}

static inspyr_status copy_image(inspyr_image **out, const inspyr_image *from, const inspyr_allocator *a,
                                inspyr_error *error)
{
    inspyr_status status = image_create(out, a, from->view.width, from->view.height, from->view.format, error);

    if (!status)
        memcpy((*out)->view.data, from->view.data, from->bytes);
    return status;
}

static inspyr_status compose(finishing *w, const inspyr_cutout_options *options, product *out)
{
    const flight *f = w->f;
    cutout made = { .allocator = &w->c->allocator,
                    .pool = w->c->load.pool,
                    .picture = &f->source->image->view,
                    .options = options,
                    .subject = f->found.subject };
    inspyr_status status = cutout_check(&made, &out->failure);

    if (!status)
        status = copy_image(&made.alpha, f->alpha, &w->c->allocator, &out->failure);
    if (!status)
        status = outputs_compose(&out->image, &made, &out->failure);
    inspyr_image_free(made.alpha);
    return status;
}

static inspyr_status cut_out(finishing_job *d, product *made)
{
    finishing *w = d->with;
    inspyr_cutout_options o = d->job->request.cutout;

    if (!w->f->whole)
        return compose(w, &o, made);
    o.network_width = w->f->recipe.width;
    o.network_height = w->f->recipe.height;
    return w->c->backend->cutout(w->handle, &made->image, &w->f->source->image->view, &o, &made->failure);
}

/* w->look becomes the job's. */
static void look(finishing_job *d)
{
    finishing *w = d->with;
    double began = context_now(w->c);

    if (w->look && key_equal(&w->look_key, &d->part->look))
        return;
    product_drop(w->look);
    w->look = result_of(d);
    w->look_key = d->part->look;
    if (w->look && w->f->failure.status)
        w->look->failure = w->f->failure;
    else if (w->look)
        (void)cut_out(d, w->look);
    telemetry_stage(&d->stages[STAGE_COMPOSE], w->c, began, w->worker);
}

static bool delivered(finishing_job *d, size_t i)
{
    bool yes;

    context_lock(d->with->c);
    yes = d->job->slots[i].delivered;
    context_unlock(d->with->c);
    return yes;
}

/* The cut-out itself, as an image or as a file of it. */
static void hand_over_look(finishing_job *d)
{
    product *from = d->with->look, *made;

    if (delivered(d, d->part->size))
        return;
    if (!from || from->failure.status || !d->job->request.encoded) {
        deliver(d, d->part->size, from);
        return;
    }
    made = result_of(d);
    if (made)
        (void)encode(made, d, from->image);
    deliver(d, d->part->size, made);
    product_drop(made);
}

static int take_effect(void *user, const inspyr_effect_result *result, inspyr_image *image)
{
    finishing_job *d = user;
    inspyr_context *c = d->with->c;
    product *made = result_of(d);
    size_t effect = d->slots[result->index] - d->job->request.size_count;

    d->stages[STAGE_EFFECT] = (stage_time){ 0 };
    telemetry_stage(&d->stages[STAGE_EFFECT], c, d->drawing, d->with->worker);
    metrics_effect(c->metrics, d->job->request.effect_numbers[effect],
                   (int64_t)(d->stages[STAGE_EFFECT].spent * 1e6));
    if (made && !image)
        failed(&made->failure, result->status, "%s", result->message);
    else if (made)
        made->scale = result->scale;
    if (made && image && d->job->request.encoded)
        (void)encode(made, d, image);
    if (made && !d->job->request.encoded)
        made->image = image;
    else
        inspyr_image_free(image);
    deliver(d, d->slots[result->index], made);
    product_drop(made);
    return 0;
}

/* Nobody wants any more of what is drawn? */
static int effects_heard(void *user, const inspyr_progress *progress)
{
    finishing_job *d = user;
    inspyr_context *c = d->with->c;
    bool over;

    (void)progress;
    context_lock(c);
    jobs_expire(c);
    over = !d->with->f->parts;
    context_unlock(c);
    return over;
}

static void draw_effects(finishing_job *d)
{
    const job_request *r = &d->job->request;
    inspyr_effect_options o = r->effect;
    const char *texts[REQUEST_EFFECTS];
    inspyr_error error = { INSPYR_OK, "" };
    const product *from = d->with->look;
    bool deserted = false;
    size_t n = 0;

    context_lock(d->with->c);
    for (size_t i = 0; i < r->effect_count; i++)
        if (!d->job->slots[r->size_count + i].delivered) {
            texts[n] = r->effects[i];
            d->slots[n++] = r->size_count + i;
        }
    context_unlock(d->with->c);
    if (!n)
        return;
    d->drawing = context_now(d->with->c);
    o.progress = effects_heard;
    o.progress_user = d;
    if (!from)
        failed(&error, INSPYR_ERR_MEMORY, "no room for a result");
    else if (from->failure.status)
        error = from->failure;
    else
        deserted =
            effects_stream(&from->image->view, texts, n, &o, take_effect, d, &error) == INSPYR_ERR_CANCELLED;
    /* Ended by effects_heard(): nobody was there, and whoever has come since gets what is drawn for them. */
    for (size_t i = 0; error.status && !deserted && i < n; i++)
        if (!delivered(d, d->slots[i]))
            fail(d, d->slots[i], &error);
}

/* All results of one part. */
static void finish_job(finishing *w, part *p)
{
    finishing_job d = { .with = w, .job = p->job, .part = p };

    look(&d);
    hand_over_look(&d);
    if (p->size + 1 == p->job->request.size_count)
        draw_effects(&d);
}

/* The next one whose results can be made, or have failed. */
static part *next_part(flight *f)
{
    part *p = f->parts;

    while (p && spared(f, p))
        p = p->next;
    return p;
}

/* Called and returns with the mutex held. */
static void finish_parts(finishing *w)
{
    inspyr_context *c = w->c;
    part *p;

    jobs_expire(c);
    while ((p = next_part(w->f))) {
        inspyr_job *job = p->job;

        job->references++;
        context_unlock(c);
        finish_job(w, p);
        context_lock(c);
        job_drop(job);
    }
}

/* The cache gets the matte when those who wait have their results, and before nobody can join any more. */
void finish_flight(const batch *b, flight *f)
{
    inspyr_context *c = b->context;
    finishing w = { .c = c, .handle = b->handle, .f = f, .worker = b->worker };
    cache_key key;
    bool kept;

    if (!f->failure.status && (!f->source->image || (!f->whole && !f->alpha)))
        failed(&f->failure, INSPYR_ERR_CANCELLED, "nobody waited for it");
    kept = remember_key(&key, c, f, c->backend->model(b->handle));
    context_lock(c);
    finish_parts(&w);
    if (kept) {
        context_unlock(c);
        remember_matte(c, f, &key);
        context_lock(c);
        finish_parts(&w);
    }
    c->reserved -= f->footprint;
    if (f->parts) {
        flight_again(c, f);
        if (c->life.phase == LIFE_LOST) /* nobody comes for it */
            flights_answer(c);
    } else {
        flight_close(c, f);
    }
    context_unlock(c);
    product_drop(w.look);
}
