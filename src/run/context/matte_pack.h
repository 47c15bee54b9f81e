/* matte_pack.h - a matte and what it says about its picture, as bytes for a cache.
 *
 * A header of 48 bytes, numbers little-endian, and the plane as PNG, or as rows where that is smaller or the
 * build has no PNG. Mattes of photographs of 640 x 480 become 3 to 53 KB of 307, in 0.5 to 2 ms, and come back
 * in 0.9 ms; one of 8 megapixels 165 KB, in 52 and 108 ms: a pool of 64 MiB holds hundreds of them instead
 * of 8. Layer 4 (run). Threads: any. */
#ifndef INSPYR_RUN_MATTE_PACK_H
#define INSPYR_RUN_MATTE_PACK_H

#include "image/image.h"
#include "run/context/backend.h"

/* alpha: GREY8. */
inspyr_status matte_pack(inspyr_bytes *out, const inspyr_view *alpha, const backend_found *found,
                         const inspyr_allocator *allocator, inspyr_pool *pool, inspyr_error *error);

/* false: not what matte_pack() makes, or no memory. */
bool matte_unpack(inspyr_image **alpha, backend_found *found, const void *bytes, size_t size,
                  const inspyr_allocator *allocator);

#endif
