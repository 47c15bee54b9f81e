#include "support/random_plans.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/fixture.h"
#include "support/random_maker.h"

static const int32_t channel_counts[] = { 1, 2, 3, 5, 8, 15, 16, 17, 21, 32, 40, 96 };

const char random_sparse[] = "sparse";

int32_t random_channels(maker *m)
{
    return channel_counts[chance_between(&m->c, 0, m->large ? 8 : 11)];
}

int32_t random_side(maker *m)
{
    if (chance_one_in(&m->c, m->large ? 16 : 6))
        return 1;
    return m->large ? chance_between(&m->c, 24, 65) : chance_between(&m->c, 2, 19);
}

plan_part random_part(maker *m, int32_t count)
{
    return plan_tensor(count, "unit%d", m->names++);
}

plan_id random_numbers(maker *m, int32_t h, int32_t w, int32_t c)
{
    return plan_numbers(m->p, m->n, h, w, c, c == 1 ? PLAN_LOGIT : PLAN_FEATURE, NULL);
}

plan_sampling random_sampling(maker *m)
{
    return chance_one_in(&m->c, 2) ? PLAN_HALF_PIXEL : PLAN_CORNERS;
}

plan_input random_input(maker *m, plan_id value)
{
    plan_input in = plan_sampled(value, random_sampling(m));
    int32_t c = m->p->values[value].c;

    if (c > 1 && chance_one_in(&m->c, 3)) {
        in.first = chance_between(&m->c, 0, c - 1);
        in.channels = chance_between(&m->c, 1, c - in.first);
    }
    return in;
}

static void kernel(maker *m, plan_conv_options *o)
{
    int32_t r = 2 * chance_between(&m->c, 1, 3) + 1;

    switch (chance_between(&m->c, 0, 4)) {
    case 0:
        break;
    case 1:
        o->kernel_h = r;
        break;
    case 2:
        o->kernel_w = r;
        break;
    default:
        o->kernel_h = o->kernel_w = 3;
        if (chance_one_in(&m->c, 2))
            o->dilation = chance_between(&m->c, 1, 7);
    }
    if (chance_one_in(&m->c, 4))
        o->stride = 2;
    o->activation = (plan_activation)chance_between(&m->c, 0, 3);
    o->no_bias = chance_one_in(&m->c, 5);
    o->norm = !o->no_bias && chance_one_in(&m->c, 4);
}

/* A convolution of one to three of the values there are, the last one among them. */
static plan_id some_conv(maker *m)
{
    plan_conv_options o = { 0 };
    plan_input in[3], residual;
    plan_part parts[3];
    int32_t count = chance_between(&m->c, 1, 3), outs = 0, stride, last = m->p->value_count - 1;
    int32_t stacked = chance_one_in(&m->c, 3) ? 3 : 1;

    kernel(m, &o);
    for (int32_t i = 0; i < count; i++)
        in[i] = random_input(m, i ? chance_between(&m->c, 0, last) : last);
    if (chance_one_in(&m->c, 2)) {
        o.h = random_side(m);
        o.w = random_side(m);
    } else {
        in[0].sampling = PLAN_AS_IS;
    }
    for (int32_t i = 0; i < stacked; i++) {
        parts[i] = random_part(m, random_channels(m));
        parts[i].scale = i ? 0.25f : 1;
        outs += parts[i].channels;
    }
    if (chance_one_in(&m->c, 3)) {
        int32_t h = o.h ? o.h : m->p->values[last].h, w = o.w ? o.w : m->p->values[last].w;

        stride = o.stride ? o.stride : 1;
        residual =
            plan_sampled(random_numbers(m, chance_one_in(&m->c, 2) ? random_side(m) : (h - 1) / stride + 1,
                                        (w - 1) / stride + 1, outs + 3),
                         random_sampling(m));
        residual.first = 3;
        o.residual = &residual;
    }
    return plan_conv(m->p, in, count, parts, stacked, &o);
}

/* A convolution of one value that keeps its channels in groups of `each`. */
static plan_id grouped_conv(maker *m, plan_id value, int32_t each, bool with_residual)
{
    int32_t c = m->p->values[value].c;
    plan_conv_options o = { 0 };
    plan_input in = plan_whole(value), residual = plan_whole(value);
    plan_part p = random_part(m, c);

    kernel(m, &o);
    o.groups = c / each;
    if (with_residual) {
        o.stride = 1;
        o.residual = &residual;
    }
    return plan_conv(m->p, &in, 1, &p, 1, &o);
}

/* A convolution of one value as it is. */
static plan_id conv_of(maker *m, plan_id value)
{
    plan_conv_options o = { 0 };
    plan_input in = plan_whole(value);
    plan_part p = random_part(m, random_channels(m));

    kernel(m, &o);
    return plan_conv(m->p, &in, 1, &p, 1, &o);
}

