#define _XOPEN_SOURCE 700 /* realpath */
#include "eval.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "inputs.h"
#include "say.h"

static const char *keep_name(eval_list *list, const char *name)
{
    char **more = realloc(list->names, (list->name_count + 1) * sizeof *more);
    char *copy = strdup(name);

    if (more)
        list->names = more;
    if (!more || !copy) {
        free(copy);
        return NULL;
    }
    return more[list->name_count++] = copy;
}

static bool is_photo(const char *name)
{
    size_t length = strlen(name);

    return length > 4 && !strcmp(name + length - 4, ".jpg");
}

static bool add_pair(eval_list *list, const char *folder, const char *photo, const char *set,
                     const char *sequence)
{
    eval_pair *more = realloc(list->at, (list->count + 1) * sizeof *more);
    eval_pair *p;

    if (!more)
        return false;
    list->at = more;
    p = &more[list->count++];
    memset(p, 0, sizeof *p);
    p->set = set;
    p->sequence = sequence;
    p->labels = !strcmp(set, "pets");
    p->photo = path_join(folder, photo);
    p->mask = path_join(folder, photo);
    if (!p->photo || !p->mask)
        return false;
    memcpy(p->mask + strlen(p->mask) - 3, "png", 3);
    return true;
}

/* The photos that lie in the folder itself. *added: how many. */
static bool add_photos(eval_list *list, const char *folder, const char *set, const char *sequence,
                       size_t *added)
{
    char **names;
    long count = folder_names(&names, folder);
    bool good = count >= 0;

    *added = 0;
    if (!good)
        say_problem(folder, strerror(errno));
    for (long i = 0; i < count && good; i++)
        if (is_photo(names[i])) {
            good = add_pair(list, folder, names[i], set, sequence);
            ++*added;
        }
    names_free(names, count);
    return good;
}

typedef bool folder_fn(eval_list *list, const char *folder, const char *name, const char *set);

static bool each_folder(eval_list *list, const char *folder, const char *set, folder_fn *what)
{
    char **names;
    long count = folder_names(&names, folder);
    bool good = count >= 0;

    if (!good)
        say_problem(folder, strerror(errno));
    for (long i = 0; i < count && good; i++) {
        char *path = path_join(folder, names[i]);
        const char *name = path && is_folder(path) ? keep_name(list, names[i]) : NULL;

        good = path && (name || !is_folder(path)) && (!name || what(list, path, name, set));
        free(path);
    }
    names_free(names, count);
    return good;
}

static bool add_sequence(eval_list *list, const char *folder, const char *name, const char *set)
{
    size_t added;

    return add_photos(list, folder, set, name, &added);
}

static bool add_set(eval_list *list, const char *folder, const char *name, const char *unused)
{
    size_t added;

    (void)unused;
    return add_photos(list, folder, name, NULL, &added) &&
           (added || each_folder(list, folder, name, add_sequence));
}

bool eval_find(eval_list *list, const char *folder)
{
    char *path = realpath(folder, NULL);
    const char *slash = path ? strrchr(path, '/') : NULL;
    const char *name = path ? keep_name(list, slash && slash[1] ? slash + 1 : path) : NULL;
    size_t added = 0;
    bool good;

    if (!name) {
        say_problem(folder, strerror(errno));
        free(path);
        return false;
    }
    free(path);
    good = add_photos(list, folder, name, NULL, &added);
    if (good && !added)
        good = !strcmp(name, "davis") ? add_set(list, folder, name, NULL)
                                      : each_folder(list, folder, NULL, add_set);
    if (good && !list->count)
        say_problem(folder, "no photos (X.jpg) with masks (X.png) here");
    return good && list->count;
}

void eval_list_free(eval_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->at[i].photo);
        free(list->at[i].mask);
    }
    for (size_t i = 0; i < list->name_count; i++)
        free(list->names[i]);
    free(list->at);
    free(list->names);
    memset(list, 0, sizeof *list);
}
