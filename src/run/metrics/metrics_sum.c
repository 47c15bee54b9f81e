#include "run/metrics/metrics_cells.h"

uint64_t metrics_sum(const metrics *m, const metrics_cell *cell)
{
    const unsigned char *at = (const void *)cell;
    uint64_t sum = 0;

    for (int i = 0; i < 1 << METRICS_STRIPE_BITS; i++)
        sum += atomic_load_explicit((const metrics_cell *)(const void *)(at + (size_t)i * m->stride),
                                    memory_order_relaxed);
    return sum;
}

void metrics_add(const metrics *m, const metrics_cell *cells, int count, uint64_t *out)
{
    for (int i = 0; i < count; i++)
        out[i] += metrics_sum(m, &cells[i]);
}

double metrics_quantile(const metrics_scale *scale, const uint64_t *buckets, double share)
{
    uint64_t total = 0, below = 0;
    double rank, lower, upper;
    int i = 0;

    for (int j = 0; j <= scale->count; j++)
        total += buckets[j];
    if (!total)
        return 0;
    rank = share * (double)total;
    while (i < scale->count && (double)(below + buckets[i]) < rank)
        below += buckets[i++];
    if (i == scale->count)
        return (double)scale->bounds[i - 1].most * scale->unit;
    lower = i ? (double)scale->bounds[i - 1].most : 0;
    upper = (double)scale->bounds[i].most;
    return (lower + (upper - lower) * (rank - (double)below) / (double)buckets[i]) * scale->unit;
}
