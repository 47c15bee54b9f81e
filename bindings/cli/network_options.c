#include "network_options.h"

#include <stdlib.h>
#include <string.h>

#include "say.h"

#define SIDE_LEAST 32
#define SIDE_MOST 4096

static const char *const precisions[] = {
    [INSPYR_PRECISION_AUTO] = "auto", [INSPYR_PRECISION_EXACT] = "exact", [INSPYR_PRECISION_BF16] = "bf16",
    [INSPYR_PRECISION_FP16] = "fp16", [INSPYR_PRECISION_INT8] = "int8",
};

/* Digits up to `end`; false unless they are a side. */
static bool parse_side(const char *text, const char *end, int32_t *side)
{
    size_t length = (size_t)(end - text);
    long number = length && length <= 4 && strspn(text, "0123456789") == length ? strtol(text, NULL, 10) : 0;

    *side = (int32_t)number;
    return number >= SIDE_LEAST && number <= SIDE_MOST;
}

const char *network_precision_name(inspyr_precision precision)
{
    return precisions[precision];
}

bool parse_sides(const char *option_name, const char *text, int32_t *width, int32_t *height)
{
    const char *cross = strchr(text, 'x'), *end = text + strlen(text);
    bool good = parse_side(text, cross ? cross : end, width);

    *height = *width;
    if (cross)
        good = good && parse_side(cross + 1, end, height);
    if (!good)
        say_wrong("--%s is N or WxH, each from %d to %d, not '%s'", option_name, SIDE_LEAST, SIDE_MOST, text);
    return good;
}

bool parse_blend(const char *text, int32_t *out)
{
    if (!arguments_number("blend", text, 0, SIDE_MOST, out))
        return false;
    if (!*out)
        *out = -1;
    return true;
}

static bool parse_engine(network_request *request, const char *text)
{
    static const char *const engines[] = { "auto", "plain", "onednn", "torch" };

    for (size_t i = 0; i < sizeof engines / sizeof *engines; i++)
        if (!strcmp(text, engines[i])) {
            request->engine = i ? text : NULL;
            return true;
        }
    say_wrong("--engine is auto, plain, onednn or torch, not '%s'", text);
    return false;
}

static bool parse_device(network_request *request, const char *text)
{
    size_t digits = !strncmp(text, "cuda:", 5) ? strspn(text + 5, "0123456789") : 0;

    if (!strcmp(text, "auto"))
        request->device = NULL;
    else if (!strcmp(text, "cpu") || (digits && digits <= 3 && !text[5 + digits]))
        request->device = text;
    else if (!strcmp(text, "cuda"))
        request->device = "cuda:0";
    else {
        say_wrong("--device is auto, cpu or cuda:N with N from 0 to 999, not '%s'", text);
        return false;
    }
    return true;
}

static bool parse_precision(network_request *request, const char *text)
{
    for (size_t i = 0; i < sizeof precisions / sizeof *precisions; i++)
        if (!strcmp(text, precisions[i])) {
            request->precision = (inspyr_precision)i;
            return true;
        }
    say_wrong("--precision is auto, exact, bf16, fp16 or int8, not '%s'", text);
    return false;
}

static bool parse_resize(network_request *request, const char *text)
{
    if (!strcmp(text, "static"))
        request->resize = INSPYR_RESIZE_STATIC;
    else if (!strcmp(text, "dynamic"))
        request->resize = INSPYR_RESIZE_DYNAMIC;
    else {
        say_wrong("--resize is static or dynamic, not '%s'", text);
        return false;
    }
    return true;
}

bool network_option(network_request *request, int what, const char *value)
{
    switch (what) {
    case NETWORK_MODEL:
        request->model = value;
        return true;
    case NETWORK_BASE_SIZE:
        return parse_sides("base-size", value, &request->base_width, &request->base_height);
    case NETWORK_BLEND:
        return parse_blend(value, &request->blend_size);
    case NETWORK_ENGINE:
        return parse_engine(request, value);
    case NETWORK_DEVICE:
        return parse_device(request, value);
    case NETWORK_PRECISION:
        return parse_precision(request, value);
    case NETWORK_RESIZE:
        return parse_resize(request, value);
    case NETWORK_SHORT_SIDE:
        return arguments_number("short-side", value, SIDE_LEAST, 32767, &request->short_side);
    case NETWORK_COMPAT:
        request->compat = true;
        return true;
    case NETWORK_NO_CACHE:
        request->no_cache = true;
        return true;
    default:
        return arguments_number("threads", value, 0, 256, &request->threads);
    }
}

bool network_options_agree(const network_request *request)
{
    bool dynamic = request->resize == INSPYR_RESIZE_DYNAMIC;

    if (request->short_side && !dynamic) {
        say_wrong("--short-side needs --resize dynamic");
        return false;
    }
    if (request->blend_size > 0 && request->compat) {
        say_wrong("--compat never blends, as the Python package does not: not with --blend");
        return false;
    }
    if (request->blend_size > 0 && !dynamic) {
        say_wrong("--blend needs --resize dynamic");
        return false;
    }
    return true;
}

uint64_t network_decode_flags(const network_request *request)
{
    return request->compat ? INSPYR_DECODE_AS_STORED : 0;
}

uint64_t network_compat_flags(const network_request *request)
{
    return request->compat ? INSPYR_COMPAT : 0;
}
