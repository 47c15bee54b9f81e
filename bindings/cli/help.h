/* help.h - what --help prints. */
#ifndef INSPYR_CLI_HELP_H
#define INSPYR_CLI_HELP_H

#include <stdio.h>

/* topic: the name of a command, or NULL for all of them. */
void help_print(FILE *file, const char *topic);

#endif
