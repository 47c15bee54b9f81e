#include "targets.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "identity.h"
#include "say.h"
#include "writing.h"

static const struct {
    const char *suffix;
    inspyr_file file;
} files[] = {
    { "png", INSPYR_FILE_PNG }, { "jpg", INSPYR_FILE_JPEG },  { "webp", INSPYR_FILE_WEBP },
    { "pam", INSPYR_FILE_PAM }, { "jpeg", INSPYR_FILE_JPEG },
};

bool file_of_format(inspyr_file *file, const char *format)
{
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (!strcasecmp(files[i].suffix, format)) {
            *file = files[i].file;
            return true;
        }
    return false;
}

bool file_of_name(inspyr_file *file, const char *name)
{
    const char *base = base_name(name), *dot = strrchr(base, '.');

    *file = INSPYR_FILE_PNG;
    return !dot || dot == base || file_of_format(file, dot + 1);
}

bool target_file_for(target_rule *rule, const char *format)
{
    if (format && !file_of_format(&rule->file, format)) {
        say_wrong("--format is png, webp, jpg or pam, not '%s'", format);
        return false;
    }
    if (!format && rule->place == TARGET_FILE && !file_of_name(&rule->file, rule->path)) {
        say_wrong("'%s' names no kind of file that can be written; --format says which", rule->path);
        return false;
    }
    return true;
}

bool at_most_one_stream(const inputs *list)
{
    size_t streams = 0;

    for (size_t i = 0; i < list->count; i++)
        streams += !strcmp(list->at[i].path, "-");
    if (streams > 1)
        say_wrong("the standard input is there only once");
    return streams <= 1;
}

/* "cut.png" for several pictures is a slip, not a folder to be made. */
static bool named_like_picture(const char *path)
{
    const char *dot = strrchr(base_name(path), '.');
    inspyr_file file;

    return dot && file_of_format(&file, dot + 1);
}

bool target_fits_stdout(const target_rule *rule, bool json)
{
    if (rule->place != TARGET_STDOUT)
        return true;
    if (json)
        say_wrong("the standard output cannot hold both the result and --json");
    else if (isatty(STDOUT_FILENO))
        say_wrong("a terminal cannot show the result: redirect it, or use -o FILE");
    else
        return true;
    return false;
}

bool target_place_for(target_rule *rule, const char *output, const inputs *list)
{
    bool single = list->count == 1 && !list->folder && !rule->several;
    const char *what = rule->several ? "results" : "pictures";
    size_t length = output ? strlen(output) : 0;
    struct stat there;

    rule->path = output;
    if (!output) {
        rule->place = single && !strcmp(list->at[0].path, "-") ? TARGET_STDOUT : TARGET_HERE;
        return true;
    }
    if (!length) {
        say_wrong("--output needs a name");
        return false;
    }
    if (!strcmp(output, "-")) {
        rule->place = TARGET_STDOUT;
        if (!single)
            say_wrong("only one %s fits on the standard output", rule->several ? "result" : "picture");
        return single;
    }
    if (is_folder(output) || output[length - 1] == '/' || !single) {
        rule->place = TARGET_FOLDER;
        if (!is_folder(output) && !stat(output, &there)) {
            say_wrong("'%s' is not a folder, and there are several %s", output, what);
            return false;
        }
        if (!is_folder(output) && output[length - 1] != '/' && named_like_picture(output)) {
            say_wrong("several %s need a folder; if one called '%s' is meant, write '%s/'", what, output,
                      output);
            return false;
        }
        return true;
    }
    rule->place = TARGET_FILE;
    return true;
}

/* photos/cat.jpg: cat_cutout.png; the standard input: stdin_cutout.png; pets/cat.jpg of a tree:
 * pets/cat_cutout.png. */
