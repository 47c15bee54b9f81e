/* arena.h - one block of memory for many values that do not all live at the same time.
 *
 * Layer 3 (net). Threads: any. */
#ifndef INSPYR_NET_ARENA_H
#define INSPYR_NET_ARENA_H

#include <stddef.h>
#include <stdint.h>

typedef struct arena_item {
    size_t bytes;        /* 0: needs no place */
    int32_t first, last; /* moments of life, both included */
    size_t offset;       /* set by arena_place(); a multiple of 64 */
} arena_item;

/* Gives every item a place so that no two of overlapping life share bytes, the largest first. `order` is room
 * for count indices. Returns the size of the block; SIZE_MAX when it would overflow. */
size_t arena_place(arena_item *items, int32_t count, int32_t *order);

#endif
