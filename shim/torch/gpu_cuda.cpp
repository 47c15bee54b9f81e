/* gpu_cuda.cpp - a libtorch for CUDA. */
#include <ATen/cuda/CUDAContext.h>
#include <ATen/cuda/CUDAEvent.h>
#include <ATen/cuda/CUDAGraph.h>
#include <ATen/ops/empty.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "shim/torch/gpu.h"

namespace
{

using clock_type = std::chrono::steady_clock;

/* Kernels and libtorch's own are compiled from here on. */
constexpr int OLDEST_MAJOR = 7, OLDEST_MINOR = 5;

/* Between two looks: a run takes 2 ms and more. */
constexpr std::chrono::microseconds LOOK{ 20 };

class cuda_lane final : public gpu_lane
{
  public:
    explicit cuda_lane(int32_t ordinal)
        : stream_(at::cuda::getStreamFromPool(true, static_cast<c10::DeviceIndex>(ordinal)))
    {
    }

    void play(const std::function<void()> &work) override
    {
        c10::cuda::CUDAStreamGuard guard(stream_);

        work();
        done_.record(stream_);
    }

    void record(const std::function<void()> &work) override
    {
        c10::cuda::CUDAStreamGuard guard(stream_);

        work();
        stream_.synchronize();
        graph_.capture_begin({ 0, 0 },
                             cudaStreamCaptureModeThreadLocal); /* other threads may allocate meanwhile */
        try {
            work();
        } catch (...) {
            graph_.capture_end(); /* a stream that records for ever would be of no use to anybody */
            throw;
        }
        graph_.capture_end();
        recorded_ = true;
    }

    bool recorded() const override
    {
        return recorded_;
    }

    void replay() override
    {
        c10::cuda::CUDAStreamGuard guard(stream_);

        graph_.replay();
        done_.record(stream_);
    }

    bool wait(int32_t patience_ms) override
    {
        const auto end = clock_type::now() + std::chrono::milliseconds(patience_ms);

        while (!done_.query()) {
            if (clock_type::now() > end)
                return false;
            std::this_thread::sleep_for(LOOK);
        }
        return true;
    }

    void *stream() const override
    {
        return stream_.stream();
    }

  private:
    c10::cuda::CUDAStream stream_;
    at::cuda::CUDAEvent done_;
    at::cuda::CUDAGraph graph_;
    bool recorded_ = false;
};

} // namespace

int32_t gpu_count(char reason[TORCH_TEXT])
{
    int32_t count = static_cast<int32_t>(c10::cuda::device_count());

    if (!count)
        snprintf(reason, TORCH_TEXT, "CUDA sees no GPU: no driver, or CUDA_VISIBLE_DEVICES is empty");
    return count;
}

torch_facts gpu_facts(int32_t ordinal)
{
    const c10::cuda::CUDAGuard guard(static_cast<c10::DeviceIndex>(ordinal));
    const cudaDeviceProp *p = at::cuda::getDeviceProperties(static_cast<c10::DeviceIndex>(ordinal));
    torch_facts facts = {};
    size_t free_bytes = 0, total = 0;

    TORCH_CHECK(p->major > OLDEST_MAJOR || (p->major == OLDEST_MAJOR && p->minor >= OLDEST_MINOR), p->name,
                " has capability ", p->major, ".", p->minor, "; ", OLDEST_MAJOR, ".", OLDEST_MINOR,
                " is the oldest");
    C10_CUDA_CHECK(cudaMemGetInfo(&free_bytes, &total));
    snprintf(facts.device, sizeof facts.device, "cuda:%d", static_cast<int>(ordinal));
    snprintf(facts.name, sizeof facts.name, "%.120s", p->name);
    snprintf(facts.instructions, sizeof facts.instructions, "sm_%d%d", p->major, p->minor);
    facts.free_bytes = free_bytes;
    facts.total_bytes = total;
    return facts;
}

c10::Device gpu_device(int32_t ordinal)
{
    return c10::Device(c10::DeviceType::CUDA, static_cast<c10::DeviceIndex>(ordinal));
}

void gpu_trim(int32_t)
{
    c10::cuda::CUDACachingAllocator::emptyCache();
}

void gpu_limit(int32_t ordinal, uint64_t bytes)
{
    const torch_facts facts = gpu_facts(ordinal);

    c10::cuda::CUDACachingAllocator::setMemoryFraction(
        std::min(1.0, static_cast<double>(bytes) / static_cast<double>(facts.total_bytes)),
        static_cast<c10::DeviceIndex>(ordinal));
}

at::Tensor gpu_pinned(at::IntArrayRef sizes, at::ScalarType type)
{
    return at::empty(sizes, at::TensorOptions().dtype(type).pinned_memory(true));
}

std::unique_ptr<gpu_lane> gpu_lane_open(int32_t ordinal)
{
    return std::make_unique<cuda_lane>(ordinal);
}
