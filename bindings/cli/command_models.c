/* command_models.c - `inspyr models`: the networks that are there, and those that can be had. */
#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "arguments.h"
#include "checksums.h"
#include "folders.h"
#include "help.h"
#include "inputs.h"
#include "jsonl.h"
#include "say.h"

enum { CHECK, JSON, HELP };

static const option options[] = {
    [CHECK] = { "check", '\0', VALUE_NONE },
    [JSON] = { "json", '\0', VALUE_NONE },
    [HELP] = { "help", 'h', VALUE_NONE },
};

typedef struct entry {
    const char *name;
    char *path; /* NULL: built in, or no folder is known */
    bool present, wrong;
    int64_t size;
    int32_t base_size; /* 0: the file knows */
    const char *licence, *about, *checksum;
    char get[48];
} entry;

typedef struct listing {
    char *folder;
    bool check, as_json, wrong;
    json j;
} listing;

static const char *mebibytes(int64_t size, char *text, size_t room)
{
    snprintf(text, room, "%.1f MiB", (double)size / (1 << 20));
    return text;
}

static void print_entry(listing *l, const entry *e)
{
    char size[32];

    if (l->as_json) {
        json_object(&l->j, NULL);
        json_name(&l->j, "name", e->name);
        json_boolean(&l->j, "present", e->present);
        json_name(&l->j, "path", e->path);
        if (e->path && e->present)
            json_integer(&l->j, "size", e->size);
        else
            json_null(&l->j, "size");
        json_text(&l->j, "checksum", e->checksum);
        json_text(&l->j, "licence", e->licence);
        if (e->base_size)
            json_integer(&l->j, "base_size", e->base_size);
        else
            json_null(&l->j, "base_size");
        json_text(&l->j, "about", e->about);
        json_text(&l->j, "get", e->get[0] ? e->get : NULL);
        json_end_object(&l->j);
        return;
    }
    say_name(stdout, e->name);
    printf("%*s %s", e->name[0] && strlen(e->name) < 14 ? 14 - (int)strlen(e->name) : 0, "",
           e->present ? e->path ? mebibytes(e->size, size, sizeof size) : "in this build" : "not here");
    if (e->base_size)
        printf(", input %d x %d", (int)e->base_size, (int)e->base_size);
    if (e->checksum)
        printf(", checksum %s", e->checksum);
    putchar('\n');
    if (e->about)
        printf("               %s\n", e->about);
    if (e->licence)
        printf("               licence: %s\n", e->licence);
    if (e->present && e->path) {
        fputs("               ", stdout);
        say_name(stdout, e->path);
        putchar('\n');
    } else if (e->get[0]) {
        printf("               %s\n", e->get);
    }
}

/* Quick: is there something to compare with? --check: does it agree? */
static const char *checksum_word(listing *l, const published_model *m, const char *path)
{
    char difference[240], recorded[SHA256_TEXT];
    digests found;

    if (!l->check)
        return checksum_recorded(recorded, path) ? "recorded" : "not checked";
    if (!digest_path(&found, path)) {
        say_problem(path, strerror(errno));
        l->wrong = true;
        return "not readable";
    }
    switch (checksum_compare(m, path, &found, difference, sizeof difference)) {
    case CHECKSUM_GOOD:
        return "good";
    case CHECKSUM_WRONG:
        say_problem(path, difference);
        l->wrong = true;
        return "wrong";
    default:
        return "nothing to compare";
    }
}

static void list_builtin(listing *l)
{
    inspyr_model *model;
    inspyr_info info;
    entry e = { .name = "builtin", .about = "small and fast; the default" };

    inspyr_info_init(&info);
    e.present = !inspyr_model_load(&model, NULL, NULL, NULL);
    if (e.present && !inspyr_model_info(model, &info, NULL)) {
        e.licence = info.licence;
        e.base_size = info.base_width;
    }
    print_entry(l, &e);
    inspyr_model_free(model);
}

static void list_published(listing *l, const published_model *m)
{
    entry e = { .name = m->name, .licence = published_licence, .about = m->about, .base_size = m->base_size };
    struct stat there;

    e.path = l->folder ? path_join(l->folder, m->file) : NULL;
    e.present = e.path && !stat(e.path, &there);
    if (e.present) {
        e.size = there.st_size;
        e.checksum = checksum_word(l, m, e.path);
    }
    snprintf(e.get, sizeof e.get, "inspyr pull %s", m->name);
    print_entry(l, &e);
    free(e.path);
}

static bool is_published_file(const char *name)
{
    for (size_t i = 0; i < published_count; i++)
        if (!strcmp(published_models[i].file, name))
            return true;
    return false;
}

static bool has_weight_suffix(const char *name)
{
    const char *dot = strrchr(name, '.');

    return dot && (!strcmp(dot, ".safetensors") || !strcmp(dot, ".pth") || !strcmp(dot, ".pt"));
}

static void list_others(listing *l)
{
    char **names;
    long count = l->folder ? folder_names(&names, l->folder) : 0;

    for (long i = 0; i < count; i++) {
        entry e = { .name = names[i] };
        struct stat there;

        e.path = path_join(l->folder, names[i]);
        if (has_weight_suffix(names[i]) && !is_published_file(names[i]) && e.path && !stat(e.path, &there) &&
            S_ISREG(there.st_mode)) {
            e.present = true;
            e.size = there.st_size;
            e.checksum = checksum_word(l, NULL, e.path);
            print_entry(l, &e);
        }
        free(e.path);
    }
    if (count > 0)
        names_free(names, count);
}

static int list(listing *l)
{
    l->folder = models_folder();
    l->j = (json){ stdout, false };
    if (l->as_json) {
        json_object(&l->j, NULL);
        json_name(&l->j, "folder", l->folder);
        json_array(&l->j, "models");
    }
    list_builtin(l);
    for (size_t i = 0; i < published_count; i++)
        list_published(l, &published_models[i]);
    list_others(l);
    if (l->as_json) {
        json_end_array(&l->j);
        json_end_object(&l->j);
        json_line(&l->j);
    } else {
        fputs("folder: ", stdout);
        say_name(stdout, l->folder ? l->folder : no_folder);
        printf("\nbase, fast, base-nightly: %s %s\n", published_authors, published_caution);
    }
    free(l->folder);
    return say_flush() && !l->wrong ? ENDS_WELL : ENDS_WITH_ERRORS;
}

int command_models(int argc, char **argv)
{
    arguments a = arguments_of(argc, argv, options, sizeof options / sizeof *options);
    listing l = { 0 };
    const char *value;
    int what;

    while ((what = arguments_next(&a, &value)) != ARGUMENT_END)
        switch (what) {
        case CHECK:
            l.check = true;
            break;
        case JSON:
            l.as_json = true;
            break;
        case HELP:
            help_print(stdout, "models");
            return say_flush() ? ENDS_WELL : ENDS_WITH_ERRORS;
        case ARGUMENT_OPERAND:
            say_wrong("models takes no operand like '%s'", value);
            return ENDS_MISUSED;
        default:
            return ENDS_MISUSED;
        }
    return list(&l);
}
