/* weight_files.h - what the commands have in common that make one weight file of another.
 *
 * Every failure has been said. Threads: single. */
#ifndef INSPYR_CLI_WEIGHT_FILES_H
#define INSPYR_CLI_WEIGHT_FILES_H

#include <stdbool.h>

#include "inspyr_experimental.h"

typedef struct weight_job {
    const char *command;                           /* its name */
    const char *source, *target;                   /* as they were given */
    inspyr_convert_options *describe;              /* receives what the catalogue and the source's bytes say */
    bool (*make)(void *request, const char *path); /* path: of the source */
    void *request;
} weight_job;

/* Can the new file have that name? */
bool weight_target(const char *target);

/* The exit status of the command. */
int weight_run(const weight_job *job);

#endif
