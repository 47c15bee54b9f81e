/* kernels.h - the row kernels of the plain engine, compiled once per instruction set from the files in rows/.
 *
 * A kernel makes rows [first, end) of its node's result, reading rows of its inputs through grids. Its bytes do
 * not depend on how rows are shared out. Layer 3 (net). Threads: any; scratch belongs to the caller's lane. */
#ifndef INSPYR_NET_PLAIN_KERNELS_H
#define INSPYR_NET_PLAIN_KERNELS_H

#include <math.h>

#include "net/engine.h"
#include "net/sampling.h"

/* n rounded up to blocks of 16: so channels and positions are stored and packed, and what follows is aligned.
 */
#define KERNELS_BLOCK 16
static inline size_t whole_blocks(size_t n)
{
    return (n + KERNELS_BLOCK - 1) / KERNELS_BLOCK * KERNELS_BLOCK;
}

/* How numbers of a value are stored. Two channels of bf16, or four bytes, share a word, the lowest one first.
 * A byte q stands for low + scale q of its grid; whoever reads it multiplies bytes, in that range. */
typedef enum rows_type { ROWS_F32, ROWS_BF16, ROWS_U8 } rows_type;

/* Where the rows of a value are: row y at data + (y % ring) * pitch, its column 0. All steps are in words of
 * four bytes, whatever is stored in them. */
typedef struct rows_grid {
    float *data;
    size_t pitch;
    int32_t ring, height, width, pixel;
    rows_type type;
    float scale, low; /* BYTES */
} rows_grid;

static inline size_t bytes_of(rows_type type)
{
    return type == ROWS_U8 ? 1 : type == ROWS_BF16 ? 2 : 4;
}

/* Does the convolution look at one pixel for each of its own? */
static inline bool is_pointwise(const plan_node *n)
{
    return n->kernel_h == 1 && n->kernel_w == 1 && n->stride == 1;
}

/* Words before a channel of a pixel. Slices of bf16 begin at even channels, those of bytes at multiples of 4.
 */
static inline size_t words_of(rows_type type, size_t channels)
{
    return channels * bytes_of(type) / 4;
}

static inline float *grid_row(const rows_grid *g, int32_t y)
{
    return g->data + (size_t)(y % g->ring) * g->pitch;
}

/* NULL for rows outside the picture, which count as zeros. */
static inline const float *grid_row_or_null(const rows_grid *g, int32_t y)
{
    return y < 0 || y >= g->height ? NULL : grid_row(g, y);
}

/* Made at compile time for one node. */
typedef struct rows_tables {
    sample *columns; /* RESIZE: per output column */
} rows_tables;

/* What a convolution of bytes knows beyond its bias. */
typedef struct unit_int8 {
    float scale, low;            /* an input is low + scale * byte; scale 0: every pixel finds its own */
    const float *factors, *sums; /* per output: of the weights, which are signed bytes; their sum */
} unit_int8;

/* The memory in which it keeps quantised inputs. */
typedef struct bytes_desk {
    int32_t results, rows, columns; /* rows of results made from so many rows of inputs, and no more are kept;
                                       columns of those */
    size_t pixel, pitch;            /* bytes */
    size_t words;                   /* of all rows, and what vectors write beyond them */
    size_t outside; /* words of a row beside the picture, of any input that is stored as bytes */
    size_t floats;  /* with the scales of all pixels */
} bytes_desk;
bytes_desk bytes_desk_of(const plan *p, const plan_node *n);

/* The byte that stands for 0. */
static inline int zero_byte(float scale, float low)
{
    int zero = (int)rintf(-low / scale);

    return zero < 0 ? 0 : zero > 255 ? 255 : zero;
}

/* Of what a tile of rows/winograd.h sees, and of a kernel as it is packed for that; blocks of outputs whose
 * sums lie side by side. */
#define WINOGRAD_COMPONENTS 16
#define WINOGRAD_BLOCKS 2

/* The memory in which a convolution of rows/winograd.h works on some tiles. */
typedef struct winograd_desk {
    int32_t tiles;     /* a multiple of 12 */
    size_t seen, sums; /* words from one component to the next */
    size_t floats;     /* of all */
} winograd_desk;
winograd_desk winograd_desk_of(int32_t channels, rows_type seen);

typedef struct rows_call {
    const plan *p;
    const plan_node *node;
    const rows_tables *tables;
    const float *kernel, *bias; /* packed; scalars in kernel */
    const unit_int8 *bytes;     /* conv_int8 */
    float *desk;                /* of that, for rows that several rows of results read; else NULL */
    int32_t *desk_end;          /* rows of the picture from here on are not there yet */
    rows_grid in[PLAN_INPUTS], residual, out;
    int32_t first, end;
    float *scratch;
    double *partial; /* reductions: of row 0 */
    int32_t columns; /* doubles per row of partial */
    const engine_io *io;
    int32_t picture, input_index;
} rows_call;

typedef void rows_kernel(const rows_call *call);

/* One line (row or column) of axial attention; see rows_axial.c. */
typedef struct axial_line {
    const float *t, *stacked; /* first position */
    float *out;
    rows_type t_type, stacked_type, out_type;
    size_t t_step, stacked_step, out_step; /* words from one position to the next */
    int32_t t_first, query, key, value;    /* channels, of t and of the stack */
    int32_t length, qk, channels;
    float gamma;
    bool add; /* out += gamma o; otherwise out = 2 t + gamma o */
    float *scratch;
} axial_line;

