/* convert_header.c - the header of a converted file. */
#include "base/status.h"
#include <stdio.h>

#include "net/model_convert.h"
#include "net/quantised.h"

#define LENGTH_SIZE 8
#define ALIGNMENT 8 /* of the data: readers map it */

typedef struct entry {
    const char *key, *replacement; /* NULL: as the source has it */
} entry;

bool convert_keeps(const weights_tensor *tensor)
{
    return tensor->type != WEIGHTS_I64;
}

static void add_entry(text *out, const char **comma, const char *key, const char *value, size_t size)
{
    text_add(out, *comma, strlen(*comma));
    text_quote(out, key, strlen(key));
    text_add(out, ":", 1);
    text_quote(out, value, size);
    *comma = ",";
}

/* Entries in the order of their keys, the source's and the new ones merged. A `base_size` beside the
 * architecture is read by nobody; one that is no longer true is left out. */
static void add_metadata(text *out, const convert_source *s, const text *architecture)
{
    const inspyr_convert_options *o = s->options;
    const known_facts *f = &s->facts;
    const entry ours[] = { { "architecture", NULL },
                           { QUANTISED_KEY, s->quantised },
                           { "licence", o->licence || !f->base_w ? o->licence : f->licence },
                           { "name", o->name || !f->base_w ? o->name : f->name },
                           { "source_sha256", o->source_sha256 },
                           { "version", o->version } };
    const char *comma = "", *key, *value;
    size_t next = 0, count = sizeof ours / sizeof *ours;
    int32_t index = 0;

    text_format(out, "\"__metadata__\":{");
    for (;;) {
        int order;

        value = weights_metadata_at(s->w, index, &key);
        if (!value && next == count)
            break;
        order = !value ? 1 : next == count ? -1 : strcmp(key, ours[next].key);
        if (value && s->new_size && !strcmp(key, "base_size")) {
            index++;
            continue;
        }
        if (order < 0) {
            add_entry(out, &comma, key, value, strlen(value));
        } else if (!next) {
            add_entry(out, &comma, ours[next].key, architecture->bytes, architecture->size);
        } else {
            const char *replacement = ours[next].replacement;

            if (!replacement || (!order && !strcmp(key, "source_sha256")))
                replacement = order ? NULL : value;
            if (replacement)
                add_entry(out, &comma, ours[next].key, replacement, strlen(replacement));
        }
        index += order <= 0;
        next += order >= 0;
    }
    text_add(out, "}", 1);
}

/* Returns where the next one begins. */
static size_t add_tensor(text *out, const char *name, weights_type type, int32_t dimensions,
                         const int64_t *shape, size_t begin)
{
    static const char *const types[] = {
        [WEIGHTS_F32] = "F32", [WEIGHTS_F16] = "F16", [WEIGHTS_BF16] = "BF16", [WEIGHTS_I8] = "I8"
    };
    size_t end = weights_width(type);

    text_add(out, ",", 1);
    text_quote(out, name, strlen(name));
    text_format(out, ":{\"dtype\":\"%s\",\"shape\":[", types[type]);
    for (int32_t i = 0; i < dimensions; i++) {
        text_format(out, "%s%lld", i ? "," : "", (long long)shape[i]);
        end *= (size_t)shape[i];
    }
    end += begin;
    text_format(out, "],\"data_offsets\":[%zu,%zu]}", begin, end);
    return end;
}

static size_t add_form(text *out, const convert_source *s, int32_t index, size_t at)
{
    const weights_tensor *t = weights_at(s->w, index);
    const convert_form form = convert_form_of(s, index);
    const int64_t two = 2;
    char name[CONVERT_NAME];

    at = add_tensor(out, t->name, form.type, t->dimensions, t->shape, at);
    if (form.type != WEIGHTS_I8 || t->type == WEIGHTS_I8)
        return at;
    if (form.ranged) {
        snprintf(name, sizeof name, "%s" QUANTISED_RANGE, t->name);
        at = add_tensor(out, name, WEIGHTS_F32, 1, &two, at);
    }
    snprintf(name, sizeof name, "%s" QUANTISED_SCALE, t->name);
    return add_tensor(out, name, WEIGHTS_F32, 1, t->shape, at);
}

convert_form convert_form_of(const convert_source *s, int32_t tensor)
{
    if (s->forms)
        return s->forms[tensor];
    return (convert_form){ .type = s->narrow ? WEIGHTS_BF16 : weights_at(s->w, tensor)->type };
}

inspyr_status convert_header(text *out, const convert_source *s, inspyr_error *error)
{
    text architecture = { .allocator = out->allocator };
    inspyr_status status = architecture_write(&architecture, s, error);
    static const char blanks[ALIGNMENT + 1] = "        ";
    size_t at = 0;

    text_add(out, blanks, LENGTH_SIZE); /* for the length */
    text_add(out, "{", 1);
    if (!status && !architecture.failed)
        add_metadata(out, s, &architecture);
    out->failed |= architecture.failed;
    text_free(&architecture);
    for (int32_t i = 0; i < weights_count(s->w) && !status; i++)
        if (convert_keeps(weights_at(s->w, i)))
            at = add_form(out, s, i, at);
    text_add(out, "}", 1);
    text_add(out, blanks, (ALIGNMENT - out->size % ALIGNMENT) % ALIGNMENT);
    if (!status && out->failed)
        return failed(error, INSPYR_ERR_MEMORY, "no room for the header of %d tensors",
                      (int)weights_count(s->w));
    for (size_t i = 0; i < LENGTH_SIZE && !status; i++)
        out->bytes[i] = (char)((out->size - LENGTH_SIZE) >> (8 * i) & 0xFF);
    return status;
}
