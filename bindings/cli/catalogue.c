#include "catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "folders.h"
#include "inputs.h"
#include "say.h"

/* Checksums as their authors publish them. */
const published_model published_models[] = {
    { "base", "ckpt_base.pth", "d692e3dd5fa1b9658949d452bebf1cda", 1024, "1.2.12",
      "made for 1024 x 1024; 7.5 times the multiplications of fast" },
    { "fast", "ckpt_fast.pth", "9efdbfbcc49b79ef0f7891c83d2fd52f", 384, "1.2.12",
      "the same network, trained for small inputs" },
    { "base-nightly", "ckpt_base_nightly.pth", NULL, 1024, "1.2.12",
      "base, trained again by a recipe that is not published; may change" },
};

const size_t published_count = sizeof published_models / sizeof *published_models;

const char published_licence[] = "MIT";
const char published_authors[] = "Code and checkpoint: Taehun Kim, MIT licence.";
const char published_caution[] =
    "Several of the photo collections it was trained on allow research only; whether that binds users of the "
    "weights is not settled.";

const published_model *published_find(const char *name)
{
    for (size_t i = 0; i < published_count; i++)
        if (!strcmp(published_models[i].name, name))
            return &published_models[i];
    return NULL;
}

bool model_is_builtin(const char *model)
{
    return !model || !strcmp(model, "builtin");
}

static char *published_path(const published_model *p)
{
    char *folder = models_folder(), *path = folder ? path_join(folder, p->file) : NULL;
    char text[160];

    free(folder);
    if (!folder) {
        say_problem(p->name, no_folder);
        return NULL;
    }
    if (path && !access(path, F_OK))
        return path;
    if (path) {
        snprintf(text, sizeof text, "not here yet; 'inspyr pull %s' downloads it", p->name);
        say_problem(p->name, text);
    } else {
        say_problem(NULL, "out of memory");
    }
    free(path);
    return NULL;
}

/* NULL if it is not there. */
static char *path_in_models_folder(const char *name)
{
    char *folder = models_folder(), *path = folder ? path_join(folder, name) : NULL;

    free(folder);
    if (path && !access(path, F_OK))
        return path;
    free(path);
    return NULL;
}

static void say_not_found(const char *name)
{
    char *folder = models_folder(), text[600];

    snprintf(text, sizeof text,
             "neither a file here nor one in the model folder (%s), nor a name that 'inspyr models' lists",
             folder ? folder : "none is known");
    say_problem(name, text);
    free(folder);
}

char *model_path(const char *model, const published_model **published)
{
    char *path = NULL;

    *published = published_find(model);
    if (*published)
        return published_path(*published);
    if (!strchr(model, '/') && access(model, F_OK) && !(path = path_in_models_folder(model))) {
        say_not_found(model);
        return NULL;
    }
    if (!path)
        path = strdup(model);
    if (!path)
        say_problem(NULL, "out of memory");
    return path;
}
