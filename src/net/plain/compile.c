/* compile.c - everything that a plan needs to run, allocated once. */
#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "net/plain/tiles.h"

/* Words, 2 KB: pixels so far apart share few lines of a first-level cache, and the 12 of a tile displace each
 * other. */
#define PITCH_ALIASED 512

/* Vectors are stored whole, so a pixel has a multiple of 16 channels; logits, maps and pictures are written
 * number by number. */
static int32_t pixel_words(const plan *p, const plan_value *v, rows_type type)
{
    int32_t words;

    if (v->c == 1 && p->nodes[v->node].op != PLAN_OP_AXIAL)
        return 1;
    if (p->nodes[v->node].op == PLAN_OP_PICTURE)
        return 4;
    if (p->nodes[v->node].op == PLAN_OP_SICA_MAPS || plain_shares(&p->nodes[v->node]))
        return 8;
    words = (int32_t)words_of(type, whole_blocks((size_t)v->c));
    return words % PITCH_ALIASED ? words : words + KERNELS_BLOCK;
}

static void note_use(engine_run *run, const plan_node *n, int32_t node, const plan_input *in)
{
    plain_value *v = &run->values[in->value];
    const plan_value *from = &run->p->values[in->value], *to = &run->p->values[n->out];

    v->last_use = node;
    v->ragged = v->ragged || in->first % KERNELS_BLOCK ||
                (n->op == PLAN_OP_AXIAL && n->qk % KERNELS_BLOCK); /* its values follow queries and keys */
    if ((n->op == PLAN_OP_CONV && in != &n->residual) || (n->op == PLAN_OP_FOLDED_CONV && in == n->in)) {
        int32_t reach = (to->w - 1) * n->stride + (n->kernel_w - 1) * n->dilation - n->pad_w - (from->w - 1);

        if (n->flags & PLAN_WINOGRAD && to->w % 2)
            reach++; /* the other half of the last tile: any numbers will do */
        if (n->pad_w > v->left)
            v->left = n->pad_w;
        if (reach > v->right)
            v->right = reach;
    }
}

static void lay_out_rows(engine_run *run)
{
    plain_type_values(run);
    for (int32_t i = 0; i < run->p->value_count; i++) {
        run->values[i].pixel = pixel_words(run->p, &run->p->values[i], run->values[i].type);
        run->values[i].last_use = -1;
    }
    for (int32_t j = 0; j < run->p->node_count; j++) {
        const plan_node *n = &run->p->nodes[j];

        run->nodes[j].height = region_height(run->p, n);
        run->cost += plain_cost(run->p, n);
        for (int32_t k = 0; k < n->inputs; k++)
            note_use(run, n, j, &n->in[k]);
        if (n->residual.value >= 0)
            note_use(run, n, j, &n->residual);
    }
    for (int32_t i = 0; i < run->p->value_count; i++) {
        plain_value *v = &run->values[i];

        v->pitch = (size_t)(v->left + run->p->values[i].w + v->right) * (size_t)v->pixel;
        if (v->ragged || (size_t)v->pixel < words_of(v->type, KERNELS_BLOCK)) /* maps have 8 floats */
            v->pitch = whole_blocks(v->pitch + PLAIN_SLACK);
    }
}

static int32_t segment_of(const engine_run *run, int32_t node)
{
    int32_t s = 0;

    while (run->segments[s].end <= node)
        s++;
    return s;
}

/* Places shared values, the partial results of reductions, and the matrices of raw axial attention in the
 * arena. items: two per node. */
static size_t place(engine_run *run, arena_item *items, int32_t *order)
{
    const plan *p = run->p;
    size_t bytes;

    memset(items, 0, 2 * (size_t)p->node_count * sizeof *items);
    for (int32_t j = 0; j < p->node_count; j++) {
        const plan_node *n = &p->nodes[j];
        const plan_value *value = &p->values[n->out];
        plain_value *v = &run->values[n->out];
        arena_item *item = &items[2 * j];

        item->first = item[1].first = item[1].last = segment_of(run, j);
        item->last = v->last_use < 0 ? item->first : segment_of(run, v->last_use);
        if (run->flags & ENGINE_KEEP_VALUES)
            item->last = run->segment_count;
        if (v->shared) {
            v->picture = (size_t)value->h * v->pitch;
            item->bytes = (size_t)value->n * v->picture * sizeof(float);
        }
        if (region_of(n->op) == REGION_REDUCE) {
            run->nodes[j].columns = n->op == PLAN_OP_SICA_CONTEXT ? value->w * (value->c + 1) : value->c;
            item[1].bytes = (size_t)value->n * (size_t)run->nodes[j].height * (size_t)run->nodes[j].columns *
                            sizeof(double);
        }
        if (n->op == PLAN_OP_AXIAL && n->flags & PLAN_RAW_VIEW)
            item[1].bytes = plain_raw_floats(n) * sizeof(float);
    }
    bytes = arena_place(items, 2 * p->node_count, order);
    for (int32_t j = 0; j < p->node_count; j++) {
        plain_value *v = &run->values[p->nodes[j].out];

        if (v->shared)
            v->offset = items[2 * j].offset / sizeof(float) + (size_t)v->left * (size_t)v->pixel;
        run->nodes[j].partial = items[2 * j + 1].offset;
    }
    return bytes;
}

