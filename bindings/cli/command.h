/* command.h - the commands, and how they end. */
#ifndef INSPYR_CLI_COMMAND_H
#define INSPYR_CLI_COMMAND_H

enum {
    ENDS_WELL = 0,
    ENDS_WITH_ERRORS = 1,
    ENDS_MISUSED = 2,
    ENDS_TOO_EARLY = 75
}; /* EX_TEMPFAIL of sysexits.h */

/* argv[0] is the name of the command. The result is the exit status. */
typedef int command_fn(int argc, char **argv);

command_fn command_batch, command_bench, command_convert, command_cutout, command_devices, command_draw,
    command_effects, command_eval, command_info, command_models, command_pull, command_quantise, command_sheet;

#endif
