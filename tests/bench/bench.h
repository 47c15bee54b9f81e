/* bench.h - what every benchmark does: give up with a message, and take medians. Threads: any. */
#ifndef INSPYR_BENCH_H
#define INSPYR_BENCH_H

#include <stdio.h>
#include <stdlib.h>

#include "inspyr.h"

static inline void must(inspyr_status status, const inspyr_error *error)
{
    if (status) {
        fprintf(stderr, "%s\n", error->message);
        exit(1);
    }
}

static inline int bench_by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Sorts the values. */
static inline double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, bench_by_size);
    return values[count / 2];
}

#endif
