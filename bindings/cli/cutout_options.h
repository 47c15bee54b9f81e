/* cutout_options.h - the options that say what is made of each picture: the same for one picture and for many.
 */
#ifndef INSPYR_CLI_CUTOUT_OPTIONS_H
#define INSPYR_CLI_CUTOUT_OPTIONS_H

#include "cutout.h"

/* A command's own options are numbered from CUTOUT_OPTIONS on. */
enum {
    CUTOUT_OUTPUT = NETWORK_OPTIONS,
    CUTOUT_TYPE,
    CUTOUT_REVERSE,
    CUTOUT_THRESHOLD,
    CUTOUT_BLUR,
    CUTOUT_LINEAR,
    CUTOUT_CROP,
    CUTOUT_EFFECTS,
    CUTOUT_SEED,
    CUTOUT_FORMAT,
    CUTOUT_JSON,
    CUTOUT_LIMIT,
    CUTOUT_SHRINK_TO,
    CUTOUT_HEIF,
    CUTOUT_SANDBOX,
    CUTOUT_QUIET,
    CUTOUT_OPTIONS
};

/* The beginning of a command's table of options. */
/* clang-format off */
#define CUTOUT_OPTION_ROWS                                                                                     \
    NETWORK_OPTION_ROWS,                                                                                       \
    [CUTOUT_OUTPUT] = { "output", 'o', VALUE_NEEDED },                                                         \
    [CUTOUT_TYPE] = { "type", 't', VALUE_NEEDED },                                                             \
    [CUTOUT_REVERSE] = { "reverse", 'R', VALUE_NONE },                                                         \
    [CUTOUT_THRESHOLD] = { "threshold", '\0', VALUE_NEEDED },                                                  \
    [CUTOUT_BLUR] = { "blur", '\0', VALUE_NEEDED },                                                            \
    [CUTOUT_LINEAR] = { "linear", '\0', VALUE_NONE },                                                          \
    [CUTOUT_CROP] = { "crop", 'c', VALUE_MAYBE },                                                              \
    [CUTOUT_EFFECTS] = { "effects", 'e', VALUE_NEEDED },                                                       \
    [CUTOUT_SEED] = { "seed", '\0', VALUE_NEEDED },                                                            \
    [CUTOUT_FORMAT] = { "format", 'f', VALUE_NEEDED },                                                         \
    [CUTOUT_JSON] = { "json", '\0', VALUE_NONE },                                                              \
    [CUTOUT_LIMIT] = { "limit", '\0', VALUE_NEEDED },                                                          \
    [CUTOUT_SHRINK_TO] = { "shrink-to", '\0', VALUE_NEEDED },                                                  \
    [CUTOUT_HEIF] = { "heif", '\0', VALUE_NONE },                                                              \
    [CUTOUT_SANDBOX] = { "sandbox", '\0', VALUE_NONE },                                                        \
    [CUTOUT_QUIET] = { "quiet", 'q', VALUE_NONE }
/* clang-format on */

/* One option of the table above. False: has been explained. */
bool cutout_option(cutout_request *request, int what, const char *value);

/* Do they go together? To be asked when all are there; settles the rule's place and kind of file, too. False:
 * has been explained. */
bool cutout_settle(cutout_request *request, const inputs *list);

#endif
