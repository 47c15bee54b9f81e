/* torch_own.cpp - operations that kernels of this library do, on the memory of libtorch's tensors and in the
 * stream that is current. */
#include <ATen/Functions.h>

#include "shim/torch/torch_engine.h"

namespace
{

net_type type_of(const at::Tensor &x)
{
    return x.scalar_type() == at::kHalf ? NET_HALF : x.scalar_type() == at::kBFloat16 ? NET_BF16 : NET_FLOAT;
}

/* Of a slice of a value; holds what had to be copied for it. */
class operand
{
  public:
    operand(const engine_run &run, const plan_input &in)
    {
        set(run.values[in.value].narrow(1, in.first, in.channels));
    }
    explicit operand(const at::Tensor &x)
    {
        set(x);
    }
    const net_map &map() const
    {
        return map_;
    }
    const at::Tensor &tensor() const
    {
        return x_;
    }

  private:
    void set(const at::Tensor &x)
    {
        const int64_t n = x.size(0), c = x.size(1), h = x.size(2), w = x.size(3);
        int64_t step = w > 1 ? x.stride(3) : h > 1 ? x.stride(2) : n > 1 ? x.stride(0) : c;

        x_ = x;
        if ((c > 1 && x.stride(1) != 1) || step < c || (h > 1 && x.stride(2) != w * step) ||
            (n > 1 && x.stride(0) != h * w * step)) {
            x_ = x.permute({ 0, 2, 3, 1 }).contiguous().permute({ 0, 3, 1, 2 });
            step = c;
        }
        map_ = { x_.data_ptr(),
                 type_of(x_),
                 static_cast<int32_t>(n),
                 static_cast<int32_t>(h),
                 static_cast<int32_t>(w),
                 static_cast<int32_t>(c),
                 static_cast<int32_t>(step) };
    }

    at::Tensor x_;
    net_map map_;
};

/* One operation: what it writes, and where it is launched. */
struct launch {
    const engine_run &run;
    const plan_node &n;
    at::Tensor y; /* n x h x w x c */
    net_map out;

