/* lru.h - the least recently used entry goes first: what a cache is compared with. Threads: single. */
#ifndef INSPYR_BENCH_LRU_H
#define INSPYR_BENCH_LRU_H

#include <stdlib.h>

typedef struct lru {
    size_t limit, bytes;
    int *newer, *older; /* of each key; -1: none */
    size_t *cost;       /* 0: not there */
    int newest, oldest;
} lru;

static inline void lru_begin(lru *l, int keys, size_t limit)
{
    *l = (lru){ .limit = limit, .newest = -1, .oldest = -1 };
    l->newer = malloc((size_t)keys * sizeof *l->newer);
    l->older = malloc((size_t)keys * sizeof *l->older);
    l->cost = calloc((size_t)keys, sizeof *l->cost);
}

static inline void lru_end(lru *l)
{
    free(l->newer);
    free(l->older);
    free(l->cost);
}

static inline void lru_take(lru *l, int key)
{
    *(l->newer[key] < 0 ? &l->newest : &l->older[l->newer[key]]) = l->older[key];
    *(l->older[key] < 0 ? &l->oldest : &l->newer[l->older[key]]) = l->newer[key];
    l->bytes -= l->cost[key];
}

static inline void lru_push(lru *l, int key, size_t cost)
{
    l->newer[key] = -1;
    l->older[key] = l->newest;
    *(l->newest < 0 ? &l->oldest : &l->newer[l->newest]) = key;
    l->newest = key;
    l->cost[key] = cost;
    l->bytes += cost;
}

/* 1: a hit. */
static inline int lru_get(lru *l, int key, size_t cost)
{
    const int hit = l->cost[key] != 0;

    if (hit)
        lru_take(l, key);
    while (!hit && l->bytes + cost > l->limit) {
        const int gone = l->oldest;

        lru_take(l, gone);
        l->cost[gone] = 0;
    }
    lru_push(l, key, cost);
    return hit;
}

#endif
