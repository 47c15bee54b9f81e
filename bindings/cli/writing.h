/* writing.h - results into files: whole, under their own name, or not at all. */
#ifndef INSPYR_CLI_WRITING_H
#define INSPYR_CLI_WRITING_H

#include <stdbool.h>

#include "inspyr.h"

/* May this file be written? Asked before the work, so that the work is not done in vain. Existing files only
 * with `replace`; pipes and character devices always; folders and everything else never. */
inspyr_status write_allowed(const char *path, bool replace, inspyr_error *error);

/* Is there a folder for it, and can files be made in it? For a file that does not exist yet. */
inspyr_status write_possible(const char *path, inspyr_error *error);

/* path: "-" is the standard output. A symbolic link is followed: its target is written. */
inspyr_status write_bytes(const char *path, const inspyr_bytes *bytes, bool replace, inspyr_error *error);

/* A result that is written piece by piece. */
typedef struct writing {
    const char *path;
    char *target; /* where the path leads; NULL: a pipe or device */
    int file;
    bool old; /* there is one already */
    uint64_t size;
    inspyr_error error; /* why a piece could not be written */
} writing;

inspyr_status writing_begin(writing *w, const char *path, bool replace, inspyr_error *error);

/* user: the writing. An inspyr_write_fn. */
int writing_take(void *user, const void *bytes, size_t size);

/* Gives the result its name, or removes what there is of it. */
inspyr_status writing_end(writing *w, bool keep, inspyr_error *error);

/* Encodes and writes; a matte as WebP without loss. profile: of the source's colours, for results that have
 * some, and files that can hold it; may be NULL. *ms: how long that took; may be NULL. */
inspyr_status write_picture(const char *path, const inspyr_view *view, const inspyr_bytes *profile,
                            inspyr_file file, bool replace, inspyr_pool *pool, double *ms, inspyr_error *error);

#endif
