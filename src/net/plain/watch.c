/* watch.c - convolutions whose inputs are looked at, or rounded as if they were stored in fewer bits. Plain C:
 * calibration alone comes here. */
#include "base/status.h"
#include "net/bf16.h"
#include "net/plain/plain.h"
#include "net/quantised.h"

/* Rows of an input that one row of the result reads. */
static int32_t span_of(const plan_node *n)
{
    return n->dilation * (n->kernel_h - 1) + 1;
}

size_t plain_watch_floats(const engine_run *run)
{
    size_t most = 0;

    if (!(run->flags & ENGINE_WATCH))
        return 0;
    for (int32_t j = 0; j < run->p->node_count; j++) {
        const plan_node *n = &run->p->nodes[j];
        size_t floats = 0;

        for (int32_t k = 0; k < n->inputs && n->op == PLAN_OP_CONV; k++)
            floats += (size_t)span_of(n) * run->values[n->in[k].value].pitch + PLAIN_SLACK;
        most = floats > most ? floats : most;
    }
    return whole_blocks(most);
}

/* Each row of the inputs when the rows above the last one that reads it are made, and only then. */
static void show(const engine_watch *watch, const rows_call *call)
{
    const plan_node *n = call->node;

    for (int32_t k = 0; k < n->inputs; k++) {
        const rows_grid *in = &call->in[k];
        int32_t end = call->end == call->out.height ? in->height : call->end * n->stride;

        for (int32_t y = call->first * n->stride; y < end && y < in->height; y++)
            for (int32_t x = 0; x < in->width; x++)
                watch->see(watch->user, n->weights,
                           grid_row(in, y) + (size_t)x * (size_t)in->pixel + n->in[k].first, n->in[k].channels);
    }
}

static void round_bf16(float *numbers, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        numbers[i] = bf16_widened(bf16_of(numbers[i]));
}

/* Adding and taking away 1.5 * 2^23 rounds to nearest even, in whole vectors. */
static void round_int8(float *numbers, int32_t count, quantised_step step)
{
    const float magic = 12582912, zero = (float)step.zero;

    for (int32_t i = 0; i < count; i++) {
        float q = numbers[i] * step.inverse;

        q = q < -zero ? -zero : q; /* before the rounding, which is right up to 2^22 alone */
        q = q > 255 - zero ? 255 - zero : q;
        q = (q + magic) - magic;
        numbers[i] = q * step.scale;
    }
}

/* Pixel x of a row of every input. */
static void round_pixel(const plan_node *n, const rows_grid *in, int32_t y, int32_t x, engine_rounding rounding,
                        const quantised_unit *range)
{
    float low = range->low, high = range->high, *at[PLAN_INPUTS];

    for (int32_t k = 0; k < n->inputs; k++)
        at[k] = grid_row(&in[k], y) + (size_t)x * (size_t)in[k].pixel + n->in[k].first;
    if (rounding == ROUND_INT8 && !range->ranged) {
        low = high = 0;
        for (int32_t k = 0; k < n->inputs; k++)
            for (int32_t c = 0; c < n->in[k].channels; c++) {
                low = at[k][c] < low ? at[k][c] : low;
                high = at[k][c] > high ? at[k][c] : high;
            }
    }
    for (int32_t k = 0; k < n->inputs; k++) {
        if (rounding == ROUND_BF16)
            round_bf16(at[k], n->in[k].channels);
        else if (low < high)
            round_int8(at[k], n->in[k].channels, quantised_step_of(low, high));
    }
}

/* One row of the result, from copies of the rows that it reads. */
static void rounded_row(const engine_run *run, plain_lane *lane, const rows_call *call, int32_t y,
                        rows_kernel *kernel)
{
    const plan_node *n = call->node;
    const engine_watch *watch = call->io->watch;
    rows_call one = *call;
    float *next = lane->watched;
    int32_t span = span_of(n), first = y * n->stride - n->pad_h, end = first + span;

    one.first = y;
    one.end = y + 1;
    for (int32_t k = 0; k < n->inputs; k++) {
        const plain_value *v = &run->values[n->in[k].value];
        size_t before = (size_t)v->left * (size_t)v->pixel;

        one.in[k].ring = span;
        one.in[k].data = next + before;
        for (int32_t row = first < 0 ? 0 : first; row < end && row < call->in[k].height; row++)
            memcpy(grid_row(&one.in[k], row) - before, grid_row(&call->in[k], row) - before,
                   v->pitch * sizeof *next);
        next += (size_t)span * v->pitch + PLAIN_SLACK;
    }
    for (int32_t row = first < 0 ? 0 : first; row < end && row < call->in[0].height; row++)
        for (int32_t x = 0; x < call->in[0].width; x++)
            round_pixel(n, one.in, row, x, watch->roundings[n->weights], &watch->ranges[n->weights]);
    kernel(&one);
}

void plain_watched(const engine_run *run, plain_lane *lane, rows_call *call, rows_kernel *kernel)
{
    const engine_watch *watch = call->io->watch;
    const int32_t unit = call->node->weights;

    if (watch->see)
        show(watch, call);
    if (!watch->roundings || watch->roundings[unit] == ROUND_NOT) {
        kernel(call);
        return;
    }
    call->kernel = watch->rounded->data + watch->rounded->units[unit].kernel;
    call->bias = watch->rounded->data + watch->rounded->units[unit].bias;
    for (int32_t y = call->first; y < call->end; y++)
        rounded_row(run, lane, call, y, kernel);
}
