/* torch_attention.cpp - windows, lines and SICA. */
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include <cmath>

#include "shim/torch/torch_engine.h"

/* n x h x w x c of a value. */
static at::Tensor pixels(const at::Tensor &x)
{
    return x.permute({ 0, 2, 3, 1 });
}

static int64_t whole(int64_t size, int64_t window)
{
    return (size + window - 1) / window * window;
}

/* -100 between tokens that did not lie together before the grid was moved: windows x tokens x tokens. */
static at::Tensor mask_of(int64_t h, int64_t w, int64_t window, int64_t shift)
{
    at::Tensor region = at::zeros({ h, w }, at::kFloat);
    const int64_t rows[4] = { 0, h - window, h - shift, h }, columns[4] = { 0, w - window, w - shift, w };

    for (int64_t i = 0; i < 9; i++)
        region.slice(0, rows[i / 3], rows[i / 3 + 1])
            .slice(1, columns[i % 3], columns[i % 3 + 1])
            .fill_(static_cast<double>(i));
    region = region.reshape({ h / window, window, w / window, window })
                 .permute({ 0, 2, 1, 3 })
                 .reshape({ -1, window * window });
    return at::ne(region.unsqueeze(1), region.unsqueeze(2)).to(at::kFloat) * -100;
}

void torch_make_masks(engine_run &run)
{
    for (int32_t i = 0; i < run.p->node_count; i++) {
        const plan_node &n = run.p->nodes[i];
        const plan_value &out = run.p->values[n.out];

        if (n.op != PLAN_OP_WINDOW || !n.shift)
            continue;
        at::Tensor &mask = run.masks[torch_mask_key(n, out)];
        if (!mask.defined())
            mask = mask_of(whole(out.h, n.window), whole(out.w, n.window), n.window, n.shift)
                       .to(run.packed->device->place(), run.type);
    }
}

at::Tensor torch_window(const engine_run &run, const plan_node &n)
{
    const torch_unit &unit = run.packed->units[n.weights];
    const plan_value &out = run.p->values[n.out];
    const int64_t side = n.window, tokens = side * side, each = out.c / n.heads, h = whole(out.h, side),
                  w = whole(out.w, side), count = h / side * (w / side);
    at::Tensor x = pixels(torch_gathered(run, n.in, 1, n.h, n.w));

    if (h != out.h || w != out.w) { /* beyond the picture lies the bias alone */
        at::Tensor filled = unit.bias.expand({ out.n, h, w, 3 * out.c }).contiguous();

        filled.narrow(1, 0, out.h).narrow(2, 0, out.w).copy_(x);
        x = filled;
    }
    if (n.shift)
        x = at::roll(x, { -n.shift, -n.shift }, { 1, 2 });
    x = x.reshape({ out.n, h / side, side, w / side, side, 3, n.heads, each })
            .permute({ 5, 0, 1, 3, 6, 2, 4, 7 })
            .reshape({ 3, out.n * count, n.heads, tokens, each });
    at::Tensor weight = at::matmul(x[0] * (1 / std::sqrt(static_cast<double>(each))), x[1].transpose(-2, -1));
    weight.add_(unit.kernel);
    if (n.shift)
        weight.view({ out.n, count, n.heads, tokens, tokens })
            .add_(run.masks.at(torch_mask_key(n, out)).unsqueeze(1));
    at::Tensor y = at::matmul(at::softmax(weight, -1), x[2]);
    y = y.reshape({ out.n, h / side, w / side, n.heads, side, side, each })
            .permute({ 0, 1, 4, 2, 5, 3, 6 })
            .reshape({ out.n, h, w, out.c });
    if (n.shift)
        y = at::roll(y, { n.shift, n.shift }, { 1, 2 });
    return y.narrow(1, 0, out.h).narrow(2, 0, out.w).permute({ 0, 3, 1, 2 });
}