static char *target_name(const input_file *in, const target_rule *rule)
{
    const char *base = strcmp(in->path, "-") ? base_name(in->path) : "stdin";
    size_t folder = in->name ? (size_t)(base_name(in->name) - in->name) : 0;
    const char *dot = strrchr(base, '.');
    size_t stem = dot && dot != base ? (size_t)(dot - base) : strlen(base);
    const char *suffix = files[0].suffix;
    char *name, *path;
    size_t size;

    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (files[i].file == rule->file) {
            suffix = files[i].suffix;
            break;
        }
    size = folder + stem + strlen(rule->kind) + strlen(suffix) + 3;
    name = malloc(size);
    if (name)
        snprintf(name, size, "%.*s%.*s_%s.%s", (int)folder, folder ? in->name : "", (int)stem, base, rule->kind,
                 suffix);
    if (!name || rule->place == TARGET_HERE)
        return name;
    path = path_join(rule->path, name);
    free(name);
    return path;
}

typedef struct named {
    const char *target, *input;
} named;

static int by_target(const void *a, const void *b)
{
    return strcmp(((const named *)a)->target, ((const named *)b)->target);
}

static bool targets_differ(char *const *targets, const inputs *list)
{
    named *sorted = malloc(list->count * sizeof *sorted);
    size_t count = 0;
    bool differ = sorted != NULL;

    for (size_t i = 0; sorted && i < list->count; i++)
        if (targets[i]) {
            sorted[count].target = targets[i];
            sorted[count++].input = list->at[i].path;
        }
    if (count)
        qsort(sorted, count, sizeof *sorted, by_target);
    for (size_t i = 1; i < count && differ; i++)
        if (!strcmp(sorted[i - 1].target, sorted[i].target)) {
            say_wrong("'%s' and '%s' would both be written to '%s'", sorted[i - 1].input, sorted[i].input,
                      sorted[i].target);
            differ = false;
        }
    free(sorted);
    return differ;
}

static bool overwrites_nothing(char *const *targets, const inputs *list)
{
    identities *ids = identities_of(list);
    const char *which = NULL;

    for (size_t i = 0; ids && i < list->count && !which; i++) {
        which = targets[i] ? identities_find(ids, targets[i]) : NULL;
        if (which)
            say_wrong("the result for '%s' would overwrite the input '%s'", list->at[i].path, which);
    }
    identities_free(ids);
    return ids && !which;
}

static char *target_for(const input_file *in, const target_rule *rule)
{
    if (rule->place == TARGET_STDOUT)
        return strdup("-");
    return rule->place == TARGET_FILE ? strdup(rule->path) : target_name(in, rule);
}

/* Asked once, before hours of work end in as many errors as there are pictures. */
static bool folder_ready(const target_rule *rule)
{
    const char *folder = rule->place == TARGET_FOLDER ? rule->path : ".";
    inspyr_error error;

    if (rule->place == TARGET_FILE && write_possible(rule->path, &error)) {
        say_problem(NULL, error.message);
        return false;
    }
    if (rule->place != TARGET_FOLDER && rule->place != TARGET_HERE)
        return true;
    if ((is_folder(folder) || !mkdir(folder, 0777)) && !access(folder, W_OK | X_OK))
        return true;
    say_problem(folder, strerror(errno));
    return false;
}

static int check(char **targets, inputs *list, const target_rule *rule)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->at[i].error.status)
            continue;
        targets[i] = target_for(&list->at[i], rule);
        if (!targets[i]) {
            say_problem(NULL, "out of memory");
            return ENDS_WITH_ERRORS;
        }
    }
    if (!targets_differ(targets, list) || !overwrites_nothing(targets, list))
        return ENDS_MISUSED;
    for (size_t i = 0; i < list->count; i++)
        if (targets[i] && write_allowed(targets[i], rule->replace, &list->at[i].error)) {
            free(targets[i]);
            targets[i] = NULL;
        }
    return folder_ready(rule) ? ENDS_WELL : ENDS_WITH_ERRORS;
}

int targets_make(char ***out, inputs *list, const target_rule *rule)
{
    char **targets = calloc(list->count + 1, sizeof *targets); /* one more: never an empty block */
    int end = targets ? check(targets, list, rule) : ENDS_WITH_ERRORS;

    *out = targets;
    if (end) {
        targets_free(targets, list);
        *out = NULL;
    }
    return end;
}

void targets_free(char **targets, const inputs *list)
{
    for (size_t i = 0; targets && i < list->count; i++)
        free(targets[i]);
    free(targets);
}
