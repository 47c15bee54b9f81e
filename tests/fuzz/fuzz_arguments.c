/* Any words as the command's options: taken, or explained on the standard error; nothing is read,
 * written or run, though a background is looked for. One word a line. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bindings/cli/arguments.h"
#include "bindings/cli/cutout.h"
#include "bindings/cli/network_options.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define WORDS 64

enum { TYPE = NETWORK_OPTIONS, EFFECTS, SEED, PREVIEW, LIMIT, SHRINK_TO, CROP, COUNT };

static const option options[] = {
    NETWORK_OPTION_ROWS,
    [TYPE] = { "type", 't', VALUE_NEEDED },
    [EFFECTS] = { "effects", 'e', VALUE_NEEDED },
    [SEED] = { "seed", '\0', VALUE_NEEDED },
    [PREVIEW] = { "preview", '\0', VALUE_NEEDED },
    [LIMIT] = { "limit", '\0', VALUE_NEEDED },
    [SHRINK_TO] = { "shrink-to", '\0', VALUE_NEEDED },
    [CROP] = { "crop", 'c', VALUE_MAYBE },
};

static bool take(cutout_request *request, int what, const char *value)
{
    switch (what) {
    case ARGUMENT_OPERAND:
        return value != NULL;
    case TYPE:
        return cutout_parse_type(request, value);
    case EFFECTS:
        return effects_parse(&request->effects, value);
    case SEED:
        return effects_parse_seed(&request->effects, value);
    case PREVIEW:
        return effects_parse_preview(&request->effects, value);
    case LIMIT:
        return picture_parse_limit(&request->limits, value);
    case SHRINK_TO:
        return picture_parse_shrink(&request->limits, value);
    case CROP:
        return !value || arguments_number("crop", value, 0, 32767, &request->crop_margin);
    default:
        return what >= 0 && network_option(&request->network, what, value);
    }
}

static void check(const cutout_request *r)
{
    if (r->limits.megapixels < 0 || r->limits.megapixels > 1000 || !(r->limits.shrink_to >= 0) ||
        r->limits.shrink_to > 400 || r->crop_margin < 0 || r->effects.count > EFFECTS_MAX ||
        r->colour > 0xffffff || !memchr(r->kind, '\0', sizeof r->kind))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static FILE *nowhere;
    cutout_request request = { .kind = "cutout" };
    inputs none = { 0 };
    char name[] = "cutout", *text = malloc(size + 1), *words[WORDS + 1] = { name }, *rest = text;
    const char *value;
    int count = 1, what;

    if (!nowhere)
        nowhere = freopen("/dev/null", "w", stderr);
    if (!text)
        return 0;
    memcpy(text, bytes, size);
    text[size] = '\0';
    for (char *word; count < WORDS && (word = strtok_r(rest, "\n", &rest)); count++)
        words[count] = word;
    words[count] = NULL;
    arguments a = arguments_of(count, words, options, COUNT);
    while ((what = arguments_next(&a, &value)) != ARGUMENT_END && take(&request, what, value))
        ;
    if (what == ARGUMENT_END && network_options_agree(&request.network))
        cutout_settle_type(&request);
    check(&request);
    effects_free(&request.effects, &none);
    free(text);
    return 0;
}
