/* checksums.h - is a file in the model folder what it should be? Compared with the checksum its authors publish
 * or, where there is none, with the one recorded beside it (<file>.sha256, as sha256sum writes it) when it
 * came. */
#ifndef INSPYR_CLI_CHECKSUMS_H
#define INSPYR_CLI_CHECKSUMS_H

#include <stddef.h>

#include "catalogue.h"
#include "digest.h"
#include "inspyr.h"

#define CHECKSUM_SUFFIX ".sha256"

typedef enum checksum_state {
    CHECKSUM_GOOD,
    CHECKSUM_WRONG,
    CHECKSUM_NOTHING_TO_COMPARE,
} checksum_state;

/* The recorded SHA-256 of a file. False: none. */
bool checksum_recorded(char out[SHA256_TEXT], const char *path);

inspyr_status checksum_record(const char *path, const char *sha256, inspyr_error *error);

/* published: NULL for files nobody knows. difference: a text about what is wrong, if something is. */
checksum_state checksum_compare(const published_model *published, const char *path, const digests *found,
                                char *difference, size_t room);

#endif
