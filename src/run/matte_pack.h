/* matte_pack.h - a matte and what it says about its picture, as bytes for a cache.
 *
 * A header of 48 bytes, numbers little-endian, and the plane as PNG, or as rows where that is smaller or the
 * build has no PNG. Layer 4 (run). Threads: any. */
#ifndef INSPYR_RUN_MATTE_PACK_H
#define INSPYR_RUN_MATTE_PACK_H

#include "image/image.h"
#include "run/backend.h"

/* alpha: GREY8. */
inspyr_status matte_pack(inspyr_bytes *out, const inspyr_view *alpha, const backend_found *found,
                         const inspyr_allocator *allocator, inspyr_pool *pool, inspyr_error *error);

/* false: not what matte_pack() makes, or no memory. */
bool matte_unpack(inspyr_image **alpha, backend_found *found, const void *bytes, size_t size,
                  const inspyr_allocator *allocator);

#endif
