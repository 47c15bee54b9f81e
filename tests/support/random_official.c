/* random_official.c - plans of what only the official networks need. */
#include "support/random_maker.h"

static plan_id norm(maker *m, plan_input in)
{
    int32_t c = in.channels ? in.channels : m->p->values[in.value].c;
    plan_part p = random_part(m, c);

    return plan_norm(m->p, in, &p, NULL);
}

static plan_id linear(maker *m, plan_id x, int32_t outs, plan_activation activation, plan_id residual)
{
    plan_input in = plan_whole(x), after = plan_whole(residual);
    plan_part p = random_part(m, outs);

    return plan_conv(m->p, &in, 1, &p, 1,
                     &(plan_conv_options){ .style = PLAN_STYLE_LINEAR,
                                           .activation = activation,
                                           .residual = residual < 0 ? NULL : &after });
}

/* Norms of few channels take exact numbers: what rounding does to those of a convolution they may make 300
 * times larger. */
void random_tokens(maker *m)
{
    int32_t window = chance_between(&m->c, 1, m->large ? 6 : 12), each = chance_between(&m->c, 1, 40);
    int32_t heads = chance_between(&m->c, 1, each > 16 ? 2 : 4), h = random_side(m), w = random_side(m);
    int32_t c = 8 * chance_between(&m->c, 1, 5) + chance_between(&m->c, 0, 1), few = random_channels(m);
    plan_id x = random_numbers(m, h, w, c), y = norm(m, plan_slice(random_numbers(m, h, w, few + 3), 3, few));
    plan_part p;

    for (int i = 0; i < 2; i++) {
        y = linear(m, i ? norm(m, plan_whole(x)) : y, 3 * heads * each, PLAN_LINEAR, -1);
        p = random_part(m, 3 * heads * each);
        y = plan_window(m->p, plan_whole(y), &p, heads, window, chance_between(&m->c, 0, window - 1));
        x = linear(m, y, c, PLAN_LINEAR, x);
        y = linear(m, norm(m, plan_whole(x)), random_channels(m), PLAN_GELU, -1);
        x = linear(m, y, c, PLAN_LINEAR, x);
    }
    linear(m, norm(m, plan_whole(plan_merge(m->p, x))), 3, PLAN_LINEAR, -1);
}

static plan_id some_pool(maker *m, plan_input in)
{
    static const uint32_t flags[3] = { PLAN_POOL_MAX, PLAN_POOL_INSIDE, 0 };
    int32_t kernel_size = chance_between(&m->c, 1, 4), stride = chance_between(&m->c, 1, 3);
    int32_t pad = chance_between(&m->c, 0, kernel_size - 1);
    const plan_value *v = &m->p->values[in.value];
    int32_t h = (v->h + pad - 1) / stride + 1, w = (v->w + pad - 1) / stride + 1;

    if (chance_one_in(&m->c, 2)) { /* no window may begin in the padding below */
        h = (v->h + 2 * pad - kernel_size) / stride + 1;
        w = (v->w + 2 * pad - kernel_size) / stride + 1;
    }
    return plan_pool(m->p, in, kernel_size, stride, pad, h < 1 ? 1 : h, w < 1 ? 1 : w,
                     flags[chance_between(&m->c, 0, 2)]);
}

void random_grids(maker *m)
{
    const float mean[3] = { 120, 110, 100 }, scale[3] = { 0.01f, 0.02f, 0.015f };
    int32_t c = random_channels(m), h = random_side(m), w = random_side(m);
    plan_id x = random_numbers(m, h, w, c + 2), logit = random_numbers(m, h, w, 1), y;
    plan_input a = plan_slice(x, 1, c);
    plan_id picture = plan_picture(m->p, m->n, 4 * h + chance_between(&m->c, 0, 3), 4 * w, mean, scale);
    plan_input patches = plan_whole(picture),
               b = plan_slice(random_numbers(m, random_side(m), random_side(m), c + 5), 4, c);
    plan_part p = random_part(m, random_channels(m));

    b.sampling = random_sampling(m);
    y = plan_add(m->p, a, b);
    y = plan_multiply(m->p, plan_whole(y), a);
    y = some_pool(m, plan_whole(y));
    y = plan_merge(m->p, y);
    y = plan_resize(m->p, plan_sampled(y, random_sampling(m)), random_side(m), random_side(m));
    some_pool(m, random_input(m, y));
    y = plan_numbers(m->p, m->n, h, w, 1, PLAN_LOGIT, random_sparse);
    y = plan_transition(m->p, y, 2 * chance_between(&m->c, 1, 8) + 1);
    y = plan_resize(m->p, plan_sampled(y, PLAN_HALF_PIXEL), random_side(m), random_side(m));
    y = plan_multiply(m->p, plan_whole(logit), plan_sampled(y, random_sampling(m)));
    plan_add(m->p, plan_whole(some_pool(m, plan_whole(y))),
             plan_sampled(norm(m, plan_whole(logit)), random_sampling(m)));
    plan_resize(m->p, plan_slice(x, 0, 1), h, w);
    y = plan_conv(m->p, &patches, 1, &p, 1,
                  &(plan_conv_options){ .kernel_h = 4, .kernel_w = 4, .stride = 4, .no_pad = true });
    some_pool(m, plan_whole(plan_merge(m->p, y)));
}
