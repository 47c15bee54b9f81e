/* replay.c - running a compiled plan: segment by segment, bands on the pool. Allocates nothing. */
#include "base/clock.h"
#include "base/pool.h"
#include "base/status.h"
#include "net/plain/tiles.h"

typedef struct segment_job {
    engine_run *run;
    const plain_segment *segment;
    const engine_io *io;
} segment_job;

rows_grid plain_grid(const engine_run *run, const plain_lane *lane, plan_id id, int32_t picture)
{
    const plain_value *v = &run->values[id];
    const plan_value *value = &run->p->values[id];
    rows_grid g = { .pitch = v->pitch,
                    .ring = v->ring,
                    .height = value->h,
                    .width = value->w,
                    .pixel = v->pixel,
                    .type = v->type,
                    .scale = v->scale,
                    .low = v->low };

    g.data = v->shared ? (float *)(void *)run->arena + (size_t)picture * v->picture : lane->rings;
    g.data += v->offset;
    return g;
}

static rows_kernel *kernel_of(const plain_kernels *k, const plan_node *n, plain_product product)
{
    switch (n->op) {
    case PLAN_OP_PICTURE:
        return k->picture;
    case PLAN_OP_INPUT:
        return k->input;
    case PLAN_OP_CONV:
        if (n->flags & PLAN_WINOGRAD && product != PRODUCT_INT8)
            return product == PRODUCT_BF16 ? k->winograd_bf16 : k->winograd;
        return n->groups > 1             ? k->depthwise
               : product == PRODUCT_BF16 ? k->conv_bf16
               : product == PRODUCT_INT8 ? k->conv_int8
                                         : k->conv;
    case PLAN_OP_MEAN:
        return k->mean;
    case PLAN_OP_SOFTMAX:
        return k->softmax;
    case PLAN_OP_NORM:
        return k->norm;
    case PLAN_OP_MERGE:
        return k->merge;
    case PLAN_OP_POOL:
        return k->pool;
    case PLAN_OP_ADD:
        return k->add;
    case PLAN_OP_MULTIPLY:
        return k->multiply;
    case PLAN_OP_TRANSITION:
        return k->transition;
    case PLAN_OP_RESIZE:
        return k->resize;
    case PLAN_OP_SICA_MAPS:
        return k->maps;
    case PLAN_OP_SICA_CONTEXT:
        return k->context;
    case PLAN_OP_SICA_ATTEND:
        return k->attend;
    case PLAN_OP_FOLD:
        return k->fold;
    case PLAN_OP_FOLDED_CONV:
        return k->folded_conv;
    case PLAN_OP_EXPAND_ADD:
        return k->expand;
    case PLAN_OP_OUTPUT:
        return k->output;
    default:
        break;
    }
    return NULL;
}

void plain_clear_margins(const plain_value *v, float *row, int32_t width)
{
    memset(row - (ptrdiff_t)v->left * v->pixel, v->zero, (size_t)v->left * (size_t)v->pixel * sizeof *row);
    memset(row + (ptrdiff_t)width * v->pixel, v->zero, (size_t)v->right * (size_t)v->pixel * sizeof *row);
}

static int32_t input_index(const plan *p, int32_t node)
{
    int32_t index = 0;

    for (int32_t j = 0; j < node; j++)
        index += p->nodes[j].op == PLAN_OP_INPUT;
    return index;
}

static void make_rows(const segment_job *job, plain_lane *lane, int32_t node, int32_t picture, int32_t first,
                      int32_t end)
{
    engine_run *run = job->run;
    const plan_node *n = &run->p->nodes[node];
    const plain_node *mine = &run->nodes[node];
    double start = run->flags & ENGINE_PROFILE ? clock_ms() : 0;
    plain_product product = PRODUCT_F32;
    unit_int8 bytes = { 0 };
    rows_call call = { .p = run->p,
                       .node = n,
                       .tables = &mine->tables,
                       .out = lane->grids[n->out],
                       .first = first,
                       .end = end,
                       .scratch = lane->scratch,
                       .bytes = &bytes,
                       .columns = mine->columns,
                       .io = job->io,
                       .picture = picture };

    for (int32_t k = 0; k < n->inputs; k++)
        call.in[k] = lane->grids[n->in[k].value];
    if (n->residual.value >= 0)
        call.residual = lane->grids[n->residual.value];
    if (n->weights >= 0) {
        call.kernel = run->packed->data + run->packed->units[n->weights].kernel;
        call.bias = run->packed->data + run->packed->units[n->weights].bias;
        product = run->packed->units[n->weights].product;
        bytes = plain_bytes(run->packed, run->p, n->weights);
    }
    if (mine->keeps) {
        call.desk = lane->rings + mine->desk;
        call.desk_end = &lane->desks[node];
    }
    if (mine->columns)
        call.partial = (double *)(void *)(run->arena + mine->partial) +
                       (size_t)picture * (size_t)mine->height * (size_t)mine->columns;
    if (n->op == PLAN_OP_INPUT)
        call.input_index = input_index(run->p, node);
    if (mine->tile.made)
        tiles_rows(run, lane, &call);
    else if (n->op == PLAN_OP_CONV && job->io->watch)
        plain_watched(run, lane, &call, kernel_of(run->kernels, n, product));
    else
        kernel_of(run->kernels, n, product)(&call);
    for (int32_t y = first; !mine->columns && y < end; y++)
        plain_clear_margins(&run->values[n->out], grid_row(&call.out, y), call.out.width);
    if (run->flags & ENGINE_PROFILE)
        lane->milliseconds[node] += clock_ms() - start;
}

