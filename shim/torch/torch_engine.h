/* torch_engine.h - what the files of the plug-in share: devices, packed weights, runs, and one function per
 * operation.
 *
 * Values are tensors n x c x h x w whose channels lie next to each other (channels last), in the type that the
 * precision says; logits are float32 throughout. Plug-in (shim/torch). Threads: a device and packed weights are
 * shared, a run is single. */
#ifndef INSPYR_TORCH_ENGINE_H
#define INSPYR_TORCH_ENGINE_H

#include <sys/types.h>

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "kernels/net_device.h"
#include "shim/torch/gpu.h"
#include "shim/torch/torch_guard.h"

struct engine_device {
    torch_facts facts;
    int32_t ordinal; /* -1: the processor */
    int32_t patience_ms;
    const net_device_table *own;
    bool own_in_float;
    pid_t process;
    std::atomic<bool> lost;
    std::mutex mutex; /* of why */
    std::string why;

    void lose(const char *text);
    c10::Device place() const;
};

/* Weights of one of plan.weights, on the device. */
struct torch_unit {
    at::Tensor kernel, bias;    /* windows: heads x tokens x tokens, and of q, k and v */
    at::Tensor table, edge;     /* windows, for own kernels: heads x distances, and the bias, in float32 */
    std::vector<float> numbers; /* of scalars */
};

struct engine_packed {
    engine_device *device;
    std::vector<torch_unit> units;
    size_t bytes;
};

struct engine_run {
    engine_host host;
    const engine_packed *packed;
    const plan *p;
    uint32_t flags;
    int width; /* threads of a call */
    at::ScalarType type;
    std::vector<at::Tensor> values;
    std::vector<int32_t> last_use;                      /* node after which a value is not needed */
    std::map<std::array<int32_t, 4>, at::Tensor> masks; /* of windows, by torch_mask_key() */
    std::vector<double> milliseconds;
    std::vector<at::Tensor> inputs; /* as the caller gives them: pictures first, then numbers */
    at::Tensor logits, extremes;    /* in memory of the processor */
    std::unique_ptr<gpu_lane> lane; /* NULL: the processor */
    const net_device_table *own;    /* kernels of this library; NULL: those of libtorch alone */
    size_t bytes;
};

/* With a kernel of this library. false: it has none for this one, and y is as it was. */
bool torch_own(const engine_run &run, const plan_node &n, at::Tensor &y);
at::Tensor torch_own_gathered(const engine_run &run, const plan_input *in, int32_t count, int32_t h, int32_t w);

/* Operations; what they return is laid out as values are. */
at::Tensor torch_gathered(const engine_run &run, const plan_input *in, int32_t count, int32_t h, int32_t w);
at::Tensor torch_conv(const engine_run &run, const plan_node &n);
at::Tensor torch_norm(const engine_run &run, const plan_node &n);
at::Tensor torch_merge(const engine_run &run, const plan_node &n);
at::Tensor torch_pool(const engine_run &run, const plan_node &n);
at::Tensor torch_transition(const engine_run &run, const plan_node &n);
at::Tensor torch_expand_add(const engine_run &run, const plan_node &n);
at::Tensor torch_window(const engine_run &run, const plan_node &n);
at::Tensor torch_axial(const engine_run &run, const plan_node &n);
at::Tensor torch_sica_maps(const engine_run &run, const plan_node &n);
at::Tensor torch_sica_context(const engine_run &run, const plan_node &n);
at::Tensor torch_sica_attend(const engine_run &run, const plan_node &n);

/* Height and width of the grid, side and shift of its windows. */
inline std::array<int32_t, 4> torch_mask_key(const plan_node &n, const plan_value &out)
{
    return { out.h, out.w, n.window, n.shift };
}

/* Masks of the plan's windows are made before the first run: a graph cannot record what comes from outside. */
void torch_make_masks(engine_run &run);

inspyr_status torch_pack(engine_packed **out, const engine_host *host, const plan *p, const weights *w,
                         inspyr_error *error);
void torch_unpack(engine_packed *packed);
inspyr_status torch_compile(engine_run **out, const engine_host *host, const engine_packed *packed,
                            const plan *p, uint32_t flags, inspyr_error *error);
inspyr_status torch_run(engine_run *run, const engine_io *io, inspyr_error *error);
void torch_destroy(engine_run *run);

at::ScalarType torch_type(inspyr_precision precision);

#endif
