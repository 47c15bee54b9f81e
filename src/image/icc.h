/* icc.h - whether an ICC profile can be what it says, and which colours it is of.
 *
 * Reads the header and the table of tags, never what is in them. Layer 2 (image). Threads: any. */
#ifndef INSPYR_IMAGE_ICC_H
#define INSPYR_IMAGE_ICC_H

#include <stdbool.h>

#include "inspyr.h"

/* Profiles of cameras and screens have a few KB, with lookup tables some hundred. */
#define ICC_BYTES_MAX ((size_t)1 << 20)

typedef enum icc_space {
    ICC_NONE, /* damaged, or larger than ICC_BYTES_MAX */
    ICC_RGB,
    ICC_GREY,
    ICC_OTHER, /* inks, mostly */
} icc_space;

/* *used: of the bytes those that are the profile. Every tag lies within them. */
icc_space icc_space_of(size_t *used, const void *bytes, size_t size);

/* Are its colours three curves and a matrix, as all of cameras and screens are? Lookup tables are the part of a
 * profile that is large, nests, and has been the way in. */
bool icc_is_matrix(const void *bytes, size_t size);

/* A profile that a caller handed in for a picture's colours: INSPYR_ERR_ARGUMENT unless it is one of RGB, or of
 * grey if so wished. NULL and no bytes are fine. */
inspyr_status icc_check(const inspyr_bytes *profile, icc_space space, inspyr_error *error);

#endif
