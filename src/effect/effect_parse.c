/* effect_parse.c - inspyr_effect_parse(): effects of a text. */
#include "base/options.h"
#include "base/status.h"
#include "base/text.h"
#include "effect/effect_near.h"
#include "effect/effect_number.h"
#include "effect/effect_text.h"

#define TEXT_MAX 16384

/* The walk through a text. */
typedef struct reader {
    size_t wanted;                /* number of the effect that is asked for */
    inspyr_effect_values *out;    /* may be NULL */
    size_t count;                 /* effects begun so far */
    inspyr_effect_values current; /* the last one of them */
    uint32_t given;               /* of its parameters */
    bool open;                    /* may parameters follow? */
} reader;

effect_word effect_trim(effect_word w)
{
    for (; w.length && *w.at == ' '; w.at++)
        w.length--;
    while (w.length && w.at[w.length - 1] == ' ')
        w.length--;
    return w;
}

bool effect_word_is(effect_word word, const char *name)
{
    return strlen(name) == word.length && !memcmp(name, word.at, word.length);
}

void effect_add_name(char names[EFFECT_NAMES_MAX], const char *name)
{
    size_t used = strlen(names);

    if (used + strlen(name) + sizeof ", ..." <= EFFECT_NAMES_MAX) {
        strcat(names, used ? ", " : "");
        strcat(names, name);
    } else if (used < 3 || strcmp(names + used - 3, "...") != 0) {
        strcat(names, "...");
    }
}

static inspyr_status unknown(effect_word word, inspyr_error *error)
{
    char names[EFFECT_NAMES_MAX] = "", near[40] = "";

    for (int32_t i = 0; i < EFFECT_COUNT + EFFECT_SETS; i++) {
        const char *name = i < EFFECT_COUNT ? effect_table[i].name : effect_sets[i - EFFECT_COUNT].name;

        effect_add_name(names, name);
        if (!near[0] && name_near(word.at, word.length, name))
            strncat(near, name, sizeof near - 1);
    }
    if (near[0])
        return failed(error, INSPYR_ERR_ARGUMENT, "there is no effect '%.*s'; did you mean '%s'? There are %s",
                      EFFECT_WORD_SHOWN(word), near, names);
    return failed(error, INSPYR_ERR_ARGUMENT, "there is no effect '%.*s'; there are %s",
                  EFFECT_WORD_SHOWN(word), names);
}

/* What was read last is complete. */
static void finish(reader *r)
{
    if (r->out && r->count && r->count - 1 == r->wanted)
        memcpy(r->out, &r->current, sizeof r->current);
}

static void begin(reader *r, int32_t effect)
{
    finish(r);
    effect_presets(&r->current, effect);
    r->given = 0;
    r->open = true;
    r->count++;
}

static int32_t find_effect(effect_word name)
{
    for (int32_t i = 0; i < EFFECT_COUNT; i++)
        if (effect_word_is(name, effect_table[i].name))
            return i;
    return -1;
}

/* False: there is no such set. */
static bool begin_set(reader *r, effect_word name)
{
    for (int32_t i = 0; i < EFFECT_SETS; i++) {
        if (!effect_word_is(name, effect_sets[i].name))
            continue;
        for (const char *at = effect_sets[i].effects; *at;) {
            effect_word one = { at, strcspn(at, ",") };

            begin(r, find_effect(one));
            at += one.length + (at[one.length] == ',');
        }
        r->open = false;
        return true;
    }
    return false;
}

static inspyr_status read_version(reader *r, const effect_row *row, effect_word version, inspyr_error *error)
{
    float number;

    if (!number_read(&number, version.at, version.length) || number < 1 || number != (float)(int32_t)number)
        return failed(error, INSPYR_ERR_ARGUMENT, "%s: a version is a whole number, not '%.*s'", row->name,
                      EFFECT_WORD_SHOWN(version));
    if (number > (float)row->newest)
        return failed(error, INSPYR_ERR_UNSUPPORTED, "%s@%.*s is not in this build; its newest is %s@%d",
                      row->name, EFFECT_WORD_SHOWN(version), row->name, (int)row->newest);
    r->current.version = (int32_t)number;
    return INSPYR_OK;
}

/* popart, popart@1, classic */
static inspyr_status read_name(reader *r, effect_word word, inspyr_error *error)
{
    const char *mark = memchr(word.at, '@', word.length);
    effect_word name = { word.at, mark ? (size_t)(mark - word.at) : word.length };
    effect_word version = { mark ? mark + 1 : NULL, mark ? word.length - name.length - 1 : 0 };
    int32_t effect = find_effect(name);

    if (!word.length)
        return failed(error, INSPYR_ERR_ARGUMENT, "effects are missing, or a comma is too many");
    if (effect < 0)
        return !mark && begin_set(r, word) ? INSPYR_OK : unknown(name, error);
    begin(r, effect);
    return mark ? read_version(r, &effect_table[effect], version, error) : INSPYR_OK;
}

static inspyr_status read_assignment(reader *r, effect_word word, inspyr_error *error)
{
    if (!r->open)
        return failed(error, INSPYR_ERR_ARGUMENT, "'%.*s' follows no effect that could have parameters",
                      EFFECT_WORD_SHOWN(word));
    return effect_assign(&r->current, &r->given, word, error);
}

/* What stands between two commas. */
static inspyr_status read_item(reader *r, effect_word item, inspyr_error *error)
{
    const char *colon = memchr(item.at, ':', item.length);
    size_t length = colon ? (size_t)(colon - item.at) : item.length;
    inspyr_status status;

    if (!colon && memchr(item.at, '=', item.length))
        return read_assignment(r, effect_trim(item), error);
    status = read_name(r, effect_trim((effect_word){ item.at, length }), error);
    if (!status && colon)
        status = read_assignment(r, effect_trim((effect_word){ colon + 1, item.length - length - 1 }), error);
    return status;
}

inspyr_status inspyr_effect_parse(inspyr_effect_values *out, size_t *count, const char *text, size_t index,
                                  inspyr_error *error)
{
    inspyr_effect_values found = { 0 };
    reader r = { .wanted = index, .out = &found };
    size_t length = text ? strlen(text) : 0;
    inspyr_status status;

    succeeded(error);
    if (count)
        *count = 0;
    status = options_export(out, OPTIONS_FIRST(inspyr_effect_values, values), &found, sizeof found, error);
    if (status)
        return status;
    if (!text)
        return failed(error, INSPYR_ERR_ARGUMENT, "text is NULL");
    if (length > TEXT_MAX || !text_printable(text, length))
        return failed(error, INSPYR_ERR_ARGUMENT, "the effects are too long, or no printable UTF-8");
    for (const char *at = text; !status; at++) {
        effect_word item = { at, strcspn(at, ",") };

        status = read_item(&r, item, error);
        at += item.length;
        if (!*at)
            break;
    }
    if (status)
        return status;
    finish(&r);
    if (count)
        *count = r.count;
    if (out && index >= r.count)
        return failed(error, INSPYR_ERR_ARGUMENT, "effect %zu of %zu", index, r.count);
    return options_export(out, OPTIONS_FIRST(inspyr_effect_values, values), &found, sizeof found, error);
}
