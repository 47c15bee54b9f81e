/* partial.h - a file on its way: it grows as <name>.part, and <name>.part.from tells what it is a part of, so
 * that a later try can go on where this one ended.
 *
 * Nothing but partial_drop() removes what has come. One process at a time: the part is locked. */
#ifndef INSPYR_CLI_PARTIAL_H
#define INSPYR_CLI_PARTIAL_H

#include <stdbool.h>
#include <sys/types.h>

#include "inspyr.h"

#define VALIDATOR_MAX 256 /* with the NUL; a server's longer one is not used */

typedef struct partial {
    int file;
    off_t size;                    /* what has come */
    char validator[VALIDATOR_MAX]; /* ETag or date of what it is a part of; "": not known, so it cannot go on */
    const char *url;
    char *target, *path, *note;
} partial;

/* Opens the part of a target, new or old. One of another url, or of nobody knows what, is emptied. */
inspyr_status partial_open(partial *p, const char *target, const char *url, inspyr_error *error);

/* Begins again, with what the validator says. */
inspyr_status partial_restart(partial *p, const char *validator, inspyr_error *error);

inspyr_status partial_write(partial *p, const void *bytes, size_t size, inspyr_error *error);

/* Gives the whole file its name, once it is on the disk. */
inspyr_status partial_publish(partial *p, inspyr_error *error);

/* Removes it: what has come is of no use. */
void partial_drop(partial *p);

/* What has come stays. */
void partial_close(partial *p);

#endif
