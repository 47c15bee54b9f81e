/* torch_pack.cpp - weights as tensors on a device, in the type of the precision. */
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <c10/core/InferenceMode.h>

#include <unistd.h>

#include "shim/torch/torch_engine.h"

namespace
{

struct packing {
    const engine_host *host;
    const plan *p;
    const weights *w;
    at::ScalarType type;
};

/* The first node that has the weights says what they are for. */
const plan_node *node_of(const plan *p, int32_t unit)
{
    for (int32_t i = 0; i < p->node_count; i++)
        if (p->nodes[i].weights == unit)
            return &p->nodes[i];
    return nullptr;
}

/* Of each pair of tokens, from the table of their distances. */
at::Tensor bias_of_tokens(const at::Tensor &table, int32_t side)
{
    const at::Tensor at_ = at::arange(side, at::kLong);
    const at::Tensor distance = at_.unsqueeze(1) - at_.unsqueeze(0) + (side - 1); /* side x side */
    const int64_t tokens = static_cast<int64_t>(side) * side;
    const at::Tensor rows = distance.view({ side, 1, side, 1 }).expand({ side, side, side, side });
    const at::Tensor columns = distance.view({ 1, side, 1, side }).expand({ side, side, side, side });
    const at::Tensor places = (rows * (2 * side - 1) + columns).reshape({ tokens * tokens });

    return table.index_select(0, places).view({ tokens, tokens, -1 }).permute({ 2, 0, 1 }).contiguous();
}

torch_unit unit_of(const packing &k, int32_t index)
{
    const plan_weights &w = k.p->weights[index];
    const plan_node *node = node_of(k.p, index);
    const c10::Device place = k.host->device->place();
    const int64_t count = static_cast<int64_t>(plan_kernel_count(&w));
    at::Tensor kernel = at::empty({ count }, at::kFloat),
               bias = at::zeros({ w.out > 0 ? w.out : 1 }, at::kFloat);
    torch_unit unit;

    k.host->unit(k.w, k.p, index, kernel.data_ptr<float>(), bias.data_ptr<float>());
    switch (w.style) {
    case PLAN_STYLE_SCALARS:
        unit.numbers.assign(kernel.data_ptr<float>(), kernel.data_ptr<float>() + count);
        break;
    case PLAN_STYLE_VECTORS: /* of norms, which are computed in float32 */
        unit.kernel = kernel.to(place);
        unit.bias = bias.to(place);
        break;
    case PLAN_STYLE_WINDOW:
        unit.kernel = bias_of_tokens(kernel.view({ -1, w.in }), node ? node->window : (w.kernel_h + 1) / 2)
                          .to(place, k.type);
        unit.bias = bias.to(place, k.type);
        if (k.host->device->own) {
            unit.table = kernel.view({ -1, w.in }).t().contiguous().to(place);
            unit.edge = bias.to(place);
        }
        break;
    case PLAN_STYLE_UNIT:
    case PLAN_STYLE_BARE:
    case PLAN_STYLE_LINEAR:
        unit.kernel = kernel.view({ w.out, w.in, w.kernel_h, w.kernel_w })
                          .to(place, k.type)
                          .contiguous(at::MemoryFormat::ChannelsLast);
        unit.bias = bias.to(place, k.type);
        break;
    }
    return unit;
}

} // namespace

inspyr_status torch_pack(engine_packed **out, const engine_host *host, const plan *p, const weights *w,
                         inspyr_error *error)
{
    engine_device *device = host->device;

    *out = nullptr;
    return guarded(
        error, [=](const char *why) { device->lose(why); },
        [&] {
            const c10::InferenceMode inference;
            const packing k = { host, p, w, torch_type(host->precision) };
            auto packed = std::make_unique<engine_packed>();

            packed->device = device;
            packed->bytes = 0;
            for (int32_t i = 0; i < p->weights_count; i++) {
                packed->units.push_back(unit_of(k, i));
                for (const at::Tensor *t : { &packed->units.back().kernel, &packed->units.back().bias,
                                             &packed->units.back().table, &packed->units.back().edge })
                    packed->bytes += t->defined() ? t->nbytes() : 0;
            }
            *out = packed.release();
            return INSPYR_OK;
        });
}

void torch_unpack(engine_packed *packed)
{
    /* A lost device answers nothing any more, and that of another process is not here: what lies there stays.
     */
    if (packed && !packed->device->lost && packed->device->process == getpid())
        delete packed;
}
