#include "image/taps.h"

#include <math.h>

#include "base/memory.h"
#include "base/status.h"

/* The operations, their order and their precision are those of the resampling that the networks saw in
 * training: a change in any of them changes bytes. */
static void fill(taps *t, int32_t i, double *share)
{
    double scale = (double)t->inputs / t->outputs;
    double support = scale < 1.0 ? 1.0 : scale, per_pixel = 1.0 / support;
    double centre = (i + 0.5) * scale, sum = 0.0;
    int32_t first = (int32_t)(centre - support + 0.5), end = (int32_t)(centre + support + 0.5);
    size_t row = (size_t)i * (size_t)t->widest;

    first = first < 0 ? 0 : first;
    end = end > t->inputs ? t->inputs : end;
    for (int32_t x = 0; x < end - first; x++) {
        double distance = fabs((x + first - centre + 0.5) * per_pixel);

        share[x] = distance < 1.0 ? 1.0 - distance : 0.0;
        sum += share[x];
    }
    t->first[i] = first;
    t->count[i] = end - first;
    for (int32_t x = 0; x < t->widest; x++) {
        int32_t weight = 0;

        if (x < end - first && share[x] != 0.0)
            weight = (int32_t)(0.5 + share[x] / sum * (1 << TAPS_BITS));
        t->weight[row + (size_t)x] = weight;
        t->high[row + (size_t)x] = (int16_t)(weight >> TAPS_HALF);
        t->low[row + (size_t)x] = (int16_t)(weight & ((1 << TAPS_HALF) - 1));
    }
}

inspyr_status taps_create(taps *t, int32_t inputs, int32_t outputs, const inspyr_allocator *allocator,
                          inspyr_error *error)
{
    double scale = (double)inputs / outputs;
    int64_t reach = 2 * (int64_t)ceil(scale < 1.0 ? 1.0 : scale) + 1;
    size_t n = (size_t)outputs, all;
    double *share;

    memset(t, 0, sizeof *t);
    t->inputs = inputs;
    t->outputs = outputs;
    reach = reach > inputs ? inputs : reach;
    t->widest = (int32_t)((reach + TAPS_STEP - 1) / TAPS_STEP * TAPS_STEP);
    share = memory_array(allocator, (size_t)t->widest, sizeof *share);
    t->first = memory_array(allocator, n, sizeof *t->first);
    t->count = memory_array(allocator, n, sizeof *t->count);
    if (multiply(&all, n, (size_t)t->widest)) {
        t->weight = memory_array(allocator, all, sizeof *t->weight);
        t->high = memory_array(allocator, all, sizeof *t->high);
        t->low = memory_array(allocator, all, sizeof *t->low);
    }
    if (!share || !t->first || !t->count || !t->weight || !t->high || !t->low) {
        memory_give(allocator, share);
        return failed(error, INSPYR_ERR_MEMORY, "no room for the weights of %d pixels", (int)outputs);
    }
    for (int32_t i = 0; i < outputs; i++)
        fill(t, i, share);
    memory_give(allocator, share);
    return INSPYR_OK;
}

void taps_free(taps *t, const inspyr_allocator *allocator)
{
    memory_give(allocator, t->first);
    memory_give(allocator, t->count);
    memory_give(allocator, t->weight);
    memory_give(allocator, t->high);
    memory_give(allocator, t->low);
    memset(t, 0, sizeof *t);
}
