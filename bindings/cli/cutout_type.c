/* cutout_type.c - what --type means, and which options it goes with. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cutout.h"
#include "say.h"

#define COMPAT_SIGMA 15.0f

static const struct {
    const char *name, *kind;
    inspyr_output output;
    uint32_t colour;
} types[] = {
    { "rgba", "cutout", INSPYR_OUTPUT_RGBA, 0 },          { "map", "map", INSPYR_OUTPUT_MAP, 0 },
    { "green", "green", INSPYR_OUTPUT_COLOUR, 0x78FF9B }, /* the package's: 120, 255, 155 */
    { "white", "white", INSPYR_OUTPUT_COLOUR, 0xFFFFFF }, { "blur", "blur", INSPYR_OUTPUT_BLUR, 0 },
    { "overlay", "overlay", INSPYR_OUTPUT_OVERLAY, 0 },
};

static const char *after_blanks(const char *text)
{
    return text + strspn(text, " ");
}

/* "[255, 0, 0]", as the Python package has it. */
static bool parse_list(const char *text, uint32_t *colour)
{
    static const char follows[] = ",,]";

    *colour = 0;
    if (*text++ != '[')
        return false;
    for (int i = 0; i < 3; i++) {
        size_t digits = strspn(text = after_blanks(text), "0123456789");
        long level = digits && digits <= 3 ? strtol(text, NULL, 10) : 256;

        text = after_blanks(text + digits);
        if (level > 255 || *text++ != follows[i])
            return false;
        *colour = *colour << 8 | (uint32_t)level;
    }
    return !*text;
}

static bool parse_colour(const char *text, uint32_t *colour)
{
    if (text[0] != '#' || strlen(text) != 7 || strspn(text + 1, "0123456789abcdefABCDEF") != 6)
        return parse_list(text, colour);
    *colour = (uint32_t)strtoul(text + 1, NULL, 16);
    return true;
}

static bool set_kind(cutout_request *request, const char *kind, size_t length)
{
    if (length >= sizeof request->kind) {
        say_wrong("the name of the background is too long");
        return false;
    }
    memcpy(request->kind, kind, length);
    request->kind[length] = '\0';
    return true;
}

/* Names of results say which background they have: by its stem. */
static bool set_background(cutout_request *request, const char *path)
{
    const char *base = base_name(path), *dot = strrchr(base, '.');

    request->output = INSPYR_OUTPUT_PICTURE;
    request->background = path;
    return set_kind(request, base, dot && dot != base ? (size_t)(dot - base) : strlen(base));
}

bool cutout_parse_type(cutout_request *request, const char *text)
{
    struct stat there;
    int why;

    request->background = NULL;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (!strcmp(text, types[i].name)) {
            request->output = types[i].output;
            request->colour = types[i].colour;
            return set_kind(request, types[i].kind, strlen(types[i].kind));
        }
    if (parse_colour(text, &request->colour)) {
        request->output = INSPYR_OUTPUT_COLOUR;
        return set_kind(request, "colour", strlen("colour"));
    }
    why = stat(text, &there) ? errno : 0;
    if (!why && !S_ISDIR(there.st_mode))
        return set_background(request, text);
    if (!strcmp(text, "h")) { /* -th 0.5, of the Python package */
        say_wrong("--threshold has no short name");
        return false;
    }
    if (strpbrk(text, "./")) {
        say_wrong("--type: %s: %s", text, why ? strerror(why) : "is a folder, not a picture");
        return false;
    }
    say_wrong(
        "--type is rgba, map, green, white, blur, overlay, a colour like '#FFFFFF' or a picture file, not "
        "'%s'",
        text);
    return false;
}

bool cutout_settle_type(cutout_request *request)
{
    bool reverse = request->flags & INSPYR_CUTOUT_REVERSE;
    size_t length = strlen(request->kind);

    if (request->blur_sigma > 0 && request->output != INSPYR_OUTPUT_BLUR) {
        say_wrong("--blur needs --type blur");
        return false;
    }
    if ((request->flags & INSPYR_CUTOUT_LINEAR_LIGHT) &&
        (request->output == INSPYR_OUTPUT_RGBA || request->output == INSPYR_OUTPUT_MAP)) {
        say_wrong("--linear needs a --type in which colours are mixed: neither rgba nor map");
        return false;
    }
    if (request->network.compat && (request->flags & INSPYR_CUTOUT_LINEAR_LIGHT)) {
        say_wrong("--compat mixes as the Python package does: not with --linear");
        return false;
    }
    if (request->network.compat && request->blur_sigma > 0 && request->blur_sigma != COMPAT_SIGMA) {
        say_wrong("--compat blurs as the Python package does: --blur is 15 with it");
        return false;
    }
    if (reverse && length + sizeof "_reverse" > sizeof request->kind)
        return set_kind(request, request->kind, sizeof request->kind);
    if (reverse)
        memcpy(request->kind + length, "_reverse", sizeof "_reverse");
    request->rule.kind = request->kind;
    return true;
}
