#include "run/cache/recipe.h"

#include <math.h>

#include "base/status.h"
#include "net/model.h"

/* Whoever adds a field to one of these: if it can change a byte of a result it goes into the recipe below, and
 * KEY_SCHEMA counts up. */
#define LOOKED_AT(type, bytes)                                                                                 \
    _Static_assert(sizeof(void *) != 8 || sizeof(type) == (bytes), "a new field of " #type ": see recipe.c")
LOOKED_AT(inspyr_decode_options, 64);
LOOKED_AT(inspyr_matte_options, 64);
LOOKED_AT(inspyr_cutout_options, 96);
LOOKED_AT(inspyr_effect_options, 96);
LOOKED_AT(inspyr_effect_values, 80);
LOOKED_AT(inspyr_encode_options, 56);

static const char *const algorithms[2] = { "sha256", "hmac-sha256" };

static void add_text(key_hash *h, const char *text)
{
    key_hash_field(h, text, strlen(text));
}

/* By its bits: neighbours differ in what they make of a level of alpha that lies between them. */
static inspyr_status add_real(key_hash *h, float number, const char *name, inspyr_error *error)
{
    uint32_t bits;

    if (!isfinite(number))
        return failed(error, INSPYR_ERR_ARGUMENT, "%s is no number that a key can hold", name);
    number += 0.0f; /* -0 is 0 */
    memcpy(&bits, &number, sizeof bits);
    key_hash_number(h, bits);
    return INSPYR_OK;
}

static void add_source(key_hash *h, const key_source *source)
{
    key_hash_field(h, source->digest, sizeof source->digest);
}

/* No bytes where there are none. */
static void add_bytes_digest(key_hash *h, const inspyr_bytes *bytes)
{
    key_source digest;

    if (!bytes || !bytes->size) {
        key_hash_field(h, NULL, 0);
        return;
    }
    key_source_bytes(&digest, NULL, bytes->data, bytes->size);
    add_source(h, &digest);
}

static void add_view_digest(key_hash *h, const inspyr_view *view)
{
    key_source digest;

    if (!view) {
        key_hash_field(h, NULL, 0);
        return;
    }
    key_source_view(&digest, NULL, view);
    add_source(h, &digest);
}

/* Engines of one name and kind of device agree within the bounds of docs/numbers.md on any processor, so the
 * instruction set is left out: machines of a fleet share a store. */
static inspyr_status add_model(key_hash *h, const inspyr_model *model, inspyr_error *error)
{
    inspyr_info info;
    inspyr_status status;

    key_hash_number(h, model != NULL);
    if (!model)
        return INSPYR_OK;
    if (atomic_load(&model->spare.model)) /* the CPU, which took over */
        model = atomic_load(&model->spare.model);
    inspyr_info_init(&info);
    status = inspyr_model_info(model, &info, error);
    if (status)
        return status;
    key_hash_field(h, model->digest, sizeof model->digest);
    key_hash_number(h, model->config.base_w);
    key_hash_number(h, model->config.base_h);
    key_hash_number(h, model->config.blend);
    add_text(h, info.engine);
    key_hash_field(h, info.device, strcspn(info.device, ":"));
    add_text(h, info.precision);
    return INSPYR_OK;
}

static void add_decode(key_hash *h, const inspyr_decode_options *options)
{
    inspyr_decode_options o;

    inspyr_decode_options_init(&o);
    if (options)
        o = *options;
    key_hash_number(h, (int64_t)o.flags);
    key_hash_number(h, (int64_t)o.max_bytes);
    key_hash_number(h, (int64_t)o.max_pixels);
    key_hash_number(h, o.max_side);
    key_hash_number(h, (int64_t)o.format);
}

/* What a matte and a result have in common. */
static inspyr_status add_matte(key_hash *h, const key_source *source, const key_recipe *r,
                               const inspyr_cutout_options *o, inspyr_error *error)
{
    inspyr_status status;

    key_hash_number(h, KEY_SCHEMA);
    add_text(h, algorithms[h->keyed]);
    key_hash_number(h, RECIPE_PIPELINE);
    key_hash_number(h, (int64_t)source->kind);
    status = add_model(h, r->model, error);
    if (status)
        return status;
    add_decode(h, r->decode);
    key_hash_number(h, (int64_t)(o->flags & (INSPYR_COMPAT | INSPYR_COMPAT_ARRAY)));
    key_hash_number(h, o->network_width);
    key_hash_number(h, o->network_height);
    key_hash_number(h, (int64_t)o->resize);
    key_hash_number(h, o->short_side);
    add_bytes_digest(h, o->profile);
    key_hash_number(h, (int64_t)(r->matte ? r->matte : INSPYR_GREY8));
    key_hash_number(h, r->degraded);
    return INSPYR_OK;
}

static inspyr_status add_cutout(key_hash *h, const inspyr_cutout_options *o, inspyr_error *error)
{
    inspyr_status status;

    key_hash_number(h, (int64_t)o->flags);
    key_hash_number(h, (int64_t)o->output);
    key_hash_number(h, o->colour);
    key_hash_number(h, o->crop_margin);
    status = add_real(h, o->threshold, "threshold", error);
    if (!status)
        status = add_real(h, o->blur_sigma, "blur_sigma", error);
    add_view_digest(h, o->background);
    return status;
}

/* One text may name several, or a set. */
static inspyr_status add_effect(key_hash *h, const char *text, inspyr_error *error)
{
    char one[INSPYR_EFFECT_TEXT_MAX];
    inspyr_effect_values values;
    size_t count = 1;
    inspyr_status status = INSPYR_OK;

    for (size_t i = 0; !status && i < count; i++) {
        inspyr_effect_values_init(&values);
        status = inspyr_effect_parse(&values, &count, text, i, error);
        if (!status)
            status = inspyr_effect_print(one, &values, error);
        if (!status)
            add_text(h, one);
    }
    return status;
}

static inspyr_status add_effects(key_hash *h, const key_recipe *r, inspyr_error *error)
{
    inspyr_effect_options o;
    inspyr_status status = INSPYR_OK;

    inspyr_effect_options_init(&o);
    if (r->effect)
        o = *r->effect;
    key_hash_number(h, (int64_t)r->effect_count);
    for (size_t i = 0; !status && i < r->effect_count; i++)
        status = add_effect(h, r->effects[i], error);
    key_hash_number(h, (int64_t)o.seed);
    key_hash_number(h, (int64_t)o.quality);
    key_hash_number(h, o.preview_side);
    return status;
}

static void add_encode(key_hash *h, const inspyr_encode_options *options)
{
    inspyr_encode_options o;

    inspyr_encode_options_init(&o);
    if (options)
        o = *options;
    key_hash_number(h, RECIPE_ENCODER);
    key_hash_number(h, (int64_t)o.flags);
    key_hash_number(h, (int64_t)o.file);
    key_hash_number(h, o.quality);
    key_hash_number(h, o.compression);
    add_bytes_digest(h, o.profile);
}

static inspyr_status build(cache_key *out, const key_secret *secret, const key_source *source,
                           const key_recipe *r, bool result, inspyr_error *error)
{
    inspyr_cutout_options o;
    key_hash h;
    inspyr_status status;

    memset(out, 0, sizeof *out);
    inspyr_cutout_options_init(&o);
    if (r->cutout)
        o = *r->cutout;
    key_hash_begin(&h, secret ? &secret->names : NULL);
    add_text(&h, result ? "inspyr/result" : "inspyr/matte");
    status = add_matte(&h, source, r, &o, error);
    if (!status && result) {
        status = add_cutout(&h, &o, error);
        if (!status)
            status = add_effects(&h, r, error);
        add_encode(&h, r->encode);
    }
    if (status)
        return status;
    memcpy(out->source, source->digest, sizeof out->source);
    key_hash_end(out->recipe, &h);
    return INSPYR_OK;
}

inspyr_status key_matte(cache_key *out, const key_secret *secret, const key_source *source, const key_recipe *r,
                        inspyr_error *error)
{
    return build(out, secret, source, r, false, error);
}

inspyr_status key_result(cache_key *out, const key_secret *secret, const key_source *source,
                         const key_recipe *r, inspyr_error *error)
{
    return build(out, secret, source, r, true, error);
}

void key_set(cache_key *out, const key_secret *secret, const cache_key *keys, size_t count)
{
    key_hash h;

    key_hash_begin(&h, secret ? &secret->names : NULL);
    add_text(&h, "inspyr/set");
    key_hash_number(&h, KEY_SCHEMA);
    for (size_t i = 0; i < count; i++)
        key_hash_field(&h, keys[i].recipe, sizeof keys[i].recipe);
    memcpy(out->source, keys[0].source, sizeof out->source);
    key_hash_end(out->recipe, &h);
}
