/* command_cutout.c - the options of `inspyr cutout`. */
#include "command.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"
#include "cutout.h"
#include "guard.h"
#include "help.h"
#include "say.h"

enum {
    OUTPUT = NETWORK_OPTIONS,
    TYPE,
    REVERSE,
    THRESHOLD,
    BLUR,
    LINEAR,
    CROP,
    EFFECTS,
    SEED,
    FORMAT,
    FORCE,
    JSON,
    TIMES,
    LIMIT,
    SHRINK_TO,
    HEIF,
    SANDBOX,
    QUIET,
    HELP
};

static const option options[] = {
    NETWORK_OPTION_ROWS,
    [OUTPUT] = { "output", 'o', VALUE_NEEDED },
    [TYPE] = { "type", 't', VALUE_NEEDED },
    [REVERSE] = { "reverse", 'R', VALUE_NONE },
    [THRESHOLD] = { "threshold", '\0', VALUE_NEEDED },
    [BLUR] = { "blur", '\0', VALUE_NEEDED },
    [LINEAR] = { "linear", '\0', VALUE_NONE },
    [CROP] = { "crop", 'c', VALUE_MAYBE },
    [EFFECTS] = { "effects", 'e', VALUE_NEEDED },
    [SEED] = { "seed", '\0', VALUE_NEEDED },
    [FORMAT] = { "format", 'f', VALUE_NEEDED },
    [FORCE] = { "force", '\0', VALUE_NONE },
    [JSON] = { "json", '\0', VALUE_NONE },
    [TIMES] = { "times", '\0', VALUE_NONE },
    [LIMIT] = { "limit", '\0', VALUE_NEEDED },
    [SHRINK_TO] = { "shrink-to", '\0', VALUE_NEEDED },
    [HEIF] = { "heif", '\0', VALUE_NONE },
    [SANDBOX] = { "sandbox", '\0', VALUE_NONE },
    [QUIET] = { "quiet", 'q', VALUE_NONE },
    [HELP] = { "help", 'h', VALUE_NONE },
};

static bool parse_threshold(cutout_request *request, const char *text)
{
    double threshold;

    if (!arguments_decimal("threshold", text, 0, 1, &threshold))
        return false;
    request->flags |= INSPYR_CUTOUT_THRESHOLD;
    request->threshold = (float)threshold;
    return true;
}

static bool parse_blur(cutout_request *request, const char *text)
{
    double sigma;

    if (!arguments_decimal("blur", text, 0.5, 250, &sigma))
        return false;
    request->blur_sigma = (float)sigma;
    return true;
}

static bool parse_crop(cutout_request *request, const char *text)
{
    request->flags |= INSPYR_CUTOUT_CROP;
    return !text || arguments_number("crop", text, 0, 32767, &request->crop_margin);
}

/* "-c 20 cat.jpg": behind --crop a number that is no file. True: has been explained. */
static bool is_lost_margin(const char *operand)
{
    if (operand[strspn(operand, "0123456789")] || !access(operand, F_OK))
        return false;
    say_wrong("there is no picture '%s'; a margin is written --crop=%s", operand, operand);
    return true;
}

/* ENDS_WELL to go on, -1 where --help has been answered. */
static int parse(cutout_request *request, inputs *list, const char **format, int argc, char **argv)
{
    arguments a = arguments_of(argc, argv, options, sizeof options / sizeof *options);
    const char *value;
    bool good = true, cropped = false;
    int what;

    for (; good && (what = arguments_next(&a, &value)) != ARGUMENT_END; cropped = what == CROP && !value)
        switch (what) {
        case ARGUMENT_OPERAND:
            good = !(cropped && is_lost_margin(value)) && inputs_add(list, value);
            break;
        case OUTPUT:
            request->target = value;
            break;
        case TYPE:
            good = cutout_parse_type(request, value);
            break;
        case REVERSE:
            request->flags |= INSPYR_CUTOUT_REVERSE;
            break;
        case THRESHOLD:
            good = parse_threshold(request, value);
            break;
        case BLUR:
            good = parse_blur(request, value);
            break;
        case LINEAR:
            request->flags |= INSPYR_CUTOUT_LINEAR_LIGHT;
            break;
        case CROP:
            good = parse_crop(request, value);
            break;
        case EFFECTS:
            good = effects_parse(&request->effects, value);
            break;
        case SEED:
            good = effects_parse_seed(&request->effects, value);
            break;
        case FORMAT:
            *format = value;
            break;
        case FORCE:
            request->rule.replace = true;
            break;
        case JSON:
            request->json = true;
            break;
        case TIMES:
            request->times = true;
            break;
        case LIMIT:
            good = picture_parse_limit(&request->limits, value);
            break;
        case SHRINK_TO:
            good = picture_parse_shrink(&request->limits, value);
            break;
        case SANDBOX:
            pictures_in_sandbox();
            break;
        case HEIF:
            request->limits.heif = true;
            break;
        case QUIET:
            request->quiet = request->network.quiet = true;
            break;
        case HELP:
            help_print(stdout, "cutout");
            return -1;
        default:
            good = what >= 0 && network_option(&request->network, what, value);
        }
    return good ? ENDS_WELL : ENDS_MISUSED;
}

static bool settle(cutout_request *request, const inputs *list, const char *format)
{
    target_rule *rule = &request->rule;

    if (!list->count) {
        say_wrong("cutout needs a picture");
        return false;
    }
    if (request->network.compat && request->limits.shrink_to > 0) {
        say_wrong("--compat and --shrink-to do not go together: that package reads pictures as they are");
        return false;
    }
    if (!network_options_agree(&request->network) || !cutout_settle_type(request))
        return false;
    rule->several = request->effects.count > 1;
    if (!at_most_one_stream(list) || !target_place_for(rule, request->target, list))
        return false;
    if (!target_file_for(rule, format))
        return false;
    if (rule->file == INSPYR_FILE_JPEG && request->output == INSPYR_OUTPUT_RGBA) {
        say_wrong(
            "a JPEG file has no transparency: choose another --type, like '#FFFFFF' or map, or another format");
        return false;
    }
    return target_fits_stdout(rule, request->json);
}

int command_cutout(int argc, char **argv)
{
    cutout_request request = { .kind = "cutout" };
    inputs list = { 0 };
    const char *format = NULL;
    char **targets = NULL;
    int end = parse(&request, &list, &format, argc, argv);

    if (end < 0) {
        effects_free(&request.effects, &list);
        inputs_free(&list);
        return say_flush() ? ENDS_WELL : ENDS_WITH_ERRORS;
    }
    if (!end && !settle(&request, &list, format))
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
