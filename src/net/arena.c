#include "net/arena.h"

#define ARENA_ALIGNMENT 64

/* Insertion sort: stable, in place, and a plan has a few hundred values. */
static void sort_by_size(const arena_item *items, int32_t count, int32_t *order)
{
    for (int32_t i = 0; i < count; i++) {
        int32_t k = i;

        for (; k > 0 && items[order[k - 1]].bytes < items[i].bytes; k--)
            order[k] = order[k - 1];
        order[k] = i;
    }
}

/* Lowest offset where the item meets none of the placed ones that live at the same time. */
static size_t lowest(const arena_item *items, const int32_t *placed, int32_t count, const arena_item *item)
{
    size_t offset = 0;

    for (int32_t i = 0; i < count;) {
        const arena_item *other = &items[placed[i]];

        if (other->bytes && other->first <= item->last && item->first <= other->last &&
            offset < other->offset + other->bytes && other->offset < offset + item->bytes) {
            offset = (other->offset + other->bytes + ARENA_ALIGNMENT - 1) / ARENA_ALIGNMENT * ARENA_ALIGNMENT;
            i = 0;
        } else {
            i++;
        }
    }
    return offset;
}

size_t arena_place(arena_item *items, int32_t count, int32_t *order)
{
    size_t size = 0;

    sort_by_size(items, count, order);
    for (int32_t i = 0; i < count; i++) {
        arena_item *item = &items[order[i]];

        if (!item->bytes)
            continue;
        if (item->bytes > PTRDIFF_MAX / 4 || size > PTRDIFF_MAX / 4)
            return SIZE_MAX;
        item->offset = lowest(items, order, i, item);
        if (item->offset + item->bytes > size)
            size = item->offset + item->bytes;
    }
    return size;
}
