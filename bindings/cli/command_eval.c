/* command_eval.c - `inspyr eval`: how well a network does on photos with masks. */
#include "command.h"

#include <stdio.h>

#include "arguments.h"
#include "eval.h"
#include "guard.h"
#include "help.h"
#include "say.h"
#include "session.h"

enum { JSON = NETWORK_OPTIONS, ALPHA, HELP };

static const option options[] = {
    NETWORK_OPTION_ROWS,
    [JSON] = { "json", '\0', VALUE_NONE },
    [ALPHA] = { "alpha", '\0', VALUE_NONE },
    [HELP] = { "help", 'h', VALUE_NONE },
};

typedef struct eval_request {
    const char *folder;
    network_request network;
    bool json, alpha;
} eval_request;

static int evaluate(const eval_request *request)
{
    eval_list list = { 0 };
    session s;
    size_t failed;

    if (!eval_find(&list, request->folder) || !session_open(&s, &request->network)) {
        eval_list_free(&list);
        return ENDS_WITH_ERRORS;
    }
    failed = eval_measure(&list, s.model, &request->network, request->alpha);
    if (request->alpha) {
        eval_print_alpha(&list, s.info.name, s.info.version, request->json);
    } else if (request->json) {
        eval_print_json(&list, s.info.name, s.info.version);
    } else {
        printf("model %s %s\n", s.info.name, s.info.version);
        eval_print_table(&list);
    }
    session_close(&s);
    eval_list_free(&list);
    return say_flush() && !failed ? ENDS_WELL : ENDS_WITH_ERRORS;
}

int command_eval(int argc, char **argv)
{
    arguments a = arguments_of(argc, argv, options, sizeof options / sizeof *options);
    eval_request request = { 0 };
    const char *value;
    int what;

    while ((what = arguments_next(&a, &value)) != ARGUMENT_END)
        switch (what) {
        case ARGUMENT_OPERAND:
            if (request.folder) {
                say_wrong("eval takes one folder");
                return ENDS_MISUSED;
            }
            request.folder = value;
            break;
        case JSON:
            request.json = true;
            break;
        case ALPHA:
            request.alpha = true;
            break;
        case HELP:
            help_print(stdout, "eval");
            return say_flush() ? ENDS_WELL : ENDS_WITH_ERRORS;
        default:
            if (what < 0 || !network_option(&request.network, what, value))
                return ENDS_MISUSED;
        }
    if (!network_options_agree(&request.network))
        return ENDS_MISUSED;
    if (!request.folder) {
        say_wrong("eval needs a folder");
        return ENDS_MISUSED;
    }
    if (!guard_start()) {
        say_problem(NULL, "no thread could be started");
        return ENDS_WITH_ERRORS;
    }
    return evaluate(&request);
}
