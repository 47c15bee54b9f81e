/* md5.h - the digest of RFC 1321, by which published files and reference results are known, piece by piece.
 *
 * It tells files apart; it proves nothing about who made them. Layer 1 (base). Threads: any, one per digest. */
#ifndef INSPYR_BASE_MD5_H
#define INSPYR_BASE_MD5_H

#include <stddef.h>
#include <stdint.h>

#define MD5_SIZE 16

typedef struct md5 {
    uint32_t state[4];
    uint64_t size; /* bytes so far */
    unsigned char block[64];
} md5;

void md5_begin(md5 *m);
void md5_add(md5 *m, const void *bytes, size_t size);
void md5_end(unsigned char out[MD5_SIZE], md5 *m);

#endif
