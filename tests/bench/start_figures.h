/* start_figures.h - what the child of bench_start.c writes to its standard output. Threads: value. */
#ifndef INSPYR_BENCH_START_FIGURES_H
#define INSPYR_BENCH_START_FIGURES_H

typedef struct figures {
    double dlopen_ms, dlopen_mb, load_ms, first_ms;
} figures;

#endif
