#include "run/context/job_keys.h"

#include "base/status.h"

/* Everything about a part that decides about bytes; *cutout is filled. */
static key_recipe recipe_of(inspyr_cutout_options *cutout, const part *p, const source *s, inspyr_model *model)
{
    const inspyr_job *job = p->job;

    *cutout = job->request.cutout;
    cutout->network_width = p->recipe.width;
    cutout->network_height = p->recipe.height;
    cutout->short_side = p->recipe.short_side;
    return (key_recipe){ .model = model,
                         .decode = s->name.kind == KEY_FILE ? &job->request.decode : NULL,
                         .cutout = cutout,
                         .degraded = job->level,
                         .effect = &job->request.effect };
}

inspyr_status job_result_key(cache_key *out, const inspyr_job *job, const source *s, size_t i,
                             inspyr_model *model)
{
    inspyr_cutout_options cutout;
    key_recipe r = recipe_of(&cutout, &job->parts[job_part(job, i)], s, model);
    const char *text;

    r.encode = job->request.encoded ? &job->request.encode : NULL;
    if (i >= job->request.size_count) {
        text = job->request.effects[i - job->request.size_count];
        r.effects = &text;
        r.effect_count = 1;
    }
    return key_result(out, cache_secret(job->context->options.cache), &s->name, &r, NULL);
}

inspyr_status job_matte_key(cache_key *out, const part *p, const source *s, inspyr_model *model)
{
    inspyr_cutout_options cutout;
    const key_recipe r = recipe_of(&cutout, p, s, model);

    return key_matte(out, cache_secret(p->job->context->options.cache), &s->name, &r, NULL);
}

static inspyr_status look_key(cache_key *out, const part *p, const source *s)
{
    inspyr_cutout_options cutout;
    const key_recipe r = recipe_of(&cutout, p, s, NULL);

    return key_result(out, cache_secret(p->job->context->options.cache), &s->name, &r, NULL);
}

/* What shares with nobody is known by where it lies; what ignores the cache, and what is decoded in a sandbox,
 * shares with its like. */
static void set_apart(part *p)
{
    const uint64_t flags = p->job->request.options.flags;
    const inspyr_sandbox *sandbox = p->job->request.decode.sandbox;
    const unsigned char *box = (const unsigned char *)&sandbox;

    for (size_t i = 0; i < sizeof sandbox; i++)
        p->key.recipe[i] ^= box[i];
    if (flags & INSPYR_REQUEST_SEPARATE || p->job->context->options.flags & INSPYR_CONTEXT_NO_BATCHING)
        memcpy(p->key.recipe, &p, sizeof p);
    if (flags & INSPYR_REQUEST_NO_LOOKUP)
        p->key.recipe[KEY_DIGEST - 1] ^= 1;
}

static void bounds(const inspyr_job *job, int32_t *width, int32_t *height)
{
    const inspyr_level *level = job->level ? &job->context->levels[job->level - 1] : NULL;

    *width = level ? level->network_width : 0;
    *height = level ? level->network_height : 0;
}

inspyr_status job_keys(inspyr_job *job, source *s, inspyr_error *error)
{
    inspyr_status status = INSPYR_OK;
    int32_t width, height;

    bounds(job, &width, &height);
    source_name(s, cache_secret(job->context->options.cache));
    for (size_t i = 0; !status && i < job->request.size_count; i++) {
        part *p = &job->parts[i];

        p->recipe = request_recipe(&job->request, i, width, height);
        status = look_key(&p->look, p, s);
        if (!status && request_whole(&job->request))
            p->key = p->look;
        else if (!status)
            status = job_matte_key(&p->key, p, s, NULL);
        set_apart(p);
    }
    for (size_t i = 0; !status && i < job->count; i++)
        status = job_result_key(&job->slots[i].key, job, s, i, NULL);
    return status ? failed(error, status, "the request has numbers that are none") : INSPYR_OK;
}
