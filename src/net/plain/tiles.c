/* tiles.c - products of a plug-in: which convolutions have one, where their weights lie, and what runs need. */
#include "net/plain/tiles.h"

#include "base/memory.h"

/* Below this there is a block of 16 that is mostly empty. */
#define CHANNELS_LEAST 16

/* Pixels of a tile. A call costs 1 to 2 us, so tiles of large maps are wide; and weights of small maps are read
 * for many pixels. */
#define TILE_MOST 256
#define TILE_LEAST 48

/* Bytes of gathered rows, for which the second-level cache must have room beside weights and results. */
#define ROWS_BYTES ((size_t)192 << 10)
#define ROWS_MOST 16

/* In front of packed weights. */
#define ORDER_WORDS 16

static bool is_candidate(const plan *p, const plan_node *n)
{
    if (n->op != PLAN_OP_CONV || n->flags & PLAN_WINOGRAD || n->groups > 1 || n->weights < 0 ||
        p->weights[n->weights].in < CHANNELS_LEAST || p->values[n->out].c < CHANNELS_LEAST)
        return false;
    for (int32_t k = 0; k < n->inputs; k++) {
        const plan_value *v = &p->values[n->in[k].value];
        plan_op maker = p->nodes[v->node].op;

        /* What attention makes may be folded into the convolution behind it, which then has no weights. */
        if (v->role == PLAN_VECTOR || region_of(maker) == REGION_REDUCE || maker == PLAN_OP_SICA_ATTEND)
            return false;
    }
    return true;
}

static products_shape shape_of(const plan *p, const plan_node *n, products_type type, products_type result)
{
    const plan_value *v = &p->values[n->out];
    int32_t tiles = (v->w + TILE_MOST - 1) / TILE_MOST, columns = (v->w + tiles - 1) / tiles;

    if (is_pointwise(n) && columns < TILE_LEAST)
        columns = v->h * v->w < TILE_LEAST ? v->h * v->w : TILE_LEAST;
    return (products_shape){ .rows = 1,
                             .columns = columns,
                             .in = p->weights[n->weights].in,
                             .out = v->c,
                             .kernel_h = n->kernel_h,
                             .kernel_w = n->kernel_w,
                             .stride = n->stride,
                             .dilation = n->dilation,
                             .type = type,
                             .result = result,
                             .activation = n->activation,
                             .adds = n->residual.value >= 0 };
}

bool tiles_choose(engine_packed *packed, const engine_host *host, const plan *p)
{
    packed->products = host->products;
    for (int32_t j = 0; packed->products && j < p->node_count; j++) {
        const plan_node *n = &p->nodes[j];
        plain_unit *unit;
        products_shape shape;

        if (!is_candidate(p, n))
            continue;
        unit = &packed->units[n->weights];
        shape = shape_of(p, n, unit->product == PRODUCT_BF16 ? PRODUCTS_BF16 : PRODUCTS_F32, PRODUCTS_F32);
        if (unit->made || unit->product == PRODUCT_INT8)
            continue;
        if (packed->products->create(&unit->made, &packed->allocator, &shape, NULL, NULL) == INSPYR_ERR_MEMORY)
            return false;
        unit->columns = shape.columns;
    }
    return true;
}

void tiles_drop(engine_packed *packed)
{
    for (int32_t i = 0; packed->products && i < packed->count; i++)
        packed->products->free(packed->units[i].made);
}

size_t tiles_words(const engine_packed *packed, const plain_unit *unit)
{
    return ORDER_WORDS + whole_blocks((packed->products->weight_bytes(unit->made) + 3) / 4);
}

inspyr_status tiles_pack(const engine_packed *packed, const plain_unit *unit, float *out, const float *kernel)
{
    uint64_t order = packed->products->layout(unit->made);

    memset(out, 0, tiles_words(packed, unit) * sizeof *out);
    memcpy(out, &order, sizeof order);
    return packed->products->pack(unit->made, kernel, out + ORDER_WORDS);
}

bool tiles_fit(const engine_packed *packed, bool *writable)
{
    *writable = false;
    for (int32_t i = 0; packed->products && i < packed->count; i++) {
        const plain_unit *unit = &packed->units[i];
        uint64_t order;

        if (!unit->made)
            continue;
        memcpy(&order, packed->data + unit->kernel, sizeof order);
        if (order != packed->products->layout(unit->made))
            return false;
        *writable = *writable || packed->products->writes_weights(unit->made);
    }
    return true;
}

/* The product for the node's own width and type of result; or, where that cannot read the weights as they lie,
 * the one that they were packed for. */
