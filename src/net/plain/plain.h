/* plain.h - the inside of the plain engine: what is packed, compiled and replayed.
 *
 * Values are rows of pixels, channels innermost, with zero columns to the left and right for convolutions that
 * reach over the border. A compiled plan is a list of segments. In a segment every thread walks down a band of
 * rows: each node makes the next few rows as soon as its inputs have them, and what no later segment needs
 * lives in a ring of a few rows that stays in the cache. Layer 3 (net). Threads: as engine.h says. */
#ifndef INSPYR_NET_PLAIN_H
#define INSPYR_NET_PLAIN_H

#include <stdatomic.h>

#include "net/arena.h"
#include "net/engine.h"
#include "net/plain/kernels.h"
#include "net/region.h"
#include "net/tile_products.h"

/* What a dense convolution multiplies; sums are float32 always. */
typedef enum plain_product { PRODUCT_F32, PRODUCT_BF16, PRODUCT_INT8 } plain_product;

/* Weights of one node: for dense convolutions [block of 16 outputs][row][column][input][16], two inputs of bf16
 * or four bytes being one; for depthwise ones [row][column][channel], channels filled up to 16 with zeros; then
 * the bias. Windows: as pack.c says. Scalars: two numbers. */
typedef struct plain_unit {
    size_t kernel, bias; /* offsets into engine_packed.data, words */
    size_t bytes;        /* INT8: a block that begins with scale and low; factors; sums: see unit_int8 */
    plain_product product;
    int32_t taps;       /* of a kernel as it is packed */
    product_tile *made; /* of a plug-in, in whose order the weights then lie; NULL: the kernels' own */
    int32_t columns;    /* of its tile */
} plain_unit;

struct engine_packed {
    inspyr_allocator allocator;
    int32_t count;
    size_t size; /* words */
    plain_unit *units;
    const float *data;
    float *own;                     /* the data, unless they are borrowed */
    const products_table *products; /* NULL: none */
};

typedef struct plain_value {
    rows_type type;
    float scale, low;    /* BYTES: see rows_grid */
    int zero;            /* what columns beside a row are filled with, byte by byte */
    bool ragged;         /* slices begin within a block, so that vectors reach beyond the last pixel */
    int32_t pixel;       /* words from one pixel to the next */
    int32_t left, right; /* columns of zeros */
    size_t pitch;        /* words from one row to the next */
    int32_t last_use;    /* node; -1: none */
    int32_t ring;        /* rows kept; all of them if shared */
    bool shared;         /* in the arena, for later segments; otherwise in each lane's rings */
    size_t offset;       /* words into arena or rings, of column 0 of row 0 */
    size_t picture;      /* words from one picture to the next; 0 in rings */
} plain_value;

/* How a plug-in multiplies a node: see tiles.h. */
typedef struct plain_tile {
    const product_tile *made; /* NULL: the kernels do it */
    product_tile *own;        /* what the run made of it */
    int32_t columns;          /* pixels of a tile */
    int32_t rows;             /* gathered at once */
    size_t row_bytes;         /* of gathered sources */
    rows_type source, result;
} plain_tile;

typedef struct plain_node {
    int32_t height;  /* rows to work through */
    size_t partial;  /* reductions: offset of the rows' partial results, bytes into the arena; also of the
                        matrices  of raw axial attention */
    int32_t columns; /* doubles per row there */
    bool keeps;      /* quantised rows of its inputs, */
    size_t desk;     /* here: words into the rings */
    rows_tables tables;
    plain_tile tile;
} plain_node;

typedef struct plain_segment {
    int32_t first, end; /* nodes */
    int32_t bands;      /* parts in which the rows of a picture are shared out */
    int32_t steps;      /* in which a band is worked through */
} plain_segment;

typedef struct plain_lane {
    rows_grid *grids;     /* per value: where its rows are for the picture at work */
    int32_t *done, *need; /* per node: rows made; rows to be made by the end of the step */
    int32_t *desks;       /* per node: rows of its inputs that are quantised */
    float *rings, *scratch, *watched;
    double *milliseconds; /* per node */
} plain_lane;

struct engine_run {
    engine_host host;
    const engine_packed *packed;
    const plan *p;
    const plain_kernels *kernels;
    uint32_t flags;
    plain_value *values;
    plain_node *nodes;
    plain_segment *segments;
    plain_lane *lanes;
    int32_t segment_count, lane_count;
    size_t ring_floats, bytes; /* of one lane; of all memory */
    double cost;               /* of all nodes, as plain_cost() counts */
    unsigned char *arena;
    void *lane_memory;
    sample *tables;
    product_lane **tile_lanes;                     /* of every node, one for each lane; NULL: no plug-in */
    unsigned char *tile_room;                      /* of all lanes: source, result and scratch of a tile */
    size_t tile_source, tile_result, tile_scratch; /* bytes of each */
    atomic_int tile_status;                        /* of the first tile that failed */
};

