/* inspyrenet.c - the whole network, from picture to logits: SPEC.md 4.4. */
#include "base/status.h"
#include "net/network.h"

inspyr_status network_record(plan *p, const network_config *config, int32_t n, int32_t h, int32_t w,
                             inspyr_error *error)
{
    static const char *const names[5] = { "x1", "x2", "x3", "x4", "x5" };
    network_taps taps;
    plan_id c[5], f, d, up, p2, p1, p0;

    if (n < 1 || h < config->size_minimum || w < config->size_minimum || h > config->size_maximum ||
        w > config->size_maximum || h % config->size_multiple || w % config->size_multiple)
        return failed(error, INSPYR_ERR_ARGUMENT,
                      "a network input of %d x %d: sides must be multiples of %d from %d to %d", (int)w, (int)h,
                      (int)config->size_multiple, (int)config->size_minimum, (int)config->size_maximum);
    taps = mobilenet_record(p, config, n, h, w);
    for (int32_t i = 0; i < 5; i++)
        plan_name(p, taps.x[i], names[i]);
    for (int32_t i = 4; i >= 0;
         i--) /* the smallest maps first: their results are small while the large ones run */
        c[i] = context_record(p, config, i + 1, taps.x[i]);
    f = decoder_record(p, config, c[2], c[3], c[4], &d);

    f = sica_record(p, config,
                    &(sica_inputs){ .index = 2,
                                    .depth = config->depth_sica[0],
                                    .features = { plan_whole(c[1]), plan_sampled(f, PLAN_HALF_PIXEL) },
                                    .count = 2,
                                    .saliency = d,
                                    .laplacian = -1,
                                    .h = h / 4,
                                    .w = w / 4 },
                    &p2);
    d = plan_expand_add(p, d, p2, "d2");
    f = sica_record(p, config,
                    &(sica_inputs){ .index = 1,
                                    .depth = config->depth_sica[1],
                                    .features = { plan_whole(c[0]), plan_sampled(f, PLAN_HALF_PIXEL) },
                                    .count = 2,
                                    .saliency = d,
                                    .laplacian = p2,
                                    .h = h / 2,
                                    .w = w / 2 },
                    &p1);
    d = plan_expand_add(p, d, p1, "d1");
    /* The output feature of attention0 is not used; only its residual is. */
    sica_record(p, config,
                &(sica_inputs){ .index = 0,
                                .depth = config->depth_sica[2],
                                .features = { plan_sampled(f, PLAN_HALF_PIXEL) },
                                .count = 1,
                                .saliency = d,
                                .laplacian = p1,
                                .h = h,
                                .w = w },
                &p0);
    up = plan_expand_add(p, d, p0, "d0");
    plan_output(p, up);
    return plan_status(p, error);
}
