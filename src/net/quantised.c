#include "net/quantised.h"

#include <float.h>
#include <math.h>
#include <stdio.h>

#include "base/status.h"
#include "net/json.h"
#include "net/region.h"
#include "net/weights_store.h"

#define INPUTS_LEAST 16
#define LARGEST_LEAST 1e-30F /* rows without a larger number are zeros */
#define NAME_ROOM 256        /* a tensor's name and a suffix */
#define RANGE_LEAST 1e-30F   /* its steps and their inverse are normal numbers */

const weights_tensor *weights_beside(const weights *w, const weights_tensor *kernel, const char *suffix)
{
    char name[NAME_ROOM];

    snprintf(name, sizeof name, "%s%s", kernel->name, suffix);
    return weights_find(w, name);
}

static inspyr_status check_scales(const weights_tensor *kernel, const weights_tensor *scales,
                                  inspyr_error *error)
{
    if (!scales || scales->type != WEIGHTS_F32 || scales->dimensions != 1 ||
        scales->shape[0] != kernel->shape[0])
        return failed(error, INSPYR_ERR_WEIGHTS, "%s: I8 without an F32 `" QUANTISED_SCALE "` of %lld numbers",
                      kernel->name, (long long)kernel->shape[0]);
    for (size_t i = 0; i < scales->count; i++) {
        const weights_tensor one = { .type = WEIGHTS_F32,
                                     .count = 1,
                                     .data = (const unsigned char *)scales->data + i * sizeof(float) };
        float scale;

        weights_widen(&scale, &one);
        if (!(scale > 0) || !isfinite(scale))
            return failed(error, INSPYR_ERR_WEIGHTS, "%s: scale %zu is not positive and finite", kernel->name,
                          i);
    }
    return INSPYR_OK;
}

static inspyr_status check_range(const weights_tensor *kernel, const weights_tensor *range, inspyr_error *error)
{
    float ends[2];

    if (range->type != WEIGHTS_F32 || range->dimensions != 1 || range->count != 2)
        return failed(error, INSPYR_ERR_WEIGHTS, "%s: a `" QUANTISED_RANGE "` that is not two numbers of F32",
                      kernel->name);
    weights_widen(ends, range);
    if (!(ends[0] <= 0 && ends[1] >= 0) || !isfinite(ends[1] - ends[0]) || !(ends[1] - ends[0] > RANGE_LEAST))
        return failed(error, INSPYR_ERR_WEIGHTS, "%s: a range from %g to %g is none around zero", kernel->name,
                      (double)ends[0], (double)ends[1]);
    return INSPYR_OK;
}

inspyr_status quantised_check(weights *w, inspyr_error *error)
{
    inspyr_status status = INSPYR_OK;

    for (int32_t i = 0; i < w->count && !status; i++) {
        const weights_tensor *t = &w->tensors[i], *range;

        if (t->type != WEIGHTS_I8)
            continue;
        w->quantised = true;
        if (t->dimensions != 2 && t->dimensions != 4)
            return failed(error, INSPYR_ERR_WEIGHTS, "%s: I8 that is no kernel, of %d dimensions", t->name,
                          (int)t->dimensions);
        status = check_scales(t, weights_beside(w, t, QUANTISED_SCALE), error);
        range = weights_beside(w, t, QUANTISED_RANGE);
        if (!status && range)
            status = check_range(t, range, error);
    }
    return status;
}

static bool share(json root, const char *key, double *out)
{
    return json_number(json_find(root, key), out) && *out >= 0 && *out <= 1;
}

int quantised_digits(double measured, double bound)
{
    int digits = 4;

    for (; digits < DBL_DECIMAL_DIG; digits++) {
        char one[32], other[32];

        snprintf(one, sizeof one, "%.*g", digits, measured);
        snprintf(other, sizeof other, "%.*g", digits, bound);
        if (strcmp(one, other) != 0)
            break;
    }
    return digits;
}

