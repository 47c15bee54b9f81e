/* guard.h - no half-written file stays behind, whatever ends the command.
 *
 * A result grows under a temporary name in the folder it is meant for and gets its own name at the end. A
 * thread waits for SIGINT, SIGTERM and SIGHUP; it takes the lock under which names change, so there is no
 * moment in which a temporary file exists and the thread does not know. At most one temporary file at a time.
 */
#ifndef INSPYR_CLI_GUARD_H
#define INSPYR_CLI_GUARD_H

#include <stdbool.h>
#include <sys/types.h>

/* To be called before any other thread is started: they inherit that the signals are not theirs. A signal now
 * removes the temporary file, and then ends the process as it would have without us. Signals that were ignored
 * stay so. False: no thread could be started. */
bool guard_start(void);

/* The same, but the first SIGTERM only asks for an end, which guard_asked() tells; a second one, and the other
 * signals, are as above. */
bool guard_start_asking(void);
bool guard_asked(void);

/* Temporary files are called after the owner from now on, so that guard_sweep() of a later process that works
 * for the same one, and alone does, knows what a killed one left in a folder. owner: up to 24 characters. */
void guard_own(const char *owner);
void guard_sweep(const char *folder);

/* Creates a temporary file beside `path` and opens it for writing; -1 and errno if that is not possible. */
int guard_create(const char *path, mode_t mode);

/* Gives the temporary file its name. replace: an existing file may be replaced; otherwise EEXIST. On failure,
 * the temporary file is gone too and errno says why. */
bool guard_publish(const char *path, bool replace);

/* Removes the temporary file. Keeps errno. */
void guard_discard(void);

#endif
