/* meter.h - an allocator that counts bytes: those held now, and the most ever. Threads: any. */
#ifndef INSPYR_TESTS_METER_H
#define INSPYR_TESTS_METER_H

#include <stdatomic.h>
#include <stdlib.h>

#include "inspyr.h"

#define METER_HEADER 64 /* of each block: its size */

typedef struct meter {
    atomic_llong now, most;
} meter;

static void *meter_take(void *user, size_t size, size_t alignment)
{
    meter *m = user;
    size_t whole = (size + METER_HEADER + METER_HEADER - 1) / METER_HEADER * METER_HEADER;
    unsigned char *block = aligned_alloc(METER_HEADER, whole);
    long long now;

    (void)alignment;
    if (!block)
        return NULL;
    memcpy(block, &whole, sizeof whole);
    now = atomic_fetch_add(&m->now, (long long)whole) + (long long)whole;
    if (now > m->most)
        m->most = now;
    return block + METER_HEADER;
}

static void meter_give(void *user, void *memory)
{
    meter *m = user;
    unsigned char *block = (unsigned char *)memory - METER_HEADER;
    size_t whole;

    memcpy(&whole, block, sizeof whole);
    atomic_fetch_sub(&m->now, (long long)whole);
    free(block);
}

/* Refers to *m, which must outlive every object made with it. */
static inline inspyr_allocator meter_allocator(meter *m)
{
    return (inspyr_allocator){ meter_take, meter_give, m, NULL };
}

#endif
