/* session.h - the threads and the model that a command works with. */
#ifndef INSPYR_CLI_SESSION_H
#define INSPYR_CLI_SESSION_H

#include <stdbool.h>
#include <stdio.h>

#include "catalogue.h"
#include "inspyr.h"
#include "network_options.h"

typedef struct session {
    inspyr_pool *pool;
    inspyr_model *model;
    inspyr_info info; /* texts live as long as the model */
} session;

/* An engine, device or precision that was asked for by name is required, unless it is a wish; what the library
 * picks by itself never fails. False: has been explained. */
bool session_open(session *s, const network_request *request);

void session_close(session *s);

/* What is asked of the library. published: what is known about the file; NULL: nothing. */
void session_load_options(inspyr_load_options *options, const network_request *request,
                          const published_model *published);

/* "in 12.3 ms: reading 1.0, packing 11.0, cache off" and the end of the line. */
void session_print_load(FILE *file, const inspyr_info *info);

/* The word for what became of the cache: "off", "hit", "written", "failed". */
const char *session_cache_word(inspyr_cache_use use);

#endif
