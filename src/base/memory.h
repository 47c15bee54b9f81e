/* memory.h - memory of one object, from its allocator.
 *
 * All sizes that come from outside go through memory_array() or multiply(), which notice overflow.
 * Layer 1 (base). Threads: any, as far as the allocator allows. */
#ifndef INSPYR_BASE_MEMORY_H
#define INSPYR_BASE_MEMORY_H

#include <stdbool.h>

#include "inspyr.h"

/* Cache line and widest vector; every block is aligned to it. */
#define MEMORY_ALIGNMENT 64

/* A copy of *theirs, or the C library's allocator for NULL. INSPYR_ERR_ARGUMENT if a function is missing. */
inspyr_status memory_import(inspyr_allocator *ours, const inspyr_allocator *theirs, inspyr_error *error);

/* NULL when out of memory, or for more than PTRDIFF_MAX bytes. Size 0 gives a valid block. */
void *memory_take(const inspyr_allocator *allocator, size_t size);
void *memory_zeroed(const inspyr_allocator *allocator, size_t size);

/* count * size bytes, not zeroed; NULL on overflow. */
void *memory_array(const inspyr_allocator *allocator, size_t count, size_t size);

/* Accepts NULL. */
void memory_give(const inspyr_allocator *allocator, void *memory);

char *memory_text(const inspyr_allocator *allocator, const char *text);

/* *product = a * b; false on overflow. */
bool multiply(size_t *product, size_t a, size_t b);

/* Bytes that own themselves: memory_give() through inspyr_bytes_free(). Size is at least 1. */
inspyr_status memory_bytes(inspyr_bytes *out, const inspyr_allocator *allocator, size_t size,
                           inspyr_error *error);

#endif