/* winograd.c. Kernels of 3 x 3, so many of them, become 4 x 4 in the same memory. */
bool plain_wants_winograd(const plan *p, const plan_node *conv, const engine_host *host);
void plain_winograd_kernels(float *kernels, size_t count);

/* Words that a row occupies beyond its last number where vectors reach that far. Other rows follow each other
 * without a gap, and products of pixels take several as one. */
#define PLAIN_SLACK 16

/* types.c: decided by the structure of the plan alone, so that weights fit plans of every size. */
plain_product plain_product_of(const plan *p, const plan_node *n, inspyr_precision precision);
void plain_type_values(engine_run *run);

/* Does the node round rows to bytes that several rows of its result read? */
bool plain_keeps(const engine_run *run, const plan_node *n);

/* The best kernels that the flags allow. */
static inline int plain_level(uint32_t flags)
{
    return flags >> 8 ? (int)(flags >> 8) - 1 : KERNELS_BEST;
}

/* Shares of SICA's vectors, as many as maps. */
static inline bool plain_shares(const plan_node *n)
{
    return n->op == PLAN_OP_SICA_ATTEND && n->inputs == 2;
}

/* compile.c */
inspyr_status plain_compile(engine_run **out, const engine_host *host, const engine_packed *packed,
                            const plan *p, uint32_t flags, inspyr_error *error);
void plain_destroy(engine_run *run);

/* segment.c: cuts the plan into segments, for so many threads, and marks the values that cross their borders.
 */
void plain_cut(engine_run *run, int32_t width, int32_t *done, int32_t *need);

/* Multiply-accumulates, with something added for every number made. */
double plain_cost(const plan *p, const plan_node *node);

/* band.c: the order of work in a band. compile sizes rings with it, replay follows it.
 * Begin: done[node - first] = the first row that the band makes. Step: need[node - first] = the row before
 * which all must be made when the step ends. */
void plain_band_begin(const engine_run *run, const plain_segment *s, int32_t band, int32_t *done);
void plain_band_step(const engine_run *run, const plain_segment *s, int32_t band, int32_t step, int32_t *need);

/* Rows of the node's result that belong to the band alone. */
region plain_band_rows(const engine_run *run, const plain_segment *s, int32_t band, int32_t node);

/* Is the node's result needed after the segment? */
bool plain_exported(const engine_run *run, const plain_segment *s, int32_t node);

/* Sets the ring of every value that stays in the segment; returns the rows' floats in all. */
size_t plain_rings(engine_run *run, const plain_segment *s, int32_t *done, int32_t *need);

/* replay.c */
inspyr_status plain_run(engine_run *run, const engine_io *io, inspyr_error *error);

/* Zeroes the columns beside a row, which convolutions read. */
void plain_clear_margins(const plain_value *v, float *row, int32_t width);

/* A value's rows for one picture; lane: NULL where the value is shared. */
rows_grid plain_grid(const engine_run *run, const plain_lane *lane, plan_id id, int32_t picture);

/* watch.c: the rows of a convolution with a watch on it. */
void plain_watched(const engine_run *run, plain_lane *lane, rows_call *call, rows_kernel *kernel);

/* Words of scratch that takes. */
size_t plain_watch_floats(const engine_run *run);

/* axial.c, raw.c, windows.c: the nodes that are a segment of their own, on the pool. */
void plain_axial(engine_run *run, const plan_node *n);
void plain_raw_axial(engine_run *run, const plan_node *n);
void plain_windows(engine_run *run, const plan_node *n);

/* Floats of the matrices that raw axial attention keeps in the arena. */
size_t plain_raw_floats(const plan_node *n);

/* pack.c */
unit_int8 plain_bytes(const engine_packed *packed, const plan *p, int32_t index);
inspyr_status plain_pack(engine_packed **out, const engine_host *host, const plan *p, const weights *w,
                         inspyr_error *error);
size_t plain_packed_bytes(const engine_packed *packed);
const void *plain_export(const engine_packed *packed, size_t *size);
bool plain_import(engine_packed **out, const engine_host *host, const plan *p, const void *bytes, size_t size);
void plain_unpack(engine_packed *packed);

#endif
