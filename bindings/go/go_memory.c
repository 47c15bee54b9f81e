#include "go_calls.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

/* Stands in front of every block. */
typedef struct head {
    size_t size;
    void *start; /* what malloc gave */
} head;

struct go_memory {
    inspyr_allocator allocator;
    uint64_t limit;
    atomic_uint_fast64_t bytes, peak, blocks;
};

static bool take(go_memory *memory, size_t size)
{
    uint_fast64_t now = atomic_load(&memory->bytes), peak = atomic_load(&memory->peak);

    do {
        if (memory->limit && (now > memory->limit || size > memory->limit - now))
            return false;
    } while (!atomic_compare_exchange_weak(&memory->bytes, &now, now + size));
    while (peak < now + size && !atomic_compare_exchange_weak(&memory->peak, &peak, now + size))
        ;
    atomic_fetch_add(&memory->blocks, 1);
    return true;
}

static void give_back(go_memory *memory, size_t size)
{
    atomic_fetch_sub(&memory->bytes, size);
    atomic_fetch_sub(&memory->blocks, 1);
}

static void *allocate(void *user, size_t size, size_t alignment)
{
    go_memory *memory = user;
    size_t more = sizeof(head) + (alignment < sizeof(head) ? sizeof(head) : alignment);
    uintptr_t at;
    void *start;

    if (size > SIZE_MAX - more || !take(memory, size))
        return NULL;
    start = malloc(size + more);
    if (!start) {
        give_back(memory, size);
        return NULL;
    }
    at = ((uintptr_t)start + more) & ~((uintptr_t)(alignment < sizeof(head) ? sizeof(head) : alignment) - 1);
    ((head *)at)[-1] = (head){ size, start };
    return (void *)at;
}

static void release(void *user, void *block)
{
    head *it = (head *)block - 1;

    give_back(user, it->size);
    free(it->start);
}

go_memory *go_memory_open(uint64_t limit)
{
    go_memory *memory = calloc(1, sizeof *memory);

    if (memory) {
        memory->allocator = (inspyr_allocator){ allocate, release, memory, NULL };
        memory->limit = limit;
    }
    return memory;
}

const inspyr_allocator *go_memory_allocator(go_memory *memory)
{
    return memory ? &memory->allocator : NULL;
}

void go_memory_count(go_memory *memory, uint64_t *bytes, uint64_t *peak, uint64_t *blocks)
{
    *bytes = atomic_load(&memory->bytes);
    *peak = atomic_load(&memory->peak);
    *blocks = atomic_load(&memory->blocks);
}

void go_memory_free(go_memory *memory)
{
    free(memory);
}
