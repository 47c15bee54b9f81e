#define _GNU_SOURCE /* dladdr, RTLD_DEEPBIND, secure_getenv */
#include "base/plugin.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/status.h"

#define PATH_ROOM 4096

/* The sanitizers' runtimes lose sight of what is bound deeply, and end the program. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define DEEP 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define DEEP 0
#endif
#endif
#ifndef DEEP
#define DEEP RTLD_DEEPBIND
#endif

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

/* length: of the folder's name. Relative ones would depend on where the program happens to stand. */
static void try_folder(search *s, const char *folder, size_t length)
{
    char path[PATH_ROOM];

    if (s->table || !length || folder[0] != '/' || length >= sizeof path)
        return;
    if (snprintf(path, sizeof path, "%.*s/libinspyr-%s.so", (int)length, folder, s->wanted->name) <
        (int)sizeof path)
        try_file(s, path);
}

inspyr_status plugin_find(const void **table, const plugin_wanted *wanted, inspyr_error *error)
{
    static const char here = 0;
    search s = { .wanted = wanted };
    const char *folders = secure_getenv("INSPYR_PLUGIN_PATH"), *slash;
    Dl_info library;

    while (folders && *folders) {
        size_t length = strcspn(folders, ":");

        try_folder(&s, folders, length);
        folders += length + (folders[length] == ':');
    }
    if (dladdr(&here, &library) && library.dli_fname && (slash = strrchr(library.dli_fname, '/')))
        try_folder(&s, library.dli_fname, (size_t)(slash - library.dli_fname));
    try_folder(&s, INSPYR_PLUGINS, strlen(INSPYR_PLUGINS));
    *table = s.table;
    if (s.table)
        return INSPYR_OK;
    return failed(error, INSPYR_ERR_DEVICE, "%s", s.reason[0] ? s.reason : "the plug-in is not installed");
}
