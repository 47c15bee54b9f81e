/* download.h - a file over HTTPS, by libcurl; a build without it has none. */
#ifndef INSPYR_CLI_DOWNLOAD_H
#define INSPYR_CLI_DOWNLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "partial.h"

typedef struct download_limits {
    int64_t bytes_max;
    int32_t timeout_s; /* to connect, and without a byte */
    bool quiet;        /* no bar */
} download_limits;

/* False: this build cannot. */
bool download_possible(void);

/* Fetches what is missing of p->url into p. Only HTTPS, also where the server redirects to; the proxy is the
 * environment's. Whatever goes wrong, what has come stays in p. */
inspyr_status download(partial *p, const download_limits *limits, inspyr_error *error);

#endif
