/* mobilenet.c - MobileNetV2 with the DeepLabV3 head, batch norms folded: SPEC.md section 3. */
#include "net/network.h"

/* Stride and dilation of each inverted residual; the output stride stays 16 from block 6 on. */
static const struct {
    int8_t stride, dilation;
} schedule[NETWORK_BLOCKS] = {
    { 1, 1 }, { 2, 1 }, { 1, 1 }, { 2, 1 }, { 1, 1 }, { 1, 1 }, { 2, 1 }, { 1, 1 }, { 1, 1 },
    { 1, 1 }, { 1, 1 }, { 1, 1 }, { 1, 1 }, { 1, 1 }, { 1, 2 }, { 1, 2 }, { 1, 2 },
};

/* Blocks before the grid is an eighth of the picture's: half the mattes' error in bf16 comes from them, and
 * a pass takes no longer that could be measured (docs/numbers.md, "Fast precisions"). */
#define BLOCKS_FLOAT32 3

static plan_id conv(plan *p, plan_id in, plan_part part, const plan_conv_options *options)
{
    plan_input input = plan_whole(in);

    return plan_conv(p, &input, 1, &part, 1, options);
}

static plan_id block(plan *p, const network_config *config, int32_t index, plan_id in, int32_t channels)
{
    int32_t expanded = config->mobilenet.blocks[index].expanded, out = config->mobilenet.blocks[index].out;
    plan_input shortcut = plan_whole(in);
    plan_conv_options depthwise = { .kernel_h = 3,
                                    .kernel_w = 3,
                                    .stride = schedule[index].stride,
                                    .dilation = schedule[index].dilation,
                                    .groups = expanded,
                                    .activation = PLAN_RELU6 };
    bool float32 = index < BLOCKS_FLOAT32;
    plan_conv_options project = { .float32 = float32,
                                  .residual = depthwise.stride == 1 && channels == out ? &shortcut : NULL };
    plan_id x = in;

    if (index > 0)
        x = conv(p, x, plan_tensor(expanded, "backbone.blocks.%d.expand", (int)index),
                 &(plan_conv_options){ .float32 = float32, .activation = PLAN_RELU6 });
    x = conv(p, x, plan_tensor(expanded, "backbone.blocks.%d.depthwise", (int)index), &depthwise);
    return conv(p, x, plan_tensor(out, "backbone.blocks.%d.project", (int)index), &project);
}

static plan_id head(plan *p, const network_config *config, plan_id y)
{
    const plan_conv_options relu = { .activation = PLAN_RELU };
    plan_id a = conv(p, y, plan_tensor(config->mobilenet.aspp, "backbone.aspp"), &relu);
    plan_id g = conv(p, plan_mean(p, y), plan_tensor(config->mobilenet.pooled, "backbone.pool"), &relu);
    /* A single position, resized with clamping, is that position everywhere. */
    plan_input both[2] = { plan_sampled(g, PLAN_HALF_PIXEL), plan_whole(a) };
    plan_part part = plan_tensor(config->mobilenet.projection, "backbone.projection");
    plan_conv_options grid = relu;

    if (a < 0)
        return -1;
    grid.h = p->values[a].h;
    grid.w = p->values[a].w;
    return plan_conv(p, both, 2, &part, 1, &grid);
}

network_taps mobilenet_record(plan *p, const network_config *config, plan_id picture)
{
    network_taps taps;
    int32_t channels = config->mobilenet.stem;
    plan_part classes = plan_tensor(config->mobilenet.classes, "backbone.classes");
    plan_id x =
        conv(p, picture, plan_tensor(channels, "backbone.stem"),
             &(plan_conv_options){ .kernel_h = 3, .kernel_w = 3, .stride = 2, .activation = PLAN_RELU6 });
    for (int32_t i = 0; i < NETWORK_BLOCKS; i++) {
        x = block(p, config, i, x, channels);
        channels = config->mobilenet.blocks[i].out;
        if (i == 0)
            taps.x[0] = x;
        else if (i == 2)
            taps.x[1] = x;
        else if (i == 5)
            taps.x[2] = x;
    }
    /* x4 is the scaled logits; the softmax undoes the scale, exactly for the power of two that it is. */
    classes.scale = config->mobilenet.logit_scale;
    taps.x[3] = conv(p, head(p, config, x), classes, NULL);
    taps.x[4] = plan_softmax(p, taps.x[3], 1 / config->mobilenet.logit_scale);
    return taps;
}
