/* segment.c - where to cut a plan into segments.
 *
 * Longer segments keep more in the cache and wait less often for all threads; but at the seams between bands
 * rows are made twice, and more of them the deeper a segment is. */
#include "net/plain/plain.h"

/* Work done twice at seams, as a share of the segment's work. */
#define OVERLAP_MAX 0.05

/* Below this many multiply-accumulates a second thread costs more than it saves (waking it takes some 10 us).
 */
#define COST_SHARED 400e3

/* Rings of one lane, floats: half of a 1 MB second-level cache. */
#define RING_FLOATS (128 * 1024)

/* Weights of more floats are read anew from the third-level cache or from memory in every step; then this many
 * pixels at least share them. */
#define STEP_WEIGHTS (64 * 1024)
#define STEP_PIXELS 96

double plain_cost(const plan *p, const plan_node *node)
{
    const plan_value *v = &p->values[node->out];

    return plan_cost(p, node) + 4.0 * v->n * v->h * v->w * v->c;
}

/* Work of the candidate in all bands; below 0 if two bands would write the same row of a shared value. */
static double work(const engine_run *run, const plain_segment *s, int32_t *done, int32_t *need)
{
    double total = 0;

    for (int32_t band = 0; band < s->bands; band++) {
        plain_band_begin(run, s, band, done);
        plain_band_step(run, s, band, s->steps - 1, need);
        for (int32_t j = s->first; j < s->end; j++) {
            int32_t first = done[j - s->first], end = need[j - s->first];
            region own = plain_band_rows(run, s, band, j);

            if (plain_exported(run, s, j) && (first < own.first || end > own.end))
                return -1;
            if (end > first)
                total += plain_cost(run->p, &run->p->nodes[j]) * (end - first) / run->nodes[j].height;
        }
    }
    return total;
}

/* Does the node read what a reduction of the segment makes? That is known only after the segment. */
static bool waits(const engine_run *run, const plain_segment *s, int32_t node)
{
    const plan_node *n = &run->p->nodes[node];

    for (int32_t k = -1; k < n->inputs; k++) {
        const plan_input *in = k < 0 ? &n->residual : &n->in[k];
        int32_t from = in->value < 0 ? -1 : run->p->values[in->value].node;

        if (from >= s->first && region_of(run->p->nodes[from].op) == REGION_REDUCE)
            return true;
    }
    return false;
}

/* The longest acceptable segment that starts at `first`. One thread cuts like two: longer segments would only
 * keep more values alive at the same time (54 instead of 31 MB for the built-in network). */
static plain_segment longest(const engine_run *run, int32_t first, int32_t width, int32_t *done, int32_t *need)
{
    plain_segment best = { first, first + 1, 1, 1 };
    double cost = 0;
    int32_t n = run->p->values[run->p->nodes[first].out].n, bands = (width + n - 1) / n;
    int32_t tried = bands > 1 ? bands : 2;

    if (region_of(run->p->nodes[first].op) == REGION_WHOLE)
        return best;
    for (int32_t end = first + 1; end <= run->p->node_count; end++) {
        const plan_node *node = &run->p->nodes[end - 1];
        plain_segment s = { first, end, 1, 1 };
        double needed;

        if (region_of(node->op) == REGION_WHOLE || waits(run, &s, end - 1))
            break;
        cost += plain_cost(run->p, node);
        s.bands = cost / n > COST_SHARED ? tried : 1;
        needed = work(run, &s, done, need);
        if (needed > cost * (1 + 2 * OVERLAP_MAX))
            break;
        if (needed >= 0 && needed <= cost * (1 + OVERLAP_MAX))
            best = s;
    }
    if (best.bands > bands)
        best.bands = bands;
    return best;
}

/* A lone node may still have too small a height for all bands. */
static void fit_bands(const engine_run *run, plain_segment *s, int32_t *done, int32_t *need)
{
    int32_t least = s->bands;

    for (int32_t j = s->first; j < s->end; j++)
        if (plain_exported(run, s, j) && run->nodes[j].height < least)
            least = run->nodes[j].height;
    if (least == s->bands)
        return;
    s->bands = least;
    if (work(run, s, done, need) < 0)
        s->bands = 1;
}

/* Do so few rows of the tallest node still use each number of the largest weights often enough? */
static bool reuses_weights(const engine_run *run, const plain_segment *s, int32_t rows, int32_t tallest)
{
    for (int32_t j = s->first; j < s->end; j++) {
        const plan_node *n = &run->p->nodes[j];
        double pixels = (double)rows * run->nodes[j].height / tallest * run->p->values[n->out].w;

        if (n->op == PLAN_OP_CONV && pixels < STEP_PIXELS &&
            plan_kernel_count(&run->p->weights[n->weights]) > STEP_WEIGHTS)
            return false;
    }
    return true;
}

static void fit_steps(engine_run *run, plain_segment *s, int32_t *done, int32_t *need)
{
    int32_t tallest = 1;

    for (int32_t j = s->first; j < s->end; j++)
        if (run->nodes[j].height > tallest)
            tallest = run->nodes[j].height;
    for (int32_t rows = 16; rows >= 1; rows /= 2) {
        s->steps = (tallest / s->bands + rows - 1) / rows;
        if (s->steps < 1)
            s->steps = 1;
        if (plain_rings(run, s, done, need) <= RING_FLOATS || !reuses_weights(run, s, rows / 2, tallest))
            break;
    }
}

void plain_cut(engine_run *run, int32_t width, int32_t *done, int32_t *need)
{
    for (int32_t first = 0; first < run->p->node_count;) {
        plain_segment s = longest(run, first, width, done, need);

        fit_bands(run, &s, done, need);
        for (int32_t j = s.first; j < s.end; j++)
            run->values[run->p->nodes[j].out].shared = plain_exported(run, &s, j);
        fit_steps(run, &s, done, need);
        run->segments[run->segment_count++] = s;
        first = s.end;
    }
}
