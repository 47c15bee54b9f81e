/* inputs.h - the pictures that the operands of a command stand for. */
#ifndef INSPYR_CLI_INPUTS_H
#define INSPYR_CLI_INPUTS_H

#include <stdbool.h>
#include <stddef.h>

#include "inspyr.h"

typedef struct input_file {
    char *path;         /* "-": the standard input */
    const char *name;   /* of a tree: the end of the path, below the folder that was given; else NULL */
    inspyr_error error; /* set if nothing can be done with it */
} input_file;

typedef struct inputs {
    input_file *at;
    size_t count;
    bool folder; /* one of the operands was a folder */
} inputs;

/* A file stands for itself, a folder for its pictures in natural order: files that are not hidden and that are
 * pictures by their first bytes or by their suffix. A folder without pictures becomes an input with an error.
 * False when out of memory. */
bool inputs_add(inputs *list, const char *operand);

/* The same with the folders in a folder, but for links to folders and for `except`, a folder that may not
 * exist. Each input has a name. */
bool inputs_add_tree(inputs *list, const char *operand, const char *except);

void inputs_free(inputs *list);

/* The names in a folder in natural order, hidden ones left out; -1 and errno if it cannot be read. */
long folder_names(char ***out, const char *folder);
void names_free(char **names, long count);

/* folder/name, to be freed; NULL when out of memory. */
char *path_join(const char *folder, const char *name);

/* The last part of a path. */
const char *base_name(const char *path);

bool is_folder(const char *path);

/* Do the first bytes belong to a JPEG, PNG, WebP or PAM file? */
bool looks_like_picture(const unsigned char *bytes, size_t size);

/* Or to a PBM, PGM or PPM file? Those of some texts do, too; those of a weight file never. */
bool may_be_picture(const unsigned char *bytes, size_t size);

/* Do they belong to a safetensors file or to an archive, as PyTorch writes it? */
bool looks_like_weights(const unsigned char *bytes, size_t size);

#endif
