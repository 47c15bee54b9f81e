/* targets.h - where results go: names, kinds of file, and that nothing is written over an input. */
#ifndef INSPYR_CLI_TARGETS_H
#define INSPYR_CLI_TARGETS_H

#include <stdbool.h>

#include "inputs.h"

typedef enum target_place {
    TARGET_HERE,   /* <stem>_<kind>.<suffix> in the current folder */
    TARGET_FOLDER, /* the same in a folder */
    TARGET_FILE,
    TARGET_STDOUT
} target_place;

typedef struct target_rule {
    target_place place;
    const char *path; /* of the folder or file */
    const char *kind; /* "cutout", "map", "colour" */
    inspyr_file file;
    bool replace;
    bool several; /* results of one picture */
} target_rule;

/* The kind of file a name asks for by its suffix; PNG without a suffix. False if the suffix is none of ours. */
bool file_of_name(inspyr_file *file, const char *name);

/* The kind of file a --format asks for. */
bool file_of_format(inspyr_file *file, const char *format);

/* What --format says (NULL: nothing), or else the name of the file. False: has been explained. */
bool target_file_for(target_rule *rule, const char *format);

/* False: has been explained. */
bool at_most_one_stream(const inputs *list);

/* Settles the place from -o and the inputs. False: has been explained. */
bool target_place_for(target_rule *rule, const char *output, const inputs *list);

/* Is the standard output free for a result that goes there, and can it take one? json: lines are printed, too.
 * False: has been explained. */
bool target_fits_stdout(const target_rule *rule, bool json);

/* Where each input's result goes; NULL for inputs with an error. Two of one name, or one that is an input under
 * whatever name, end everything here; results that exist become errors of their inputs unless they may be
 * replaced. Makes the folder last. *out: an array of as many as there are inputs, for targets_free().
 * Returns how the command ends, ENDS_WELL to go on; anything else has been explained. */
int targets_make(char ***out, inputs *list, const target_rule *rule);

void targets_free(char **targets, const inputs *list);

#endif
