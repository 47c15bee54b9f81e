/* swin.c - Swin transformer (Liu et al. 2021) as InSPyReNet uses it: five maps, of which the first is the patch
 * embedding and the others are normed copies of the stages. */
#include <stdio.h>

#include "net/network.h"

static plan_id linear(plan *p, plan_id in, plan_part part, plan_conv_options options)
{
    plan_input input = plan_whole(in);

    options.style = PLAN_STYLE_LINEAR;
    return plan_conv(p, &input, 1, &part, 1, &options);
}

static plan_id norm(plan *p, plan_id in, const char *prefix, const char *name, int32_t channels)
{
    const plan_part part = plan_tensor(channels, "%s.%s", prefix, name);

    return plan_norm(p, plan_whole(in), &part, NULL);
}

/* Every second block moves its windows by half, also where the map is a single window. */
static plan_id block(plan *p, const network_swin *s, int32_t stage, int32_t index, plan_id x)
{
    const int32_t c = s->embed << stage;
    plan_input shortcut = plan_whole(x);
    char prefix[PLAN_NAME - 16];
    plan_part window;
    plan_id y;

    snprintf(prefix, sizeof prefix, "backbone.layers.%d.blocks.%d", (int)stage, (int)index);
    window = plan_tensor(3 * c, "%s.attn", prefix);
    y = linear(p, norm(p, x, prefix, "norm1", c), plan_tensor(3 * c, "%s.attn.qkv", prefix),
               (plan_conv_options){ 0 });
    y = plan_window(p, plan_whole(y), &window, s->heads[stage], s->window, index % 2 ? s->window / 2 : 0);
    x = linear(p, y, plan_tensor(c, "%s.attn.proj", prefix), (plan_conv_options){ .residual = &shortcut });
    shortcut = plan_whole(x);
    y = linear(p, norm(p, x, prefix, "norm2", c), plan_tensor(s->expansion * c, "%s.mlp.fc1", prefix),
               (plan_conv_options){ .activation = PLAN_GELU });
    return linear(p, y, plan_tensor(c, "%s.mlp.fc2", prefix), (plan_conv_options){ .residual = &shortcut });
}

static plan_id downsample(plan *p, int32_t stage, plan_id x, int32_t channels)
{
    char prefix[PLAN_NAME - 16];

    snprintf(prefix, sizeof prefix, "backbone.layers.%d.downsample", (int)stage);
    x = norm(p, plan_merge(p, x), prefix, "norm", 4 * channels);
    return linear(p, x, plan_tensor(2 * channels, "%s.reduction", prefix),
                  (plan_conv_options){ .no_bias = true });
}

network_taps swin_record(plan *p, const network_config *config, plan_id picture)
{
    const network_swin *s = &config->swin;
    plan_part embed = plan_tensor(s->embed, "backbone.patch_embed.proj");
    plan_input in = plan_whole(picture);
    network_taps taps;
    plan_id x =
        plan_conv(p, &in, 1, &embed, 1,
                  &(plan_conv_options){
                      .kernel_h = 4, .kernel_w = 4, .stride = 4, .no_pad = true, .style = PLAN_STYLE_BARE });

    taps.x[0] = x = norm(p, x, "backbone.patch_embed", "norm", s->embed);
    for (int32_t stage = 0; stage < NETWORK_STAGES; stage++) {
        char name[16];

        for (int32_t i = 0; i < s->depths[stage]; i++)
            x = block(p, s, stage, i, x);
        snprintf(name, sizeof name, "norm%d", (int)stage);
        taps.x[stage + 1] = norm(p, x, "backbone", name, s->embed << stage);
        if (stage + 1 < NETWORK_STAGES)
            x = downsample(p, stage, x, s->embed << stage);
    }
    return taps;
}
