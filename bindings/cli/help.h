/* help.h - what --help prints. */
#ifndef INSPYR_CLI_HELP_H
#define INSPYR_CLI_HELP_H

/* topic: the name of a command, or NULL for all of them. */
const char *help_text(const char *topic);

#endif
