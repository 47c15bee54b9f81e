/* command_convert.c - `inspyr convert`: a checkpoint into a file that says by itself what it is. */
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arguments.h"
#include "catalogue.h"
#include "digest.h"
#include "guard.h"
#include "help.h"
#include "identity.h"
#include "inspyr_experimental.h"
#include "network_options.h"
#include "say.h"
#include "writing.h"

#define SUFFIX ".safetensors"

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
    size_t length = request->target ? strlen(request->target) : 0;

    if (!request->source || !request->target) {
        say_wrong("convert needs a weight file, and -o for the new one");
        return false;
    }
    if (length <= strlen(SUFFIX) || strcmp(request->target + length - strlen(SUFFIX), SUFFIX)) {
        say_wrong("the new file is a safetensors file: its name ends with " SUFFIX);
        return false;
    }
    return true;
}

/* Under whatever name and through whatever link. */
static bool same_file(char *source, const char *target)
{
    input_file file = { .path = source };
    const inputs list = { &file, 1, false };
    identities *ids = identities_of(&list);
    bool same = !ids || identities_find(ids, target);

    identities_free(ids);
    return same;
}

/* Half of 32 bits are left, or all of 16; headers and tables that are left out are in between. */
static bool is_smaller(const char *source, uint64_t size)
{
    struct stat there;

    return stat(source, &there) || size < (uint64_t)there.st_size / 4 * 3;
}

static bool convert(const convert_request *request, const char *source)
{
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

/* What the catalogue knows, where nothing else was said. */
static void add_published(inspyr_convert_options *o, const published_model *published)
{
    if (!published)
        return;
    o->version = published->version;
    if (!o->name)
        o->name = published->name;
    if (!o->licence)
        o->licence = published_licence;
    if (!o->base_width)
        o->base_width = o->base_height = published->base_size;
}

/* What there is of it in files comes with the source of the library. */
static bool is_source_builtin(const char *source)
{
    if (!model_is_builtin(source) || !access(source, F_OK))
        return false;
    say_wrong(
        "the built-in network is a part of the library; --model builtin names it, and convert takes files");
    return true;
}

static int run(convert_request *request)
{
    const published_model *published = NULL;
    char *source = model_path(request->source, &published);
    bool good = source != NULL;
    digests found;

    if (good && same_file(source, request->target)) {
        say_wrong("the new file would overwrite '%s'", request->source);
        free(source);
        return ENDS_MISUSED;
    }
    if (good && !guard_start()) {
        say_problem(NULL, "no thread could be started");
        good = false;
    }
    if (good) {
        add_published(&request->options, published);
        if (digest_path(&found, source))
            request->options.source_sha256 = found.sha256;
        good = convert(request, source);
    }
    free(source);
    return good ? ENDS_WELL : ENDS_WITH_ERRORS;
}

int command_convert(int argc, char **argv)
{
    convert_request request = { 0 };
    int end;

    inspyr_convert_options_init(&request.options);
    end = parse(&request, arguments_of(argc, argv, options, sizeof options / sizeof *options));
    if (end < 0)
        return say_flush() ? ENDS_WELL : ENDS_WITH_ERRORS;
    if (end || !settle(&request) || is_source_builtin(request.source))
        return ENDS_MISUSED;
    return run(&request);
}
