#include "support/scarce.h"

#include <stdlib.h>

static void *scarce_allocate(void *user, size_t size, size_t alignment)
{
    scarce *s = user;
    void *memory;

    if (alignment < 1 || alignment > 64 || (alignment & (alignment - 1)))
        atomic_fetch_add(&s->misaligned, 1);
    if (atomic_fetch_add(&s->asked, 1) == s->fails_at)
        return NULL;
    if (posix_memalign(&memory, 64, size))
        return NULL;
    atomic_fetch_add(&s->balance, 1);
    return memset(memory, 0xAA, size); /* so that nobody gets along with zeros by luck */
}

static void scarce_release(void *user, void *memory)
{
    scarce *s = user;

    atomic_fetch_sub(&s->balance, 1);
    free(memory);
}

inspyr_allocator scarce_allocator(scarce *s, int fails_at)
{
    atomic_init(&s->asked, 0);
    atomic_init(&s->balance, 0);
    atomic_init(&s->misaligned, 0);
    s->fails_at = fails_at;
    return (inspyr_allocator){ scarce_allocate, scarce_release, s, NULL };
}
