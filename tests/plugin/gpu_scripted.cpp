/* gpu_scripted.cpp - a GPU for tests: lives in the memory of the processor, and fails as it is told.
 *
 * What it is told stands in the environment, because the library that opens it knows of no scripts:
 *   INSPYR_SCRIPT_GPUS    how many there are; unset: none
 *   INSPYR_SCRIPT_FREE    bytes of free memory
 *   INSPYR_SCRIPT_PASSES  one letter per pass of the network: '.' works, 'm' has no memory, 's' loses the
 * device, 'h' hangs; the last one stands for all that follow Test plug-in. Threads: any. */
#include <ATen/Functions.h>

#include <atomic>
#include <cstdlib>
#include <cstring>

#include "shim/torch/gpu.h"

static std::atomic<size_t> passes{ 0 };

static long long number_of(const char *name, long long preset)
{
    const char *text = getenv(name);

    return text ? atoll(text) : preset;
}

static char next_pass()
{
    const char *script = getenv("INSPYR_SCRIPT_PASSES");
    const size_t length = script ? strlen(script) : 0, at = passes++;

    return length ? script[at < length ? at : length - 1] : '.';
}

int32_t gpu_count(char reason[TORCH_TEXT])
{
    snprintf(reason, TORCH_TEXT, "the script has none");
    return static_cast<int32_t>(number_of("INSPYR_SCRIPT_GPUS", 0));
}

torch_facts gpu_facts(int32_t ordinal)
{
    torch_facts facts = {};

    passes = 0; /* a script begins with the device */
    snprintf(facts.device, sizeof facts.device, "cuda:%d", static_cast<int>(ordinal));
    snprintf(facts.name, sizeof facts.name, "a script");
    snprintf(facts.instructions, sizeof facts.instructions, "sm_00");
    facts.free_bytes = static_cast<uint64_t>(number_of("INSPYR_SCRIPT_FREE", 1LL << 34));
    facts.total_bytes = 1ULL << 34;
    return facts;
}

c10::Device gpu_device(int32_t)
{
    return c10::Device(c10::DeviceType::CPU);
}

void gpu_trim(int32_t)
{
}

void gpu_limit(int32_t, uint64_t)
{
}

at::Tensor gpu_pinned(at::IntArrayRef sizes, at::ScalarType type)
{
    return at::empty(sizes, type);
}

namespace
{

class scripted_lane final : public gpu_lane
{
  public:
    void play(const std::function<void()> &work) override
    {
        switch (next_pass()) {
        case 'm':
            TORCH_CHECK_WITH(OutOfMemoryError, false, "CUDA out of memory. Tried to allocate 1.00 GiB");
        case 's':
            TORCH_CHECK(false, "CUDA error: an illegal memory access was encountered\nand advice");
        case 'h':
            hangs_ = true;
            return;
        default:
            work();
        }
    }

    void record(const std::function<void()> &work) override
    {
        work_ = work;
    }

    bool recorded() const override
    {
        return static_cast<bool>(work_);
    }

    void replay() override
    {
        play(work_);
    }

    bool wait(int32_t) override
    {
        return !hangs_;
    }

    void *stream() const override
    {
        return nullptr;
    }

  private:
    std::function<void()> work_;
    bool hangs_ = false;
};

} // namespace

std::unique_ptr<gpu_lane> gpu_lane_open(int32_t)
{
    return std::make_unique<scripted_lane>();
}
