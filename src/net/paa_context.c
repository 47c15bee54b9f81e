/* paa_context.c - the context module PAA_e and the axial attention of both PAA modules: SPEC.md 4.1, 4.2. */
#include <stdio.h>

#include "net/network.h"

plan_id axial_record(plan *p, const network_config *config, const char *prefix, plan_id t, int32_t depth)
{
    plan_part parts[PLAN_PARTS], gamma_h = plan_tensor(1, "%s.Hattn.gamma", prefix),
                                 gamma_w = plan_tensor(1, "%s.Wattn.gamma", prefix);
    plan_input input = plan_whole(t);
    plan_id stacked;

    for (int32_t i = 0; i < PLAN_PARTS; i++) {
        static const char *const names[3] = { "query_conv", "key_conv", "value_conv" };

        parts[i] = plan_tensor(i % 3 == 2 ? depth : config->axial_qk, "%s.%s.%s", prefix,
                               i < 3 ? "Hattn" : "Wattn", names[i % 3]);
    }
    stacked = plan_conv(p, &input, 1, parts, PLAN_PARTS, &(plan_conv_options){ .norm = config->norm });
    return plan_axial(p, input, plan_whole(stacked), config->axial_qk, &gamma_h, &gamma_w, config->axial_flags);
}

/* t enters at the branch's slice of the stacked product; kernels (1,r), (r,1), 3x3 with dilation r. */
static plan_id branch(plan *p, const network_config *config, int32_t index, int32_t n, plan_input t,
                      int32_t depth)
{
    int32_t r = 2 * n + 1;
    char prefix[PLAN_NAME / 2];
    plan_part row, column, last;
    plan_input in;
    plan_id x;

    snprintf(prefix, sizeof prefix, "context%d.branch%d", (int)index, (int)n);
    row = plan_tensor(depth, "%s.conv1", prefix);
    column = plan_tensor(depth, "%s.conv2", prefix);
    last = plan_tensor(depth, "%s.conv3", prefix);
    x = plan_conv(p, &t, 1, &row, 1,
                  &(plan_conv_options){ .kernel_h = 1, .kernel_w = r, .norm = config->norm });
    in = plan_whole(x);
    x = plan_conv(p, &in, 1, &column, 1,
                  &(plan_conv_options){ .kernel_h = r, .kernel_w = 1, .norm = config->norm });
    if (config->axial_context[index - 1])
        x = axial_record(p, config, prefix, x, depth);
    in = plan_whole(x);
    return plan_conv(p, &in, 1, &last, 1,
                     &(plan_conv_options){ .kernel_h = 3, .kernel_w = 3, .dilation = r, .norm = config->norm });
}

plan_id context_record(plan *p, const network_config *config, int32_t index, plan_id x)
{
    static const char *const names[5] = { "c1", "c2", "c3", "c4", "c5" };
    int32_t depth = config->depth_context[index - 1];
    plan_part parts[5] = { plan_tensor(depth, "context%d.branch0", (int)index) };
    plan_part cat = plan_tensor(depth, "context%d.conv_cat", (int)index);
    plan_input in = plan_whole(x), branches[4], shortcut;
    plan_id stacked;

    /* The five 1x1 convolutions of x are one product: branch0, conv0 of the branches, conv_res. */
    for (int32_t n = 1; n <= 3; n++)
        parts[n] = plan_tensor(depth, "context%d.branch%d.conv0", (int)index, (int)n);
    parts[4] = plan_tensor(depth, "context%d.conv_res", (int)index);
    stacked = plan_conv(p, &in, 1, parts, 5, &(plan_conv_options){ .norm = config->norm });
    branches[0] = plan_slice(stacked, 0, depth);
    shortcut = plan_slice(stacked, 4 * depth, depth);
    for (int32_t n = 1; n <= 3; n++)
        branches[n] = plan_whole(branch(p, config, index, n, plan_slice(stacked, n * depth, depth), depth));
    return plan_conv(p, branches, 4, &cat, 1,
                     &(plan_conv_options){ .kernel_h = 3,
                                           .kernel_w = 3,
                                           .norm = config->norm,
                                           .residual = &shortcut,
                                           .activation = PLAN_RELU,
                                           .name = names[index - 1] });
}