static plan_id point_conv(maker *m, plan_input in, int32_t outs, plan_role role)
{
    plan_part p = random_part(m, outs);

    return plan_conv(m->p, &in, 1, &p, 1, &(plan_conv_options){ .role = role });
}

/* Joins every value that nobody reads to one logit on the grid of the last value. */
static void finish(maker *m)
{
    plan *p = m->p;
    const plan_value last = p->values[p->value_count - 1];

    for (;;) {
        plan_input in[PLAN_INPUTS];
        int32_t count = 0, left = 0;
        plan_part one;

        for (plan_id id = 0; id < p->value_count; id++) {
            bool read = false;

            for (int32_t i = 0; i < p->node_count; i++) {
                for (int32_t k = 0; k < p->nodes[i].inputs; k++)
                    read |= p->nodes[i].in[k].value == id;
                read |= p->nodes[i].residual.value == id;
            }
            if (read)
                continue;
            left++;
            if (count < PLAN_INPUTS)
                in[count++] = plan_sampled(id, PLAN_HALF_PIXEL);
        }
        one = random_part(m, 1);
        plan_id logit = plan_conv(p, in, count, &one, 1,
                                  &(plan_conv_options){ .h = last.h, .w = last.w, .role = PLAN_LOGIT });
        if (left <= PLAN_INPUTS || p->status) {
            plan_output(p, logit);
            return;
        }
    }
}

static void convolutions(maker *m)
{
    random_numbers(m, random_side(m), random_side(m), random_channels(m));
    random_numbers(m, random_side(m), random_side(m), random_channels(m));
    for (int i = 0; i < 4; i++) {
        plan_id id = some_conv(m);

        if (chance_one_in(&m->c, 2) && id >= 0)
            grouped_conv(m, id, 1, false);
    }
}

static void grouped(maker *m)
{
    plan_id x = random_numbers(m, random_side(m), random_side(m), 4 * chance_between(&m->c, 1, 6));

    x = grouped_conv(m, x, 4, false);
    x = grouped_conv(m, x, 2, true);
    grouped_conv(m, x, 1, true);
}

static void axial(maker *m, uint32_t flags)
{
    int32_t c = random_channels(m), qk = chance_between(&m->c, 1, 8), h = random_side(m), w = random_side(m);
    plan_id t = random_numbers(m, h, w, c + 3);
    plan_part parts[6], gammas[2] = { random_part(m, 1), random_part(m, 1) };
    plan_input in = plan_slice(t, 2, c), stacked;

    for (int i = 0; i < 6; i++) {
        parts[i] = random_part(m, i % 3 == 2 ? c : qk);
        parts[i].scale = 0.3f;
    }
    stacked = plan_whole(plan_conv(m->p, &in, 1, parts, 6, NULL));
    if (chance_one_in(&m->c, 2)) {
        stacked = plan_slice(random_numbers(m, h, w, 2 * (2 * qk + c) + 5), 5, 2 * (2 * qk + c));
        point_conv(m, stacked, 3, PLAN_FEATURE);
    }
    plan_axial(m->p, in, stacked, qk, &gammas[0], &gammas[1], flags);
}

static void axials(maker *m)
{
    axial(m, 0);
}

static void raw_axials(maker *m)
{
    axial(m, PLAN_RAW_VIEW);
}

static void sica(maker *m)
{
    int32_t h = random_side(m), w = random_side(m), d = random_channels(m), gh = h, gw = w;
    uint32_t flags = (uint32_t)chance_between(&m->c, 0, 3);
    plan_part thresholds[2] = { random_part(m, 1), random_part(m, 1) };
    plan_id saliency = random_numbers(m, random_side(m), random_side(m), 1),
            detail = random_numbers(m, random_side(m), random_side(m), 1);
    plan_id f = random_numbers(m, h, w, random_channels(m)),
            g = random_numbers(m, random_side(m), random_side(m), random_channels(m));
    plan_input in[2] = { plan_sampled(f, random_sampling(m)), random_input(m, g) };
    plan_id maps, context, query, keys, values, x;

    if (chance_one_in(&m->c, 3)) {
        gh = random_side(m);
        gw = random_side(m);
    }
    if (chance_one_in(&m->c, 2)) /* so that the channels divide the positions, row by row or across rows */
        *(chance_one_in(&m->c, 2) ? &gh : &gw) =
            m->p->values[f].c + (in[1].channels ? in[1].channels : m->p->values[g].c);
    maps = plan_sica_maps(m->p, saliency, chance_one_in(&m->c, 3) ? -1 : detail, thresholds, h, w);
    context = plan_sica_context(m->p, plan_sampled(maps, PLAN_HALF_PIXEL), in, 2, gh, gw, flags);
    keys = point_conv(m, plan_whole(context), 2 * d, PLAN_VECTOR);
    values = point_conv(m, plan_slice(keys, d, d), random_channels(m), PLAN_VECTOR);
    query = point_conv(m, plan_whole(f), d, PLAN_FEATURE);
    x = plan_sica_attend(m->p, query, plan_slice(keys, 0, d), plan_whole(values), 0.05f);
    if (!chance_one_in(&m->c, 4)) { /* alone behind it, as in the networks, or beside another reader */
        if (chance_one_in(&m->c, 4))
            conv_of(m, x);
        conv_of(m, x);
    }
}