static inspyr_status make_tile(engine_run *run, const plan_node *n, plain_tile *tile)
{
    const plain_unit *unit = &run->packed->units[n->weights];
    products_type type = unit->product == PRODUCT_BF16 ? PRODUCTS_BF16 : PRODUCTS_F32;
    bool narrow = type == PRODUCTS_BF16 && n->residual.value < 0 && run->values[n->out].type == ROWS_BF16;
    products_shape shape = shape_of(run->p, n, type, narrow ? PRODUCTS_BF16 : PRODUCTS_F32);
    inspyr_status status =
        run->packed->products->create(&tile->own, &run->host.allocator, &shape, unit->made, NULL);

    tile->made = tile->own ? tile->own : unit->made;
    tile->columns = tile->own ? shape.columns : unit->columns;
    tile->source = type == PRODUCTS_BF16 ? ROWS_BF16 : ROWS_F32;
    tile->result = tile->own && narrow ? ROWS_BF16 : ROWS_F32;
    return status == INSPYR_ERR_MEMORY ? status : INSPYR_OK;
}

/* How many rows are gathered at once, and the room that they need. */
static size_t fit_rows(const plan *p, const plan_node *n, plain_tile *tile)
{
    size_t pixel = (size_t)p->weights[n->weights].in * bytes_of(tile->source),
           width = (size_t)(tile->columns - 1) * (size_t)n->stride +
                   (size_t)(n->kernel_w - 1) * (size_t)n->dilation + 1,
           reach = (size_t)(n->kernel_h - 1) * (size_t)n->dilation + 1;

    tile->row_bytes = width * pixel;
    tile->rows = ROWS_MOST;
    while (tile->rows > 1 &&
           ((size_t)(tile->rows - 1) * (size_t)n->stride + reach) * tile->row_bytes > ROWS_BYTES)
        tile->rows--;
    return ((size_t)(tile->rows - 1) * (size_t)n->stride + reach) * tile->row_bytes;
}

static size_t larger(size_t a, size_t b)
{
    a = (a + MEMORY_ALIGNMENT - 1) / MEMORY_ALIGNMENT * MEMORY_ALIGNMENT;
    b = (b + MEMORY_ALIGNMENT - 1) / MEMORY_ALIGNMENT * MEMORY_ALIGNMENT;
    return a > b ? a : b;
}

inspyr_status tiles_prepare(engine_run *run)
{
    const products_table *products = run->packed->products;
    const plan *p = run->p;
    inspyr_status status = INSPYR_OK;
    size_t all;

    atomic_init(&run->tile_status, INSPYR_OK);
    if (!products)
        return INSPYR_OK;
    run->tile_lanes = memory_zeroed(&run->host.allocator,
                                    (size_t)p->node_count * (size_t)run->lane_count * sizeof *run->tile_lanes);
    if (!run->tile_lanes)
        return INSPYR_ERR_MEMORY;
    for (int32_t j = 0; !status && j < p->node_count; j++) {
        const plan_node *n = &p->nodes[j];
        plain_tile *tile = &run->nodes[j].tile;
        const plain_unit *unit = n->weights < 0 ? NULL : &run->packed->units[n->weights];

        if (!unit || !unit->made)
            continue;
        status = make_tile(run, n, tile);
        for (int32_t i = 0; !status && i < run->lane_count; i++)
            status =
                products->lane(&run->tile_lanes[j * run->lane_count + i], tile->made,
                               run->packed->data + unit->kernel + ORDER_WORDS, run->packed->data + unit->bias);
        if (status)
            break;
        run->tile_source = larger(run->tile_source, fit_rows(p, n, tile));
        run->tile_result = larger(run->tile_result,
                                  (size_t)tile->columns * (size_t)p->values[n->out].c * bytes_of(tile->result));
        run->tile_scratch = larger(run->tile_scratch, products->scratch_bytes(tile->made));
    }
    all = (size_t)run->lane_count * (run->tile_source + run->tile_result + run->tile_scratch);
    run->bytes += all;
    if (!status && !(run->tile_room = memory_zeroed(&run->host.allocator, all)))
        status = INSPYR_ERR_MEMORY;
    return status;
}

void tiles_discard(engine_run *run)
{
    const products_table *products = run->packed->products;

    if (!run->tile_lanes)
        return;
    for (int32_t j = 0; j < run->p->node_count; j++) {
        for (int32_t i = 0; i < run->lane_count; i++)
            products->free_lane(run->tile_lanes[j * run->lane_count + i]);
        products->free(run->nodes[j].tile.own);
    }
    memory_give(&run->host.allocator, run->tile_lanes);
    memory_give(&run->host.allocator, run->tile_room);
}
