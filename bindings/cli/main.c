/* main.c - the inspyr command: finds the command that was asked for. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "command.h"
#include "help.h"
#include "inspyr.h"
#include "say.h"

static const struct command {
    const char *name;
    command_fn *run;
} commands[] = {
    { "cutout", command_cutout },   { "info", command_info },     { "eval", command_eval },
    { "sheet", command_sheet },     { "models", command_models }, { "pull", command_pull },
    { "convert", command_convert },
};

#define COMMAND_COUNT (sizeof commands / sizeof *commands)

static const struct command *find(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (!strcmp(commands[i].name, name))
            return &commands[i];
    return NULL;
}

static int unknown(const char *word)
{
    const char *names[COMMAND_COUNT];

    for (size_t i = 0; i < COMMAND_COUNT; i++)
        names[i] = commands[i].name;
    say_wrong("there is no command '%s'; did you mean '%s'?", word, nearest_word(word, names, COMMAND_COUNT));
    return ENDS_MISUSED;
}

static int help(const char *topic)
{
    if (topic && !find(topic))
        return unknown(topic);
    help_print(stdout, topic);
    return say_flush() ? ENDS_WELL : ENDS_WITH_ERRORS;
}

int main(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : NULL;
    const struct command *command;

    signal(SIGPIPE, SIG_IGN); /* a reader that went away, or a limit that was reached, is a write error like */
#ifdef SIGXFSZ
    signal(SIGXFSZ, SIG_IGN); /* any other, and is reported */
#endif
    if (!word) {
        help_print(stderr, NULL);
        return ENDS_MISUSED;
    }
    if (!strcmp(word, "--help") || !strcmp(word, "-h"))
        return help(NULL);
    if (!strcmp(word, "help"))
        return help(argc > 2 ? argv[2] : NULL);
    if (!strcmp(word, "--version") || !strcmp(word, "-V")) {
        printf("inspyr %s\n", inspyr_version());
        return say_flush() ? ENDS_WELL : ENDS_WITH_ERRORS;
    }
    command = find(word);
    return command ? command->run(argc - 1, argv + 1) : unknown(word);
}
