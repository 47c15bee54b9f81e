/* torch_plugin.cpp - the plug-in's one exported name: devices, and the two engines. */
#include <ATen/Functions.h>
#include <ATen/Version.h>
#include <unistd.h>

#include <torch/version.h>

#include <cstdlib>

#include "shim/torch/torch_engine.h"

static inspyr_status check(char text[TORCH_TEXT], inspyr_error *error);

void engine_device::lose(const char *text)
{
    const std::lock_guard<std::mutex> guard(mutex);

    if (!lost) {
        why = text;
        lost = true;
    }
}

c10::Device engine_device::place() const
{
    return ordinal < 0 ? c10::Device(c10::DeviceType::CPU) : gpu_device(ordinal);
}

at::ScalarType torch_type(inspyr_precision precision)
{
    return precision == INSPYR_PRECISION_BF16   ? at::kBFloat16
           : precision == INSPYR_PRECISION_FP16 ? at::kHalf
                                                : at::kFloat;
}

/* ---- the engines ---- */

static const char *processor_instructions()
{
    return "libtorch";
}

static const char *gpu_instructions()
{
    return "cuda";
}

/* oneDNN inside libtorch multiplies bf16 from AVX-512 on; elsewhere libtorch's own loops sum in bf16, too. */
static bool has_products_of_bf16()
{
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq");
#else
    return false;
#endif
}

static bool processor_has(inspyr_precision precision)
{
    return precision <= INSPYR_PRECISION_EXACT ||
           (precision == INSPYR_PRECISION_BF16 && has_products_of_bf16());
}

static bool gpu_has(inspyr_precision precision)
{
    return precision <= INSPYR_PRECISION_FP16;
}

static bool native(const plan *, const plan_node *)
{
    return true;
}

static size_t packed_bytes(const engine_packed *packed)
{
    return packed->bytes;
}

static size_t run_bytes(const engine_run *run)
{
    return run->bytes;
}

static inspyr_status read_value(const engine_run *run, plan_id value, float *out, inspyr_error *error)
{
    if (value < 0 || value >= run->p->value_count || !(run->flags & ENGINE_KEEP_VALUES) ||
        !run->values[value].defined())
        return refused(error, INSPYR_ERR_ARGUMENT, "value %d was not kept", static_cast<int>(value));
    return guarded(
        error, [](const char *) {},
        [=] {
            const at::Tensor numbers =
                run->values[value].to(at::kCPU, at::kFloat).permute({ 0, 2, 3, 1 }).contiguous();

            memcpy(out, numbers.data_ptr<float>(), numbers.nbytes());
            return INSPYR_OK;
        });
}

static void profile(const engine_run *run, double *milliseconds)
{
    memcpy(milliseconds, run->milliseconds.data(), run->milliseconds.size() * sizeof(double));
}

static engine_kind kind_of(const char *(*instructions)(), bool (*has)(inspyr_precision))
{
    engine_kind kind = {};

    kind.abi = ENGINE_ABI;
    kind.size = sizeof kind;
    kind.name = "torch";
    kind.instructions = instructions;
    kind.has = has;
    kind.native = native;
    kind.pack = torch_pack;
    kind.packed_bytes = packed_bytes;
    kind.unpack = torch_unpack;
    kind.compile = torch_compile;
    kind.run = torch_run;
    kind.run_bytes = run_bytes;
    kind.destroy = torch_destroy;
    kind.read_value = read_value;
    kind.profile = profile;
    return kind;
}

static const engine_kind on_processor = kind_of(processor_instructions, processor_has);
static const engine_kind on_gpu = kind_of(gpu_instructions, gpu_has);

/* ---- devices ---- */

static void describe_processor(torch_facts *facts)
{
    snprintf(facts->device, sizeof facts->device, "cpu");
    snprintf(facts->instructions, sizeof facts->instructions, "libtorch");
}

