#include "run/context/request.h"

#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "image/icc.h"
#include "image/image.h"
#include "run/outputs.h"
#include "run/sizes.h"

#define REQUEST_FLAGS                                                                                          \
    (INSPYR_REQUEST_NO_LOOKUP | INSPYR_REQUEST_NO_STORE | INSPYR_REQUEST_SEPARATE | INSPYR_REQUEST_FULL_QUALITY)

static inspyr_status copy_bytes(inspyr_bytes *out, const inspyr_bytes *from, const inspyr_allocator *a,
                                inspyr_error *error)
{
    inspyr_status status;

    if (!from || !from->size)
        return INSPYR_OK;
    if (!from->data)
        return failed(error, INSPYR_ERR_ARGUMENT, "a profile of %zu bytes at NULL", from->size);
    status = memory_bytes(out, a, from->size, error);
    if (!status)
        memcpy(out->data, from->data, from->size);
    return status;
}

static inspyr_status copy_text(char **out, const char *from, const inspyr_allocator *a, inspyr_error *error)
{
    *out = from ? memory_text(a, from) : NULL;
    return from && !*out ? failed(error, INSPYR_ERR_MEMORY, "no room for a request") : INSPYR_OK;
}

static inspyr_status copy_background(job_request *r, const inspyr_allocator *a, inspyr_error *error)
{
    const inspyr_view *from = r->cutout.background;
    inspyr_status status;

    if (!from)
        return INSPYR_OK;
    status = image_create(&r->background_image, a, from->width, from->height, from->format, error);
    if (status)
        return status;
    r->background = r->background_image->view;
    for (int32_t y = 0; y < from->height; y++)
        memcpy(view_row(&r->background, y), view_row(from, y),
               (size_t)from->width * format_bytes(from->format));
    r->cutout.background = &r->background;
    return INSPYR_OK;
}

static inspyr_status read_decode(job_request *r, const inspyr_allocator *a, inspyr_error *error)
{
    inspyr_status status = options_import(
        &r->decode, sizeof r->decode, OPTIONS_FIRST(inspyr_decode_options, format), r->options.decode, error);

    if (!status && r->decode.report)
        status = failed(error, INSPYR_ERR_ARGUMENT, "a job has no report of decoding");
    r->decode.allocator = a;
    return status;
}

static inspyr_status read_cutout(job_request *r, const inspyr_allocator *a, inspyr_error *error)
{
    inspyr_cutout_options *o = &r->cutout;
    inspyr_status status =
        options_import(o, sizeof *o, OPTIONS_FIRST(inspyr_cutout_options, report), r->options.cutout, error);
    cutout checked = { .options = o };

    if (!status)
        status = cutout_check(&checked, error);
    if (!status && (o->progress || o->report))
        status = failed(error, INSPYR_ERR_ARGUMENT, "a job has neither a progress callback nor a report");
    if (!status) {
        const size_request size = { o->flags, o->network_width, o->network_height, o->resize, o->short_side };

        status = sizes_check(&size, error);
    }
    if (!status)
        status = icc_check(o->profile, ICC_RGB, error);
    if (!status)
        status = copy_bytes(&r->profile, o->profile, a, error);
    o->profile = r->profile.size ? &r->profile : NULL;
    return status ? status : copy_background(r, a, error);
}

static inspyr_status read_sizes(job_request *r, inspyr_error *error)
{
    const inspyr_request *o = &r->options;

    r->size_count = o->size_count ? o->size_count : 1;
    if (o->size_count > REQUEST_SIZES || !o->sizes != !o->size_count)
        return failed(error, INSPYR_ERR_ARGUMENT, "%zu sizes; up to %d are possible", o->size_count,
                      REQUEST_SIZES);
    if (o->size_count &&
        (r->cutout.network_width || r->cutout.network_height || r->cutout.resize != INSPYR_RESIZE_STATIC))
        return failed(error, INSPYR_ERR_ARGUMENT, "sizes, and a network size in cutout: give one of them");
    for (size_t i = 0; i < o->size_count; i++) {
        inspyr_status status = sizes_check_sides(o->sizes[i], o->sizes[i], error);

        if (status)
            return status;
        r->sizes[i] = o->sizes[i];
    }
    return INSPYR_OK;
}

static inspyr_status read_effect(job_request *r, size_t i, const inspyr_allocator *a, inspyr_error *error)
{
    char text[INSPYR_EFFECT_TEXT_MAX];
    inspyr_effect_values values;
    inspyr_status status;

    inspyr_effect_values_init(&values);
    status = inspyr_effect_parse(&values, NULL, r->options.effects, i, error);
    if (!status)
        status = inspyr_effect_print(text, &values, error);
    r->effect_numbers[i] = values.effect;
    return status ? status : copy_text(&r->effects[i], text, a, error);
}

static inspyr_status read_effects(job_request *r, const inspyr_allocator *a, inspyr_pool *pool,
                                  inspyr_error *error)
{
    size_t count = 0;
    inspyr_status status =
        options_import(&r->effect, sizeof r->effect, OPTIONS_FIRST(inspyr_effect_options, progress_user),
                       r->options.effect, error);

    if (!status && (r->effect.result || r->effect.progress))
        status = failed(error, INSPYR_ERR_ARGUMENT, "effects of a job have no callbacks of their own");
    if (!status)
        status = copy_text(&r->effect_device, r->effect.device, a, error);
    r->effect.device = r->effect_device;
    if (!status)
        status = copy_text(&r->effect_text, r->options.effects, a, error);
    if (!status && r->options.effects)
        status = inspyr_effect_parse(NULL, &count, r->options.effects, 0, error);
    if (!status && count > REQUEST_EFFECTS)
        status =
            failed(error, INSPYR_ERR_ARGUMENT, "%zu effects; up to %d are possible", count, REQUEST_EFFECTS);
    for (; !status && r->effect_count < count; r->effect_count++)
        status = read_effect(r, r->effect_count, a, error);
    r->effect.pool = pool;
    r->effect.allocator = a;
    return status;
}

