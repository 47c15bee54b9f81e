/* catalogue.h - the published networks that have a name, and what a name or path given to --model leads to. */
#ifndef INSPYR_CLI_CATALOGUE_H
#define INSPYR_CLI_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct published_model {
    const char *name, *file;
    const char *md5;   /* of the file, in hexadecimal; NULL: its authors name none */
    int32_t base_size; /* both sides of the input it was trained with: the file does not say */
    const char *version, *about;
} published_model;

extern const published_model published_models[];
extern const size_t published_count;

/* The same for all of them. */
extern const char published_licence[], published_authors[], published_caution[];

/* NULL if no published network is called that. */
const published_model *published_find(const char *name);

/* Is it the network that is linked into the library? NULL and "builtin" are. */
bool model_is_builtin(const char *model);

/* The file that a name stands for, to be freed: the path itself, a published network's file in the model
 * folder, or a file there that is called so when there is none here. *published: the network of that name, or
 * NULL. NULL: has been explained. */
char *model_path(const char *model, const published_model **published);

#endif
