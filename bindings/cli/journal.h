/* journal.h - what is done already, so that a later run need not do it again.
 *
 * A folder with a small file for each picture that was finished, named by the SHA-256 of the recipe, the
 * picture's name and the SHA-256 of its file. It says what was made of what, with the sizes of the results:
 * where those have gone or changed, or the picture or an option has, nothing is done yet. Several processes may
 * share a folder. */
#ifndef INSPYR_CLI_JOURNAL_H
#define INSPYR_CLI_JOURNAL_H

#include <stdbool.h>

#include "fingerprint.h"
#include "inspyr.h"

typedef struct journal {
    const char *folder; /* NULL: nothing is kept */
    char *recipe;       /* everything that decides over the bytes of results, in one line */
} journal;

/* The name of what is to be made of a picture. */
bool journal_key(char key[FINGERPRINT_TEXT], const journal *j, const char *name, const inspyr_bytes *file);

/* outputs: n paths. */
bool journal_has(const journal *j, const char *key, const char *name, const char *const *outputs, size_t n);

/* The results are on the disk before the journal says so. */
inspyr_status journal_put(const journal *j, const char *key, const char *name, const char *const *outputs,
                          size_t n, inspyr_error *error);

#endif
