/* sha256.h - the digest of FIPS 180-4, piece by piece. Layer 1 (base). Threads: any, one per digest. */
#ifndef INSPYR_BASE_SHA256_H
#define INSPYR_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_SIZE 32

typedef struct sha256 {
    uint32_t state[8];
    uint64_t size; /* bytes so far */
    unsigned char block[64];
    void (*mix)(uint32_t *state, const unsigned char *block); /* the fastest that this processor has */
} sha256;

void sha256_begin(sha256 *s);
void sha256_add(sha256 *s, const void *bytes, size_t size);
void sha256_end(unsigned char out[SHA256_SIZE], sha256 *s);

#endif