static void pyramid(maker *m)
{
    int32_t h = random_side(m) + 1, w = random_side(m) + 1;
    plan_id coarse = random_numbers(m, h, w, 1), residual;

    for (int level = 0; level < 2; level++) {
        h *= 2;
        w *= 2;
        residual = random_numbers(m, chance_one_in(&m->c, 2) ? h : random_side(m), w, 1);
        coarse = plan_expand_add(m->p, coarse, residual, NULL);
    }
}

static void points(maker *m)
{
    const float mean[3] = { 128, 100.5f, 0 }, scale[3] = { 1 / 128.f, -0.01f, 0.004f };
    plan_id picture = plan_picture(m->p, m->n, random_side(m), random_side(m), mean, scale);
    plan_id x = plan_softmax(m->p, picture, 3);
    plan_part p = random_part(m, random_channels(m));
    plan_input in[2];

    x = point_conv(m, plan_whole(x), random_channels(m), PLAN_FEATURE);
    in[0] = plan_whole(x);
    in[1] = plan_sampled(plan_mean(m->p, x), PLAN_CORNERS);
    x = plan_conv(m->p, in, 2, &p, 1, &(plan_conv_options){ .kernel_h = 3, .kernel_w = 3 });
    plan_softmax(m->p, x, 0.5f);
}

static const struct {
    const char *name;
    void (*make)(maker *m);
} kinds[RANDOM_KINDS] = {
    [RANDOM_CONV] = { "convolutions", convolutions },
    [RANDOM_AXIAL] = { "axial", axials },
    [RANDOM_SICA] = { "sica", sica },
    [RANDOM_PYRAMID] = { "pyramid", pyramid },
    [RANDOM_POINTS] = { "points", points },
    [RANDOM_RAW_AXIAL] = { "raw axial", raw_axials },
    [RANDOM_TOKENS] = { "tokens", random_tokens },
    [RANDOM_GRIDS] = { "grids", random_grids },
    [RANDOM_GROUPED] = { "grouped", grouped },
};

const char *random_name(random_kind kind)
{
    return kinds[kind].name;
}

plan *random_plan(random_kind kind, uint64_t seed, int32_t n)
{
    inspyr_allocator allocator = fixture_allocator();
    maker m = { .c = { seed * RANDOM_KINDS + kind }, .n = n, .large = seed % 4 == 0 };
    inspyr_error error;

    assert_int_equal(plan_create(&m.p, &allocator, NULL), INSPYR_OK);
    kinds[kind].make(&m);
    finish(&m);
    if (plan_status(m.p, &error))
        fail_msg("%s %llu: %s", random_name(kind), (unsigned long long)seed, error.message);
    return m.p;
}

random_data random_data_for(const plan *p, uint64_t seed, int32_t first)
{
    random_data d = { .inputs = calloc((size_t)p->node_count, sizeof *d.inputs) };

    assert_non_null(d.inputs);
    for (int32_t i = 0; i < p->node_count; i++) {
        const plan_value *v = &p->values[p->nodes[i].out];
        size_t one = (size_t)v->h * (size_t)v->w * (size_t)v->c, count = (size_t)v->n * one;
        bool picture = p->nodes[i].op == PLAN_OP_PICTURE, sparse = v->name == random_sparse;
        void *to = picture || p->nodes[i].op == PLAN_OP_INPUT ? malloc(count * sizeof(float)) : NULL;

        for (size_t k = 0; to && k < count; k++) {
            chance c = { seed + (uint64_t)(first + (int32_t)(k / one)) * 1000003 + (uint64_t)i * 101 };

            c.state += (k % one) << 32;
            if (picture)
                ((unsigned char *)to)[k] = (unsigned char)chance_bits(&c);
            else
                ((float *)to)[k] = sparse && chance_between(&c, 0, 59) ? 0 : chance_number(&c, -2, 2);
        }
        if (picture)
            d.picture = to;
        else if (to)
            d.inputs[d.count++] = to;
    }
    return d;
}

void random_data_free(random_data *d)
{
    for (int32_t i = 0; i < d->count; i++)
        free(d->inputs[i]);
    free(d->inputs);
    free(d->picture);
}
