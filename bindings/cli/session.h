/* session.h - the threads and the model that a command works with. */
#ifndef INSPYR_CLI_SESSION_H
#define INSPYR_CLI_SESSION_H

#include <stdbool.h>

#include "inspyr.h"

typedef struct session {
    inspyr_pool *pool;
    inspyr_model *model;
} session;

/* model: "builtin", a path, or NULL for the built-in one. threads: 0 for one per processor. False: has been
 * explained. */
bool session_open(session *s, const char *model, int32_t threads);

void session_close(session *s);

#endif
