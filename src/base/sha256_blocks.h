/* sha256_blocks.h - how one block of 64 bytes enters the state of SHA-256, in C and by instructions.
 *
 * Layer 1 (base). Threads: any. */
#ifndef INSPYR_BASE_SHA256_BLOCKS_H
#define INSPYR_BASE_SHA256_BLOCKS_H

#include <stdbool.h>
#include <stdint.h>

extern const uint32_t sha256_roots[64];

void sha256_mix(uint32_t *state, const unsigned char *block);

/* Has this processor the instructions? Only then may sha256_mix_x86() be called. */
bool sha256_x86_here(void);
void sha256_mix_x86(uint32_t *state, const unsigned char *block);

#endif