inspyr_status quantised_read(quantised_file *out, const weights *w, inspyr_error *error)
{
    const char *text = weights_metadata(w, QUANTISED_KEY);
    int64_t version, pictures;
    inspyr_status status;
    bool measured;
    json root;

    *out = (quantised_file){ .is = w->quantised };
    if (!text && !w->quantised)
        return INSPYR_OK;
    if (!text || !w->quantised)
        return failed(error, INSPYR_ERR_WEIGHTS,
                      text ? "metadata `" QUANTISED_KEY "`, and no tensor of I8"
                           : "tensors of I8, and no `" QUANTISED_KEY "` in the metadata");
    status = json_open(&root, QUANTISED_KEY, text, strlen(text), error);
    if (status)
        return status;
    if (!json_integer(json_find(root, "version"), &version))
        return failed(error, INSPYR_ERR_WEIGHTS, QUANTISED_KEY ": `version` is missing or no whole number");
    if (version != QUANTISED_VERSION)
        return failed(error, INSPYR_ERR_WEIGHTS, QUANTISED_KEY ": version %lld; this library reads %d",
                      (long long)version, QUANTISED_VERSION);
    measured = json_find(root, "iou_change").kind != JSON_ABSENT;
    if (!share(root, "alpha_error", &out->alpha_error) || !share(root, "mask_error", &out->mask_error) ||
        !share(root, "bound", &out->bound) || !json_integer(json_find(root, "pictures"), &pictures) ||
        pictures < 1 || pictures > INT32_MAX || (measured && !share(root, "iou_change", &out->iou_change)) ||
        json_count(root) != (measured ? 6 : 5))
        return failed(error, INSPYR_ERR_WEIGHTS,
                      QUANTISED_KEY
                      ": alpha_error, mask_error, iou_change, bound or pictures is missing, out of "
                      "range or not alone");
    out->pictures = (int32_t)pictures;
    return INSPYR_OK;
}

bool quantised_in_words(const plan *p, const plan_node *n)
{
    if (n->op != PLAN_OP_CONV || n->flags & PLAN_FLOAT32 || n->groups > 1 || n->weights < 0 ||
        p->weights[n->weights].in < INPUTS_LEAST)
        return false;
    for (int32_t k = 0; k < n->inputs; k++) {
        const plan_value *v = &p->values[n->in[k].value];

        if (n->in[k].first % 4 || n->in[k].channels % 4 || v->role == PLAN_VECTOR ||
            region_of(p->nodes[v->node].op) == REGION_REDUCE)
            return false;
    }
    return true;
}

bool quantised_possible(const plan *p, const plan_node *n)
{
    return quantised_in_words(p, n) && p->values[n->out].role != PLAN_LOGIT;
}

float quantised_factor(const float *row, size_t count)
{
    float largest = 0;

    for (size_t i = 0; i < count; i++)
        largest = fabsf(row[i]) > largest ? fabsf(row[i]) : largest;
    return largest > LARGEST_LEAST ? largest / 127 : 1;
}

const weights_tensor *quantised_kernel(const weights *w, const plan_weights *unit, int32_t part)
{
    char name[NAME_ROOM];

    snprintf(name, sizeof name, "%s%s", unit->parts[part].name,
             unit->style == PLAN_STYLE_UNIT ? ".conv.weight" : ".weight");
    return weights_find(w, name);
}

bool weights_quantised(const weights *w, const plan *p, int32_t index, quantised_unit *out)
{
    const plan_weights *unit = &p->weights[index];
    const weights_tensor *range;
    float ends[2];

    *out = (quantised_unit){ .ranged = false };
    if (!w->quantised)
        return true;
    for (int32_t i = 0; i < unit->count; i++) {
        const weights_tensor *kernel = quantised_kernel(w, unit, i);

        if (!kernel || kernel->type != WEIGHTS_I8)
            return false;
    }
    range = weights_beside(w, quantised_kernel(w, unit, 0), QUANTISED_RANGE);
    if (range) {
        weights_widen(ends, range);
        *out = (quantised_unit){ true, ends[0], ends[1] };
    }
    return true;
}

quantised_step quantised_step_of(float low, float high)
{
    quantised_step step = { .scale = (high - low) / 255 };

    step.inverse = 1 / step.scale;
    step.zero = (int32_t)lrintf(-low * step.inverse);
    return step;
}
