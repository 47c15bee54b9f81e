/* packed.h - packed weights on the disk, so that a checkpoint is folded and packed once per machine.
 *
 * One file per weight file, engine and instruction set, named by what it was made of: it is mapped, held
 * against its checksum, and used where it lies. Whatever is not to the library's liking counts as not there:
 * another version's, somebody else's, a damaged one; it is then written anew. Layer 3 (net). Threads: any; two
 * processes that write the same file both succeed. */
#ifndef INSPYR_NET_PACKED_H
#define INSPYR_NET_PACKED_H

#include "base/file.h"
#include "net/engine.h"
#include "net/known.h"

typedef struct packed_entry {
    char path[4096];
    unsigned char digest[WEIGHTS_DIGEST];
    const engine_kind *engine;
    inspyr_precision precision;
    mapped_file file;  /* zero: no hit */
    known_facts facts; /* kept, so that a hit need not find them out again */
    const void *data;  /* within the file, aligned to 64 bytes */
    size_t size;
} packed_entry;

/* Looks in the folder. true: a hit, of which the file stays mapped until packed_close(). The host's log hears
 * why a file that is there was not taken. */
bool packed_find(packed_entry *entry, const char *folder, const unsigned char digest[WEIGHTS_DIGEST],
                 const engine_kind *engine, const engine_host *host);

/* Writes what was not found. facts are those of the entry. */
inspyr_status packed_write(const packed_entry *entry, const char *folder, const void *data, size_t size,
                           inspyr_pool *pool, inspyr_error *error);

void packed_close(packed_entry *entry);

#endif
