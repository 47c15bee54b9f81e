/* gpu_none.cpp - a libtorch for processors alone. */
#include <cstring>

#include "shim/torch/gpu.h"

int32_t gpu_count(char reason[TORCH_TEXT])
{
    strcpy(reason, "this libtorch was built without CUDA");
    return 0;
}

torch_facts gpu_facts(int32_t)
{
    TORCH_CHECK(false, "there is no GPU");
}

c10::Device gpu_device(int32_t)
{
    TORCH_CHECK(false, "there is no GPU");
}

void gpu_trim(int32_t)
{
}

void gpu_limit(int32_t, uint64_t)
{
}

at::Tensor gpu_pinned(at::IntArrayRef, at::ScalarType)
{
    TORCH_CHECK(false, "there is no GPU");
}

std::unique_ptr<gpu_lane> gpu_lane_open(int32_t)
{
    TORCH_CHECK(false, "there is no GPU");
}
