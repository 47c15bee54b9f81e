/* res2net.c - Res2Net v1b (Gao et al. 2019) with the dilations of InSPyReNet: overall stride 32, five maps. */
#include <stdio.h>

#include "net/network.h"

/* Of the first block of each stage; of all its blocks. The last stage has a grid of dilations on top. */
static const int8_t strides[NETWORK_STAGES] = { 1, 2, 2, 2 }, dilations[NETWORK_STAGES] = { 1, 1, 2, 4 };

static plan_part unit(int32_t channels, const char *prefix, const char *conv, const char *bn)
{
    plan_part part = plan_tensor(channels, "%s%s", prefix, conv);

    snprintf(part.norm, sizeof part.norm, "%s%s", prefix, bn);
    return part;
}

static plan_id conv(plan *p, plan_input in, plan_part part, plan_conv_options options)
{
    options.style = PLAN_STYLE_BARE;
    options.norm = true;
    return plan_conv(p, &in, 1, &part, 1, &options);
}

typedef struct block {
    char prefix[PLAN_NAME / 2];
    int32_t width, out, scale, stride, dilation;
    bool first; /* of its stage */
} block;

static plan_id pooled(plan *p, plan_input in, const block *b, int32_t kernel, int32_t pad, uint32_t flags)
{
    int32_t h, w;

    if (p->status)
        return -1;
    h = (p->values[in.value].h + b->stride - 1) / b->stride;
    w = (p->values[in.value].w + b->stride - 1) / b->stride;
    return plan_pool(p, in, kernel, b->stride, pad, h, w, flags);
}

/* The convolutions of all groups but the last; each sees its group and, but in a stage's first block, the
 * result of the one before. */
static int32_t groups(plan *p, const block *b, plan_id x, plan_input *parts)
{
    const plan_conv_options options = {
        .kernel_h = 3, .kernel_w = 3, .stride = b->stride, .dilation = b->dilation, .activation = PLAN_RELU
    };
    plan_id last = -1;
    int32_t i;

    for (i = 0; i < b->scale - 1; i++) {
        plan_input group = plan_slice(x, i * b->width, b->width);
        char name[24], bn[24];

        snprintf(name, sizeof name, ".convs.%d", (int)i);
        snprintf(bn, sizeof bn, ".bns.%d", (int)i);
        if (i > 0 && !b->first)
            group = plan_whole(plan_add(p, group, plan_whole(last)));
        last = conv(p, group, unit(b->width, b->prefix, name, bn), options);
        parts[i] = plan_whole(last);
    }
    parts[i] = plan_slice(x, i * b->width, b->width);
    if (b->first) /* 3 x 3 whatever the stride, always divided by 9 */
        parts[i] = plan_whole(pooled(p, parts[i], b, 3, 1, 0));
    return b->scale;
}

static plan_id block_record(plan *p, const block *b, plan_id in)
{
    plan_part last = unit(b->out, b->prefix, ".conv3", ".bn3");
    plan_input parts[PLAN_INPUTS], shortcut = plan_whole(in);
    int32_t count;
    plan_id x = conv(p, plan_whole(in), unit(b->scale * b->width, b->prefix, ".conv1", ".bn1"),
                     (plan_conv_options){ .activation = PLAN_RELU });

    count = groups(p, b, x, parts);
    if (b->first) {
        if (b->stride > 1)
            shortcut = plan_whole(pooled(p, shortcut, b, b->stride, 0, PLAN_POOL_INSIDE));
        shortcut = plan_whole(conv(p, shortcut, unit(b->out, b->prefix, ".downsample.1", ".downsample.2"),
                                   (plan_conv_options){ 0 }));
    }
    return plan_conv(
        p, parts, count, &last, 1,
        &(plan_conv_options){
            .style = PLAN_STYLE_BARE, .norm = true, .residual = &shortcut, .activation = PLAN_RELU });
}

static plan_id stem(plan *p, const network_res2net *r, plan_id picture)
{
    static const char *const names[3][2] = { { "conv1.0", "conv1.1" },
                                             { "conv1.3", "conv1.4" },
                                             { "conv1.6", "bn1" } };
    plan_id x = picture;

    for (int32_t i = 0; i < 3; i++)
        x = conv(
            p, plan_whole(x), unit(r->stem[i], "backbone.", names[i][0], names[i][1]),
            (plan_conv_options){ .kernel_h = 3, .kernel_w = 3, .stride = i ? 1 : 2, .activation = PLAN_RELU });
    return pooled(p, plan_whole(x), &(block){ .stride = 2 }, 3, 1, PLAN_POOL_MAX);
}

network_taps res2net_record(plan *p, const network_config *config, plan_id picture)
{
    const network_res2net *r = &config->res2net;
    network_taps taps;
    plan_id x = taps.x[0] = stem(p, r, picture);

    for (int32_t stage = 0; stage < NETWORK_STAGES; stage++) {
        for (int32_t i = 0; i < r->depths[stage]; i++) {
            block b = { .width = r->width[stage],
                        .out = r->out[stage],
                        .scale = r->scale,
                        .stride = i ? 1 : strides[stage],
                        .dilation = dilations[stage] << (stage == NETWORK_STAGES - 1 ? i : 0),
                        .first = i == 0 };

            snprintf(b.prefix, sizeof b.prefix, "backbone.layer%d.%d", (int)stage + 1, (int)i);
            x = block_record(p, &b, x);
        }
        taps.x[stage + 1] = x;
    }
    return taps;
}
