/* steps.c - what a pool of a cache does, step by step, for compare_steps.py.
 *
 * Reads lines "get KEY COST" and "limit BYTES"; prints for each H or M, and the keys that went, in their order.
 * The queues are run on their own, since they alone know who goes, and beside them a pool with real entries,
 * which has to agree. */
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "run/cache/cache_shelf.h"

#define KEYS 100000

typedef struct steps {
    s3_fifo order;
    s3_node *nodes[KEYS]; /* NULL: not there */
    shelf shelf;
} steps;

static void shrink(steps *s, size_t most)
{
    while (s3_bytes(&s->order) > most) {
        s3_node *node = s3_evict(&s->order);
        int key = 0;

        memcpy(&key, node->key.recipe, sizeof key);
        printf(" %d", key);
        s->nodes[key] = NULL;
        free(node);
    }
}

static cache_key numbered(int key)
{
    cache_key k = { { 0 }, { 0 } };

    memcpy(k.recipe, &key, sizeof key);
    return k;
}

/* The pool's own answer has to be the same. */
static void check_shelf(steps *s, int key, size_t cost, bool hit)
{
    const cache_key k = numbered(key);
    inspyr_bytes bytes = { NULL, 0, NULL, NULL };
    void *content;

    if (shelf_get(&s->shelf, &k, 0, &bytes) != hit)
        abort();
    inspyr_bytes_free(&bytes);
    if (hit)
        return;
    content = calloc(1, cost);
    shelf_put(&s->shelf, &k, content, cost - shelf_cost(0), 0, 1);
    free(content);
}

static void get(steps *s, int key, size_t cost)
{
    s3_node *node = s->nodes[key];

    printf(node ? "H" : "M");
    check_shelf(s, key, cost, node);
    if (node) {
        s3_hit(node);
    } else if (cost <= s->order.limit / SHELF_SHARE) {
        shrink(s, s->order.limit - cost);
        node = s->nodes[key] = calloc(1, sizeof *node);
        node->key = numbered(key);
        node->mark = key_mark(&node->key);
        node->cost = cost;
        s3_insert(&s->order, node);
    }
    if (s->shelf.entries && s3_bytes(&s->shelf.order) != s3_bytes(&s->order))
        abort();
    printf("\n");
}

int main(void)
{
    steps *s = calloc(1, sizeof *s);
    inspyr_allocator allocator;
    char verb[16];
    long long first, second;

    memory_import(&allocator, NULL, NULL);
    s3_begin(&s->order, 0);
    if (!shelf_open(&s->shelf, &allocator, 0))
        return 1;
    while (scanf("%15s", verb) == 1)
        if (!strcmp(verb, "get") && scanf("%lld %lld", &first, &second) == 2 && first >= 0 && first < KEYS) {
            get(s, (int)first, (size_t)second);
        } else if (!strcmp(verb, "limit") && scanf("%lld", &first) == 1) {
            s3_resize(&s->order, (size_t)first);
            shelf_resize(&s->shelf, (uint64_t)first);
            printf("L");
            shrink(s, (size_t)first);
            printf("\n");
        }
    shelf_close(&s->shelf);
    for (int key = 0; key < KEYS; key++)
        free(s->nodes[key]);
    free(s);
    return 0;
}