/* Attention of the positions along an axis, of [query key value] from channel `first` on. */
static at::Tensor along(const engine_run &run, const plan_node &n, bool along_h, int64_t first)
{
    const plan_value &out = run.p->values[n.out];
    const at::Tensor x = torch_gathered(run, &n.in[1], 1, n.h, n.w);
    const int64_t length = along_h ? out.h : out.w;
    at::Tensor parts[3];

    for (int i = 0; i < 3; i++) {
        parts[i] = x.narrow(1, first + i * n.qk, i == 2 ? out.c : n.qk);
        if (n.flags & PLAN_RAW_VIEW) /* as the reference does: memory of c x h x w, read as rows of positions */
            parts[i] = parts[i].contiguous().view({ out.n, -1, length }).transpose(1, 2);
        else
            parts[i] = parts[i].permute({ 0, along_h ? 3 : 2, along_h ? 2 : 3, 1 });
    }
    const at::Tensor weight = at::softmax(at::matmul(parts[0], parts[1].transpose(-2, -1)), -1);
    const at::Tensor y = at::matmul(weight, parts[2]);

    if (n.flags & PLAN_RAW_VIEW)
        return y.transpose(1, 2).reshape({ out.n, out.c, out.h, out.w });
    return along_h ? y.permute({ 0, 3, 2, 1 }) : y.permute({ 0, 3, 1, 2 });
}

at::Tensor torch_axial(const engine_run &run, const plan_node &n)
{
    const std::vector<float> &gamma = run.packed->units[n.weights].numbers;
    const int64_t second = 2 * n.qk + run.p->values[n.out].c;
    at::Tensor y = torch_gathered(run, n.in, 1, n.h, n.w) * 2;

    y.add_(along(run, n, true, 0), gamma[0]);
    return y.add_(along(run, n, false, second), gamma[1]);
}

at::Tensor torch_sica_maps(const engine_run &run, const plan_node &n)
{
    const std::vector<float> &threshold = run.packed->units[n.weights].numbers;
    const at::Tensor p = at::sigmoid(torch_gathered(run, n.in, 1, n.h, n.w).to(at::kFloat)) - threshold[0];
    std::vector<at::Tensor> maps = { p.clamp(0, 1), (-p).clamp(0, 1), threshold[0] - p.abs() };

    if (n.inputs == 2) {
        const at::Tensor q =
            at::sigmoid(torch_gathered(run, &n.in[1], 1, n.h, n.w).to(at::kFloat)) - threshold[1];

        maps.push_back(q.clamp(0, 1));
        maps.push_back((-q).clamp(0, 1));
    }
    return at::cat(maps, 1).to(run.type);
}

/* Sums over all positions: in float32, whatever the values are. */
at::Tensor torch_sica_context(const engine_run &run, const plan_node &n)
{
    const at::Tensor maps = torch_gathered(run, n.in, 1, n.h, n.w)
                                .to(at::kFloat)
                                .contiguous()
                                .flatten(2); /* n x maps x positions */
    const at::Tensor x = torch_gathered(run, n.in + 1, n.inputs - 1, n.h, n.w).to(at::kFloat);
    const int64_t positions = maps.size(2), c = x.size(1);
    const at::Tensor features = n.flags & PLAN_RAW_VIEW ? x.contiguous().view({ x.size(0), positions, c })
                                                        : pixels(x).reshape({ x.size(0), positions, c });
    at::Tensor sums = at::matmul(maps, features); /* n x maps x channels */

    if (n.flags & PLAN_MASS_PLUS_ONE)
        sums = sums / (maps.abs().sum(2, true) + 1);
    return sums.to(run.type).unsqueeze(1).permute({ 0, 3, 1, 2 });
}

at::Tensor torch_sica_attend(const engine_run &run, const plan_node &n)
{
    const plan_value &out = run.p->values[n.out];
    const at::Tensor query = pixels(torch_gathered(run, n.in, 1, n.h, n.w)).flatten(1, 2);
    const at::Tensor keys = torch_gathered(run, &n.in[1], 1, 0, 0).flatten(2); /* n x c x maps */
    at::Tensor y = at::softmax(at::matmul(query, keys) * static_cast<double>(n.scale[0]), -1);

    if (n.inputs == 3)
        y = at::matmul(y, pixels(torch_gathered(run, &n.in[2], 1, 0, 0)).flatten(1, 2));
    return y.view({ out.n, out.h, out.w, out.c }).permute({ 0, 3, 1, 2 });
}
