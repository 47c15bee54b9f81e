/* rows_transition.c - where saliency changes within an ellipse: its largest minus its least sigmoid. */
#include <math.h>

#include "net/plain/kernels.h"
#include "net/plain/rows/vector.h"

#define THRESHOLD 0.5f
#define DOUBTFUL 1e-5f /* vexp() is better than that by far */

/* Half the width of row dy of the ellipse. */
static int32_t half_width(int32_t radius, int32_t dy)
{
    if (!radius)
        return 0;
    return (int32_t)rint(radius * sqrt((double)(radius * radius - dy * dy) / (radius * radius)));
}

/* The row with its ends repeated on both sides. A window that reaches beyond an end contains it, so this
 * changes no extreme. */
static void extend_row(float *out, const rows_grid *g, const plan_input *in, int32_t y, int32_t radius)
{
    const float *row = grid_row(g, y) + in->first;

    for (int32_t x = -radius; x < g->width + radius; x++) {
        int32_t from = x < 0 ? 0 : x < g->width ? x : g->width - 1;

        out[x + radius] = row[(size_t)from * (size_t)g->pixel];
    }
}

static void extremes(const float *row, float *low, float *high, int32_t width, int32_t half)
{
    for (int32_t x = 0; x < width; x += LANES) {
        vec least = load(low + x), most = load(high + x);

        for (int32_t dx = -half; dx <= half; dx++) {
            vec v = load(row + x + dx);

            least = vmin(least, v);
            most = vmax(most, v);
        }
        store(low + x, least);
        store(high + x, most);
    }
}

static float sigmoid(float x)
{
    return (float)(1 / (1 + exp(-(double)x)));
}

static void decide(float *out, const float *low, const float *high, int32_t width)
{
    for (int32_t x = 0; x < width; x += LANES) {
        vec range = 1.0f / (1.0f + vexp(-load(high + x))) - 1.0f / (1.0f + vexp(-load(low + x)));

        for (int32_t i = 0; i < LANES && x + i < width; i++) {
            float r = range[i];

            /* The reference rounds both sigmoids to float before it subtracts them. */
            if (fabsf(r - THRESHOLD) < DOUBTFUL)
                r = sigmoid(high[x + i]) - sigmoid(low[x + i]);
            out[x + i] = r > THRESHOLD ? 1.0f : 0.0f;
        }
    }
}

void KERNEL(rows_transition)(const rows_call *c)
{
    int32_t width = c->out.width, radius = c->node->window / 2;
    size_t padded = whole_blocks((size_t)width);
    float *low = c->scratch, *high = low + padded, *row = high + padded;

    for (int32_t y = c->first; y < c->end; y++) {
        for (size_t x = 0; x < padded; x++) {
            low[x] = INFINITY;
            high[x] = -INFINITY;
        }
        for (int32_t dy = -radius; dy <= radius; dy++)
            if (y + dy >= 0 && y + dy < c->in[0].height) {
                extend_row(row, &c->in[0], &c->node->in[0], y + dy, radius);
                extremes(row + radius, low, high, width, half_width(radius, dy));
            }
        decide(grid_row(&c->out, y), low, high, width);
    }
}
