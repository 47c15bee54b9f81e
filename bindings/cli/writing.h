/* writing.h - results into files: whole, under their own name, or not at all. */
#ifndef INSPYR_CLI_WRITING_H
#define INSPYR_CLI_WRITING_H

#include <stdbool.h>

#include "inspyr.h"

/* May this file be written? Asked before the work, so that the work is not done in vain. Existing files only
 * with `replace`; pipes and character devices always; folders and everything else never. */
inspyr_status write_allowed(const char *path, bool replace, inspyr_error *error);

/* path: "-" is the standard output. A symbolic link is followed: its target is written. */
inspyr_status write_bytes(const char *path, const inspyr_bytes *bytes, bool replace, inspyr_error *error);

/* Encodes and writes; a matte as WebP without loss. *ms: how long that took; may be NULL. */
inspyr_status write_picture(const char *path, const inspyr_view *view, inspyr_file file, bool replace,
                            double *ms, inspyr_error *error);

#endif
