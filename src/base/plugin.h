/* plugin.h - parts of the library that lie in files of their own, because of what they are linked with.
 *
 * A plug-in exports one table, which begins with a private number and the table's size; both must match
 * exactly, or it is refused. It is looked for by absolute path alone: in the folders of INSPYR_PLUGIN_PATH (not
 * in programs with raised privileges), in the folder of the library, and in that of its installation. It is
 * never closed, so a table is good until the process ends. Layer 1 (base). Threads: any; finding a plug-in
 * again costs what dlopen() of an open file costs. */
#ifndef INSPYR_BASE_PLUGIN_H
#define INSPYR_BASE_PLUGIN_H

#include <stdbool.h>

#include "inspyr.h"

typedef struct plugin_wanted {
    const char *name;    /* "onednn": libinspyr-onednn.so, which exports inspyr_plugin_onednn */
    uint32_t abi, size;  /* with which its table begins */
    const char *foreign; /* a function of the library it is linked with; NULL: there is none. Where the program
                            has one of that name for everyone, the plug-in's own goes before it. */
} plugin_wanted;

/* INSPYR_ERR_DEVICE and the reason where none is to be had. */
inspyr_status plugin_find(const void **table, const plugin_wanted *wanted, inspyr_error *error);

#define PLUGIN_PATH_MAX 4096

/* The absolute path of a program that lies where plug-ins do. INSPYR_ERR_UNSUPPORTED: there is none. */
inspyr_status plugin_program(char path[PLUGIN_PATH_MAX], const char *name, inspyr_error *error);

/* Is a library in the process whose file's name begins so? path: of the first one, without links. */
bool plugin_mapped(const char *name, char path[PLUGIN_PATH_MAX]);

#endif
