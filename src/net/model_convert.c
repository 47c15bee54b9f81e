/* model_convert.c - inspyr_convert(): tensor by tensor, from the mapped source into the caller's hands. */
#include "net/model_convert.h"

#include "net/bf16.h"
#include "net/quantised.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"

#define CHUNK 65536 /* numbers */

typedef struct writer {
    inspyr_write_fn *write;
    void *user;
    float *wide;
    unsigned char *narrow;
} writer;

static inspyr_status hand_over(const writer *to, const void *bytes, size_t size, inspyr_error *error)
{
    if (to->write(to->user, bytes, size))
        return failed(error, INSPYR_ERR_CANCELLED, "the bytes were not taken");
    return INSPYR_OK;
}

static inspyr_status write_narrow(const writer *to, const weights_tensor *t, inspyr_error *error)
{
    const size_t width = weights_width(t->type);
    weights_tensor part = *t;
    inspyr_status status = INSPYR_OK;

    for (size_t at = 0; at < t->count && !status; at += part.count) {
        part.count = t->count - at < CHUNK ? t->count - at : CHUNK;
        part.data = (const unsigned char *)t->data + at * width;
        weights_widen(to->wide, &part);
        for (size_t i = 0; i < part.count; i++) {
            uint16_t bits = bf16_of(to->wide[i]);

            to->narrow[2 * i] = (unsigned char)(bits & 0xFF);
            to->narrow[2 * i + 1] = (unsigned char)(bits >> 8);
        }
        status = hand_over(to, to->narrow, 2 * part.count, error);
    }
    return status;
}

static inspyr_status write_tensors(const writer *to, const convert_source *s, const inspyr_allocator *allocator,
                                   inspyr_error *error)
{
    inspyr_status status = INSPYR_OK;

    for (int32_t i = 0; i < weights_count(s->w) && !status; i++) {
        const weights_tensor *t = weights_at(s->w, i);

        if (!convert_keeps(t))
            continue;
        const convert_form form = convert_form_of(s, i);

        if (form.type == WEIGHTS_I8 && t->type != WEIGHTS_I8)
            status = convert_quantised(t, &form, to->write, to->user, allocator, error);
        else if (form.type != t->type)
            status = write_narrow(to, t, error);
        else
            status = hand_over(to, t->data, t->count * weights_width(t->type), error);
        weights_done(s->w, t);
    }
    return status;
}

inspyr_status convert_configure(convert_source *s, plan **out, const inspyr_allocator *allocator,
                                inspyr_error *error)
{
    const inspyr_convert_options *o = s->options;
    const bool given = o->base_width;
    const network_hints hints = { given ? o->base_width : s->facts.base_w,
                                  given ? o->base_height : s->facts.base_h, o->blend_size };

    s->new_size = o->base_width != 0;
    s->new_blend = o->blend_size != 0;
    return network_open(out, &s->config, s->w, &hints, allocator, error);
}

inspyr_status convert_write(const convert_source *s, inspyr_write_fn *write, void *user,
                            const inspyr_allocator *allocator, inspyr_error *error)
{
    writer to = { .write = write, .user = user };
    text header = { .allocator = *allocator };
    inspyr_status status = convert_header(&header, s, error);

    if (!status)
        status = hand_over(&to, header.bytes, header.size, error);
    text_free(&header);
    if (!status && (s->narrow || s->forms)) {
        to.wide = memory_array(allocator, CHUNK, sizeof *to.wide);
        to.narrow = memory_array(allocator, CHUNK, 2);
        if (!to.wide || !to.narrow)
            status = failed(error, INSPYR_ERR_MEMORY, "no room for %d numbers", CHUNK);
    }
    if (!status)
        status = write_tensors(&to, s, allocator, error);
    memory_give(allocator, to.wide);
    memory_give(allocator, to.narrow);
    return status;
}

static inspyr_status check_options(const inspyr_convert_options *o, inspyr_error *error)
{
    inspyr_status status = options_flags(o->flags, 0, error);

    if (status)
        return status;
    if (o->precision != INSPYR_PRECISION_AUTO && o->precision != INSPYR_PRECISION_EXACT &&
        o->precision != INSPYR_PRECISION_BF16)
        return failed(error, INSPYR_ERR_UNSUPPORTED, "precision %d: only exact and bf16 are written",
                      (int)o->precision);
    if (o->base_width < 0 || o->base_width > NETWORK_SIDE_MAX || o->base_height < 0 ||
        o->base_height > NETWORK_SIDE_MAX || (o->base_height && !o->base_width))
        return failed(error, INSPYR_ERR_ARGUMENT, "base size %d x %d: 0 to %d", (int)o->base_width,
                      (int)o->base_height, NETWORK_SIDE_MAX);
    if (o->blend_size < -1 || o->blend_size > NETWORK_SIDE_MAX)
        return failed(error, INSPYR_ERR_ARGUMENT, "blend_size %d: -1, or up to %d", (int)o->blend_size,
                      NETWORK_SIDE_MAX);
    return INSPYR_OK;
}

/* What int8 has lost does not come back. */
static inspyr_status check_source(const convert_source *s, inspyr_error *error)
{
    quantised_file file;
    inspyr_status status = quantised_read(&file, s->w, error);

    if (!status && file.is && s->narrow)
        return failed(error, INSPYR_ERR_UNSUPPORTED, "a file of int8 is not made into one of bf16");
    return status;
}

inspyr_status inspyr_convert(const char *source, const inspyr_convert_options *options, inspyr_write_fn *write,
                             void *user, inspyr_error *error)
{
    inspyr_convert_options o;
    inspyr_allocator allocator;
    convert_source s = { .options = &o };
    mapped_file file = { 0 };
    weights *w = NULL;
    plan *p = NULL;
    inspyr_status status;

    succeeded(error);
    status = options_import(&o, sizeof o, OPTIONS_FIRST(inspyr_convert_options, source_sha256), options, error);
    if (status || (status = check_options(&o, error)) ||
        (status = memory_import(&allocator, o.allocator, error)))
        return status;
    if (!source || !write)
        return failed(error, INSPYR_ERR_ARGUMENT, "%s is NULL", source ? "write" : "source");
    status = file_map(&file, source, WEIGHTS_FILE_MAX, error);
    if (!status)
        status = weights_open(&w, file.bytes, file.size, &allocator, error);
    if (!status) {
        weights_are_mapped(w, true);
        status = weights_check_data(w, NULL, error);
    }
    if (!status) {
        s.w = w;
        known_find(&s.facts, w, file.bytes, file.size);
        file_forget(file.bytes, file.size);
        s.narrow = o.precision == INSPYR_PRECISION_BF16;
        status = check_source(&s, error);
    }
    if (!status)
        status = convert_configure(&s, &p, &allocator, error);
    plan_free(p);
    if (!status)
        status = convert_write(&s, write, user, &allocator, error);
    weights_free(w);
    file_unmap(&file);
    return status;
}
