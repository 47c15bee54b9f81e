#include "identity.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct identity {
    dev_t device;
    ino_t inode;
    const char *path;
} identity;

struct identities {
    size_t count;
    identity at[];
};

static int by_identity(const void *a, const void *b)
{
    const identity *x = a, *y = b;

    if (x->device != y->device)
        return x->device < y->device ? -1 : 1;
    if (x->inode != y->inode)
        return x->inode < y->inode ? -1 : 1;
    return 0;
}

static bool identify(identity *out, const char *path, int stream)
{
    struct stat about;

    if (strcmp(path, "-") ? stat(path, &about) : fstat(stream, &about))
        return false;
    out->device = about.st_dev;
    out->inode = about.st_ino;
    out->path = path;
    return S_ISREG(about.st_mode); /* a pipe or a terminal may be both ends */
}

identities *identities_of(const inputs *list)
{
    identities *ids = malloc(sizeof *ids + list->count * sizeof *ids->at);

    if (!ids)
        return NULL;
    ids->count = 0;
    for (size_t i = 0; i < list->count; i++)
        if (identify(&ids->at[ids->count], list->at[i].path, STDIN_FILENO))
            ids->count++;
    qsort(ids->at, ids->count, sizeof *ids->at, by_identity);
    return ids;
}

const char *identities_find(const identities *ids, const char *path)
{
    identity wanted;
    const identity *found;

    if (!identify(&wanted, path, STDOUT_FILENO))
        return NULL;
    found = bsearch(&wanted, ids->at, ids->count, sizeof *ids->at, by_identity);
    return found ? found->path : NULL;
}

void identities_free(identities *ids)
{
    free(ids);
}
