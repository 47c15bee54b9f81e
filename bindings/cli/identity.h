/* identity.h - which files the inputs really are, whatever links lead to them. */
#ifndef INSPYR_CLI_IDENTITY_H
#define INSPYR_CLI_IDENTITY_H

#include "inputs.h"

typedef struct identities identities;

/* Of all inputs that are files; refers to their paths. NULL when out of memory. */
identities *identities_of(const inputs *list);

/* The input that is the same file on the same device as `path` ("-": the standard output); NULL if there is
 * none, or if `path` does not exist. */
const char *identities_find(const identities *ids, const char *path);

void identities_free(identities *ids);

#endif
