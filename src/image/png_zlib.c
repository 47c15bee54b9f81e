/* png_deflate.h in a build without libdeflate: slower. */
#include <zlib.h>

#include "base/memory.h"
#include "image/png_deflate.h"

/* As with libdeflate: a quick level for photographs, a thorough one where that is cheap. */
enum { LEVEL_NOISY = 3, LEVEL_PLAIN = 6 };

#define FLUSH_MAX 16

size_t png_deflate_bound(size_t size)
{
    return deflateBound(NULL, (uLong)size) + FLUSH_MAX;
}

static voidpf take(voidpf user, uInt count, uInt size)
{
    return memory_array(user, count, size);
}

static void give(voidpf user, voidpf memory)
{
    memory_give(user, memory);
}

/* A stream is its own state; raw, as the pieces are. */
static z_stream *open_stream(const png_deflater *d, int level)
{
    z_stream *z = memory_zeroed(d->allocator, sizeof *z);

    if (!z)
        return NULL;
    z->zalloc = take;
    z->zfree = give;
    z->opaque = (voidpf)d->allocator;
    if (deflateInit2(z, level, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK)
        return z;
    memory_give(d->allocator, z);
    return NULL;
}

inspyr_status png_deflate(size_t *written, png_deflater *d, unsigned char *out, const unsigned char *in,
                          size_t size, bool plain, bool last)
{
    int level = d->compression ? (int)d->compression : plain ? LEVEL_PLAIN : LEVEL_NOISY;
    z_stream *z = d->states[plain];
    int result;

    if (!z && !(z = d->states[plain] = open_stream(d, level)))
        return INSPYR_ERR_MEMORY;
    deflateReset(z);
    z->next_in = (z_const Bytef *)in;
    z->avail_in = (uInt)size;
    z->next_out = out;
    z->avail_out = (uInt)png_deflate_bound(size);
    result = deflate(z, last ? Z_FINISH : Z_SYNC_FLUSH);
    if (result != (last ? Z_STREAM_END : Z_OK) || z->avail_in || !z->avail_out)
        return INSPYR_ERR_INTERNAL;
    *written = (size_t)(z->next_out - out);
    return INSPYR_OK;
}

void png_deflate_close(png_deflater *d)
{
    for (int i = 0; i < 2; i++)
        if (d->states[i]) {
            deflateEnd(d->states[i]);
            memory_give(d->allocator, d->states[i]);
        }
}

uint32_t png_crc32(uint32_t crc, const unsigned char *bytes, size_t size)
{
    return (uint32_t)crc32(crc, bytes, (uInt)size);
}

uint32_t png_adler32(const unsigned char *bytes, size_t size)
{
    return (uint32_t)adler32(1, bytes, (uInt)size);
}
