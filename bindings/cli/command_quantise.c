/* command_quantise.c - `inspyr quantise`: a weight file into one of int8, calibrated on pictures. */
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "arguments.h"
#include "bar.h"
#include "help.h"
#include "inputs.h"
#include "inspyr_experimental.h"
#include "network_options.h"
#include "say.h"
#include "weight_files.h"
#include "writing.h"

enum {
    OUTPUT,
    CALIBRATE,
    PICTURES,
    BOUND,
    IOU_BOUND,
    BASE_SIZE,
    BLEND,
    NAME,
    LICENCE,
    THREADS,
    FORCE,
    QUIET,
    HELP
};

#define PICTURES_DEFAULT 32

static const option options[] = {
    [OUTPUT] = { "output", 'o', VALUE_NEEDED },
    [CALIBRATE] = { "calibrate", '\0', VALUE_NEEDED },
    [PICTURES] = { "pictures", '\0', VALUE_NEEDED },
    [BOUND] = { "bound", '\0', VALUE_NEEDED },
    [IOU_BOUND] = { "iou-bound", '\0', VALUE_NEEDED },
    [BASE_SIZE] = { "base-size", '\0', VALUE_NEEDED },
    [BLEND] = { "blend", '\0', VALUE_NEEDED },
    [NAME] = { "name", '\0', VALUE_NEEDED },
    [LICENCE] = { "licence", '\0', VALUE_NEEDED },
    [THREADS] = { "threads", 'j', VALUE_NEEDED },
    [FORCE] = { "force", '\0', VALUE_NONE },
    [QUIET] = { "quiet", 'q', VALUE_NONE },
    [HELP] = { "help", 'h', VALUE_NONE },
};

typedef struct quantise_request {
    const char *source, *target, *folder;
    inspyr_convert_options describe;
    double bound, iou_bound;
    int32_t pictures, threads;
    bool replace, quiet;
} quantise_request;

static bool set_source(quantise_request *request, const char *path)
{
    if (request->source) {
        say_wrong("quantise takes one file");
        return false;
    }
    request->source = path;
    return true;
}

/* ENDS_WELL to go on, -1 where --help has been answered. */
static int parse(quantise_request *request, arguments a)
{
    inspyr_convert_options *o = &request->describe;
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
        case CALIBRATE:
            request->folder = value;
            break;
        case PICTURES:
            good = arguments_number("pictures", value, 1, 4096, &request->pictures);
            break;
        case BOUND:
            good = arguments_decimal("bound", value, 1e-6, 1, &request->bound);
            break;
        case IOU_BOUND:
            good = arguments_decimal("iou-bound", value, 1e-6, 1, &request->iou_bound);
            break;
        case THREADS:
            good = arguments_number("threads", value, 0, 256, &request->threads);
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
            help_print(stdout, "quantise");
            return -1;
        default:
            good = false;
        }
    return good ? ENDS_WELL : ENDS_MISUSED;
}

static bool settle(const quantise_request *request)
{
    if (!request->source || !request->target || !request->folder) {
        say_wrong(
            "quantise needs a weight file, -o for the new one, and --calibrate with a folder of pictures");
        return false;
    }
    return weight_target(request->target);
}

/* Paths of `wanted` pictures, or of all where there are fewer, evenly spread over the folder. To be freed; NULL
 * and a message if there are none. */
static const char **choose_pictures(const inputs *list, size_t wanted, size_t *count)
{
    const char **paths;

    for (size_t i = 0; i < list->count; i++)
        if (list->at[i].error.status) {
            say_problem(list->at[i].path, list->at[i].error.message);
            return NULL;
        }
    *count = list->count < wanted ? list->count : wanted;
    paths = calloc(*count ? *count : 1, sizeof *paths);
    if (!paths)
        say_problem(NULL, "out of memory");
    for (size_t i = 0; paths && i < *count; i++)
        paths[i] = list->at[i * list->count / *count].path;
    return paths;
}

static int show_progress(void *user, const inspyr_progress *progress)
{
    (void)user;
    bar_step((size_t)(progress->fraction * 100));
    return 0;
}

