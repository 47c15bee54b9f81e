/* command_cutout.c - the options of `inspyr cutout`. */
#include "command.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"
#include "cutout_options.h"
#include "guard.h"
#include "help.h"
#include "say.h"

enum { FORCE = CUTOUT_OPTIONS, TIMES, HELP };

static const option options[] = {
    CUTOUT_OPTION_ROWS,
    [FORCE] = { "force", '\0', VALUE_NONE },
    [TIMES] = { "times", '\0', VALUE_NONE },
    [HELP] = { "help", 'h', VALUE_NONE },
};

/* "-c 20 cat.jpg": behind --crop a number that is no file. True: has been explained. */
static bool is_lost_margin(const char *operand)
{
    if (operand[strspn(operand, "0123456789")] || !access(operand, F_OK))
        return false;
    say_wrong("there is no picture '%s'; a margin is written --crop=%s", operand, operand);
    return true;
}

/* ENDS_WELL to go on, -1 where --help has been answered. */
static int parse(cutout_request *request, inputs *list, int argc, char **argv)
{
    arguments a = arguments_of(argc, argv, options, sizeof options / sizeof *options);
    const char *value;
    bool good = true, cropped = false;
    int what;

    for (; good && (what = arguments_next(&a, &value)) != ARGUMENT_END; cropped = what == CUTOUT_CROP && !value)
        switch (what) {
        case ARGUMENT_OPERAND:
            good = !(cropped && is_lost_margin(value)) && inputs_add(list, value);
            break;
        case FORCE:
            request->rule.replace = true;
            break;
        case TIMES:
            request->times = true;
            break;
        case HELP:
            help_print(stdout, "cutout");
            return -1;
        default:
            good = cutout_option(request, what, value);
        }
    return good ? ENDS_WELL : ENDS_MISUSED;
}

static bool settle(cutout_request *request, const inputs *list)
{
    if (!list->count) {
        say_wrong("cutout needs a picture");
        return false;
    }
    return cutout_settle(request, list) && target_fits_stdout(&request->rule, request->json);
}

int command_cutout(int argc, char **argv)
{
    cutout_request request = { .kind = "cutout" };
    inputs list = { 0 };
    char **targets = NULL;
    int end = parse(&request, &list, argc, argv);

    if (end < 0) {
        effects_free(&request.effects, &list);
        inputs_free(&list);
        return say_flush() ? ENDS_WELL : ENDS_WITH_ERRORS;
    }
    if (!end && !settle(&request, &list))
        end = ENDS_MISUSED;
    if (!end && request.effects.count)
        end = effects_targets(&request.effects, &list, &request.rule);
    else if (!end)
        end = targets_make(&targets, &list, &request.rule);
    if (!end && !guard_start()) {
        say_problem(NULL, "no thread could be started");
        end = ENDS_WITH_ERRORS;
    }
    if (!end)
        end = cutout_run(&request, &list, targets);
    targets_free(targets, &list);
    effects_free(&request.effects, &list);
    inputs_free(&list);
    return end;
}
