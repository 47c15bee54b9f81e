/* tiles_rows.c - a convolution's rows by products of a plug-in: gathered, multiplied, spread out again. */
#include "net/plain/tiles.h"

typedef struct tile_job {
    engine_run *run;
    const rows_call *call;
    const plain_tile *tile;
    product_lane *lane;
    unsigned char *source, *result, *scratch;
} tile_job;

/* count numbers from one type to another, to nearest and to even. */
static void convert(void *to, rows_type to_type, const void *from, rows_type from_type, size_t count)
{
    const uint32_t *words = from;
    const uint16_t *halves = from;

    if (to_type == from_type)
        memcpy(to, from, count * bytes_of(to_type));
    else if (to_type == ROWS_F32)
        for (size_t i = 0; i < count; i++)
            ((uint32_t *)to)[i] = (uint32_t)halves[i] << 16;
    else
        for (size_t i = 0; i < count; i++)
            ((uint16_t *)to)[i] = (uint16_t)((words[i] + 0x7fff + ((words[i] >> 16) & 1)) >> 16);
}

/* Channels of `count` pixels from column x on into every `step`th number of a dense tile. row: column 0. */
static void gather(unsigned char *to, rows_type to_type, size_t step, const rows_grid *g, const float *row,
                   int32_t x, int32_t count, int32_t first, int32_t channels)
{
    const unsigned char *from = (const unsigned char *)(row + (ptrdiff_t)x * g->pixel);
    size_t pixel = (size_t)g->pixel * sizeof(float), next = step * bytes_of(to_type);

    from += (size_t)first * bytes_of(g->type);
    if (g->type == to_type && pixel == next && (size_t)channels == step) {
        memcpy(to, from, (size_t)count * next);
        return;
    }
    for (int32_t i = 0; i < count; i++)
        convert(to + (size_t)i * next, to_type, from + (size_t)i * pixel, g->type, (size_t)channels);
}

/* All inputs of `count` pixels; row y may lie outside the picture. */
static void gather_inputs(const tile_job *job, unsigned char *to, int32_t y, int32_t x, int32_t count)
{
    const rows_call *c = job->call;
    size_t all = (size_t)c->p->weights[c->node->weights].in, before = 0;

    for (int32_t k = 0; k < c->node->inputs; k++) {
        const plan_input *in = &c->node->in[k];
        const float *row = grid_row_or_null(&c->in[k], y);

        if (row)
            gather(to + before * bytes_of(job->tile->source), job->tile->source, all, &c->in[k], row, x, count,
                   in->first, in->channels);
        else
            for (int32_t i = 0; i < count; i++)
                memset(to + ((size_t)i * all + before) * bytes_of(job->tile->source), 0,
                       (size_t)in->channels * bytes_of(job->tile->source));
        before += (size_t)in->channels;
    }
}

static void gather_residual(const tile_job *job, unsigned char *to, int32_t y, int32_t x, int32_t count)
{
    const rows_call *c = job->call;
    int32_t channels = c->p->values[c->node->out].c;

    if (c->node->residual.value >= 0)
        gather(to, job->tile->result, (size_t)channels, &c->residual, grid_row(&c->residual, y), x, count,
               c->node->residual.first, channels);
}

/* Numbers between a pixel's last channel and the next pixel are zeros, as other kernels leave them. */
static void spread_out(const tile_job *job, unsigned char *from, int32_t y, int32_t x, int32_t count)
{
    const rows_grid *g = &job->call->out;
    size_t channels = (size_t)job->call->p->values[job->call->node->out].c, used = channels * bytes_of(g->type),
           pixel = (size_t)g->pixel * sizeof(float);
    unsigned char *to = (unsigned char *)(grid_row(g, y) + (size_t)x * (size_t)g->pixel);

    if (g->type == job->tile->result && used == pixel) {
        memcpy(to, from, (size_t)count * pixel);
        return;
    }
    for (int32_t i = 0; i < count; i++, to += pixel) {
        convert(to, g->type, from + (size_t)i * channels * bytes_of(job->tile->result), job->tile->result,
                channels);
        memset(to + used, 0, pixel - used);
    }
}

static void multiply_tile(const tile_job *job, const void *source, void *result)
{
    inspyr_status status = job->run->packed->products->execute(job->lane, source, result, job->scratch);

    if (status)
        atomic_store(&job->run->tile_status, status);
}

/* Do the rows of the call lie behind each other as a tile wants them? Where a ring begins anew they do not. */
static bool is_dense(const rows_call *c, const rows_grid *g, rows_type type, int32_t channels)
{
    return g->type == type && (size_t)g->pixel * sizeof(float) == (size_t)channels * bytes_of(type) &&
           g->pitch == (size_t)g->width * (size_t)g->pixel &&
           c->first % g->ring + (c->end - c->first) <= g->ring;
}

