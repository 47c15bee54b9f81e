/* command_effects.c - `inspyr effects`: what can be drawn, with its parameters. */
#include "command.h"

#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "help.h"
#include "inspyr.h"
#include "jsonl.h"
#include "say.h"
#include "suggest.h"

enum { JSON, HELP };

static const option options[] = {
    [JSON] = { "json", '\0', VALUE_NONE },
    [HELP] = { "help", 'h', VALUE_NONE },
};

#define NAMES_MAX 64

/* As in an effect's text. */
static void write_value(char *out, size_t size, const inspyr_parameter *p, double value)
{
    const char *word = p->words;

    if (p->kind == INSPYR_PARAMETER_SWITCH) {
        snprintf(out, size, "%s", value != 0 ? "on" : "off");
    } else if (p->kind == INSPYR_PARAMETER_COLOUR) {
        snprintf(out, size, "%06x", (unsigned)value);
    } else if (p->kind == INSPYR_PARAMETER_CHOICE) {
        for (int i = 0; i < (int)value; i++)
            word += strcspn(word, "|") + 1;
        snprintf(out, size, "%.*s", (int)strcspn(word, "|"), word);
    } else {
        snprintf(out, size, "%g", value);
    }
}

static void write_range(char *out, size_t size, const inspyr_parameter *p)
{
    if (p->kind == INSPYR_PARAMETER_SWITCH)
        snprintf(out, size, "on, off");
    else if (p->kind == INSPYR_PARAMETER_COLOUR)
        snprintf(out, size, "RRGGBB");
    else if (p->kind == INSPYR_PARAMETER_CHOICE)
        snprintf(out, size, "%s", p->words);
    else
        snprintf(out, size, "%g to %g", p->least, p->most);
}

static const char *kind_word(inspyr_parameter_kind kind)
{
    static const char *const words[] = { "number", "integer", "switch", "choice", "colour" };

    return (size_t)kind < sizeof words / sizeof *words ? words[kind] : "unknown";
}

static void print_parameter(const inspyr_parameter *p)
{
    char range[80], preset[80];

    write_range(range, sizeof range, p);
    write_value(preset, sizeof preset, p, p->preset);
    printf("  %-22s %-12s default %-8s %-7s %s\n", p->name, range, preset, p->unit, p->text);
}

static void print_effect(size_t number, const inspyr_effect *effect)
{
    inspyr_parameter p;

    printf("%s@%d", effect->name, (int)effect->version);
    if (effect->newest > effect->version)
        printf(" (newest: %d)", (int)effect->newest);
    printf("  %s; %llu bytes a pixel\n", effect->text, (unsigned long long)effect->bytes_per_pixel);
    inspyr_parameter_init(&p);
    for (size_t i = 0; !inspyr_parameter_list(&p, number, i, NULL); i++)
        print_parameter(&p);
}

static void json_preset(json *j, const inspyr_parameter *p)
{
    char text[80];

    write_value(text, sizeof text, p, p->preset);
    if (p->kind == INSPYR_PARAMETER_NUMBER || p->kind == INSPYR_PARAMETER_INTEGER)
        json_number(j, "default", p->preset);
    else if (p->kind == INSPYR_PARAMETER_SWITCH)
        json_boolean(j, "default", p->preset != 0);
    else
        json_text(j, "default", text);
}

static void json_parameter(json *j, const inspyr_parameter *p)
{
    json_object(j, NULL);
    json_text(j, "name", p->name);
    json_text(j, "text", p->text);
    json_text(j, "kind", kind_word(p->kind));
    json_text(j, "unit", p->unit);
    if (p->kind == INSPYR_PARAMETER_CHOICE)
        json_text(j, "words", p->words);
    if (p->kind == INSPYR_PARAMETER_NUMBER || p->kind == INSPYR_PARAMETER_INTEGER) {
        json_number(j, "min", p->least);
        json_number(j, "max", p->most);
    }
    json_preset(j, p);
    json_boolean(j, "no_effect", p->no_effect != 0);
    json_end_object(j);
}

static void json_effect(size_t number, const inspyr_effect *effect)
{
    json j = { stdout, false };
    inspyr_parameter p;

    json_object(&j, NULL);
    json_text(&j, "name", effect->name);
    json_integer(&j, "version", effect->version);
    json_integer(&j, "newest", effect->newest);
    json_text(&j, "text", effect->text);
    json_integer(&j, "bytes_per_pixel", (int64_t)effect->bytes_per_pixel);
    json_array(&j, "parameters");
    inspyr_parameter_init(&p);
    for (size_t i = 0; !inspyr_parameter_list(&p, number, i, NULL); i++)
        json_parameter(&j, &p);
    json_end_array(&j);
    json_end_object(&j);
    json_line(&j);
}

static void print_sets(bool as_json)
{
    inspyr_effect_set set;

    inspyr_effect_set_init(&set);
    for (size_t i = 0; !inspyr_effect_set_list(&set, i, NULL); i++) {
        json j = { stdout, false };

        if (!as_json) {
            printf("%s  stands for %s\n", set.name, set.effects);
            continue;
        }
        json_object(&j, NULL);
        json_text(&j, "set", set.name);
        json_text(&j, "effects", set.effects);
        json_end_object(&j);
        json_line(&j);
    }
}

/* name: NULL for all of them. False: there is none. */
static bool print_all(const char *name, bool as_json)
{
    const char *names[NAMES_MAX], *near;
    inspyr_effect effect;
    size_t count = 0;
    bool found = !name;

    inspyr_effect_init(&effect);
    for (; count < NAMES_MAX && !inspyr_effect_list(&effect, count, NULL); count++) {
        names[count] = effect.name;
        if (name && strcmp(name, effect.name) != 0)
            continue;
        found = true;
        if (as_json)
            json_effect(count, &effect);
        else
            print_effect(count, &effect);
    }
    if (!name)
        print_sets(as_json);
    if (found)
        return true;
    near = nearest_word(name, names, count);
    say_wrong(near ? "there is no effect '%s'; did you mean '%s'?" : "there is no effect '%s'", name, near);
    return false;
}

int command_effects(int argc, char **argv)
{
    arguments a = arguments_of(argc, argv, options, sizeof options / sizeof *options);
    const char *value, *name = NULL;
    bool as_json = false;
    int what;

    while ((what = arguments_next(&a, &value)) != ARGUMENT_END) {
        if (what == ARGUMENT_WRONG)
            return ENDS_MISUSED;
        if (what == HELP) {
            help_print(stdout, "effects");
            return say_flush() ? ENDS_WELL : ENDS_WITH_ERRORS;
        }
        as_json = as_json || what == JSON;
        if (what == ARGUMENT_OPERAND && name) {
            say_wrong("effects explains one effect, or all");
            return ENDS_MISUSED;
        }
        if (what == ARGUMENT_OPERAND)
            name = value;
    }
    if (!print_all(name, as_json))
        return ENDS_MISUSED;
    return say_flush() ? ENDS_WELL : ENDS_WITH_ERRORS;
}
