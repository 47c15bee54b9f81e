/* sica.c - saliency-inspired context attention: SPEC.md 4.5. */
#include <math.h>

#include "net/network.h"

static plan_id conv(plan *p, const network_config *config, const plan_input *in, int32_t count, plan_part part,
                    int32_t kernel, const sica_inputs *grid)
{
    plan_conv_options options = {
        .kernel_h = kernel, .kernel_w = kernel, .norm = config->norm, .activation = PLAN_RELU
    };

    if (grid) {
        options.h = grid->h;
        options.w = grid->w;
    }
    return plan_conv(p, in, count, &part, 1, &options);
}

plan_id sica_record(plan *p, const network_config *config, const sica_inputs *in, plan_id *residual)
{
    static const char *const names[3] = { "p0", "p1", "p2" };
    int k = (int)in->index;
    int32_t d = in->depth;
    const plan_part thresholds[2] = { plan_tensor(1, "attention%d.threshold", k),
                                      plan_tensor(1, "attention%d.lthreshold", k) };
    /* Key and value begin with a 1x1 convolution of the same vectors: one product. */
    const plan_part first[2] = { plan_tensor(d, "attention%d.conv_key.0", k),
                                 plan_tensor(d, "attention%d.conv_value.0", k) };
    const plan_part out4 = plan_tensor(1, "attention%d.conv_out4", k);
    plan_input slice, all[PLAN_INPUTS];
    plan_id maps = plan_sica_maps(p, in->saliency, in->laplacian, thresholds, in->h, in->w);
    plan_id context, query, keys, values, x;

    for (int32_t i = 0; i < in->count; i++) {
        all[i] = in->features[i];
        if (in->grid_h &&
            (in->grid_h != in->h || in->grid_w != in->w)) /* the reference goes by way of the level */
            all[i] = plan_whole(plan_resize(p, in->features[i], in->h, in->w));
        all[i].sampling = PLAN_HALF_PIXEL;
    }
    context =
        plan_sica_context(p, plan_sampled(maps, PLAN_HALF_PIXEL), all, in->count,
                          in->grid_h ? in->grid_h : in->h, in->grid_w ? in->grid_w : in->w, config->sica_flags);
    slice = plan_whole(context);
    context =
        plan_conv(p, &slice, 1, first, 2,
                  &(plan_conv_options){ .norm = config->norm, .activation = PLAN_RELU, .role = PLAN_VECTOR });
    slice = plan_slice(context, 0, d);
    keys = conv(p, config, &slice, 1, plan_tensor(d, "attention%d.conv_key.1", k), 1, NULL);
    slice = plan_slice(context, d, d);
    values = conv(p, config, &slice, 1, plan_tensor(d, "attention%d.conv_value.1", k), 1, NULL);

    query = conv(p, config, in->features, in->count, plan_tensor(d, "attention%d.conv_query.0", k), 3, in);
    slice = plan_whole(query);
    query = conv(p, config, &slice, 1, plan_tensor(d, "attention%d.conv_query.1", k), 3, NULL);
    x = plan_sica_attend(p, query, plan_whole(keys), plan_whole(values), 1 / sqrtf((float)d));
    slice = plan_whole(x);
    x = conv(p, config, &slice, 1, plan_tensor(d, "attention%d.conv_out1", k), 3, NULL);
    for (int32_t i = 0; i < in->count; i++)
        all[i] = in->features[i];
    all[in->count] = plan_whole(x);
    x = conv(p, config, all, in->count + 1, plan_tensor(d, "attention%d.conv_out2", k), 3, in);
    slice = plan_whole(x);
    x = conv(p, config, &slice, 1, plan_tensor(d, "attention%d.conv_out3", k), 3, NULL);
    slice = plan_whole(x);
    *residual = plan_conv(p, &slice, 1, &out4, 1,
                          &(plan_conv_options){ .norm = config->norm, .role = PLAN_LOGIT, .name = names[k] });
    return x;
}
