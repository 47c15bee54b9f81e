/* shard.h - which part of many pictures is this process's.
 *
 * A picture belongs to the shard whose number is the first eight bytes of the SHA-256 of its name, most
 * significant first, modulo the number of shards: whatever other pictures there are, and on every machine. The
 * name is the one below the folder that was given, without its suffix, so that pictures whose results would
 * have one name meet. */
#ifndef INSPYR_CLI_SHARD_H
#define INSPYR_CLI_SHARD_H

#include <stdbool.h>
#include <stdint.h>

#include "inputs.h"

typedef struct shard {
    int32_t number, count; /* number: from 0 on */
} shard;

/* "3/8", or "auto": what the environment of a job array says. False: has been explained. */
bool shard_parse(shard *out, const char *text);

/* Leaves only the shard's own inputs. */
void shard_keep(const shard *s, inputs *list);

#endif