/* A picture of one pixel: the encoder says now what it would say after all the work. */
static inspyr_status try_encoder(const job_request *r, inspyr_format format, inspyr_error *error)
{
    unsigned char pixel[4] = { 0 };
    const inspyr_view view = { pixel, 4, 1, 1, format, 0 };
    inspyr_bytes bytes = { 0 };
    inspyr_status status = inspyr_image_encode(&bytes, &view, &r->encode, error);

    inspyr_bytes_free(&bytes);
    return status;
}

static inspyr_status read_encode(job_request *r, const inspyr_allocator *a, inspyr_pool *pool,
                                 inspyr_error *error)
{
    inspyr_format format = matte_format(r->cutout.output);
    inspyr_status status;

    if (!r->options.encode)
        return INSPYR_OK;
    r->encoded = true;
    status = options_import(&r->encode, sizeof r->encode, OPTIONS_FIRST(inspyr_encode_options, compression),
                            r->options.encode, error);
    if (!status)
        status = copy_bytes(&r->encode_profile, r->encode.profile, a, error);
    r->encode.profile = r->encode_profile.size ? &r->encode_profile : NULL;
    r->encode.allocator = a;
    r->encode.pool = pool;
    if (!status)
        status = try_encoder(r, format, error);
    if (!status && r->effect_count && format == INSPYR_GREY8)
        status = try_encoder(r, INSPYR_RGB8, error);
    return status;
}

static inspyr_status read_rest(job_request *r, const inspyr_allocator *a, inspyr_error *error)
{
    const inspyr_request *o = &r->options;
    inspyr_status status = options_flags(o->flags, REQUEST_FLAGS, error);

    if (!status && o->reserved)
        status = failed(error, INSPYR_ERR_ARGUMENT, "the reserved field is not zero");
    if (!status && (unsigned)o->priority > INSPYR_PRIORITY_WARMUP)
        status = failed(error, INSPYR_ERR_UNSUPPORTED, "priority %d is not in this version", (int)o->priority);
    if (!status && o->deadline_ms < 0)
        status = failed(error, INSPYR_ERR_ARGUMENT, "a deadline %lld ms ago", -(long long)o->deadline_ms);
    if (!status)
        status = copy_text(&r->client_class, o->client_class, a, error);
    return status ? status : copy_text(&r->traceparent, o->traceparent, a, error);
}

/* The caller's memory may be gone by the time that somebody looks. */
static void forget_theirs(inspyr_request *o)
{
    o->decode = NULL;
    o->cutout = NULL;
    o->effect = NULL;
    o->encode = NULL;
    o->sizes = NULL;
    o->effects = o->client_class = o->traceparent = NULL;
}

inspyr_status request_copy(job_request *out, const inspyr_request *theirs, const inspyr_allocator *allocator,
                           inspyr_pool *pool, inspyr_error *error)
{
    inspyr_status status;

    memset(out, 0, sizeof *out);
    status = options_import(&out->options, sizeof out->options, OPTIONS_FIRST(inspyr_request, traceparent),
                            theirs, error);
    if (!status)
        status = read_rest(out, allocator, error);
    if (!status)
        status = read_decode(out, allocator, error);
    if (!status)
        status = read_cutout(out, allocator, error);
    if (!status)
        status = read_sizes(out, error);
    if (!status)
        status = read_effects(out, allocator, pool, error);
    if (!status)
        status = read_encode(out, allocator, pool, error);
    forget_theirs(&out->options);
    if (status)
        request_free(out, allocator);
    return status;
}

void request_free(job_request *r, const inspyr_allocator *allocator)
{
    for (size_t i = 0; i < REQUEST_EFFECTS; i++)
        memory_give(allocator, r->effects[i]);
    memory_give(allocator, r->effect_text);
    memory_give(allocator, r->effect_device);
    memory_give(allocator, r->client_class);
    memory_give(allocator, r->traceparent);
    inspyr_bytes_free(&r->profile);
    inspyr_bytes_free(&r->encode_profile);
    inspyr_image_free(r->background_image);
    memset(r, 0, sizeof *r);
}

static int32_t bounded(int32_t side, int32_t most)
{
    return most && (!side || side > most) ? most : side;
}

pass_recipe request_recipe(const job_request *r, size_t size, int32_t most_width, int32_t most_height)
{
    const inspyr_cutout_options *o = &r->cutout;
    int32_t side = r->sizes[size];
    pass_recipe p = { o->flags & (INSPYR_COMPAT | INSPYR_COMPAT_ARRAY), side ? side : o->network_width,
                      side ? side : o->network_height, o->resize, o->short_side };

    if (p.resize == INSPYR_RESIZE_DYNAMIC) {
        p.short_side = bounded(p.short_side, most_width < most_height ? most_width : most_height);
        return p;
    }
    p.width = bounded(p.width, most_width);
    p.height = bounded(p.height, most_height);
    return p;
}
