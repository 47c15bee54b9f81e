/* torch_ops.cpp - convolutions, norms, and what works on a grid. */
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include <algorithm>
#include <cmath>

#include "shim/torch/torch_engine.h"

static at::Tensor sampled(const engine_run &run, const plan_input &in, int32_t h, int32_t w)
{
    at::Tensor x = run.values[in.value];

    if (in.first || in.channels != x.size(1))
        x = x.narrow(1, in.first, in.channels);
    if (in.sampling == PLAN_AS_IS || (x.size(2) == h && x.size(3) == w))
        return x;
    /* libtorch 1.13 computes places in the type of the values on processors: in bf16, pixel 37.3 is 37.25. */
    const bool narrow = x.is_cpu() && x.scalar_type() != at::kFloat;
    const at::Tensor y =
        at::upsample_bilinear2d(narrow ? x.to(at::kFloat) : x, { h, w }, in.sampling == PLAN_CORNERS);
    return narrow ? y.to(x.scalar_type()) : y;
}

at::Tensor torch_gathered(const engine_run &run, const plan_input *in, int32_t count, int32_t h, int32_t w)
{
    std::vector<at::Tensor> parts;

    for (int32_t i = 0; i < count; i++)
        parts.push_back(sampled(run, in[i], h, w));
    return count == 1 ? parts[0] : at::cat(parts, 1);
}

static at::Tensor input(const engine_run &run, const plan_node &n, int32_t i)
{
    return torch_gathered(run, &n.in[i], 1, n.h, n.w);
}

at::Tensor torch_conv(const engine_run &run, const plan_node &n)
{
    const torch_unit &unit = run.packed->units[n.weights];
    const plan_value &out = run.p->values[n.out];
    const at::Tensor x = run.own && (n.inputs > 1 || n.in[0].sampling)
                             ? torch_own_gathered(run, n.in, n.inputs, n.h, n.w)
                             : torch_gathered(run, n.in, n.inputs, n.h, n.w)
                                   .to(run.type)
                                   .contiguous(at::MemoryFormat::ChannelsLast);
    at::Tensor y = at::conv2d(x, unit.kernel, unit.bias, n.stride, { n.pad_h, n.pad_w }, n.dilation, n.groups);

    if (n.residual.value >= 0)
        y.add_(torch_gathered(run, &n.residual, 1, out.h, out.w));
    switch (n.activation) {
    case PLAN_RELU:
        return y.relu_();
    case PLAN_RELU6:
        return y.clamp_(0, 6);
    case PLAN_GELU:
        return at::gelu(y);
    case PLAN_LINEAR:
        break;
    }
    return y;
}

/* Sums of squares need float32, whatever the values are. layer_norm() multiplies before it subtracts the mean,
 * which costs digits where that is large beside what is left: so it is taken away first. */
at::Tensor torch_norm(const engine_run &run, const plan_node &n)
{
    const torch_unit &unit = run.packed->units[n.weights];
    const at::Tensor x = input(run, n, 0).permute({ 0, 2, 3, 1 }).to(at::kFloat);

    return at::layer_norm(x - x.mean(3, true), { x.size(3) }, unit.kernel, unit.bias, 1e-5)
        .to(run.type)
        .permute({ 0, 3, 1, 2 });
}

/* Quarters in the reference's order: (even row, even column), (odd, even), (even, odd), (odd, odd). */
at::Tensor torch_merge(const engine_run &run, const plan_node &n)
{
    at::Tensor x = input(run, n, 0);
    std::vector<at::Tensor> quarters;

    if (x.size(2) % 2 || x.size(3) % 2)
        x = at::constant_pad_nd(x, { 0, x.size(3) % 2, 0, x.size(2) % 2 });
    for (int64_t i = 0; i < 4; i++)
        quarters.push_back(x.slice(2, i % 2, c10::nullopt, 2).slice(3, i / 2, c10::nullopt, 2));
    return at::cat(quarters, 1).contiguous(at::MemoryFormat::ChannelsLast);
}

