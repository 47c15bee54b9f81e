/* zip_bytes.h - the numbers of an archive, little endian and not aligned. Layer 3 (net). Threads: any. */
#ifndef INSPYR_NET_ZIP_BYTES_H
#define INSPYR_NET_ZIP_BYTES_H

#include <stdint.h>

static inline uint32_t zip_u16(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static inline uint32_t zip_u32(const unsigned char *p)
{
    return zip_u16(p) | zip_u16(p + 2) << 16;
}

static inline uint64_t zip_u64(const unsigned char *p)
{
    return zip_u32(p) | (uint64_t)zip_u32(p + 4) << 32;
}

#endif
