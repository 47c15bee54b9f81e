#define _GNU_SOURCE /* dladdr, dl_iterate_phdr, RTLD_DEEPBIND, secure_getenv */
#include "base/plugin.h"

#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sanitized.h"
#include "base/status.h"

/* The sanitizers' runtimes lose sight of what is bound deeply, and end the program. */
#define DEEP (SANITIZED ? 0 : RTLD_DEEPBIND)

typedef struct search {
    const plugin_wanted *wanted;
    const void *table;
    char reason[sizeof(((inspyr_error *)0)->message)]; /* why the first file that is there is not the one */
} search;

static void set_reason(search *s, const char *path, const char *text)
{
    if (!s->reason[0])
        snprintf(s->reason, sizeof s->reason, "%.120s%s%.120s", path, path[0] ? ": " : "", text);
}

static void try_file(search *s, const char *path)
{
    char symbol[64];
    int flags = RTLD_NOW | RTLD_LOCAL;
    uint32_t head[2];
    const void *table;
    void *file;

    if (access(path, F_OK))
        return;
    /* Only then: what is bound deeply does not see the program's own malloc(). */
    if (s->wanted->foreign && dlsym(RTLD_DEFAULT, s->wanted->foreign))
        flags |= DEEP;
    file = dlopen(path, flags);
    if (!file) {
        const char *why = dlerror();

        set_reason(s, "", why ? why : path);
        return;
    }
    snprintf(symbol, sizeof symbol, "inspyr_plugin_%s", s->wanted->name);
    table = dlsym(file, symbol);
    if (!table) {
        set_reason(s, path, "no plug-in of this library");
        return;
    }
    memcpy(head, table, sizeof head);
    if (head[0] != s->wanted->abi || head[1] != s->wanted->size)
        set_reason(s, path, "made for another version of this library");
    else
        s->table = table;
}

/* Tries a file in a folder whose name has this length. */
typedef void try_folder(void *user, const char *folder, size_t length);

/* In this order; relative ones would depend on where the program happens to stand. */
static void each_folder(try_folder *try, void *user)
{
    static const char here = 0;
    const char *folders = secure_getenv("INSPYR_PLUGIN_PATH"), *slash;
    Dl_info library;

    while (folders && *folders) {
        size_t length = strcspn(folders, ":");

        if (folders[0] == '/')
            try(user, folders, length);
        folders += length + (folders[length] == ':');
    }
    if (dladdr(&here, &library) && library.dli_fname && library.dli_fname[0] == '/' &&
        (slash = strrchr(library.dli_fname, '/')))
        try(user, library.dli_fname, (size_t)(slash - library.dli_fname));
    try(user, INSPYR_PLUGINS, strlen(INSPYR_PLUGINS));
}

static void try_plugin(void *user, const char *folder, size_t length)
{
    search *s = user;
    char path[PLUGIN_PATH_MAX];

    if (!s->table && length < sizeof path &&
        snprintf(path, sizeof path, "%.*s/libinspyr-%s.so", (int)length, folder, s->wanted->name) <
            (int)sizeof path)
        try_file(s, path);
}

inspyr_status plugin_find(const void **table, const plugin_wanted *wanted, inspyr_error *error)
{
    search s = { .wanted = wanted };

    each_folder(try_plugin, &s);
    *table = s.table;
    if (s.table)
        return INSPYR_OK;
    return failed(error, INSPYR_ERR_DEVICE, "%s", s.reason[0] ? s.reason : "the plug-in is not installed");
}

typedef struct program_search {
    const char *name;
    char *path; /* PLUGIN_PATH_MAX; "": not found yet */
} program_search;

static void try_program(void *user, const char *folder, size_t length)
{
    program_search *s = user;

    if (s->path[0] || length >= PLUGIN_PATH_MAX)
        return;
    if (snprintf(s->path, PLUGIN_PATH_MAX, "%.*s/%s", (int)length, folder, s->name) >= PLUGIN_PATH_MAX ||
        access(s->path, X_OK))
        s->path[0] = '\0';
}

inspyr_status plugin_program(char path[PLUGIN_PATH_MAX], const char *name, inspyr_error *error)
{
    program_search s = { name, path };

    path[0] = '\0';
    each_folder(try_program, &s);
    return path[0] ? INSPYR_OK : failed(error, INSPYR_ERR_UNSUPPORTED, "%s is not installed", name);
}

typedef struct mapped_search {
    const char *name;
    char *path;
} mapped_search;

static int look_at(struct dl_phdr_info *info, size_t size, void *user)
{
    const mapped_search *s = user;
    const char *slash = info->dlpi_name ? strrchr(info->dlpi_name, '/') : NULL;
    char *path;

    (void)size;
    if (!slash || strncmp(slash + 1, s->name, strlen(s->name)) != 0)
        return 0;
    path = realpath(info->dlpi_name, NULL);
    if (!path || strlen(path) >= PLUGIN_PATH_MAX) {
        free(path);
        return 0;
    }
    strcpy(s->path, path);
    free(path);
    return 1;
}

bool plugin_mapped(const char *name, char path[PLUGIN_PATH_MAX])
{
    mapped_search s = { name, path };

    return dl_iterate_phdr(look_at, &s) != 0;
}
