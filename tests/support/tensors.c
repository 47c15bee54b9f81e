#include "support/tensors.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/chance.h"

#define NAME 96

typedef struct writer {
    chance c;
    char *header; /* JSON so far */
    float *data;
    size_t length, room, count;
} writer;

static void add(writer *w, const char *name, const int64_t *shape, int dimensions, float least, float most)
{
    size_t count = 1, offset = w->count;
    char sizes[100] = "";
    int at = 0;

    for (int i = 0; i < dimensions; i++) {
        count *= (size_t)shape[i];
        at += snprintf(sizes + at, sizeof sizes - (size_t)at, "%s%lld", i ? "," : "", (long long)shape[i]);
    }
    w->room = w->length + NAME + 256;
    w->header = realloc(w->header, w->room);
    assert_non_null(w->header);
    w->length += (size_t)snprintf(w->header + w->length, w->room - w->length,
                                  "%s\"%s\":{\"dtype\":\"F32\",\"shape\":[%s],\"data_offsets\":[%zu,%zu]}",
                                  w->length ? "," : "{", name, sizes, 4 * offset, 4 * (offset + count));
    w->count += count;
    w->data = realloc(w->data, w->count * sizeof(float));
    assert_non_null(w->data);
    for (size_t i = offset; i < w->count; i++)
        w->data[i] = chance_number(&w->c, least, most);
}

static void add_named(writer *w, const char *prefix, const char *suffix, const int64_t *shape, int dimensions,
                      float least, float most)
{
    char name[NAME];

    snprintf(name, sizeof name, "%s%s", prefix, suffix);
    add(w, name, shape, dimensions, least, most);
}

/* A convolution's kernel, then its bias or its norm. */
static void add_conv(writer *w, const plan_weights *unit, const plan_part *part)
{
    static const struct {
        const char *name;
        float least, most;
    } norms[4] = { { ".weight", 0.6f, 1.4f },
                   { ".bias", -0.5f, 0.5f },
                   { ".running_mean", -0.5f, 0.5f },
                   { ".running_var", 0.5f, 1.5f } };
    const int64_t shape[4] = { part->channels, unit->in, unit->kernel_h, unit->kernel_w };
    const bool in_unit = unit->style == PLAN_STYLE_UNIT;
    char norm[NAME];

    /* A uniform number in +-sqrt(3) has variance 1. */
    float most = sqrtf(3.0f / (float)(unit->in * unit->kernel_h * unit->kernel_w));
    add_named(w, part->name, in_unit ? ".conv.weight" : ".weight", shape,
              unit->style == PLAN_STYLE_LINEAR ? 2 : 4, -most, most);
    if (unit->bias && !unit->norm)
        add_named(w, part->name, in_unit ? ".conv.bias" : ".bias", shape, 1, -0.5f, 0.5f);
    snprintf(norm, sizeof norm, "%s%s", in_unit ? part->name : part->norm, in_unit ? ".bn" : "");
    for (int i = 0; unit->norm && i < 4; i++)
        add_named(w, norm, norms[i].name, shape, 1, norms[i].least, norms[i].most);
}

static void add_part(writer *w, const plan_weights *unit, const plan_part *part)
{
    const int64_t channels = part->channels;

    switch (unit->style) {
    case PLAN_STYLE_SCALARS:
        add(w, part->name, (const int64_t[]){ 1 }, 1, 0.35f, 0.65f);
        break;
    case PLAN_STYLE_VECTORS:
        add_named(w, part->name, ".weight", &channels, 1, 0.6f, 1.4f);
        add_named(w, part->name, ".bias", &channels, 1, -0.5f, 0.5f);
        break;
    case PLAN_STYLE_WINDOW:
        add_named(w, part->name, ".relative_position_bias_table",
                  (const int64_t[]){ (int64_t)unit->kernel_h * unit->kernel_w, unit->in }, 2, -1, 1);
        add_named(w, part->name, ".qkv.bias", &channels, 1, -0.5f, 0.5f);
        break;
    default:
        add_conv(w, unit, part);
    }
}

void tensors_for_plan(fixture *f, const plan *p, uint64_t seed)
{
    inspyr_allocator allocator = fixture_allocator();
    writer w = { .c = { seed } };
    unsigned char *bytes;
    uint64_t length;
    inspyr_error error;
    size_t size;

    for (int32_t i = 0; i < p->weights_count; i++)
        for (int32_t k = 0; k < p->weights[i].count; k++)
            add_part(&w, &p->weights[i], &p->weights[i].parts[k]);
    length = w.length ? w.length + 1 : 2;
    size = 8 + length + w.count * sizeof(float);
    bytes = malloc(size);
    assert_non_null(bytes);
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(length >> (8 * i));
    if (w.length)
        memcpy(bytes + 8, w.header, w.length);
    else
        bytes[8] = '{';
    bytes[8 + length - 1] = '}';
    if (w.count)
        memcpy(bytes + 8 + length, w.data, w.count * sizeof(float));
    free(w.header);
    free(w.data);
    f->bytes = bytes;
    if (weights_open(&f->tensors, bytes, size, &allocator, &error))
        fail_msg("random weights: %s", error.message);
    if (weights_match(f->tensors, p, &error))
        fail_msg("random weights: %s", error.message);
}
