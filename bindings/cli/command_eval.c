/* command_eval.c - `inspyr eval`: how well a network does on photos with masks. */
#include "command.h"

#include <stdio.h>

#include "arguments.h"
#include "eval.h"
#include "guard.h"
#include "help.h"
#include "say.h"
#include "session.h"

enum { MODEL, THREADS, JSON, HELP };

static const option options[] = {
    [MODEL] = { "model", 'm', VALUE_NEEDED },
    [THREADS] = { "threads", 'j', VALUE_NEEDED },
    [JSON] = { "json", '\0', VALUE_NONE },
    [HELP] = { "help", 'h', VALUE_NONE },
};

typedef struct eval_request {
    const char *folder, *model;
    int32_t threads;
    bool json;
} eval_request;

static int evaluate(const eval_request *request)
{
    eval_list list = { 0 };
    session s;
    inspyr_info info;
    inspyr_error error;
    size_t failed = 0;
    bool good = eval_find(&list, request->folder) && session_open(&s, request->model, request->threads);

    if (!good) {
        eval_list_free(&list);
        return ENDS_WITH_ERRORS;
    }
    inspyr_info_init(&info);
    good = inspyr_model_info(s.model, &info, &error) == INSPYR_OK;
    if (good) {
        failed = eval_measure(&list, s.model, request->threads == 1);
        if (request->json) {
            eval_print_json(&list, info.name, info.version);
        } else {
            printf("model %s %s\n", info.name, info.version);
            eval_print_table(&list);
        }
    } else {
        say_problem(NULL, error.message);
    }
    session_close(&s);
    eval_list_free(&list);
    return say_flush() && good && !failed ? ENDS_WELL : ENDS_WITH_ERRORS;
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
        case MODEL:
            request.model = value;
            break;
        case THREADS:
            if (!arguments_number("threads", value, 0, 256, &request.threads))
                return ENDS_MISUSED;
            break;
        case JSON:
            request.json = true;
            break;
        case HELP:
            fputs(help_text("eval"), stdout);
            return say_flush() ? ENDS_WELL : ENDS_WITH_ERRORS;
        default:
            return ENDS_MISUSED;
        }
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
