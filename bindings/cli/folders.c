#include "folders.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "inputs.h"

const char no_folder[] = "no folder for models is known: set HOME, INSPYR_CACHE_DIR or INSPYR_MODEL_DIR";

/* NULL for unset and for empty. */
static const char *setting(const char *name)
{
    const char *value = getenv(name);

    return value && *value ? value : NULL;
}

static char *in_cache(const char *name)
{
    const char *own = setting("INSPYR_CACHE_DIR"), *xdg = setting("XDG_CACHE_HOME"), *home = setting("HOME");
    char *cache = NULL, *folder;

    if (own)
        return path_join(own, name);
    if (xdg && xdg[0] == '/') /* its specification: relative paths are to be ignored */
        cache = path_join(xdg, "inspyr");
    else if (home)
        cache = path_join(home, ".cache/inspyr");
    folder = cache ? path_join(cache, name) : NULL;
    free(cache);
    return folder;
}

char *models_folder(void)
{
    const char *own = setting("INSPYR_MODEL_DIR");

    return own ? strdup(own) : in_cache("models");
}

char *packed_folder(void)
{
    return in_cache("packed");
}

bool folder_make(const char *path, mode_t mode)
{
    char *copy = strdup(path);
    bool made = copy != NULL;

    for (char *at = copy; made && at;) {
        at = strchr(at + 1, '/');
        if (at)
            *at = '\0';
        made = !mkdir(copy, mode) || errno == EEXIST || is_folder(copy);
        if (at)
            *at = '/';
    }
    free(copy);
    if (made && !is_folder(path)) {
        errno = ENOTDIR;
        made = false;
    }
    return made;
}
