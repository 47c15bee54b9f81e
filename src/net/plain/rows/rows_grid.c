/* rows_grid.c - what gathers or joins pixels without weights: patch merging, pooling, sums and products. */
#include "net/plain/kernels.h"
#include "net/plain/rows/vector.h"

static void copy_channels(float *to, int32_t at, rows_type type, const float *from, const rows_grid *grid,
                          const plan_input *in)
{
    int32_t i = 0;

    for (; i + LANES <= in->channels; i += LANES)
        store_channels(to, at + i, type, from ? load_channels(from, in->first + i, grid->type) : spread(0));
    for (; i < in->channels; i++)
        set_channel(to, at + i, type, from ? channel_of(from, in->first + i, grid->type) : 0);
}

/* Quarters in the order (even row, even column), (odd, even), (even, odd), (odd, odd). */
void KERNEL(rows_merge)(const rows_call *c)
{
    const plan_input *in = &c->node->in[0];

    for (int32_t y = c->first; y < c->end; y++) {
        const float *rows[2] = { grid_row_or_null(&c->in[0], 2 * y), grid_row_or_null(&c->in[0], 2 * y + 1) };
        float *out = grid_row(&c->out, y);

        for (int32_t x = 0; x < c->out.width; x++, out += c->out.pixel)
            for (int32_t quarter = 0; quarter < 4; quarter++) {
                const float *row = rows[quarter % 2];
                int32_t column = 2 * x + quarter / 2;
                bool there = row && column < c->in[0].width;

                copy_channels(out, quarter * in->channels, c->out.type,
                              there ? row + (size_t)column * (size_t)c->in[0].pixel : NULL, &c->in[0], in);
            }
    }
}

/* One vector of channels: the window's columns first..end-1 of each row that there is. */
INLINE vec pooled(const rows_call *c, int32_t y, int32_t first, int32_t end, int32_t channel, bool largest,
                  const rows_type type)
{
    const plan_node *n = c->node;
    vec result = spread(0);
    bool begun = false;

    for (int32_t ky = 0; ky < n->kernel_h; ky++) {
        const float *row = grid_row_or_null(&c->in[0], y * n->stride - n->pad_h + ky);

        for (int32_t x = first; row && x < end; x++) {
            vec v = load_channels(row + (size_t)x * (size_t)c->in[0].pixel, n->in[0].first + channel, type);

            if (!largest)
                result += v;
            else
                result = begun ? vmax(result, v) : v;
            begun = true;
        }
    }
    return result;
}

INLINE void pool(const rows_call *c, const rows_type from, const rows_type to)
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
                vec v = pooled(c, y, first, end, ch, largest, from);

                v = largest ? v : v * share;
                if (n->in[0].channels == 1)
                    set_channel(out, 0, to, v[0]);
                else
                    store_channels(out, ch, to, v);
            }
        }
    }
}

void KERNEL(rows_pool)(const rows_call *c)
{
    BY_TYPE(pool, c, c->in[0].type, c->out.type);
}

/* What is added and multiplied differs by a pass over memory at most, so types are looked at as it goes. */
INLINE void of_two(const rows_call *c, const bool product)
{
    const plan_input *in = c->node->in;
    rows_type type_a = c->in[0].type, type_b = c->in[1].type, type = c->out.type;

    for (int32_t y = c->first; y < c->end; y++) {
        const float *a = grid_row(&c->in[0], y), *b = grid_row(&c->in[1], y);
        float *out = grid_row(&c->out, y);

        for (int32_t x = 0; x < c->out.width;
             x++, a += c->in[0].pixel, b += c->in[1].pixel, out += c->out.pixel) {
            if (in[0].channels == 1) {
                float left = channel_of(a, in[0].first, type_a), right = channel_of(b, in[1].first, type_b);

                set_channel(out, 0, type, product ? left * right : left + right);
                continue;
            }
            for (int32_t i = 0; i < in[0].channels; i += LANES) {
                vec left = load_channels(a, in[0].first + i, type_a),
                    right = load_channels(b, in[1].first + i, type_b);

                store_channels(out, i, type, product ? left * right : left + right);
            }
        }
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
