/* rows_grid.c - what gathers or joins pixels without weights: patch merging, pooling, sums and products. */
#include "net/plain/kernels.h"
#include "net/plain/rows/vector.h"

/* Quarters in the order (even row, even column), (odd, even), (even, odd), (odd, odd). */
void KERNEL(rows_merge)(const rows_call *c)
{
    const plan_input *in = &c->node->in[0];
    size_t bytes = (size_t)in->channels * sizeof(float);

    for (int32_t y = c->first; y < c->end; y++) {
        const float *rows[2] = { grid_row_or_null(&c->in[0], 2 * y), grid_row_or_null(&c->in[0], 2 * y + 1) };
        float *out = grid_row(&c->out, y);

        for (int32_t x = 0; x < c->out.width; x++, out += c->out.pixel)
            for (int32_t quarter = 0; quarter < 4; quarter++) {
                const float *row = rows[quarter % 2];
                int32_t column = 2 * x + quarter / 2;
                float *to = out + quarter * in->channels;

                if (row && column < c->in[0].width)
                    memcpy(to, row + (size_t)column * (size_t)c->in[0].pixel + in->first, bytes);
                else
                    memset(to, 0, bytes);
            }
    }
}

/* One vector of channels: the window's columns first..end-1 of each row that there is. */
INLINE vec pooled(const rows_call *c, int32_t y, int32_t first, int32_t end, int32_t channel, bool largest)
{
    const plan_node *n = c->node;
    vec result = spread(0);
    bool begun = false;

    for (int32_t ky = 0; ky < n->kernel_h; ky++) {
        const float *row = grid_row_or_null(&c->in[0], y * n->stride - n->pad_h + ky);

        for (int32_t x = first; row && x < end; x++) {
            vec v = load(row + (size_t)x * (size_t)c->in[0].pixel + n->in[0].first + channel);

            if (!largest)
                result += v;
            else
                result = begun ? vmax(result, v) : v;
            begun = true;
        }
    }
    return result;
}

void KERNEL(rows_pool)(const rows_call *c)
{
    const plan_node *n = c->node;
    int32_t width = c->in[0].width, height = c->in[0].height;
    bool largest = n->flags & PLAN_POOL_MAX;

    for (int32_t y = c->first; y < c->end; y++) {
        int32_t top = y * n->stride - n->pad_h, bottom = top + n->kernel_h;
        int32_t rows = (bottom > height ? height : bottom) - (top < 0 ? 0 : top);
        float *out = grid_row(&c->out, y);

        for (int32_t x = 0; x < c->out.width; x++, out += c->out.pixel) {
            int32_t first = x * n->stride - n->pad_w, end = first + n->kernel_w;
            float share;

            first = first < 0 ? 0 : first;
            end = end > width ? width : end;
            share =
                1.0f / (float)(n->flags & PLAN_POOL_INSIDE ? rows * (end - first) : n->kernel_h * n->kernel_w);
            for (int32_t ch = 0; ch < n->in[0].channels; ch += LANES) {
                vec v = pooled(c, y, first, end, ch, largest);

                v = largest ? v : v * share;
                if (c->out.pixel < LANES)
                    out[0] = v[0];
                else
                    store(out + ch, v);
            }
        }
    }
}

INLINE void of_two(const rows_call *c, const bool product)
{
    const plan_input *in = c->node->in;
    size_t step_a = (size_t)c->in[0].pixel, step_b = (size_t)c->in[1].pixel, step = (size_t)c->out.pixel;

    for (int32_t y = c->first; y < c->end; y++) {
        const float *a = grid_row(&c->in[0], y) + in[0].first, *b = grid_row(&c->in[1], y) + in[1].first;
        float *out = grid_row(&c->out, y);

        if (step == 1)
            for (int32_t x = 0; x < c->out.width; x++)
                out[x] = product ? a[(size_t)x * step_a] * b[(size_t)x * step_b]
                                 : a[(size_t)x * step_a] + b[(size_t)x * step_b];
        else
            for (int32_t x = 0; x < c->out.width; x++, a += step_a, b += step_b, out += step)
                for (int32_t i = 0; i < in[0].channels; i += LANES)
                    store(out + i, product ? load(a + i) * load(b + i) : load(a + i) + load(b + i));
    }
}

void KERNEL(rows_add)(const rows_call *c)
{
    of_two(c, false);
}

void KERNEL(rows_multiply)(const rows_call *c)
{
    of_two(c, true);
}