    launch(const engine_run &of, const plan_node &node) : run(of), n(node)
    {
        const plan_value &v = of.p->values[node.out];

        y = at::empty({ v.n, v.h, v.w, v.c }, at::TensorOptions()
                                                  .dtype(v.role == PLAN_LOGIT ? at::kFloat : of.type)
                                                  .device(of.packed->device->place()));
        out = { y.data_ptr(), type_of(y), v.n, v.h, v.w, v.c, v.c };
    }
    at::Tensor scratch(size_t bytes) const
    {
        return at::empty({ static_cast<int64_t>(bytes) }, y.options().dtype(at::kByte));
    }
    const torch_unit &unit() const
    {
        return run.packed->units[n.weights];
    }
    void *stream() const
    {
        return run.lane->stream();
    }
};

inspyr_status resize(const launch &l, inspyr_error *error)
{
    const operand in(l.run, l.n.in[0]);
    net_resize job = {};

    job.in[0] = in.map();
    job.sampling[0] = l.n.in[0].sampling;
    job.count = 1;
    job.out = l.out;
    return l.run.own->resize(&job, l.stream(), error);
}

inspyr_status norm(const launch &l, inspyr_error *error)
{
    const operand in(l.run, l.n.in[0]);
    net_norm job = {};

    job.in = in.map();
    job.out = l.out;
    job.weight = l.unit().kernel.data_ptr<float>();
    job.bias = l.unit().bias.data_ptr<float>();
    return l.run.own->norm(&job, l.stream(), error);
}

inspyr_status window(const launch &l, inspyr_error *error)
{
    const operand in(l.run, l.n.in[0]);
    const net_window job = {
        in.map(),   l.out,    l.unit().table.data_ptr<float>(), l.unit().edge.data_ptr<float>(), l.n.heads,
        l.n.window, l.n.shift
    };

    return l.run.own->window(&job, l.stream(), error);
}

inspyr_status sica_maps(const launch &l, inspyr_error *error)
{
    const operand saliency(l.run, l.n.in[0]), laplacian(l.run, l.n.in[l.n.inputs - 1]);
    net_sica_maps job = {};

    job.saliency = saliency.map();
    if (l.n.inputs == 2)
        job.laplacian = laplacian.map();
    job.out = l.out;
    for (size_t i = 0; i < l.unit().numbers.size() && i < 2; i++)
        job.thresholds[i] = l.unit().numbers[i];
    return l.run.own->sica_maps(&job, l.stream(), error);
}

inspyr_status context(const launch &l, inspyr_error *error)
{
    const operand maps(l.run, l.n.in[0]);
    std::vector<operand> features;
    net_context job = {};

    for (int32_t i = 1; i < l.n.inputs; i++) {
        features.emplace_back(l.run, l.n.in[i]);
        job.features[i - 1] = features.back().map();
        if (l.n.in[i].sampling == PLAN_CORNERS)
            return INSPYR_ERR_UNSUPPORTED;
    }
    job.maps = maps.map();
    job.out = l.out;
    job.count = l.n.inputs - 1;
    job.h = l.n.h;
    job.w = l.n.w;
    job.raw = (l.n.flags & PLAN_RAW_VIEW) != 0;
    job.mass_plus_one = (l.n.flags & PLAN_MASS_PLUS_ONE) != 0;
    const at::Tensor scratch = l.scratch(l.run.own->context_bytes(&job));
    job.scratch = static_cast<float *>(scratch.data_ptr());
    return l.run.own->context(&job, l.stream(), error);
}

inspyr_status attend(const launch &l, inspyr_error *error)
{
    const operand query(l.run, l.n.in[0]), keys(l.run, l.n.in[1]), values(l.run, l.n.in[l.n.inputs - 1]);
    net_attend job = {};

    job.query = query.map();
    job.keys = keys.map();
    if (l.n.inputs == 3)
        job.values = values.map();
    job.out = l.out;
    job.scale = l.n.scale[0];
    return l.run.own->attend(&job, l.stream(), error);
}

inspyr_status axial(const launch &l, inspyr_error *error)
{
    const operand t(l.run, l.n.in[0]), stacked(l.run, l.n.in[1]);
    net_axial job = {};

    if (stacked.map().type == NET_FLOAT)
        return INSPYR_ERR_UNSUPPORTED;
    job.t = t.map();
    job.stacked = stacked.map();
    job.out = l.out;
    job.qk = l.n.qk;
    job.raw = (l.n.flags & PLAN_RAW_VIEW) != 0;
    job.gamma_h = l.unit().numbers[0];
    job.gamma_w = l.unit().numbers[1];
    const at::Tensor scratch = l.scratch(l.run.own->axial_bytes(&job));
    job.scratch = scratch.data_ptr();
    return l.run.own->axial(&job, l.stream(), error);
}

inspyr_status expand(const launch &l, inspyr_error *error)
{
    const operand coarse(l.run, l.n.in[0]), residual(l.run, l.n.in[1]);
    const net_expand job = { coarse.map(), residual.map(), l.out };
    const net_map &r = job.residual;

    if (l.n.in[1].sampling != PLAN_CORNERS && (r.h != l.out.h || r.w != l.out.w))
        return INSPYR_ERR_UNSUPPORTED;
    return l.run.own->expand(&job, l.stream(), error);
}

inspyr_status pair(const launch &l, inspyr_error *error)
{
    const operand a(l.run, l.n.in[0]), b(l.run, l.n.in[1]);
    const net_pair job = { a.map(), b.map(), l.out, l.n.in[1].sampling, l.n.op == PLAN_OP_MULTIPLY };

    if (job.a.h != l.out.h || job.a.w != l.out.w)
        return INSPYR_ERR_UNSUPPORTED;
    return l.run.own->pair(&job, l.stream(), error);
}

inspyr_status pool(const launch &l, inspyr_error *error)
{
    const operand in(l.run, l.n.in[0]);
    const net_pool job = { in.map(),
                           l.out,
                           l.n.kernel_h,
                           l.n.stride,
                           l.n.pad_h,
                           (l.n.flags & PLAN_POOL_MAX) != 0,
                           (l.n.flags & PLAN_POOL_INSIDE) != 0 };

    if (l.n.kernel_h != l.n.kernel_w || l.n.pad_h != l.n.pad_w)
        return INSPYR_ERR_UNSUPPORTED;
    return l.run.own->pool(&job, l.stream(), error);
}

inspyr_status simple(const launch &l, inspyr_error *error)
{
    const net_device_table *own = l.run.own;
    const operand in(l.run, l.n.in[0]);
    net_simple job = {};
    at::Tensor scratch;

    job.in = in.map();
    job.out = l.out;
    job.scale = l.n.scale[0];
    job.window = l.n.window;
    switch (l.n.op) {
    case PLAN_OP_MERGE:
        return own->merge(&job, l.stream(), error);
    case PLAN_OP_SOFTMAX:
        return own->softmax(&job, l.stream(), error);
    case PLAN_OP_TRANSITION:
        return own->transition(&job, l.stream(), error);
    default:
        scratch = l.scratch(own->mean_bytes(&job));
        job.scratch = static_cast<float *>(scratch.data_ptr());
        return own->mean(&job, l.stream(), error);
    }
}

using doer = inspyr_status (*)(const launch &, inspyr_error *);

doer doer_of(plan_op op)
{
    switch (op) {
    case PLAN_OP_RESIZE:
        return resize;
    case PLAN_OP_NORM:
        return norm;
    case PLAN_OP_WINDOW:
        return window;
    case PLAN_OP_SICA_MAPS:
        return sica_maps;
    case PLAN_OP_SICA_CONTEXT:
        return context;
    case PLAN_OP_SICA_ATTEND:
        return attend;
    case PLAN_OP_AXIAL:
        return axial;
    case PLAN_OP_EXPAND_ADD:
        return expand;
    case PLAN_OP_ADD:
    case PLAN_OP_MULTIPLY:
        return pair;
    case PLAN_OP_POOL:
        return pool;
    case PLAN_OP_MERGE:
    case PLAN_OP_SOFTMAX:
    case PLAN_OP_TRANSITION:
    case PLAN_OP_MEAN:
        return simple;
    default:
        return nullptr;
    }
}

/* Inputs that only a resize, a sum, SICA or the pyramid may have on another grid. */
bool brings_inputs_along(const plan_node &n)
{
    if (n.op == PLAN_OP_RESIZE || n.op == PLAN_OP_ADD || n.op == PLAN_OP_MULTIPLY ||
        n.op == PLAN_OP_EXPAND_ADD || n.op == PLAN_OP_SICA_CONTEXT)
        return true;
    for (int32_t i = 0; i < n.inputs; i++)
        if (n.in[i].sampling == PLAN_CORNERS || (n.in[i].sampling && n.op != PLAN_OP_SICA_MAPS))
            return false;
    return true;
}

} // namespace