static void hear(void *user, inspyr_log_level level, const char *line)
{
    const quantise_request *request = user;

    if (request->quiet || level > INSPYR_LOG_INFO)
        return;
    bar_hide();
    say_problem(NULL, line);
}

static void print_report(const quantise_request *request, const inspyr_quantise_report *r)
{
    say_name(stderr, request->source);
    fputs(" -> ", stderr);
    say_name(stderr, request->target);
    fprintf(stderr,
            "  %.1f MiB, %.3f of float32; on %d picture%s mean |alpha difference| %.5f, change of the IoU %.5f "
            "(together %.5f)\n",
            (double)r->bytes / (1 << 20), (double)r->bytes / (double)r->float32_bytes, (int)r->pictures,
            r->pictures == 1 ? "" : "s", r->alpha_error, r->iou_change, r->mask_error);
    fprintf(stderr, "%d convolutions: %d in int8, %d of them with ranges of each pixel, %d kept in bf16\n",
            (int)r->convolutions, (int)(r->convolutions - r->kept), (int)r->dynamic, (int)r->kept);
}

/* Does a message of this kind begin with a name of its own: a picture's, or that of a file that is not there?
 */
static bool names_its_file(inspyr_status status)
{
    return status == INSPYR_ERR_FILE || (status <= INSPYR_ERR_IMAGE && status > INSPYR_ERR_FILE);
}

static bool quantise_to(const quantise_request *request, const char *source, const char *const *pictures,
                        size_t count, const inspyr_quantise_options *how)
{
    inspyr_error error = { INSPYR_OK, "" }, why;
    inspyr_quantise_report report;
    inspyr_status status;
    writing out;

    inspyr_quantise_report_init(&report);
    if (writing_begin(&out, request->target, request->replace, &error)) {
        say_problem(NULL, error.message);
        return false;
    }
    bar_start(100, !request->quiet);
    status = inspyr_quantise(source, pictures, count, how, writing_take, &out, &report, &error);
    bar_end();
    if (writing_end(&out, !status, &why)) {
        status = why.status;
        error = why;
    }
    if (status)
        say_problem(names_its_file(status) ? NULL : request->source, error.message);
    else if (!request->quiet)
        print_report(request, &report);
    return !status;
}

static bool quantise(void *user, const char *source)
{
    quantise_request *request = user;
    inspyr_quantise_options how;
    inputs list = { 0 };
    inspyr_pool *pool = NULL;
    inspyr_error error;
    const char **pictures = NULL;
    size_t count = 0;
    bool good = inputs_add(&list, request->folder);

    if (!good)
        say_problem(NULL, "out of memory");
    good = good && (pictures = choose_pictures(&list, (size_t)request->pictures, &count));
    if (good && inspyr_pool_open(&pool, request->threads, NULL, &error)) {
        say_problem(NULL, error.message);
        good = false;
    }
    if (good) {
        inspyr_quantise_options_init(&how);
        how.pool = pool;
        how.describe = &request->describe;
        how.bound = request->bound;
        how.iou_bound = request->iou_bound;
        how.progress = show_progress;
        how.log = hear;
        how.log_user = request;
        good = quantise_to(request, source, pictures, count, &how);
    }
    inspyr_pool_free(pool);
    free(pictures);
    inputs_free(&list);
    return good;
}

int command_quantise(int argc, char **argv)
{
    quantise_request request = { .pictures = PICTURES_DEFAULT };
    int end;

    inspyr_convert_options_init(&request.describe);
    end = parse(&request, arguments_of(argc, argv, options, sizeof options / sizeof *options));
    if (end < 0)
        return say_flush() ? ENDS_WELL : ENDS_WITH_ERRORS;
    if (end || !settle(&request))
        return ENDS_MISUSED;
    return weight_run(&(weight_job){ .command = "quantise",
                                     .source = request.source,
                                     .target = request.target,
                                     .describe = &request.describe,
                                     .make = quantise,
                                     .request = &request });
}