/* Rings of one segment share the lane's memory with those of all others. */
static void place_rings(engine_run *run)
{
    for (int32_t s = 0; s < run->segment_count; s++) {
        size_t used = 0;

        for (int32_t j = run->segments[s].first; j < run->segments[s].end; j++) {
            plain_value *v = &run->values[run->p->nodes[j].out];

            if (!v->shared) {
                v->offset = used + (size_t)v->left * (size_t)v->pixel;
                used += (size_t)v->ring * v->pitch;
            }
            run->nodes[j].keeps = plain_keeps(run, &run->p->nodes[j]);
            if (run->nodes[j].keeps) {
                run->nodes[j].desk = used = whole_blocks(used);
                used += bytes_desk_of(run->p, &run->p->nodes[j]).words;
            }
        }
        if (used > run->ring_floats)
            run->ring_floats = used;
    }
}

static bool make_tables(engine_run *run)
{
    const plan *p = run->p;
    size_t count = 0;
    sample *next;

    for (int32_t j = 0; j < p->node_count; j++)
        if (p->nodes[j].op == PLAN_OP_RESIZE)
            count += (size_t)p->nodes[j].w;
    run->bytes += count * sizeof *run->tables;
    run->tables = next = memory_array(&run->host.allocator, count, sizeof *run->tables);
    if (!next)
        return false;
    for (int32_t j = 0; j < p->node_count; j++) {
        const plan_node *n = &p->nodes[j];

        if (n->op != PLAN_OP_RESIZE)
            continue;
        run->nodes[j].tables.columns = next;
        for (int32_t x = 0; x < n->w; x++)
            *next++ = sample_at(x, p->values[n->in[0].value].w, n->w, n->in[0].sampling);
    }
    return true;
}

static bool make_lanes(engine_run *run)
{
    const plan *p = run->p;
    size_t kernels = whole_blocks(plain_scratch(p, run->host.precision)),
           scratch = kernels + plain_watch_floats(run),
           grids = whole_blocks((size_t)p->value_count * sizeof(rows_grid)),
           rows = whole_blocks(3 * (size_t)p->node_count * sizeof(int32_t)),
           times = whole_blocks((size_t)p->node_count * sizeof(double)),
           each = grids + rows + times + (scratch + whole_blocks(run->ring_floats)) * sizeof(float);
    unsigned char *next;

    each = (each + MEMORY_ALIGNMENT - 1) / MEMORY_ALIGNMENT * MEMORY_ALIGNMENT;
    run->bytes += (size_t)run->lane_count * each;
    run->lane_memory = next = memory_zeroed(&run->host.allocator, (size_t)run->lane_count * each);
    if (!next)
        return false;
    for (int32_t i = 0; i < run->lane_count; i++, next += each) {
        plain_lane *lane = &run->lanes[i];

        lane->scratch = (float *)(void *)next;
        lane->watched = lane->scratch + kernels;
        lane->rings = lane->scratch + scratch;
        lane->grids = (rows_grid *)(void *)(lane->rings + whole_blocks(run->ring_floats));
        lane->milliseconds = (double *)(void *)((unsigned char *)lane->grids + grids);
        lane->done = (int32_t *)(void *)((unsigned char *)lane->milliseconds + times);
        lane->need = lane->done + p->node_count;
        lane->desks = lane->need + p->node_count;
    }
    return true;
}

static bool fill(engine_run *run)
{
    const inspyr_allocator *a = &run->host.allocator;
    size_t nodes = (size_t)run->p->node_count;
    int32_t *order;
    arena_item *items;
    bool done = false;

    run->values = memory_zeroed(a, (size_t)run->p->value_count * sizeof *run->values);
    run->nodes = memory_zeroed(a, nodes * sizeof *run->nodes);
    run->segments = memory_array(a, nodes, sizeof *run->segments);
    run->lanes = memory_zeroed(a, (size_t)run->lane_count * sizeof *run->lanes);
    order = memory_array(a, 2 * nodes, sizeof *order);
    items = memory_array(a, 2 * nodes, sizeof *items);
    if (run->values && run->nodes && run->segments && run->lanes && order && items) {
        size_t arena;

        lay_out_rows(run);
        plain_cut(run, run->lane_count, order, order + nodes);
        arena = place(run, items, order);
        place_rings(run);
        run->bytes += arena;
        run->arena = arena == SIZE_MAX ? NULL : memory_take(a, arena);
        done = run->arena && make_tables(run) && make_lanes(run) && !tiles_prepare(run);
    }
    memory_give(a, order);
    memory_give(a, items);
    return done;
}

inspyr_status plain_compile(engine_run **out, const engine_host *host, const engine_packed *packed,
                            const plan *p, uint32_t flags, inspyr_error *error)
{
    engine_run *run = memory_zeroed(&host->allocator, sizeof *run);

    *out = NULL;
    if (!run)
        return failed(error, INSPYR_ERR_MEMORY, "no room for a compiled plan");
    run->host = *host;
    run->packed = packed;
    run->p = p;
    run->flags = flags;
    run->kernels = plain_kernels_select(plain_level(flags));
    /* Kept values are written by one lane each, so that nobody reads what another one still makes. */
    if (flags & ENGINE_KEEP_VALUES)
        run->host.pool = NULL;
    run->lane_count = inspyr_pool_width(run->host.pool);
    run->bytes = sizeof *run;
    if (!fill(run)) {
        plain_destroy(run);
        return failed(error, INSPYR_ERR_MEMORY, "no room to run the network at this size");
    }
    *out = run;
    return INSPYR_OK;
}

void plain_destroy(engine_run *run)
{
    inspyr_allocator a;

    if (!run)
        return;
    a = run->host.allocator;
    tiles_discard(run);
    memory_give(&a, run->values);
    memory_give(&a, run->nodes);
    memory_give(&a, run->segments);
    memory_give(&a, run->lanes);
    memory_give(&a, run->arena);
    memory_give(&a, run->tables);
    memory_give(&a, run->lane_memory);
    memory_give(&a, run);
}
