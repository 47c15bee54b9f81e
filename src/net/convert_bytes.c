/* convert_bytes.c - a kernel as bytes with a scale for each output channel. */
#include <math.h>

#include "base/memory.h"
#include "base/status.h"
#include "net/model_convert.h"
#include "net/quantised.h"

static float quantise(signed char *out, const float *row, size_t count)
{
    float scale = quantised_factor(row, count);

    for (size_t i = 0; i < count; i++)
        out[i] = (signed char)lrintf(row[i] / scale);
    return scale;
}

static void put(unsigned char *to, float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    for (int i = 0; i < 4; i++)
        to[i] = (unsigned char)(bits >> (8 * i) & 0xFF);
}

inspyr_status convert_quantised(const weights_tensor *t, const convert_form *form, inspyr_write_fn *write,
                                void *user, const inspyr_allocator *allocator, inspyr_error *error)
{
    const size_t rows = (size_t)t->shape[0], count = t->count / rows;
    float *row = memory_array(allocator, count, sizeof *row);
    signed char *bytes = memory_take(allocator, count);
    unsigned char *beside = memory_array(allocator, rows + 2, sizeof(float)), *next = beside;
    inspyr_status status = INSPYR_OK;

    if (!row || !bytes || !beside)
        status = failed(error, INSPYR_ERR_MEMORY, "no room for rows of %zu numbers", count);
    for (int i = 0; i < 2 && !status && form->ranged; i++, next += 4)
        put(next, form->range[i]);
    for (size_t i = 0; i < rows && !status; i++, next += 4) {
        weights_tensor part = *t;

        part.count = count;
        part.data = (const unsigned char *)t->data + i * count * weights_width(t->type);
        weights_widen(row, &part);
        put(next, quantise(bytes, row, count));
        if (write(user, bytes, count))
            status = failed(error, INSPYR_ERR_CANCELLED, "the bytes were not taken");
    }
    if (!status && write(user, beside, (size_t)(next - beside)))
        status = failed(error, INSPYR_ERR_CANCELLED, "the bytes were not taken");
    memory_give(allocator, row);
    memory_give(allocator, bytes);
    memory_give(allocator, beside);
    return status;
}
