/* paa_decoder.c - the decoder PAA_d: SPEC.md 4.3. No ReLU anywhere. */
#include "net/network.h"

static plan_id conv3(plan *p, const network_config *config, plan_id x, const char *name, const char *value)
{
    plan_part part = plan_tensor(config->depth_decoder, "decoder.%s", name);
    plan_input in = plan_whole(x);

    return plan_conv(p, &in, 1, &part, 1,
                     &(plan_conv_options){ .kernel_h = 3, .kernel_w = 3, .norm = config->norm, .name = value });
}

plan_id decoder_record(plan *p, const network_config *config, plan_id c3, plan_id c4, plan_id c5,
                       plan_id *logit)
{
    plan_part first = plan_tensor(config->depth_decoder, "decoder.conv1"),
              last = plan_tensor(1, "decoder.conv5");
    plan_input in[3] = { plan_sampled(c5, PLAN_CORNERS), plan_sampled(c4, PLAN_CORNERS), plan_whole(c3) };
    plan_conv_options options = { .kernel_h = 3, .kernel_w = 3, .norm = config->norm };
    plan_id x;

    *logit = -1;
    if (p->status)
        return -1;
    options.h = p->values[c3].h;
    options.w = p->values[c3].w;
    x = plan_conv(p, in, 3, &first, 1, &options);
    if (config->axial_decoder)
        x = axial_record(p, config, "decoder", x, config->depth_decoder);
    x = conv3(p, config, x, "conv2", NULL);
    x = conv3(p, config, x, "conv3", NULL);
    x = conv3(p, config, x, "conv4", "f3");
    in[0] = plan_whole(x);
    *logit = plan_conv(p, in, 1, &last, 1,
                       &(plan_conv_options){
                           .kernel_h = 3, .kernel_w = 3, .no_bias = true, .role = PLAN_LOGIT, .name = "d3" });
    return x;
}
