/* band.c - which rows each node of a segment makes, and when. */
#include "net/plain/plain.h"

bool plain_exported(const engine_run *run, const plain_segment *s, int32_t node)
{
    const plan_node *n = &run->p->nodes[node];

    return region_of(n->op) == REGION_REDUCE || run->values[n->out].last_use >= s->end ||
           run->flags & ENGINE_KEEP_VALUES;
}

region plain_band_rows(const engine_run *run, const plain_segment *s, int32_t band, int32_t node)
{
    int64_t h = run->nodes[node].height;
    region r = { (int32_t)(h * band / s->bands), (int32_t)(h * (band + 1) / s->bands) };

    return r;
}

/* The node of the segment that makes the input, or -1. */
static int32_t maker(const engine_run *run, const plain_segment *s, const plan_input *in)
{
    int32_t node = in->value < 0 ? -1 : run->p->values[in->value].node;

    return node >= s->first ? node : -1;
}

void plain_band_begin(const engine_run *run, const plain_segment *s, int32_t band, int32_t *done)
{
    for (int32_t j = s->first; j < s->end; j++) {
        region own = plain_band_rows(run, s, band, j);

        done[j - s->first] =
            plain_exported(run, s, j) && own.first < own.end ? own.first : run->nodes[j].height;
    }
    for (int32_t j = s->end - 1; j >= s->first; j--) {
        const plan_node *n = &run->p->nodes[j];
        region row = { done[j - s->first], done[j - s->first] + 1 };

        if (row.first >= run->nodes[j].height)
            continue;
        for (int32_t k = -1; k < n->inputs; k++) {
            int32_t from = maker(run, s, k < 0 ? &n->residual : &n->in[k]);

            if (from >= 0) {
                int32_t first = region_needed(run->p, n, k, row).first;

                if (first < done[from - s->first])
                    done[from - s->first] = first;
            }
        }
    }
}

/* Half a row of tiles would cost as much as a whole one. */
static int32_t whole_tiles(const engine_run *run, const plain_segment *s, int32_t band, int32_t node,
                           int32_t need)
{
    region own = plain_band_rows(run, s, band, node);
    int32_t most = plain_exported(run, s, node) ? own.end : run->nodes[node].height;

    return run->p->nodes[node].flags & PLAN_WINOGRAD && need % 2 && need < most ? need + 1 : need;
}

void plain_band_step(const engine_run *run, const plain_segment *s, int32_t band, int32_t step, int32_t *need)
{
    for (int32_t j = s->first; j < s->end; j++) {
        region own = plain_band_rows(run, s, band, j);
        int64_t rows = own.end - own.first;

        need[j - s->first] =
            plain_exported(run, s, j) && rows > 0 ? own.first + (int32_t)(rows * (step + 1) / s->steps) : 0;
    }
    for (int32_t j = s->end - 1; j >= s->first; j--) {
        const plan_node *n = &run->p->nodes[j];
        region row;

        if (need[j - s->first] <= 0)
            continue;
        need[j - s->first] = whole_tiles(run, s, band, j, need[j - s->first]);
        row = (region){ need[j - s->first] - 1, need[j - s->first] };
        for (int32_t k = -1; k < n->inputs; k++) {
            int32_t from = maker(run, s, k < 0 ? &n->residual : &n->in[k]);

            if (from >= 0) {
                int32_t end = region_needed(run->p, n, k, row).end;

                if (end > need[from - s->first])
                    need[from - s->first] = end;
            }
        }
    }
}

/* Rows of node `from` that its users still read when they go on from done[]: the lowest of them. */
static void widen_rings(engine_run *run, const plain_segment *s, const int32_t *done, const int32_t *need)
{
    for (int32_t j = s->first; j < s->end; j++) {
        const plan_node *n = &run->p->nodes[j];
        region rows = { done[j - s->first], need[j - s->first] };

        if (rows.first >= rows.end)
            continue;
        for (int32_t k = -1; k < n->inputs; k++) {
            int32_t from = maker(run, s, k < 0 ? &n->residual : &n->in[k]);
            plain_value *v = from < 0 ? NULL : &run->values[run->p->nodes[from].out];

            if (v && !v->shared) {
                int32_t high = need[from - s->first] > done[from - s->first] ? need[from - s->first]
                                                                             : done[from - s->first];
                int32_t rows_kept = high - region_needed(run->p, n, k, rows).first;

                if (rows_kept > v->ring)
                    v->ring = rows_kept;
            }
        }
    }
}

size_t plain_rings(engine_run *run, const plain_segment *s, int32_t *done, int32_t *need)
{
    size_t floats = 0;

    for (int32_t j = s->first; j < s->end; j++) {
        plain_value *v = &run->values[run->p->nodes[j].out];

        v->ring = v->shared ? run->p->values[run->p->nodes[j].out].h : 1;
    }
    for (int32_t band = 0; band < s->bands; band++) {
        plain_band_begin(run, s, band, done);
        for (int32_t step = 0; step < s->steps; step++) {
            plain_band_step(run, s, band, step, need);
            widen_rings(run, s, done, need);
            for (int32_t i = 0; i < s->end - s->first; i++)
                if (need[i] > done[i])
                    done[i] = need[i];
        }
    }
    for (int32_t j = s->first; j < s->end; j++) {
        const plain_value *v = &run->values[run->p->nodes[j].out];

        if (!v->shared)
            floats += (size_t)v->ring * v->pitch;
    }
    return floats;
}
