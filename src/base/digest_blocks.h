/* digest_blocks.h - bytes in pieces of any size, handed on in blocks of 64: what MD5 and SHA-256 have in
 * common.
 *
 * Only those two include it. Layer 1 (base). Threads: any, one per digest. */
#ifndef INSPYR_BASE_DIGEST_BLOCKS_H
#define INSPYR_BASE_DIGEST_BLOCKS_H

#include <stdint.h>
#include <string.h>

#define DIGEST_BLOCK 64

typedef void digest_mix(uint32_t *state, const unsigned char *block);

/* size: of all bytes so far; its remainder is in `block`. */
static inline void digest_add(uint32_t *state, uint64_t *size, unsigned char block[DIGEST_BLOCK],
                              const void *bytes, size_t count, digest_mix *mix)
{
    const unsigned char *p = bytes;
    size_t used = *size % DIGEST_BLOCK;

    *size += count;
    while (count) {
        size_t part = count < DIGEST_BLOCK - used ? count : DIGEST_BLOCK - used;

        if (part == DIGEST_BLOCK) {
            mix(state, p);
        } else {
            memcpy(block + used, p, part);
            used += part;
            if (used == DIGEST_BLOCK) {
                mix(state, block);
                used = 0;
            }
        }
        p += part;
        count -= part;
    }
}

/* Zeros behind a single bit, so that eight bytes of length complete a block. */
static inline size_t digest_padding(uint64_t size)
{
    return 1 + (DIGEST_BLOCK + 55 - size % DIGEST_BLOCK) % DIGEST_BLOCK;
}

#endif
