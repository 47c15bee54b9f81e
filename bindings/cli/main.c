/* main.c - the inspyr command: finds the command that was asked for. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "command.h"
#include "help.h"
#include "inspyr.h"
#include "reading.h"
#include "say.h"
#include "suggest.h"

static const struct command {
    const char *name;
    command_fn *run;
} commands[] = {
    { "cutout", command_cutout },   { "batch", command_batch },     { "draw", command_draw },
    { "effects", command_effects }, { "info", command_info },       { "devices", command_devices },
    { "eval", command_eval },       { "sheet", command_sheet },     { "models", command_models },
    { "pull", command_pull },       { "convert", command_convert }, { "quantise", command_quantise },
    { "bench", command_bench },
};

#define COMMAND_COUNT (sizeof commands / sizeof *commands)

static bool is_help(const char *word)
{
    return !strcmp(word, "--help") || !strcmp(word, "-h");
}

static const struct command *find(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (!strcmp(commands[i].name, name))
            return &commands[i];
    return NULL;
}

static int unknown(const char *word)
{
    const char *names[COMMAND_COUNT], *near;

    for (size_t i = 0; i < COMMAND_COUNT; i++)
        names[i] = commands[i].name;
    near = nearest_word(word, names, COMMAND_COUNT);
    if (near)
        say_wrong("there is no command '%s'; did you mean '%s'?", word, near);
    else
        say_wrong("there is no command '%s'", word);
    return ENDS_MISUSED;
}

/* Ours: "help" and what it was given. */
static int help(int argc, char **argv)
{
    const char *topic = argc > 1 ? argv[1] : NULL;

    if (argc > 2) {
        say_wrong("%s explains one command at a time", argv[0]);
        return ENDS_MISUSED;
    }
    if (topic && is_help(topic))
        topic = "help";
    if (topic && strcmp(topic, "help") != 0 && !find(topic))
        return unknown(topic);
    help_print(stdout, topic);
    return say_flush() ? ENDS_WELL : ENDS_WITH_ERRORS;
}

int main(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : NULL;
    const struct command *command;
    int end;

    signal(SIGPIPE, SIG_IGN); /* a reader that went away, or a limit that was reached, is a write error like */
#ifdef SIGXFSZ
    signal(SIGXFSZ, SIG_IGN); /* any other, and is reported */
#endif
    if (!word) {
        help_print(stderr, NULL);
        return ENDS_MISUSED;
    }
    if (is_help(word) || !strcmp(word, "help"))
        return help(argc - 1, argv + 1);
    if (!strcmp(word, "--version") || !strcmp(word, "-V")) {
        if (argc > 2) {
            say_wrong("%s stands alone", word);
            return ENDS_MISUSED;
        }
        printf("inspyr %s\n", inspyr_version());
        return say_flush() ? ENDS_WELL : ENDS_WITH_ERRORS;
    }
    command = find(word);
    if (!command)
        return unknown(word);
    say_command(command->name);
    end = command->run(argc - 1, argv + 1);
    pictures_end();
    return end;
}
