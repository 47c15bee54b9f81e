/* gpu.h - what libtorch leaves to CUDA: devices, streams, graphs, waiting.
 *
 * gpu_cuda.cpp has it where libtorch was built for CUDA, gpu_none.cpp where it was not; tests put a device in
 * its place that lives in the memory of the processor and fails as told. Functions throw c10::Error. Plug-in
 * (shim/torch). Threads: any; a lane is single. */
#ifndef INSPYR_TORCH_GPU_H
#define INSPYR_TORCH_GPU_H

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>

#include "net/torch_table.h"

/* Number of GPUs; 0 and the reason. */
int32_t gpu_count(char reason[TORCH_TEXT]);
torch_facts gpu_facts(int32_t ordinal);
c10::Device gpu_device(int32_t ordinal);

/* Bytes that libtorch gives back to the device. */
void gpu_trim(int32_t ordinal);

/* What libtorch may take of the device's memory, by all its users in the process. */
void gpu_limit(int32_t ordinal, uint64_t bytes);

/* Memory that both sides can reach without another copy. */
at::Tensor gpu_pinned(at::IntArrayRef sizes, at::ScalarType type);

/* A stream of its own, and the graph of what one run does in it. */
class gpu_lane
{
  public:
    virtual ~gpu_lane() = default;

    /* Runs it in the stream. */
    virtual void play(const std::function<void()> &work) = 0;
    /* Runs it once in the stream, so that all libraries have made their choices, and records it then. */
    virtual void record(const std::function<void()> &work) = 0;
    virtual bool recorded() const = 0;
    virtual void replay() = 0;

    /* Everything asked for has happened: false after so many milliseconds. */
    virtual bool wait(int32_t patience_ms) = 0;
    virtual void *stream() const = 0; /* cudaStream_t */
};

std::unique_ptr<gpu_lane> gpu_lane_open(int32_t ordinal);

#endif
