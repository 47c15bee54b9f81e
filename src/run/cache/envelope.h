/* envelope.h - bytes on their way to a store and back: what they are, of which key, how old, and whether they
 * are whole.
 *
 * A head of 136 bytes, numbers with the lowest byte first, and the bytes. The seal is the SHA-256, with a
 * secret the HMAC-SHA-256, of everything else, so nothing that was cut, mixed up, made by another version, or
 * with a secret by somebody else, is ever opened. Layer 4 (run). Threads: any. */
#ifndef INSPYR_RUN_ENVELOPE_H
#define INSPYR_RUN_ENVELOPE_H

#include "run/cache/key.h"

#define ENVELOPE_HEAD 136

/* Of clocks of different machines; an entry from further ahead is of no use. */
#define ENVELOPE_AHEAD_MS (INT64_C(5) * 60 * 1000)

/* What the head says, beside length and seal. */
typedef struct envelope {
    inspyr_cache_pool pool;
    cache_key key;
    int64_t created_ms; /* since 1970 */
    int64_t ttl_ms;
} envelope;

typedef enum envelope_state { ENVELOPE_GOOD = 0, ENVELOPE_STALE = 1, ENVELOPE_WRONG = 2 } envelope_state;

/* Writes the head in front of `size` bytes that stand behind its place. secret: the seals' part, or NULL. */
void envelope_seal(unsigned char *sealed, size_t size, const envelope *e, const hmac *secret);

/* Is it of e->key, whole, and good now? Fills the rest of *e, and *left_ms: of its life. The contents stand
 * behind the head. */
envelope_state envelope_open(envelope *e, int64_t *left_ms, const void *sealed, size_t size, int64_t now_ms,
                             const hmac *secret);

#endif
