/* oracle_window.c - attention within windows: of the grid that zeros fill up on the right and below to whole
 * windows, token by token. */
#include <math.h>
#include <stdlib.h>

#include "oracle/oracle_ops.h"

typedef struct windows {
    const oracle_call *call;
    int32_t n, h, w;    /* filled up */
    int32_t head, each; /* channels of a head */
} windows;

/* A token of the moved grid: where it comes from, and its part of the picture as the mask tells them apart. */
typedef struct token {
    int32_t y, x, region;
} token;

static int32_t stripe(int32_t at, int32_t size, const plan_node *n)
{
    return at < size - n->window ? 0 : at < size - n->shift ? 1 : 2;
}

static token token_at(const windows *g, int32_t y, int32_t x)
{
    const plan_node *n = g->call->node;
    token t = { (y + n->shift) % g->h, (x + n->shift) % g->w, 0 };

    if (n->shift)
        t.region = 3 * stripe(y, g->h, n) + stripe(x, g->w, n);
    return t;
}

/* Channel i of query (which 0), key (1) or value (2); beyond the picture the bias alone. */
static double part(const windows *g, token t, int32_t which, int32_t i)
{
    const tensor *in = &g->call->in[0];
    int32_t c = which * g->call->out.c + g->head * g->each + i;

    return (double)(t.y < in->h && t.x < in->w ? *tensor_at(in, g->n, t.y, t.x, c) : g->call->bias[c]);
}

static void attend(const windows *g, int32_t y0, int32_t x0, int32_t dy, int32_t dx, double *weight)
{
    const plan_node *n = g->call->node;
    const tensor *out = &g->call->out;
    const token query = token_at(g, y0 + dy, x0 + dx);
    int32_t side = n->window, count = side * side;

    if (query.y >= out->h || query.x >= out->w)
        return;
    for (int32_t j = 0; j < count; j++) {
        token key = token_at(g, y0 + j / side, x0 + j % side);
        int32_t row = dy - j / side + side - 1, column = dx - j % side + side - 1;
        double sum = 0;

        for (int32_t i = 0; i < g->each; i++)
            sum += part(g, query, 0, i) * part(g, key, 1, i);
        weight[j] = sum / sqrt(g->each) +
                    (double)g->call->kernel[(row * (2 * side - 1) + column) * n->heads + g->head] -
                    (key.region != query.region ? 100 : 0);
    }
    oracle_normalise(weight, count);
    for (int32_t i = 0; i < g->each; i++) {
        double sum = 0;

        for (int32_t j = 0; j < count; j++)
            sum += weight[j] * part(g, token_at(g, y0 + j / side, x0 + j % side), 2, i);
        *tensor_at(out, g->n, query.y, query.x, g->head * g->each + i) = (float)sum;
    }
}

bool oracle_window(oracle_call *call)
{
    const plan_node *n = call->node;
    const tensor *out = &call->out;
    windows g = { .call = call,
                  .h = (out->h + n->window - 1) / n->window * n->window,
                  .w = (out->w + n->window - 1) / n->window * n->window,
                  .each = out->c / n->heads };
    double *weight = malloc((size_t)n->window * (size_t)n->window * sizeof *weight);

    if (!weight)
        return false;
    for (g.n = 0; g.n < out->n; g.n++)
        for (g.head = 0; g.head < n->heads; g.head++)
            for (int32_t y = 0; y < g.h; y++)
                for (int32_t x = 0; x < g.w; x++)
                    attend(&g, y / n->window * n->window, x / n->window * n->window, y % n->window,
                           x % n->window, weight);
    free(weight);
    return true;
}
