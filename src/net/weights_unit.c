/* weights_unit.c - the tensors of one node as engines want them: stacked, folded, scaled. */
#include <math.h>
#include <stdio.h>

#include "net/quantised.h"
#include "net/weights_store.h"

#define NORM_EPSILON 1e-5 /* of the networks' training */

static const weights_tensor *tensor_of(const weights *w, const char *prefix, const char *suffix)
{
    char name[PLAN_NAME + 32];

    snprintf(name, sizeof name, "%s%s", prefix, suffix);
    return weights_find(w, name);
}

static double number(const weights_tensor *t, int32_t index)
{
    weights_tensor one = *t;
    float x;

    one.data = (const unsigned char *)t->data + (size_t)index * weights_width(t->type);
    one.count = 1;
    weights_widen(&x, &one);
    return x;
}

/* out = (x - mean) / sqrt(variance + epsilon) * weight + bias, as a factor for the kernel and a bias. */
static void fold_norm(const weights *w, const plan_weights *unit, const plan_part *part, size_t row,
                      float *kernel, float *bias)
{
    char prefix[PLAN_NAME + 4];

    if (unit->style == PLAN_STYLE_UNIT)
        snprintf(prefix, sizeof prefix, "%s.bn", part->name);
    else
        snprintf(prefix, sizeof prefix, "%s", part->norm);
    const weights_tensor *weight = tensor_of(w, prefix, ".weight");
    const weights_tensor *shift = tensor_of(w, prefix, ".bias");
    const weights_tensor *mean = tensor_of(w, prefix, ".running_mean");
    const weights_tensor *variance = tensor_of(w, prefix, ".running_var");

    for (int32_t c = 0; c < part->channels; c++, kernel += row) {
        double factor = number(weight, c) / sqrt(number(variance, c) + NORM_EPSILON);

        for (size_t i = 0; i < row; i++)
            kernel[i] = (float)(kernel[i] * factor);
        bias[c] = (float)(number(shift, c) - number(mean, c) * factor);
    }
}

static void scale_by(float *numbers, size_t count, float scale)
{
    if (scale != 1)
        for (size_t i = 0; i < count; i++)
            numbers[i] *= scale;
}

/* One per output channel. */
static void apply_scales(const weights *w, const weights_tensor *t, float *kernel)
{
    const weights_tensor *scales = weights_beside(w, t, QUANTISED_SCALE);
    size_t row = t->count / (size_t)t->shape[0];

    for (int32_t c = 0; c < t->shape[0]; c++)
        scale_by(kernel + (size_t)c * row, row, (float)number(scales, c));
}

/* The kernel and the bias of one part, of which neither is scaled yet. */
static void read_part(const weights *w, const plan_weights *unit, const plan_part *part, float *kernel,
                      float *bias)
{
    const bool in_unit = unit->style == PLAN_STYLE_UNIT;

    const weights_tensor *t;

    if (unit->style == PLAN_STYLE_WINDOW) {
        weights_widen(kernel, tensor_of(w, part->name, ".relative_position_bias_table"));
        weights_widen(bias, tensor_of(w, part->name, ".qkv.bias"));
        return;
    }
    t = tensor_of(w, part->name, in_unit ? ".conv.weight" : ".weight");
    weights_widen(kernel, t);
    if (t->type == WEIGHTS_I8)
        apply_scales(w, t, kernel);
    weights_done(w, t);
    if (unit->norm)
        fold_norm(w, unit, part, (size_t)unit->in * (size_t)unit->kernel_h * (size_t)unit->kernel_w, kernel,
                  bias);
    else if (unit->bias)
        weights_widen(bias, tensor_of(w, part->name, in_unit ? ".conv.bias" : ".bias"));
    else
        memset(bias, 0, (size_t)part->channels * sizeof *bias);
}

void weights_unit(const weights *w, const plan *p, int32_t index, float *kernel, float *bias)
{
    const plan_weights *unit = &p->weights[index];
    const size_t row =
        plan_kernel_count(unit) / (size_t)(unit->style == PLAN_STYLE_SCALARS ? unit->count : unit->out);

    for (int32_t i = 0; i < unit->count; i++) {
        const plan_part *part = &unit->parts[i];
        const size_t channels = (size_t)part->channels;

        if (unit->style == PLAN_STYLE_SCALARS) {
            weights_widen(&kernel[i], weights_find(w, part->name));
            scale_by(&kernel[i], 1, part->scale);
            continue;
        }
        read_part(w, unit, part, kernel, bias);
        scale_by(kernel, channels * row, part->scale);
        scale_by(bias, channels, part->scale);
        kernel += channels * row;
        bias += channels;
    }
}
