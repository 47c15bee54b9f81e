/* inspyrenet.c - the whole network, from picture to logits: SPEC.md 4.4. */
#include "base/status.h"
#include "net/network.h"

static network_taps backbone(plan *p, const network_config *config, plan_id picture)
{
    switch (config->backbone) {
    case NETWORK_SWIN:
        return swin_record(p, config, picture);
    case NETWORK_RES2NET:
        return res2net_record(p, config, picture);
    default:
        return mobilenet_record(p, config, picture);
    }
}

/* The attention module of stride 2^index. */
static plan_id attend(plan *p, const network_config *config, const network_size *size, sica_inputs in,
                      plan_id *residual)
{
    in.h = size->h >> in.index;
    in.w = size->w >> in.index;
    in.depth = config->depth_sica[2 - in.index];
    if (config->sica_on_base) {
        in.grid_h = config->base_h >> in.index;
        in.grid_w = config->base_w >> in.index;
    }
    return sica_record(p, config, &in, residual);
}

/* c: the five context maps, of strides 2 or 4 to 32. */
static network_pyramid decode(plan *p, const network_config *config, const network_size *size,
                              const plan_id c[5])
{
    network_pyramid y;
    plan_id f, d;

    f = decoder_record(p, config, c[2], c[3], c[4], &y.d3);
    f = attend(p, config, size,
               (sica_inputs){ .index = 2,
                              .features = { plan_whole(c[1]), plan_sampled(f, PLAN_HALF_PIXEL) },
                              .count = 2,
                              .saliency = y.d3,
                              .laplacian = -1 },
               &y.p2);
    d = plan_expand_add(p, y.d3, y.p2, "d2");
    f = attend(
        p, config, size,
        (sica_inputs){ .index = 1,
                       .features = { plan_sampled(c[0], PLAN_HALF_PIXEL), plan_sampled(f, PLAN_HALF_PIXEL) },
                       .count = 2,
                       .saliency = d,
                       .laplacian = y.p2 },
        &y.p1);
    d = plan_expand_add(p, d, y.p1, "d1");
    /* The output feature of attention0 is not used; only its residual is. */
    attend(p, config, size,
           (sica_inputs){ .index = 0,
                          .features = { plan_sampled(f, PLAN_HALF_PIXEL) },
                          .count = 1,
                          .saliency = d,
                          .laplacian = y.p1 },
           &y.p0);
    y.d0 = plan_expand_add(p, d, y.p0, "d0");
    return y;
}

static network_pyramid pass(plan *p, const network_config *config, const network_size *size, bool low)
{
    static const char *const names[5] = { "x1", "x2", "x3", "x4", "x5" };
    plan_id c[5], picture;
    network_taps taps;

    if (size->numbers)
        picture = plan_numbers(p, size->n, size->h, size->w, 3, PLAN_FEATURE, "input");
    else
        picture = plan_picture(p, size->n, size->h, size->w, config->mean, config->scale);
    if (low && !p->status)
        p->nodes[p->values[picture].node].low = 1;
    taps = backbone(p, config, picture);
    for (int32_t i = 0; i < 5; i++)
        plan_name(p, taps.x[i], names[i]);
    for (int32_t i = 4; i >= 0;
         i--) /* the smallest maps first: their results are small while the large ones run */
        c[i] = context_record(p, config, i + 1, taps.x[i]);
    return decode(p, config, size, c);
}

inspyr_status network_record(plan *p, const network_config *config, network_size size, inspyr_error *error)
{
    network_pyramid high;

    if (size.n < 1 || size.h < config->size_minimum || size.w < config->size_minimum ||
        size.h > config->size_maximum || size.w > config->size_maximum || size.h % config->size_multiple ||
        size.w % config->size_multiple)
        return failed(error, INSPYR_ERR_ARGUMENT,
                      "a network input of %d x %d: sides must be multiples of %d from %d to %d", (int)size.w,
                      (int)size.h, (int)config->size_multiple, (int)config->size_minimum,
                      (int)config->size_maximum);
    if (size.blended) {
        const network_size base = { size.n, config->base_h, config->base_w, false, size.numbers };
        plan_id low = pass(p, config, &base, true).d0;

        high = pass(p, config, &size, false);
        high.d0 = blend_record(p, low, &high);
    } else {
        high = pass(p, config, &size, false);
    }
    plan_output(p, high.d0);
    return plan_status(p, error);
}
