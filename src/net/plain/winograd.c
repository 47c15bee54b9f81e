/* winograd.c - which convolutions are made as rows/winograd.h does it, and the kernels that it wants. */
#include "net/plain/plain.h"

/* Fewer channels than a block would leave most of a vector empty. */
#define CHANNELS_LEAST KERNELS_BLOCK

bool plain_wants_winograd(const plan *p, const plan_node *n, const engine_host *host)
{
    const plan_value *out = &p->values[n->out];

    if (n->groups > 1 || n->kernel_h != 3 || n->kernel_w != 3 || n->stride != 1 || n->dilation != 1 ||
        n->pad_h != 1 || n->pad_w != 1 || out->c % CHANNELS_LEAST || host->precision > INSPYR_PRECISION_BF16)
        return false;
    for (int32_t k = 0; k < n->inputs; k++)
        if (n->in[k].first % 4 || n->in[k].channels % CHANNELS_LEAST ||
            p->values[n->in[k].value].role == PLAN_VECTOR)
            return false;
    return !host->products || host->precision <= INSPYR_PRECISION_EXACT;
}

/* G of the paper: four rows from three. */
static void transform(double out[4], double a, double b, double c)
{
    out[0] = a;
    out[1] = (a + b + c) / 2;
    out[2] = (a - b + c) / 2;
    out[3] = c;
}

void plain_winograd_kernels(float *kernels, size_t count)
{
    for (size_t at = count; at-- > 0;) {
        const float *in = kernels + 9 * at;
        double rows[3][4], columns[4][4];

        for (int i = 0; i < 3; i++)
            transform(rows[i], (double)in[3 * i], (double)in[3 * i + 1], (double)in[3 * i + 2]);
        for (int j = 0; j < 4; j++) {
            double column[4];

            transform(column, rows[0][j], rows[1][j], rows[2][j]);
            for (int i = 0; i < 4; i++)
                columns[i][j] = column[i];
        }
        for (int i = 0; i < 16; i++)
            kernels[16 * at + (size_t)i] = (float)columns[i / 4][i % 4];
    }
}

/* Half of a second-level cache of a megabyte has room for what tiles see; weights and sums are in the other
 * half. */
#define SEEN_WORDS (96 * 1024)
#define TILES_MOST 48

winograd_desk winograd_desk_of(int32_t channels, rows_type seen)
{
    size_t words = words_of(seen, (size_t)channels);
    winograd_desk d = { .tiles = (int32_t)(SEEN_WORDS / (WINOGRAD_COMPONENTS * words)) / 12 * 12 };

    d.tiles = d.tiles < 12 ? 12 : d.tiles > TILES_MOST ? TILES_MOST : d.tiles;
    /* A line more, so that the sixteen components of a tile do not fall into the same lines of a cache. */
    d.seen = whole_blocks((size_t)d.tiles * words) + KERNELS_BLOCK;
    d.sums = (size_t)d.tiles * WINOGRAD_BLOCKS * KERNELS_BLOCK + KERNELS_BLOCK;
    d.floats = whole_blocks((size_t)channels) + WINOGRAD_COMPONENTS * (d.seen + d.sums);
    return d;
}
