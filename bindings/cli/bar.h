/* bar.h - the progress of several pictures or of a download, on a terminal: done, how much a second, time left.
 *
 * Draws on the standard error, and nothing at all where that is not a terminal. One at a time. */
#ifndef INSPYR_CLI_BAR_H
#define INSPYR_CLI_BAR_H

#include <stdbool.h>
#include <stddef.h>

/* wanted: false switches it off for this run. The clock starts here. */
void bar_start(size_t total, bool wanted);

/* The same for bytes, of which some were there before. */
void bar_start_bytes(size_t total, size_t before, bool wanted);

/* Is it on? Then the lines it stands for need not be printed. */
bool bar_shown(void);

void bar_step(size_t done);

/* Clears its line before something else is printed; the next step draws it again. */
void bar_hide(void);

void bar_end(void);

#endif
