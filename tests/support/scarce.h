/* scarce.h - an allocator that fails once, and that counts what was not given back.
 *
 * For loops that break every allocation of a call in turn (style habit 20). Threads: shared. */
#ifndef INSPYR_TESTS_SCARCE_H
#define INSPYR_TESTS_SCARCE_H

#include <stdatomic.h>

#include "inspyr.h"

typedef struct scarce {
    atomic_int asked;      /* allocations asked for so far */
    atomic_int balance;    /* blocks taken and not given back */
    atomic_int misaligned; /* allocations with an alignment that the header does not promise */
    int fails_at;          /* the number of the one that fails, from 0; negative: none does */
} scarce;

/* The allocator refers to *s, which must outlive every object made with it. */
inspyr_allocator scarce_allocator(scarce *s, int fails_at);

#endif
