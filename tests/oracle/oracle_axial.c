/* oracle_axial.c - attention along one axis, SPEC.md 4.2, and as the reference does it: it reads the memory of
 * a C x H x W tensor as a matrix of rows of `length` numbers, so that a position is a column of that matrix. */
#include <stdlib.h>

#include "oracle/oracle_ops.h"

typedef struct axis {
    const tensor *from; /* the stacked value */
    int32_t n, query, key, value;
    int32_t length;     /* positions that see each other */
    int64_t rows, wide; /* numbers per position of query and key; of value */
    bool along_h, raw;
    int32_t line; /* not raw: the row or column that is worked on */
} axis;

/* Number `row` of a position, of the part of `from` that begins at channel `first`. */
static double number(const axis *a, int32_t first, int64_t row, int32_t position)
{
    if (a->raw)
        return (double)*tensor_flat(a->from, a->n,
                                    (int64_t)first * a->from->h * a->from->w + row * a->length + position);
    if (a->along_h)
        return (double)*tensor_at(a->from, a->n, position, a->line, first + (int32_t)row);
    return (double)*tensor_at(a->from, a->n, a->line, position, first + (int32_t)row);
}

static float *result(const axis *a, const tensor *out, int64_t row, int32_t position)
{
    if (a->raw)
        return tensor_flat(out, a->n, row * a->length + position);
    if (a->along_h)
        return tensor_at(out, a->n, position, a->line, (int32_t)row);
    return tensor_at(out, a->n, a->line, position, (int32_t)row);
}

/* out += gamma * attention, for one line, or for the whole sample where it is raw. */
static void attend(const axis *a, const tensor *out, double gamma, double *weight)
{
    for (int32_t i = 0; i < a->length; i++) {
        for (int32_t j = 0; j < a->length; j++) {
            weight[j] = 0;
            for (int64_t row = 0; row < a->rows; row++)
                weight[j] += number(a, a->query, row, i) * number(a, a->key, row, j);
        }
        oracle_normalise(weight, a->length);
        for (int64_t row = 0; row < a->wide; row++) {
            double sum = 0;

            for (int32_t j = 0; j < a->length; j++)
                sum += weight[j] * number(a, a->value, row, j);
            *result(a, out, row, i) += (float)(gamma * sum);
        }
    }
}

static void along(const oracle_call *call, bool along_h, int32_t first, double gamma, double *weight)
{
    const tensor *out = &call->out;
    int32_t qk = call->node->qk;
    axis a = { .from = &call->in[1],
               .query = first,
               .key = first + qk,
               .value = first + 2 * qk,
               .length = along_h ? out->h : out->w,
               .rows = qk,
               .wide = out->c,
               .along_h = along_h,
               .raw = call->node->flags & PLAN_RAW_VIEW };
    int32_t lines = a.raw ? 1 : along_h ? out->w : out->h;

    if (a.raw) {
        a.rows = (int64_t)qk * out->h * out->w / a.length;
        a.wide = (int64_t)out->c * out->h * out->w / a.length;
    }
    for (a.n = 0; a.n < out->n; a.n++)
        for (a.line = 0; a.line < lines; a.line++)
            attend(&a, out, gamma, weight);
}

bool oracle_axial(oracle_call *call)
{
    const tensor *out = &call->out;
    int32_t longest = out->h > out->w ? out->h : out->w;
    double *weight = malloc((size_t)longest * sizeof *weight);

    if (!weight)
        return false;
    for (size_t i = 0; i < tensor_count(out); i++)
        out->at[i] = 2 * call->in[0].at[i];
    along(call, true, 0, (double)call->kernel[0], weight);
    along(call, false, 2 * call->node->qk + out->c, (double)call->kernel[1], weight);
    free(weight);
    return true;
}
