/* reading.h - files into memory, and pictures out of it. */
#ifndef INSPYR_CLI_READING_H
#define INSPYR_CLI_READING_H

#include <stdbool.h>

#include "inspyr.h"

/* Of a picture's file; without it, `inspyr cutout /dev/zero` would take all memory there is. */
#define PICTURE_BYTES_MAX ((size_t)256 << 20)

/* Of a weight file; the largest network of the family has 0.4 GB. */
#define WEIGHT_BYTES_MAX ((size_t)2 << 30)

/* path: "-" is the standard input. At most `limit` bytes: INSPYR_ERR_LIMIT beyond. *out: inspyr_bytes_free().
 */
inspyr_status read_bytes(inspyr_bytes *out, const char *path, size_t limit, inspyr_error *error);

/* --limit, --shrink-to and --heif. */
typedef struct picture_limits {
    int32_t megapixels; /* 0: 50 */
    double shrink_to;   /* megapixels; 0: what is larger is refused */
    bool heif;
} picture_limits;

/* Those that take a value. False: has been explained. */
bool picture_parse_limit(picture_limits *limits, const char *text);
bool picture_parse_shrink(picture_limits *limits, const char *text);

inspyr_decode_options picture_options(const picture_limits *limits);

/* --sandbox: read_picture() decodes in a process that can do nothing else. */
void pictures_in_sandbox(void);

/* When no picture will be read any more. */
void pictures_end(void);

/* Of a file in memory. options: may be NULL. */
inspyr_status decode_picture(inspyr_image **out, const inspyr_bytes *file, const inspyr_decode_options *options,
                             inspyr_error *error);

/* options: may be NULL. *ms: how long reading and decoding took; may be NULL. */
inspyr_status read_picture(inspyr_image **out, double *ms, const char *path,
                           const inspyr_decode_options *options, inspyr_error *error);

#endif
