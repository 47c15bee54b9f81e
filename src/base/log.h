/* log.h - finished lines for the hook of one object.
 *
 * Layer 1 (base). Threads: any. */
#ifndef INSPYR_BASE_LOG_H
#define INSPYR_BASE_LOG_H

#include "inspyr.h"

typedef struct log_hook {
    inspyr_log_fn *line; /* NULL: silence */
    void *user;
} log_hook;

void log_line(const log_hook *hook, inspyr_log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