static void set_grids(const engine_run *run, plain_lane *lane, const plain_segment *s, int32_t picture)
{
    for (int32_t j = s->first; j < s->end; j++) {
        const plan_node *n = &run->p->nodes[j];

        lane->grids[n->out] = plain_grid(run, lane, n->out, picture);
        for (int32_t k = 0; k < n->inputs; k++)
            lane->grids[n->in[k].value] = plain_grid(run, lane, n->in[k].value, picture);
        if (n->residual.value >= 0)
            lane->grids[n->residual.value] = plain_grid(run, lane, n->residual.value, picture);
    }
}

static void walk_band(void *user, int32_t task, int32_t lane_index)
{
    const segment_job *job = user;
    const plain_segment *s = job->segment;
    plain_lane *lane = &job->run->lanes[lane_index];
    int32_t picture = task / s->bands, band = task % s->bands;

    set_grids(job->run, lane, s, picture);
    plain_band_begin(job->run, s, band, lane->done);
    for (int32_t j = s->first; j < s->end; j++)
        lane->desks[j] = INT32_MIN;
    for (int32_t step = 0; step < s->steps; step++) {
        plain_band_step(job->run, s, band, step, lane->need);
        for (int32_t j = s->first; j < s->end; j++) {
            int32_t *done = &lane->done[j - s->first], need = lane->need[j - s->first];

            if (need > *done) {
                make_rows(job, lane, j, picture, *done, need);
                *done = need;
            }
        }
    }
}

/* Adds the rows' partial results in their order, whoever made them. */
static void finish_sums(const engine_run *run, int32_t node, int32_t picture, const double *partial)
{
    const plan_node *n = &run->p->nodes[node];
    rows_grid out = plain_grid(run, NULL, n->out, picture);
    int32_t vectors = out.width, each = run->nodes[node].columns / vectors, channels = run->p->values[n->out].c;
    double share = n->op == PLAN_OP_MEAN ? 1.0 / ((double)n->h * n->w) : 1;

    for (int32_t m = 0; m < vectors; m++) {
        float *to = grid_row(&out, 0) + (size_t)m * (size_t)out.pixel;

        if (n->flags & PLAN_MASS_PLUS_ONE) {
            double mass = 1;

            for (int32_t y = 0; y < run->nodes[node].height; y++)
                mass += partial[(size_t)y * (size_t)run->nodes[node].columns + (size_t)(m * each + channels)];
            share = 1 / mass;
        }
        for (int32_t ch = 0; ch < channels; ch++) {
            double sum = 0;

            for (int32_t y = 0; y < run->nodes[node].height; y++)
                sum += partial[(size_t)y * (size_t)run->nodes[node].columns + (size_t)(m * each + ch)];
            to[ch] = (float)(sum * share);
        }
    }
    plain_clear_margins(&run->values[n->out], grid_row(&out, 0), out.width);
}

static void finish_extremes(const engine_run *run, int32_t node, const double *partial, float extremes[2])
{
    extremes[0] = (float)partial[0];
    extremes[1] = (float)partial[1];
    for (int32_t y = 1; y < run->nodes[node].height; y++) {
        float low = (float)partial[2 * y], high = (float)partial[2 * y + 1];

        extremes[0] = low < extremes[0] ? low : extremes[0];
        extremes[1] = high > extremes[1] ? high : extremes[1];
    }
}

static void finish_reductions(const segment_job *job)
{
    const engine_run *run = job->run;

    for (int32_t j = job->segment->first; j < job->segment->end; j++) {
        const plain_node *n = &run->nodes[j];
        const double *partial = (const double *)(const void *)(run->arena + n->partial);

        if (!n->columns)
            continue;
        for (int32_t i = 0; i < run->p->values[run->p->nodes[j].out].n; i++) {
            if (run->p->nodes[j].op == PLAN_OP_OUTPUT)
                finish_extremes(run, j, partial, job->io->extremes[i]);
            else
                finish_sums(run, j, i, partial);
            partial += (size_t)n->height * (size_t)n->columns;
        }
    }
}

static void run_whole(engine_run *run, int32_t node)
{
    const plan_node *n = &run->p->nodes[node];
    double start = clock_ms();

    if (n->op == PLAN_OP_WINDOW)
        plain_windows(run, n);
    else if (n->flags & PLAN_RAW_VIEW)
        plain_raw_axial(run, n);
    else
        plain_axial(run, n);
    for (int32_t i = 0; i < run->p->values[n->out].n; i++) {
        rows_grid out = plain_grid(run, NULL, n->out, i);

        for (int32_t y = 0; y < out.height; y++)
            plain_clear_margins(&run->values[n->out], grid_row(&out, y), out.width);
    }
    if (run->flags & ENGINE_PROFILE)
        run->lanes[0].milliseconds[node] += clock_ms() - start;
}

inspyr_status plain_run(engine_run *run, const engine_io *io, inspyr_error *error)
{
    double done = 0;

    for (int32_t i = 0; i < run->segment_count; i++) {
        const plain_segment *s = &run->segments[i];
        segment_job job = { run, s, io };
        int32_t n = run->p->values[run->p->nodes[s->first].out].n;

        if (io->go_on && io->go_on(io->user, (float)(done / run->cost)))
            return failed(error, INSPYR_ERR_CANCELLED, "cancelled by the progress callback");
        if (region_of(run->p->nodes[s->first].op) == REGION_WHOLE)
            run_whole(run, s->first);
        else
            pool_run(run->host.pool, n * s->bands, walk_band, &job);
        finish_reductions(&job);
        for (int32_t j = s->first; j < s->end; j++)
            done += plain_cost(run->p, &run->p->nodes[j]);
    }
    if (atomic_load(&run->tile_status))
        return failed(error, (inspyr_status)atomic_exchange(&run->tile_status, INSPYR_OK),
                      "the plug-in did not multiply");
    return INSPYR_OK;
}
