/* load_history.h - how long loading took on this machine, kept in a file, so that a context can say how long it
 * will take.
 *
 * Lines of a key (what is loaded, for what device: 64 hexadecimal digits) and seconds; damaged lines, and whole
 * files that are none, are as if they were not there. Several processes may share a file: the last one that
 * writes wins. Layer 4 (run). Threads: any. */
#ifndef INSPYR_RUN_LOAD_HISTORY_H
#define INSPYR_RUN_LOAD_HISTORY_H

#include "inspyr.h"

/* Loads kept of one key, and lines in all. */
#define LOAD_HISTORY_EACH 8
#define LOAD_HISTORY_LINES 64

/* The key of a source (NULL: the built-in model) with the options that its time depends on. */
void load_history_key(char out[65], const char *source, const inspyr_load_options *options);

/* The median of the key's loads; -1 without any. path: NULL: none. */
double load_history_estimate(const char *path, const char *key);

/* Adds a load. A file that cannot be written is a reason for a line in the log, and for nothing else. */
inspyr_status load_history_add(const char *path, const char *key, double seconds, inspyr_error *error);

#endif
