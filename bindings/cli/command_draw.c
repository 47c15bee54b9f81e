/* command_draw.c - `inspyr draw`: effects on pictures as they are. */
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"
#include "bar.h"
#include "drawing.h"
#include "guard.h"
#include "help.h"
#include "jsonl.h"
#include "reading.h"
#include "say.h"

enum {
    EFFECTS,
    SEED,
    PREVIEW,
    OUTPUT,
    FORMAT,
    FORCE,
    JSON,
    LIMIT,
    SHRINK_TO,
    HEIF,
    SANDBOX,
    THREADS,
    QUIET,
    HELP
};

static const option options[] = {
    [EFFECTS] = { "effects", 'e', VALUE_NEEDED },
    [SEED] = { "seed", '\0', VALUE_NEEDED },
    [PREVIEW] = { "preview", '\0', VALUE_NEEDED },
    [OUTPUT] = { "output", 'o', VALUE_NEEDED },
    [FORMAT] = { "format", 'f', VALUE_NEEDED },
    [FORCE] = { "force", '\0', VALUE_NONE },
    [JSON] = { "json", '\0', VALUE_NONE },
    [LIMIT] = { "limit", '\0', VALUE_NEEDED },
    [SHRINK_TO] = { "shrink-to", '\0', VALUE_NEEDED },
    [HEIF] = { "heif", '\0', VALUE_NONE },
    [SANDBOX] = { "sandbox", '\0', VALUE_NONE },
    [THREADS] = { "threads", 'j', VALUE_NEEDED },
    [QUIET] = { "quiet", 'q', VALUE_NONE },
    [HELP] = { "help", 'h', VALUE_NONE },
};

typedef struct draw_request {
    const char *target, *format;
    effect_list effects;
    target_rule rule;
    inputs list;
    picture_limits limits;
    int32_t threads;
    bool json, quiet, help;
} draw_request;

typedef struct draw_times {
    int32_t width, height;
    double decode, draw, encode;
} draw_times;

static bool parse(draw_request *r, int argc, char **argv)
{
    arguments a = arguments_of(argc, argv, options, sizeof options / sizeof *options);
    const char *value;
    bool good = true;
    int what;

    while (good && (what = arguments_next(&a, &value)) != ARGUMENT_END)
        switch (what) {
        case ARGUMENT_OPERAND:
            good = inputs_add(&r->list, value);
            break;
        case EFFECTS:
            good = effects_parse(&r->effects, value);
            break;
        case SEED:
            good = effects_parse_seed(&r->effects, value);
            break;
        case PREVIEW:
            good = effects_parse_preview(&r->effects, value);
            break;
        case OUTPUT:
            r->target = value;
            break;
        case FORMAT:
            r->format = value;
            break;
        case FORCE:
            r->rule.replace = true;
            break;
        case JSON:
            r->json = true;
            break;
        case LIMIT:
            good = picture_parse_limit(&r->limits, value);
            break;
        case SHRINK_TO:
            good = picture_parse_shrink(&r->limits, value);
            break;
        case SANDBOX:
            pictures_in_sandbox();
            break;
        case HEIF:
            r->limits.heif = true;
            break;
        case THREADS:
            good = arguments_number("threads", value, 0, 256, &r->threads);
            break;
        case QUIET:
            r->quiet = true;
            break;
        case HELP:
            r->help = true;
            return true;
        default:
            good = false;
        }
    return good;
}

static bool settle(draw_request *r)
{
    target_rule *rule = &r->rule;

    if (!r->list.count || !r->effects.count) {
        say_wrong("draw needs pictures, and --effects");
        return false;
    }
    rule->several = r->effects.count > 1;
    if (!at_most_one_stream(&r->list) || !target_place_for(rule, r->target, &r->list))
        return false;
    if (!target_file_for(rule, r->format))
        return false;
    return target_fits_stdout(rule, r->json);
}

static inspyr_status draw(const draw_request *r, size_t i, inspyr_pool *pool, draw_times *times,
                          inspyr_error *error)
{
    inspyr_decode_options decode_options = picture_options(&r->limits);
    inspyr_image *picture = NULL;
    inspyr_bytes profile;
    inspyr_view view;
    inspyr_status status;

    status = read_picture(&picture, &times->decode, r->list.at[i].path, &decode_options, error);
    if (status)
        return status;
    inspyr_image_view(picture, &view);
    inspyr_image_profile(picture, &profile);
    times->width = view.width;
    times->height = view.height;
    status = effects_draw(&r->effects, i, &view, &profile, pool, &r->rule, &times->draw, &times->encode, error);
    inspyr_image_free(picture);
    return status;
}

static void print_json(const draw_request *r, size_t i, const draw_times *times)
{
    const inspyr_error *error = &r->list.at[i].error;
    json j = { stdout, false };

    json_object(&j, NULL);
    json_name(&j, "input", r->list.at[i].path);
    json_text(&j, "status", inspyr_status_name(error->status));
    json_text(&j, "error", error->status ? error->message : NULL);
    if (error->status == INSPYR_OK) {
        effects_print_outputs(&j, &r->effects, i);
        json_integer(&j, "width", times->width);
        json_integer(&j, "height", times->height);
        json_object(&j, "ms");
        json_milliseconds(&j, "decode", times->decode);
        json_milliseconds(&j, "effects", times->draw);
        json_milliseconds(&j, "encode", times->encode);
        json_end_object(&j);
    }
    json_end_object(&j);
    json_line(&j);
}

/* True: it went well. */
static bool draw_one(draw_request *r, size_t i, inspyr_pool *pool)
{
    inspyr_error *error = &r->list.at[i].error;
    draw_times times = { 0 };

    if (error->status == INSPYR_OK)
        draw(r, i, pool, &times, error);
    if (error->status)
        say_problem(r->list.at[i].path, error->message);
    if (r->json) {
        bar_hide();
        print_json(r, i, &times);
    }
    bar_step(i + 1);
    return error->status == INSPYR_OK;
}

static int draw_all(draw_request *r)
{
    inspyr_pool *pool;
    inspyr_error error;
    bool good = true;

    if (inspyr_pool_open(&pool, r->threads, NULL, &error)) {
        say_problem(NULL, error.message);
        return ENDS_WITH_ERRORS;
    }
    bar_start(r->list.count, !r->quiet && !(r->json && isatty(STDOUT_FILENO)));
    for (size_t i = 0; i < r->list.count; i++)
        good = draw_one(r, i, pool) && good;
    bar_end();
    inspyr_pool_free(pool);
    return say_flush() && good ? ENDS_WELL : ENDS_WITH_ERRORS;
}

static int run(draw_request *r)
{
    int end = settle(r) ? effects_targets(&r->effects, &r->list, &r->rule) : ENDS_MISUSED;

    if (!end && !guard_start()) {
        say_problem(NULL, "no thread could be started");
        end = ENDS_WITH_ERRORS;
    }
    return end ? end : draw_all(r);
}

int command_draw(int argc, char **argv)
{
    draw_request r = { 0 };
    int end = ENDS_MISUSED;

    if (parse(&r, argc, argv) && !r.help)
        end = run(&r);
    if (r.help) {
        help_print(stdout, "draw");
        end = say_flush() ? ENDS_WELL : ENDS_WITH_ERRORS;
    }
    effects_free(&r.effects, &r.list);
    inputs_free(&r.list);
    return end;
}