/* With what lies around it where windows reach beyond: pooling itself knows no padding over half of one. */
static at::Tensor surrounded(const plan_node &n, const plan_value &out, const at::Tensor &x, double with)
{
    const int64_t right = static_cast<int64_t>(out.w - 1) * n.stride + n.kernel_w - n.pad_w - x.size(3);
    const int64_t below = static_cast<int64_t>(out.h - 1) * n.stride + n.kernel_h - n.pad_h - x.size(2);

    return at::constant_pad_nd(x, { n.pad_w, right, n.pad_h, below }, with);
}

static at::Tensor sums(const plan_node &n, const plan_value &out, const at::Tensor &x)
{
    return at::avg_pool2d(surrounded(n, out, x, 0), { n.kernel_h, n.kernel_w }, n.stride, 0, false, false, 1);
}

at::Tensor torch_pool(const engine_run &run, const plan_node &n)
{
    const plan_value &out = run.p->values[n.out];
    const at::Tensor x = input(run, n, 0);

    if (n.flags & PLAN_POOL_MAX)
        return at::max_pool2d(surrounded(n, out, x, -INFINITY), { n.kernel_h, n.kernel_w }, n.stride);
    if (n.flags & PLAN_POOL_INSIDE)
        return sums(n, out, x) / sums(n, out, at::ones_like(x.slice(1, 0, 1)));
    return sums(n, out, x) * (1.0 / (n.kernel_h * n.kernel_w));
}

/* The largest within the ellipse of radius r: of each row of it, moved into place. */
static at::Tensor largest(const at::Tensor &x, int32_t r)
{
    at::Tensor out = x;

    const int64_t reach = std::min<int64_t>(r, x.size(2) - 1);

    for (int64_t dy = -reach; dy <= reach; dy++) {
        const int64_t half = std::lrint(r * std::sqrt(static_cast<double>(r * r - dy * dy) / (r * r)));
        const at::Tensor row = half ? at::max_pool2d(x, { 1, 2 * half + 1 }, 1, { 0, half }) : x;
        const at::Tensor moved = at::constant_pad_nd(row, { 0, 0, -dy, dy }, -INFINITY);

        out = at::maximum(out, moved);
    }
    return out;
}

at::Tensor torch_transition(const engine_run &run, const plan_node &n)
{
    const at::Tensor s = at::sigmoid(input(run, n, 0).to(at::kFloat)).contiguous();
    const int32_t r = n.window / 2;

    return at::gt(largest(s, r) + largest(-s, r), 0.5).to(run.type);
}

at::Tensor torch_expand_add(const engine_run &run, const plan_node &n)
{
    static const double half[4] = { 0.3990502796524549, 0.2420362293761143, 0.05400558262241448,
                                    0.004433048175243746 };
    const plan_value &out = run.p->values[n.out];
    const at::Tensor coarse = input(run, n, 0);
    at::Tensor wide = at::zeros({ out.n, 1, out.h, out.w }, coarse.options());
    at::Tensor y = torch_gathered(run, &n.in[1], 1, out.h, out.w).clone();

    wide.slice(2, 0, c10::nullopt, 2).slice(3, 0, c10::nullopt, 2).copy_(coarse);
    wide = at::reflection_pad2d(wide, { 3, 3, 3, 3 });
    /* Columns first, then rows: 14 instead of 49 products, and no kernel that would have to lie on the device.
     */
    at::Tensor sums;
    for (int pass = 0; pass < 2; pass++) {
        for (int32_t i = -3; i <= 3; i++) {
            const at::Tensor part =
                wide.narrow(pass ? 2 : 3, i + 3, pass ? out.h : out.w) * (2 * half[i < 0 ? -i : i]);

            sums = i == -3 ? part : sums.add_(part);
        }
        wide = sums;
    }
    return y.add_(wide);
}
