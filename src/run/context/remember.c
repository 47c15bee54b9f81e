#include "run/context/remember.h"

#include "run/context/deliver.h"
#include "run/context/job_keys.h"
#include "run/context/matte_pack.h"
#include "run/context/telemetry.h"

static bool looks(const inspyr_job *job)
{
    return job->context->options.cache && !(job->request.options.flags & INSPYR_REQUEST_NO_LOOKUP);
}

/* NULL: it has none, or there is no memory to say so. */
static product *product_of(const inspyr_job *job, const cache_found *found)
{
    inspyr_bytes bytes = found->bytes;
    product *made = product_create(&job->context->allocator);

    if (made)
        made->bytes = bytes;
    else
        inspyr_bytes_free(&bytes);
    return made;
}

size_t remember_job(inspyr_job *job, const source *s, inspyr_model *model)
{
    size_t hits = 0;

    for (size_t i = 0; looks(job) && job->request.encoded && i < job->count; i++) {
        cache_found found;
        cache_key key;

        if (job_result_key(&key, job, s, i, model) ||
            !cache_get_memory(job->context->options.cache, INSPYR_CACHE_RESULTS, &key, &found))
            continue; /* a worker looks again, and counts */
        telemetry_lookup(job->context, METRICS_POOL_RESULT, found.tier);
        job->slots[i].made = product_of(job, &found);
        hits += job->slots[i].made != NULL;
    }
    return hits;
}

static inspyr_origin origin_of(cache_tier tier)
{
    return tier == CACHE_MEMORY ? INSPYR_ORIGIN_L1 : INSPYR_ORIGIN_L2;
}

static void look_for_results(inspyr_job *job, const flight *f, const part *p, inspyr_model *model)
{
    inspyr_context *c = job->context;

    for (size_t i = p->size; i < part_end(job, p); i++) {
        cache_found found;
        cache_key key;
        product *made;

        if (job_result_key(&key, job, f->source, i, model))
            continue;
        cache_get(c->options.cache, INSPYR_CACHE_RESULTS, &key, &found);
        telemetry_lookup(c, METRICS_POOL_RESULT, found.tier);
        if (!found.tier)
            continue;
        made = product_of(job, &found);
        context_lock(c);
        if (made)
            job_deliver(job, i, made, origin_of(found.tier));
        context_unlock(c);
        product_drop(made);
    }
}

/* The n-th of the flight's jobs, referred to; NULL: there are fewer. */
static inspyr_job *job_at(inspyr_context *c, const flight *f, int n, part **p)
{
    context_lock(c);
    *p = f->parts;
    while (*p && n--)
        *p = (*p)->next;
    if (*p)
        (*p)->job->references++;
    context_unlock(c);
    return *p ? (*p)->job : NULL;
}

static void let_go(inspyr_context *c, inspyr_job *job)
{
    context_lock(c);
    job_drop(job);
    context_unlock(c);
}

/* From the last job to the first: one that has everything leaves. */
static void find_results(inspyr_context *c, const flight *f, inspyr_model *model)
{
    int n = 0;

    context_lock(c);
    for (const part *p = f->parts; p; p = p->next)
        n++;
    context_unlock(c);
    while (n--) {
        part *p;
        inspyr_job *job = job_at(c, f, n, &p);

        if (!job)
            continue;
        if (job->request.encoded)
            look_for_results(job, f, p, model);
        let_go(c, job);
    }
}

void remember_flight(inspyr_context *c, flight *f, inspyr_model *model)
{
    part *p;
    inspyr_job *job = job_at(c, f, 0, &p);
    cache_found found;
    cache_key key;

    if (!job)
        return;
    if (looks(job)) {
        find_results(c, f, model);
        if (!f->whole && !f->alpha && !job_matte_key(&key, p, f->source, model)) {
            cache_get(c->options.cache, INSPYR_CACHE_MATTES, &key, &found);
            telemetry_lookup(c, METRICS_POOL_MASK, found.tier);
            if (found.tier &&
                matte_unpack(&f->alpha, &f->found, found.bytes.data, found.bytes.size, &c->allocator))
                f->origin = origin_of(found.tier);
            inspyr_bytes_free(&found.bytes);
        }
    }
    let_go(c, job);
}

bool remember_key(cache_key *out, inspyr_context *c, const flight *f, inspyr_model *model)
{
    bool known = false;

    if (!c->options.cache || f->origin || !f->alpha)
        return false;
    context_lock(c);
    for (const part *p = f->parts; p && !known; p = p->next)
        if (!(p->job->request.options.flags & INSPYR_REQUEST_NO_STORE))
            known = !job_matte_key(out, p, f->source, model);
    context_unlock(c);
    return known;
}

void remember_matte(inspyr_context *c, const flight *f, const cache_key *key)
{
    inspyr_bytes bytes = { 0 };

    if (!matte_pack(&bytes, &f->alpha->view, &f->found, &c->allocator, c->load.pool, NULL))
        cache_put(c->options.cache, INSPYR_CACHE_MATTES, key, bytes.data, bytes.size);
    inspyr_bytes_free(&bytes);
}

void remember_result(const inspyr_job *job, const flight *f, size_t i, const product *made, inspyr_model *model)
{
    cache_key key;

    if (!job->context->options.cache || !made || made->failure.status || !job->request.encoded ||
        job->request.options.flags & INSPYR_REQUEST_NO_STORE || job_result_key(&key, job, f->source, i, model))
        return;
    cache_put(job->context->options.cache, INSPYR_CACHE_RESULTS, &key, made->bytes.data, made->bytes.size);
}
