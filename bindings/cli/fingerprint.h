/* fingerprint.h - SHA-256, which names pictures and what is made of them; the same in every build. */
#ifndef INSPYR_CLI_FINGERPRINT_H
#define INSPYR_CLI_FINGERPRINT_H

#include <stddef.h>
#include <stdint.h>

#define FINGERPRINT_BYTES 32
#define FINGERPRINT_TEXT 65 /* in hexadecimal, with the NUL */

typedef struct fingerprint {
    uint32_t state[8];
    uint64_t size;
    unsigned char block[64];
} fingerprint;

void fingerprint_begin(fingerprint *f);
void fingerprint_add(fingerprint *f, const void *bytes, size_t size);
void fingerprint_end(fingerprint *f, unsigned char out[FINGERPRINT_BYTES]);

void fingerprint_text(char out[FINGERPRINT_TEXT], const unsigned char bytes[FINGERPRINT_BYTES]);

/* All of it at once. */
void fingerprint_of(char out[FINGERPRINT_TEXT], const void *bytes, size_t size);

#endif
