#include "net/pth_tensor.h"

#include "base/memory.h"
#include "base/status.h"

static inspyr_status read_shape(weights_tensor *t, const pickle_tensor *described, inspyr_error *error)
{
    t->dimensions = described->dimensions;
    t->count = 1;
    for (int32_t i = 0; i < t->dimensions; i++) {
        int64_t side = described->shape[i];

        if (side < 1)
            return failed(error, INSPYR_ERR_WEIGHTS, "%s: a side that is no positive integer", t->name);
        if ((uint64_t)side > SIZE_MAX || !multiply(&t->count, t->count, (size_t)side))
            return failed(error, INSPYR_ERR_WEIGHTS, "%s: more numbers than memory has addresses", t->name);
        t->shape[i] = side;
    }
    return INSPYR_OK;
}

/* Index in the storage of the last number that the strides lead to; false if it is not among `count`. */
static bool reaches_within(const pickle_tensor *described, uint64_t count)
{
    uint64_t last = (uint64_t)described->offset;

    if (described->offset < 0 || last >= count)
        return false;
    for (int32_t i = 0; i < described->dimensions; i++) {
        uint64_t steps = (uint64_t)described->shape[i] - 1, room = count - 1 - last;

        if (described->strides[i] < 0)
            return false;
        if (steps && (uint64_t)described->strides[i] > room / steps)
            return false;
        last += steps * (uint64_t)described->strides[i];
    }
    return true;
}

inspyr_status pth_place(weights_tensor *t, const pickle_tensor *described, const weights_part *part,
                        inspyr_error *error)
{
    const size_t width = weights_width(part->type);
    inspyr_status status = read_shape(t, described, error);

    if (status)
        return status;
    if (!reaches_within(described, part->size / width))
        return failed(error, INSPYR_ERR_WEIGHTS, "%s: offset or strides lead out of its %zu numbers", t->name,
                      part->size / width);
    t->type = part->type;
    t->data = part->data + (size_t)described->offset * width;
    return INSPYR_OK;
}

bool pth_in_row(const pickle_tensor *described)
{
    int64_t stride = 1;

    for (int32_t i = described->dimensions - 1; i >= 0; i--) {
        if (described->shape[i] == 1)
            continue; /* its stride is never used */
        if (described->strides[i] != stride)
            return false;
        stride *= described->shape[i];
    }
    return true;
}

void pth_gather(unsigned char *to, const weights_tensor *t, const pickle_tensor *described)
{
    const size_t width = weights_width(t->type);
    int64_t index[WEIGHTS_DIMENSIONS] = { 0 };
    const unsigned char *from = t->data;

    for (size_t n = 0; n < t->count; n++, to += width) {
        size_t place = 0;

        for (int32_t i = 0; i < t->dimensions; i++)
            place += (size_t)(index[i] * described->strides[i]);
        memcpy(to, from + place * width, width);
        for (int32_t i = t->dimensions - 1; i >= 0 && ++index[i] == t->shape[i]; i--)
            index[i] = 0;
    }
}