/* One window and head; see rows_window.c. */
typedef struct window_call {
    const plan_node *node;
    rows_grid in, out; /* of one picture */
    const float *table /* of the head */, *bias;
    int32_t head, each;    /* channels of a head */
    int32_t y, x;          /* first token, on the moved grid */
    int32_t height, width; /* of that grid */
    float *scratch;        /* keeps the head's biases from window to window */
} window_call;

/* One axis of axial attention on reinterpreted memory; see rows_raw.c. A line is `length` pixels that follow
 * each other, read row by row. */
typedef struct raw_axial {
    rows_grid t, stacked, out; /* of one picture */
    int32_t t_first, first;    /* channels: of t; of the axis' query */
    int32_t qk, channels, length, lines;
    float gamma;
    bool add; /* as in axial_line */
    float *queries, *keys, *scores;
} raw_axial;

/* Rows of queries and scores: whole blocks of keys, and whole tiles of 12, 6 and 2 queries. */
static inline size_t raw_rows(int32_t length)
{
    return ((size_t)length + 47) / 48 * 48;
}

/* Floats from one row of queries to the next: not a multiple of 4096 bytes, whose lines would displace each
 * other in the cache. */
static inline size_t raw_pitch(size_t depth)
{
    return whole_blocks(depth) + KERNELS_BLOCK;
}

/* Floats from one map to the next where SICA's channels divide its positions. */
static inline size_t even_pitch(int32_t channels)
{
    return whole_blocks((size_t)channels) + KERNELS_BLOCK;
}

/* Words that the kernel `peak` works in: two matrices and their product, which it makes so many times over. It
 * gives the multiply-accumulates done, 0 where the processor has no product of such numbers. */
#define PEAK_ROOM 6016

typedef struct plain_kernels {
    const char *name;
    rows_kernel *picture, *input, *conv, *conv_bf16, *conv_int8 /* NULL: the processor has no such product */,
        *winograd, *winograd_bf16 /* or NULL */, *depthwise, *softmax, *resize, *maps, *context, *attend, *fold,
        *folded_conv, *expand, *mean, *output, *norm, *merge, *pool, *add, *multiply, *transition;
    void (*axial)(const axial_line *line);
    void (*window_bias)(const window_call *call), (*window)(const window_call *call);
    void (*raw_gather)(const raw_axial *axis, int32_t line);
    void (*raw_scores)(const raw_axial *axis, int32_t first, int32_t end); /* whole tiles of 12 */
    void (*raw_values)(const raw_axial *axis, int32_t line, float *scratch);
    void (*raw_scores_bf16)(const raw_axial *axis, int32_t first, int32_t end); /* or NULL, as the next */
    void (*raw_values_bf16)(const raw_axial *axis, int32_t line, float *scratch);
    double (*peak)(inspyr_precision precision, int32_t rounds, float *room);
} plain_kernels;

/* The best set for this processor, at most `allowed` (0 baseline, 1 avx2, 2 avx512, 3 avx512 with products of
 * bf16 and of bytes). */
const plain_kernels *plain_kernels_select(int allowed);
#define KERNELS_BEST 3

/* Floats of scratch that any kernel of the plan needs. */
size_t plain_scratch(const plan *p, inspyr_precision precision);

#ifdef KERNELS_SUFFIX
#define KERNEL_JOIN_(name, suffix) name##_##suffix
#define KERNEL_JOIN(name, suffix) KERNEL_JOIN_(name, suffix)
#define KERNEL(name) KERNEL_JOIN(name, KERNELS_SUFFIX)

rows_kernel KERNEL(rows_picture), KERNEL(rows_input), KERNEL(rows_conv), KERNEL(rows_conv_wide),
    KERNEL(rows_conv_bf16), KERNEL(rows_conv_int8), KERNEL(rows_winograd), KERNEL(rows_winograd_bf16),
    KERNEL(rows_depthwise), KERNEL(rows_softmax), KERNEL(rows_resize), KERNEL(rows_maps), KERNEL(rows_context),
    KERNEL(rows_attend), KERNEL(rows_fold), KERNEL(rows_folded_conv), KERNEL(rows_expand), KERNEL(rows_mean),
    KERNEL(rows_output), KERNEL(rows_norm), KERNEL(rows_merge), KERNEL(rows_pool), KERNEL(rows_add),
    KERNEL(rows_multiply), KERNEL(rows_transition);
void KERNEL(rows_axial)(const axial_line *line);
void KERNEL(window_bias)(const window_call *call);
void KERNEL(window)(const window_call *call);
void KERNEL(raw_gather)(const raw_axial *axis, int32_t line);
void KERNEL(raw_scores)(const raw_axial *axis, int32_t first, int32_t end);
void KERNEL(raw_values)(const raw_axial *axis, int32_t line, float *scratch);
void KERNEL(raw_scores_bf16)(const raw_axial *axis, int32_t first, int32_t end);
void KERNEL(raw_values_bf16)(const raw_axial *axis, int32_t line, float *scratch);
double KERNEL(rows_peak)(inspyr_precision precision, int32_t rounds, float *room);
#endif

#endif
