#include "arguments.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "say.h"
#include "suggest.h"

#define WORD_MAX 31
#define OPTION_MAX 40

static size_t least_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

arguments arguments_of(int argc, char **argv, const option *options, size_t option_count)
{
    arguments a = { argc, argv, options, option_count, 1, false };

    return a;
}

static int unknown(const arguments *a, const char *word)
{
    const char *names[OPTION_MAX] = { "help" };
    const char *given = a->argv[a->next - 1], *command = a->argv[0], *near, *here;
    size_t count = least_of(a->option_count, OPTION_MAX);
    char name[WORD_MAX + 1];
    size_t length = least_of(strcspn(word, "="), WORD_MAX);

    for (size_t i = 0; i < count; i++)
        names[i] = a->options[i].name;
    memcpy(name, word, length);
    name[length] = '\0';
    near = given[1] == '-' ? nearest_word(name, names, count) : NULL;
    here = strcmp(command, "cutout") ? NULL : package_option(name);
    if (here)
        say_wrong("%s has no option '%s'; %s", command, given, here);
    else if (near)
        say_wrong("%s has no option '%s'; did you mean '--%s'?", command, given, near);
    else
        say_wrong("%s has no option '%s'", command, given);
    return ARGUMENT_WRONG;
}

static int long_option(const arguments *a, const char *word, const char **value)
{
    size_t length = strcspn(word, "=");

    for (size_t i = 0; i < a->option_count; i++)
        if (strlen(a->options[i].name) == length && !memcmp(a->options[i].name, word, length)) {
            *value = word[length] ? word + length + 1 : NULL;
            return (int)i;
        }
    return unknown(a, word);
}

/* Letters are not gathered (-qf): the few there are would save nobody a stroke. */
static int short_option(const arguments *a, const char *word, const char **value)
{
    for (size_t i = 0; i < a->option_count; i++)
        if (a->options[i].letter == word[0] && (a->options[i].value == VALUE_NEEDED || !word[1])) {
            *value = word[1] ? word + 1 : NULL;
            return (int)i;
        }
    for (size_t i = 0; i < a->option_count; i++)
        if (a->options[i].letter == word[0] && a->options[i].value == VALUE_MAYBE) {
            say_wrong("a value of -%c needs its long name: --%s=%s", word[0], a->options[i].name,
                      word + 1 + (word[1] == '='));
            return ARGUMENT_WRONG;
        }
    return unknown(a, word);
}

int arguments_next(arguments *a, const char **value)
{
    const char *word;
    int found;

    *value = NULL;
    if (a->next >= a->argc)
        return ARGUMENT_END;
    word = a->argv[a->next++];
    if (a->only_operands || word[0] != '-' || !word[1]) {
        *value = word;
        return ARGUMENT_OPERAND;
    }
    if (!strcmp(word, "--")) {
        a->only_operands = true;
        return arguments_next(a, value);
    }
    found = word[1] == '-' ? long_option(a, word + 2, value) : short_option(a, word + 1, value);
    if (found < 0)
        return found;
    if (a->options[found].value == VALUE_NONE && *value) {
        say_wrong("--%s takes no value", a->options[found].name);
        return ARGUMENT_WRONG;
    }
    if (a->options[found].value == VALUE_NEEDED && !*value) {
        if (a->next >= a->argc) {
            say_wrong("--%s needs a value%s", a->options[found].name,
                      strcmp(a->options[found].name, "type") ? "" : "; a colour needs quotes: '#FFFFFF'");
            return ARGUMENT_WRONG;
        }
        *value = a->argv[a->next++];
    }
    return found;
}

bool arguments_number(const char *option_name, const char *text, int32_t least, int32_t most, int32_t *out)
{
    char *end;
    long number;

    errno = 0;
    number = strtol(text, &end, 10);
    if (errno || *end || end == text || text[0] < '0' || text[0] > '9' || number < least || number > most) {
        say_wrong("--%s needs a number from %ld to %ld, not '%s'", option_name, (long)least, (long)most, text);
        return false;
    }
    *out = (int32_t)number;
    return true;
}

bool arguments_decimal(const char *option_name, const char *text, double least, double most, double *out)
{
    char *end;
    double number = strtod(text, &end);

    if (*end || end == text || !strchr("0123456789.", text[0]) || strpbrk(text, "xXpP") ||
        !(number >= least && number <= most)) {
        say_wrong("--%s needs a number from %g to %g, not '%s'", option_name, least, most, text);
        return false;
    }
    *out = number;
    return true;
}
