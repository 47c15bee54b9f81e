/* say.h - what the command tells people, on the standard error.
 *
 * Names of files are shown with control characters replaced, so that a name cannot move the cursor or start a
 * line of its own. Threads: single; signals aside, one thread of the command speaks at a time. */
#ifndef INSPYR_CLI_SAY_H
#define INSPYR_CLI_SAY_H

#include <stdbool.h>
#include <stdio.h>

#include "inspyr.h"

#if defined(__GNUC__)
#define SAY_FORMAT(text, first) __attribute__((format(printf, text, first)))
#else
#define SAY_FORMAT(text, first)
#endif

/* "inspyr: name: text". name: may be NULL. */
void say_problem(const char *name, const char *text);

/* Which command works: its page is where help is. Before, it is the overview. */
void say_command(const char *name);

/* "inspyr: text" and where to find help: for wrong usage. */
void say_wrong(const char *format, ...) SAY_FORMAT(1, 2);

/* A name as it may be shown. */
void say_name(FILE *file, const char *name);

/* Pushes the standard output out; false and a message if it could not be written. */
bool say_flush(void);

/* Fills an error as the library does; returns the status. error: may be NULL. */
inspyr_status refuse(inspyr_error *error, inspyr_status status, const char *format, ...) SAY_FORMAT(3, 4);

#endif
