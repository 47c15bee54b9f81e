/* torch_run.cpp - plans as calls of libtorch, node by node; on a GPU, recorded as one graph. */
#include <ATen/Context.h>
#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <c10/core/InferenceMode.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "shim/torch/torch_engine.h"

/* Of the runtime that libtorch itself is linked with; NULL where it has none. */
extern "C" {
extern void omp_set_num_threads(int threads) __attribute__((weak));
extern int omp_get_max_threads(void) __attribute__((weak));
}

namespace
{

/* As many threads as the pool has, for this call of this thread: what the whole process is set to stays. */
class threads_of
{
  public:
    explicit threads_of(int width)
    {
        (void)at::get_num_threads(); /* sets the thread's number when it is asked for the first time */
        before_ = omp_set_num_threads && omp_get_max_threads ? omp_get_max_threads() : width;
        if (before_ != width)
            omp_set_num_threads(width);
        width_ = width;
    }
    ~threads_of()
    {
        if (before_ != width_)
            omp_set_num_threads(before_);
    }
    threads_of(const threads_of &) = delete;
    threads_of &operator=(const threads_of &) = delete;

  private:
    int before_, width_;
};

double now_ms()
{
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

at::ScalarType type_of(const engine_run &run, const plan_value &v)
{
    return v.role == PLAN_LOGIT ? at::kFloat : run.type;
}

at::Tensor picture(const engine_run &run, const plan_node &n, const at::Tensor &bytes)
{
    const c10::Device place = run.packed->device->place();
    const at::Tensor x = bytes.to(place, /*non_blocking=*/true).to(at::kFloat);
    std::vector<at::Tensor> channels;

    for (int i = 0; i < 3; i++)
        channels.push_back((x.select(3, i) - n.mean[i]) * n.scale[i]);
    return at::stack(channels, 3).permute({ 0, 3, 1, 2 });
}

at::Tensor numbers(const engine_run &run, const at::Tensor &given)
{
    return given.to(run.packed->device->place(), /*non_blocking=*/true).permute({ 0, 3, 1, 2 });
}

void hand_out(engine_run &run, const plan_node &n)
{
    const at::Tensor logits = run.values[n.in[0].value].to(at::kFloat);
    const at::Tensor flat = logits.flatten(1);

    run.logits.copy_(logits.flatten(), /*non_blocking=*/true);
    run.extremes.copy_(at::stack({ flat.amin(1), flat.amax(1) }, 1), /*non_blocking=*/true);
}

at::Tensor computed(engine_run &run, const plan_node &n, size_t &input)
{
    const auto in = [&](int32_t i) { return torch_gathered(run, &n.in[i], 1, n.h, n.w); };
    at::Tensor y;

    if (run.own && torch_own(run, n, y))
        return y;
    switch (n.op) {
    case PLAN_OP_PICTURE:
        return picture(run, n, run.inputs[input++]);
    case PLAN_OP_INPUT:
        return numbers(run, run.inputs[input++]);
    case PLAN_OP_CONV:
        return torch_conv(run, n);
    case PLAN_OP_MEAN:
        return in(0).mean({ 2, 3 }, true);
    case PLAN_OP_SOFTMAX:
        return at::softmax(in(0) * static_cast<double>(n.scale[0]), 1);
    case PLAN_OP_AXIAL:
        return torch_axial(run, n);
    case PLAN_OP_NORM:
        return torch_norm(run, n);
    case PLAN_OP_WINDOW:
        return torch_window(run, n);
    case PLAN_OP_MERGE:
        return torch_merge(run, n);
    case PLAN_OP_POOL:
        return torch_pool(run, n);
    case PLAN_OP_ADD:
        return in(0) + in(1);
    case PLAN_OP_MULTIPLY:
        return in(0) * in(1);
    case PLAN_OP_TRANSITION:
        return torch_transition(run, n);
    case PLAN_OP_RESIZE:
        return in(0);
    case PLAN_OP_SICA_MAPS:
        return torch_sica_maps(run, n);
    case PLAN_OP_SICA_CONTEXT:
        return torch_sica_context(run, n);
    case PLAN_OP_SICA_ATTEND:
        return torch_sica_attend(run, n);
    case PLAN_OP_EXPAND_ADD:
        return torch_expand_add(run, n);
    case PLAN_OP_OUTPUT:
        hand_out(run, n);
        return at::Tensor();
    case PLAN_OP_FOLD:
    case PLAN_OP_FOLDED_CONV:
        break; /* never wanted */
    }
    TORCH_CHECK(false, "operation ", static_cast<int>(n.op), " is not known");
}

/* What nobody needs any more is given back, so that what comes next finds its memory still in the caches. */
void forget(engine_run &run, int32_t node)
{
    if (run.flags & ENGINE_KEEP_VALUES)
        return;
    for (size_t i = 0; i < run.values.size(); i++)
        if (run.last_use[i] == node)
            run.values[i] = at::Tensor();
}

/* go_on: NULL while a graph is recorded. false: its caller has had enough. */
bool every_node(engine_run &run, const engine_io *go_on)
{
    const c10::InferenceMode inference;
    const at::NoTF32Guard float32_is_float32; /* of this thread, not of the process */
    size_t input = 0;

    for (int32_t i = 0; i < run.p->node_count; i++) {
        const plan_node &n = run.p->nodes[i];
        const double begin = now_ms();

        if (go_on && go_on->go_on &&
            go_on->go_on(go_on->user, static_cast<float>(i) / static_cast<float>(run.p->node_count)))
            return false;
        const at::Tensor y = computed(run, n, input);
        if (y.defined())
            run.values[n.out] = y.to(type_of(run, run.p->values[n.out]));
        forget(run, i);
        run.milliseconds[i] = now_ms() - begin;
    }
    return true;
}

/* What the caller gives: read where it is on the processor, copied into memory that a GPU can reach otherwise.
 */
void take_inputs(engine_run &run, const engine_io *io)
{
    size_t next = 0;
    int32_t given = 0;

    for (int32_t i = 0; i < run.p->node_count; i++) {
        const plan_node &n = run.p->nodes[i];
        const plan_value &v = run.p->values[n.out];
        const bool is_picture = n.op == PLAN_OP_PICTURE;
        const void *from;

        if (!is_picture && n.op != PLAN_OP_INPUT)
            continue;
        from = is_picture ? static_cast<const void *>(n.low ? io->low_picture : io->picture)
                          : static_cast<const void *>(io->inputs[given++]);
        at::Tensor &to = run.inputs[next++];
        if (run.lane)
            memcpy(to.data_ptr(), from, to.nbytes());
        else /* it is only read */
            to = at::from_blob(const_cast<void *>(from), { v.n, v.h, v.w, v.c },
                               is_picture ? at::kByte : at::kFloat);
    }
}

inspyr_status on_gpu(engine_run *run, const engine_io *io, inspyr_error *error)
{
    engine_device *device = run->packed->device;
    const bool graph = !(run->flags & (ENGINE_KEEP_VALUES | ENGINE_PROFILE));

    if (io->go_on && io->go_on(io->user, 0))
        return refused(error, INSPYR_ERR_CANCELLED, "cancelled before the network began");
    if (graph && !run->lane->recorded())
        run->lane->record([=] { every_node(*run, nullptr); });
    if (graph)
        run->lane->replay();
    else
        run->lane->play([=] { every_node(*run, nullptr); });
    if (run->lane->wait(device->patience_ms))
        return INSPYR_OK;
    device->lose("it did not answer in time");
    return refused(error, INSPYR_ERR_DEVICE, "%s did not answer within %d ms", device->facts.device,
                   static_cast<int>(device->patience_ms));
}

} // namespace

inspyr_status torch_run(engine_run *run, const engine_io *io, inspyr_error *error)
{
    engine_device *device = run->packed->device;

    if (device->lost)
        return refused(error, INSPYR_ERR_DEVICE, "%s is lost since an earlier error: load the model again",
                       device->facts.device);
    return guarded(
        error, [=](const char *why) { device->lose(why); },
        [=] {
            const threads_of threads(run->lane ? 1 : run->width);
            inspyr_status status = INSPYR_OK;

            take_inputs(*run, io);
            if (run->lane)
                status = on_gpu(run, io, error);
            else if (!every_node(*run, io))
                status = refused(error, INSPYR_ERR_CANCELLED, "cancelled by the caller");
            if (status)
                return status;
            if (io->logits)
                memcpy(io->logits, run->logits.data_ptr<float>(), run->logits.nbytes());
            if (io->extremes)
                memcpy(io->extremes, run->extremes.data_ptr<float>(), run->extremes.nbytes());
            return INSPYR_OK;
        });
}

static at::Tensor room(const engine_run &run, at::IntArrayRef sizes, at::ScalarType type)
{
    return run.lane ? gpu_pinned(sizes, type) : at::empty(sizes, type);
}

static void prepare(engine_run &run)
{
    run.values.resize(run.p->value_count);
    run.last_use.assign(run.p->value_count, -1);
    run.milliseconds.assign(run.p->node_count, 0);
    run.bytes = 0;
    for (int32_t i = 0; i < run.p->node_count; i++) {
        const plan_node &n = run.p->nodes[i];
        const plan_value &v = run.p->values[n.out];

        for (int32_t k = 0; k < n.inputs; k++)
            run.last_use[n.in[k].value] = i;
        if (n.residual.value >= 0)
            run.last_use[n.residual.value] = i;
        if (n.op == PLAN_OP_PICTURE || n.op == PLAN_OP_INPUT)
            run.inputs.push_back(
                run.lane ? room(run, { v.n, v.h, v.w, v.c }, n.op == PLAN_OP_PICTURE ? at::kByte : at::kFloat)
                         : at::Tensor());
        if (n.op == PLAN_OP_OUTPUT) {
            const plan_value &logit = run.p->values[n.in[0].value];

            run.logits = room(run, { static_cast<int64_t>(logit.n) * logit.h * logit.w }, at::kFloat);
            run.extremes = room(run, { logit.n, 2 }, at::kFloat);
        }
    }
    torch_make_masks(run);
    for (const auto &mask : run.masks)
        run.bytes += mask.second.nbytes();
}

inspyr_status torch_compile(engine_run **out, const engine_host *host, const engine_packed *packed,
                            const plan *p, uint32_t flags, inspyr_error *error)
{
    engine_device *device = packed->device;

    *out = nullptr;
    if (flags & ENGINE_WATCH)
        return refused(error, INSPYR_ERR_ARGUMENT, "only the plain engine can be watched");
    return guarded(
        error, [=](const char *why) { device->lose(why); },
        [=] {
            const c10::InferenceMode inference;
            auto run = std::make_unique<engine_run>();

            run->host = *host;
            run->packed = packed;
            run->p = p;
            run->flags = flags;
            run->type = torch_type(host->precision);
            run->width = host->width;
            if (device->ordinal >= 0)
                run->lane = gpu_lane_open(device->ordinal);
            if (run->lane && (run->type != at::kFloat || device->own_in_float))
                run->own = device->own;
            prepare(*run);
            *out = run.release();
            return INSPYR_OK;
        });
}

void torch_destroy(engine_run *run)
{
    if (run && !run->packed->device->lost && run->packed->device->process == getpid())
        delete run;
}
