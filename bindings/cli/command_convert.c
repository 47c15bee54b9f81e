/* command_convert.c - `inspyr convert`: a checkpoint into a file that says by itself what it is. */
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "arguments.h"
#include "help.h"
#include "inspyr_experimental.h"
#include "network_options.h"
#include "say.h"
#include "weight_files.h"
#include "writing.h"

enum { OUTPUT, PRECISION, BASE_SIZE, BLEND, NAME, LICENCE, FORCE, QUIET, HELP };

static const option options[] = {
    [OUTPUT] = { "output", 'o', VALUE_NEEDED },
    [PRECISION] = { "precision", '\0', VALUE_NEEDED },
    [BASE_SIZE] = { "base-size", '\0', VALUE_NEEDED },
    [BLEND] = { "blend", '\0', VALUE_NEEDED },
    [NAME] = { "name", '\0', VALUE_NEEDED },
    [LICENCE] = { "licence", '\0', VALUE_NEEDED },
    [FORCE] = { "force", '\0', VALUE_NONE },
    [QUIET] = { "quiet", 'q', VALUE_NONE },
    [HELP] = { "help", 'h', VALUE_NONE },
};

typedef struct convert_request {
    const char *source, *target;
    inspyr_convert_options options;
    bool replace, quiet;
} convert_request;

static bool parse_precision(inspyr_convert_options *o, const char *text)
{
    if (!strcmp(text, "exact"))
        o->precision = INSPYR_PRECISION_EXACT;
    else if (!strcmp(text, "bf16"))
        o->precision = INSPYR_PRECISION_BF16;
    else {
        say_wrong("--precision of a file is exact or bf16, not '%s'", text);
        return false;
    }
    return true;
}

static bool set_source(convert_request *request, const char *path)
{
    if (request->source) {
        say_wrong("convert takes one file");
        return false;
    }
    request->source = path;
    return true;
}

/* ENDS_WELL to go on, -1 where --help has been answered. */
static int parse(convert_request *request, arguments a)
{
    inspyr_convert_options *o = &request->options;
    const char *value;
    bool good = true;
    int what;

    while (good && (what = arguments_next(&a, &value)) != ARGUMENT_END)
        switch (what) {
        case ARGUMENT_OPERAND:
            good = set_source(request, value);
            break;
        case OUTPUT:
            request->target = value;
            break;
        case PRECISION:
            good = parse_precision(o, value);
            break;
        case BASE_SIZE:
            good = parse_sides("base-size", value, &o->base_width, &o->base_height);
            break;
        case BLEND:
            good = parse_blend(value, &o->blend_size);
            break;
        case NAME:
            o->name = value;
            break;
        case LICENCE:
            o->licence = value;
            break;
        case FORCE:
            request->replace = true;
            break;
        case QUIET:
            request->quiet = true;
            break;
        case HELP:
            help_print(stdout, "convert");
            return -1;
        default:
            good = false;
        }
    return good ? ENDS_WELL : ENDS_MISUSED;
}

static bool settle(const convert_request *request)
{
    if (!request->source || !request->target) {
        say_wrong("convert needs a weight file, and -o for the new one");
        return false;
    }
    return weight_target(request->target);
}

/* Half of 32 bits are left, or all of 16; headers and tables that are left out are in between. */
static bool is_smaller(const char *source, uint64_t size)
{
    struct stat there;

    return stat(source, &there) || size < (uint64_t)there.st_size / 4 * 3;
}

static bool convert(void *user, const char *source)
{
    const convert_request *request = user;
    inspyr_error error = { INSPYR_OK, "" }, why;
    inspyr_status status;
    writing out;

    if (writing_begin(&out, request->target, request->replace, &error)) {
        say_problem(NULL, error.message);
        return false;
    }
    status = inspyr_convert(source, &request->options, writing_take, &out, &error);
    if (writing_end(&out, !status, &why)) {
        status = why.status;
        error = why;
    }
    if (status) {
        say_problem(status == INSPYR_ERR_FILE ? NULL : request->source, error.message);
        return false;
    }
    if (!request->quiet) {
        say_name(stderr, request->source);
        fputs(" -> ", stderr);
        say_name(stderr, request->target);
        fprintf(stderr, "  %.1f MiB\n", (double)out.size / (1 << 20));
        if (request->options.precision == INSPYR_PRECISION_BF16 && !is_smaller(source, out.size))
            say_problem(request->source, "has 16 bits a number already: bf16 makes nothing smaller");
    }
    return true;
}

int command_convert(int argc, char **argv)
{
    convert_request request = { 0 };
    int end;

    inspyr_convert_options_init(&request.options);
    end = parse(&request, arguments_of(argc, argv, options, sizeof options / sizeof *options));
    if (end < 0)
        return say_flush() ? ENDS_WELL : ENDS_WITH_ERRORS;
    if (end || !settle(&request))
        return ENDS_MISUSED;
    return weight_run(&(weight_job){ .command = "convert",
                                     .source = request.source,
                                     .target = request.target,
                                     .describe = &request.options,
                                     .make = convert,
                                     .request = &request });
}