static inspyr_status open_gpu(engine_device *device, const torch_wish *wish, inspyr_error *error)
{
    char reason[TORCH_TEXT];
    const int32_t count = gpu_count(reason);

    if (!count)
        return refused(error, INSPYR_ERR_DEVICE, "no GPU: %.200s", reason);
    if (device->ordinal >= count)
        return refused(error, INSPYR_ERR_DEVICE, "there is no cuda:%d: the last one is cuda:%d",
                       static_cast<int>(wish->ordinal), static_cast<int>(count) - 1);
    device->facts = gpu_facts(device->ordinal);
    const uint64_t wanted = wish->reserve > wish->budget ? wish->reserve : wish->budget;
    if (wanted > device->facts.free_bytes)
        return refused(error, INSPYR_ERR_DEVICE_MEMORY, "%s has %.2f GB free, and %.2f GB are wanted",
                       device->facts.device, 1e-9 * static_cast<double>(device->facts.free_bytes),
                       1e-9 * static_cast<double>(wanted));
    if (wish->budget)
        gpu_limit(device->ordinal, wish->budget);
    if (wish->reserve) /* libtorch keeps what it gets back */
        (void)at::empty({ static_cast<int64_t>(wish->reserve) },
                        at::TensorOptions().dtype(at::kByte).device(device->place()));
    return INSPYR_OK;
}

static inspyr_status open(engine_device **out, const torch_wish *wish, inspyr_error *error)
{
    *out = nullptr;
    return guarded(
        error, [](const char *) {},
        [=] {
            auto device = std::make_unique<engine_device>();
            char text[TORCH_TEXT];
            inspyr_status status = check(text, error);

            device->facts = {};
            device->ordinal = wish->ordinal;
            device->patience_ms = wish->patience_ms;
            device->own = wish->own;
            device->own_in_float = wish->own_in_float;
            device->process = getpid();
            device->lost = false;
            if (!status && device->ordinal < 0)
                describe_processor(&device->facts);
            else if (!status)
                status = open_gpu(device.get(), wish, error);
            if (!status)
                *out = device.release();
            return status;
        });
}

static void close(engine_device *device)
{
    delete device;
}

static const engine_kind *engine(const engine_device *device)
{
    return device->ordinal < 0 ? &on_processor : &on_gpu;
}

static const torch_facts *opened(const engine_device *device)
{
    return &device->facts;
}

static int32_t count(char reason[TORCH_TEXT])
{
    try {
        return gpu_count(reason);
    } catch (const std::exception &e) {
        snprintf(reason, TORCH_TEXT, "%s", e.what());
        return 0;
    }
}

static inspyr_status facts(torch_facts *out, int32_t ordinal, inspyr_error *error)
{
    return guarded(
        error, [](const char *) {},
        [=] {
            *out = gpu_facts(ordinal);
            return INSPYR_OK;
        });
}

static void trim(engine_device *device)
{
    (void)guarded(
        nullptr, [=](const char *why) { device->lose(why); },
        [=] {
            if (device->ordinal >= 0)
                gpu_trim(device->ordinal);
            return INSPYR_OK;
        });
}

static const char *failure(const engine_device *device)
{
    return device->lost ? device->why.c_str() : nullptr; /* written once, before it is lost */
}

static inspyr_status check(char text[TORCH_TEXT], inspyr_error *error)
{
    const std::string config = at::show_config(), key = "TORCH_VERSION=";
    const size_t found = config.find(key), begin = found + key.size();
    const std::string running =
        found == std::string::npos ? "unknown" : config.substr(begin, config.find(',', begin) - begin);

    snprintf(text, TORCH_TEXT, "libtorch %.100s", running.c_str());
    if (strncmp(running.c_str(), TORCH_VERSION, strcspn(TORCH_VERSION, "+")) != 0)
        return refused(error, INSPYR_ERR_DEVICE, "the plug-in was made for libtorch %s, and %.60s is loaded",
                       TORCH_VERSION, running.c_str());
    return INSPYR_OK;
}

extern "C" __attribute__((visibility("default"))) const torch_table inspyr_plugin_torch;
const torch_table inspyr_plugin_torch = {
    TORCH_ABI, sizeof(torch_table), check, count, facts, open, close, engine, opened, trim, failure
};