/* Calls act() for the runs of pixels that lie in one row each; from: counted from the call's first row on. */
static void in_rows(const tile_job *job,
                    void (*act)(const tile_job *, unsigned char *, int32_t, int32_t, int32_t),
                    unsigned char *tile, size_t pixel, int32_t from, int32_t count)
{
    int32_t width = job->call->out.width;

    for (int32_t done = 0, run; done < count; done += run) {
        int32_t y = (from + done) / width, x = (from + done) % width;

        run = width - x < count - done ? width - x : count - done;
        act(job, tile + (size_t)done * pixel, job->call->first + y, x, run);
    }
}

/* A kernel of one pixel: rows that lie behind each other are one, and are multiplied where they lie if they can
 * be. The last tile is moved back over pixels that are made twice. */
static void points(const tile_job *job)
{
    const rows_call *c = job->call;
    const plain_tile *tile = job->tile;
    int32_t in = c->p->weights[c->node->weights].in, out = c->p->values[c->node->out].c,
            all = (c->end - c->first) * c->out.width;
    size_t source = (size_t)in * bytes_of(tile->source), result = (size_t)out * bytes_of(tile->result);
    bool whole = all >= tile->columns,
         read = whole && c->node->inputs == 1 && c->node->in[0].channels == in && c->node->in[0].first == 0 &&
                is_dense(c, &c->in[0], tile->source, in),
         write = whole && c->node->residual.value < 0 && is_dense(c, &c->out, tile->result, out);

    for (int32_t from = 0; from < all; from += tile->columns) {
        int32_t at = whole && from + tile->columns > all ? all - tile->columns : from,
                count = all - at < tile->columns ? all - at : tile->columns;
        unsigned char *to = job->result;

        if (!read)
            in_rows(job, gather_inputs, job->source, source, at, count);
        if (write)
            to = (unsigned char *)grid_row(&c->out, c->first) + (size_t)at * result;
        else
            in_rows(job, gather_residual, to, result, at, count);
        multiply_tile(job,
                      read ? (const unsigned char *)grid_row(&c->in[0], c->first) + (size_t)at * source
                           : job->source,
                      to);
        if (!write)
            in_rows(job, spread_out, to, result, at, count);
    }
}

/* Result rows first..end-1, columns from x on. Every row of the inputs is gathered once. */
static void block(const tile_job *job, int32_t first, int32_t end, int32_t x)
{
    const rows_call *c = job->call;
    const plan_node *n = c->node;
    int32_t count = c->out.width - x < job->tile->columns ? c->out.width - x : job->tile->columns;
    int32_t top = first * n->stride - n->pad_h, reach = (n->kernel_h - 1) * n->dilation + 1,
            wide = (count - 1) * n->stride + (n->kernel_w - 1) * n->dilation + 1;

    for (int32_t i = 0; i < (end - 1 - first) * n->stride + reach; i++)
        gather_inputs(job, job->source + (size_t)i * job->tile->row_bytes, top + i, x * n->stride - n->pad_w,
                      wide);
    for (int32_t y = first; y < end; y++) {
        gather_residual(job, job->result, y, x, count);
        multiply_tile(job, job->source + (size_t)(y - first) * (size_t)n->stride * job->tile->row_bytes,
                      job->result);
        spread_out(job, job->result, y, x, count);
    }
}

void tiles_rows(engine_run *run, const plain_lane *lane, const rows_call *call)
{
    const plan_node *n = call->node;
    ptrdiff_t index = lane - run->lanes, node = run->p->values[n->out].node;
    size_t each = run->tile_source + run->tile_result + run->tile_scratch;
    unsigned char *room = run->tile_room + (size_t)index * each;
    tile_job job = { run,
                     call,
                     &run->nodes[node].tile,
                     run->tile_lanes[node * run->lane_count + index],
                     room,
                     room + run->tile_source,
                     room + run->tile_source + run->tile_result };

    if (is_pointwise(n)) {
        points(&job);
        return;
    }
    for (int32_t x = 0; x < call->out.width; x += job.tile->columns) {
        int32_t from = call->out.width - x < job.tile->columns && call->out.width > job.tile->columns
                           ? call->out.width - job.tile->columns
                           : x;

        for (int32_t y = call->first; y < call->end; y += job.tile->rows)
            block(&job, y, call->end - y < job.tile->rows ? call->end : y + job.tile->rows, from);
    }
}
