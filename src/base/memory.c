#define _DEFAULT_SOURCE /* madvise() */
#include "base/memory.h"

#include <stdlib.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

#include "base/status.h"

/* Large blocks lie on pages of 2 MB where the system has them: touching a picture of 1.2 megapixels for the
 * first time costs 1200 faults otherwise. */
#define LARGE_PAGE ((size_t)2 << 20)
#define LARGE_LEAST ((size_t)4 << 20)

static void *c_allocate(void *user, size_t size, size_t alignment)
{
    void *memory = NULL;

    (void)user;
#ifdef MADV_HUGEPAGE
    if (size >= LARGE_LEAST) {
        if (posix_memalign(&memory, LARGE_PAGE, size))
            return NULL;
        madvise(memory, size, MADV_HUGEPAGE); /* a wish: any answer will do */
        return memory;
    }
#endif
    return posix_memalign(&memory, alignment < sizeof(void *) ? sizeof(void *) : alignment, size) ? NULL
                                                                                                  : memory;
}

static void c_release(void *user, void *memory)
{
    (void)user;
    free(memory);
}

inspyr_status memory_import(inspyr_allocator *ours, const inspyr_allocator *theirs, inspyr_error *error)
{
    static const inspyr_allocator c_library = { c_allocate, c_release, NULL, NULL };

    *ours = theirs ? *theirs : c_library;
    if (!ours->allocate || !ours->release || ours->reserved)
        return failed(error, INSPYR_ERR_ARGUMENT, "an allocator needs both functions and a NULL reserved");
    return INSPYR_OK;
}

void *memory_take(const inspyr_allocator *allocator, size_t size)
{
    if (size > PTRDIFF_MAX)
        return NULL;
    return allocator->allocate(allocator->user, size ? size : 1, MEMORY_ALIGNMENT);
}

void *memory_zeroed(const inspyr_allocator *allocator, size_t size)
{
    void *memory = memory_take(allocator, size);

    return memory ? memset(memory, 0, size) : NULL;
}

bool multiply(size_t *product, size_t a, size_t b)
{
    return !__builtin_mul_overflow(a, b, product);
}

void *memory_array(const inspyr_allocator *allocator, size_t count, size_t size)
{
    size_t bytes;

    return multiply(&bytes, count, size) ? memory_take(allocator, bytes) : NULL;
}

void memory_give(const inspyr_allocator *allocator, void *memory)
{
    if (memory)
        allocator->release(allocator->user, memory);
}

char *memory_text(const inspyr_allocator *allocator, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = memory_take(allocator, size);

    return copy ? memcpy(copy, text, size) : NULL;
}

/* In front of the bytes, so that they can be given back without their maker. */
typedef struct bytes_owner {
    inspyr_allocator allocator;
} bytes_owner;

static void bytes_release(void *owner)
{
    inspyr_allocator allocator = ((bytes_owner *)owner)->allocator;

    memory_give(&allocator, owner);
}

inspyr_status memory_bytes(inspyr_bytes *out, const inspyr_allocator *allocator, size_t size,
                           inspyr_error *error)
{
    bytes_owner *owner =
        size > PTRDIFF_MAX - MEMORY_ALIGNMENT ? NULL : memory_take(allocator, size + MEMORY_ALIGNMENT);

    if (!owner)
        return failed(error, INSPYR_ERR_MEMORY, "no room for %zu bytes", size);
    owner->allocator = *allocator;
    out->data = (unsigned char *)owner + MEMORY_ALIGNMENT;
    out->size = size;
    out->release = bytes_release;
    out->owner = owner;
    return INSPYR_OK;
}

void inspyr_bytes_free(inspyr_bytes *bytes)
{
    if (!bytes)
        return;
    if (bytes->release)
        bytes->release(bytes->owner);
    memset(bytes, 0, sizeof *bytes);
}
