/* command_bench.c - `inspyr bench`: how long a network takes on this machine, and where the time goes. */
#include "command.h"

#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "bench_print.h"
#include "guard.h"
#include "help.h"
#include "say.h"
#include "session.h"

enum { MODEL, ENGINE, PRECISION, BASE_SIZE, NO_CACHE, THREADS, SIZE, BATCH, REPEAT, JSON, HELP };

static const option options[] = {
    [MODEL] = { "model", 'm', VALUE_NEEDED },
    [ENGINE] = { "engine", '\0', VALUE_NEEDED },
    [PRECISION] = { "precision", '\0', VALUE_NEEDED },
    [BASE_SIZE] = { "base-size", '\0', VALUE_NEEDED },
    [NO_CACHE] = { "no-cache", '\0', VALUE_NONE },
    [THREADS] = { "threads", 'j', VALUE_NEEDED },
    [SIZE] = { "size", '\0', VALUE_NEEDED },
    [BATCH] = { "batch", '\0', VALUE_NEEDED },
    [REPEAT] = { "repeat", '\0', VALUE_NEEDED },
    [JSON] = { "json", '\0', VALUE_NONE },
    [HELP] = { "help", 'h', VALUE_NONE },
};

/* Those that are the same for every command that runs a network. */
static const int shared[] = {
    [MODEL] = NETWORK_MODEL,         [ENGINE] = NETWORK_ENGINE,     [PRECISION] = NETWORK_PRECISION,
    [BASE_SIZE] = NETWORK_BASE_SIZE, [NO_CACHE] = NETWORK_NO_CACHE, [THREADS] = NETWORK_THREADS,
};

#define SIZES_MOST 16
#define BATCH_MOST 64
#define REPEAT_MOST 1000

typedef struct bench_request {
    network_request network;
    struct {
        int32_t width, height;
    } sizes[SIZES_MOST];
    int size_count;
    int32_t batch, repeat;
    bool every_thread_count, every_precision, json, help;
    int printed;
} bench_request;

static bool parse_size(bench_request *request, const char *text)
{
    int32_t width, height;

    if (request->size_count == SIZES_MOST) {
        say_wrong("--size can be given %d times", SIZES_MOST);
        return false;
    }
    if (!parse_sides("size", text, &width, &height))
        return false;
    request->sizes[request->size_count].width = width;
    request->sizes[request->size_count++].height = height;
    return true;
}

static bool take(bench_request *request, int what, const char *value)
{
    switch (what) {
    case SIZE:
        return parse_size(request, value);
    case BATCH:
        return arguments_number("batch", value, 1, BATCH_MOST, &request->batch);
    case REPEAT:
        return arguments_number("repeat", value, 1, REPEAT_MOST, &request->repeat);
    case JSON:
        return request->json = true;
    case HELP:
        return request->help = true;
    case ARGUMENT_OPERAND:
        say_wrong("bench takes no files: '%s'; a network is named by --model", value);
        return false;
    default:
        request->every_thread_count = request->every_thread_count && what != THREADS;
        request->every_precision = request->every_precision && what != PRECISION;
        return what >= 0 && network_option(&request->network, shared[what], value);
    }
}

/* Every size, with the threads and the precision of the session. */
static bool bench_sizes(bench_request *request, session *s)
{
    for (int i = 0; i < (request->size_count ? request->size_count : 1); i++) {
        inspyr_bench_options o;
        inspyr_bench_result result;
        inspyr_error error;

        inspyr_bench_options_init(&o);
        inspyr_bench_result_init(&result);
        o.network_width = request->sizes[i].width;
        o.network_height = request->sizes[i].height;
        o.batch = request->batch;
        o.repeat = request->repeat;
        if (inspyr_bench(s->model, &o, &result, &error)) {
            say_problem(NULL, error.message);
            return false;
        }
        if (request->json)
            bench_print_json(&s->info, &result);
        else
            bench_print_table(&s->info, &result, !request->printed++);
        if (!say_flush())
            return false;
    }
    return true;
}

/* Of all precisions, exact is the one that every engine has: if it cannot be opened, nothing can. */
static bool bench_precisions(bench_request *request)
{
    static const inspyr_precision all[] = { INSPYR_PRECISION_EXACT, INSPYR_PRECISION_BF16,
                                            INSPYR_PRECISION_FP16, INSPYR_PRECISION_INT8 };
    bool good = true;

    for (size_t i = 0; good && i < (request->every_precision ? sizeof all / sizeof *all : 1); i++) {
        session s;

        if (request->every_precision) {
            request->network.precision = all[i];
            request->network.wish = i > 0;
        }
        good = session_open(&s, &request->network);
        if (!good)
            break;
        if (!i || !strcmp(s.info.precision, network_precision_name(all[i])))
            good = bench_sizes(request, &s);
        session_close(&s);
    }
    return good;
}

/* 1 and as many as there are processors, which may be the same. */
static bool bench_threads(bench_request *request)
{
    inspyr_pool *pool;
    inspyr_error error;
    int32_t most;

    if (!request->every_thread_count)
        return bench_precisions(request);
    if (inspyr_pool_open(&pool, 0, NULL, &error)) {
        say_problem(NULL, error.message);
        return false;
    }
    most = inspyr_pool_width(pool);
    inspyr_pool_free(pool);
    request->network.threads = 1;
    if (!bench_precisions(request))
        return false;
    request->network.threads = most;
    return most == 1 || bench_precisions(request);
}

int command_bench(int argc, char **argv)
{
    arguments a = arguments_of(argc, argv, options, sizeof options / sizeof *options);
    bench_request request = { .every_thread_count = true, .every_precision = true };
    const char *value;
    int what;

    while ((what = arguments_next(&a, &value)) != ARGUMENT_END)
        if (!take(&request, what, value))
            return ENDS_MISUSED;
    if (request.help) {
        help_print(stdout, "bench");
        return say_flush() ? ENDS_WELL : ENDS_WITH_ERRORS;
    }
    if (!guard_start()) {
        say_problem(NULL, "no thread could be started");
        return ENDS_WITH_ERRORS;
    }
    return bench_threads(&request) ? ENDS_WELL : ENDS_WITH_ERRORS;
}