bool torch_own(const engine_run &run, const plan_node &n, at::Tensor &y)
{
    const doer one = doer_of(n.op);
    inspyr_error error;

    if (!one || !brings_inputs_along(n))
        return false;
    const launch l(run, n);
    const inspyr_status status = one(l, &error);

    if (status == INSPYR_ERR_UNSUPPORTED || status == INSPYR_ERR_ARGUMENT)
        return false; /* larger, or of other types, than they are made for */
    TORCH_CHECK(!status, error.message);
    y = l.y.permute({ 0, 3, 1, 2 });
    return true;
}

/* Several inputs side by side, each brought to the grid, in one pass over memory. */
at::Tensor torch_own_gathered(const engine_run &run, const plan_input *in, int32_t count, int32_t h, int32_t w)
{
    std::vector<operand> operands;
    net_resize job = {};
    inspyr_error error;
    int32_t c = 0;

    for (int32_t i = 0; i < count; i++) {
        operands.emplace_back(run, in[i]);
        job.in[i] = operands.back().map();
        job.sampling[i] = in[i].sampling;
        c += in[i].channels;
    }
    const at::Tensor y = at::empty({ job.in[0].n, h, w, c },
                                   at::TensorOptions().dtype(run.type).device(run.packed->device->place()));
    job.out = { y.data_ptr(), type_of(y), job.in[0].n, h, w, c, c };
    job.count = count;
    const inspyr_status status = run.own->resize(&job, run.lane->stream(), &error);
    TORCH_CHECK(!status, error.message);
    return y.permute({ 0, 3, 1, 2 });
}
