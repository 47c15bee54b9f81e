#include "cutout_options.h"

#include "arguments.h"
#include "say.h"

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

bool cutout_option(cutout_request *request, int what, const char *value)
{
    switch (what) {
    case CUTOUT_OUTPUT:
        request->target = value;
        return true;
    case CUTOUT_TYPE:
        return cutout_parse_type(request, value);
    case CUTOUT_REVERSE:
        request->flags |= INSPYR_CUTOUT_REVERSE;
        return true;
    case CUTOUT_THRESHOLD:
        return parse_threshold(request, value);
    case CUTOUT_BLUR:
        return parse_blur(request, value);
    case CUTOUT_LINEAR:
        request->flags |= INSPYR_CUTOUT_LINEAR_LIGHT;
        return true;
    case CUTOUT_CROP:
        return parse_crop(request, value);
    case CUTOUT_EFFECTS:
        return effects_parse(&request->effects, value);
    case CUTOUT_SEED:
        return effects_parse_seed(&request->effects, value);
    case CUTOUT_FORMAT:
        request->format = value;
        return true;
    case CUTOUT_JSON:
        request->json = true;
        return true;
    case CUTOUT_LIMIT:
        return picture_parse_limit(&request->limits, value);
    case CUTOUT_SHRINK_TO:
        return picture_parse_shrink(&request->limits, value);
    case CUTOUT_HEIF:
        request->limits.heif = true;
        return true;
    case CUTOUT_SANDBOX:
        pictures_in_sandbox();
        return true;
    case CUTOUT_QUIET:
        request->quiet = request->network.quiet = true;
        return true;
    default:
        return what >= 0 && network_option(&request->network, what, value);
    }
}

bool cutout_settle(cutout_request *request, const inputs *list)
{
    target_rule *rule = &request->rule;

    if (request->network.compat && request->limits.shrink_to > 0) {
        say_wrong("--compat and --shrink-to do not go together: that package reads pictures as they are");
        return false;
    }
    if (!network_options_agree(&request->network) || !cutout_settle_type(request))
        return false;
    rule->several = request->effects.count > 1;
    if (!at_most_one_stream(list) || !target_place_for(rule, request->target, list))
        return false;
    if (!target_file_for(rule, request->format))
        return false;
    if (rule->file == INSPYR_FILE_JPEG && request->output == INSPYR_OUTPUT_RGBA) {
        say_wrong(
            "a JPEG file has no transparency: choose another --type, like '#FFFFFF' or map, or another format");
        return false;
    }
    return true;
}
