/* network_options.h - the options that say which network works, where, and how pictures are brought to it: the
 * same for every command that runs one. */
#ifndef INSPYR_CLI_NETWORK_OPTIONS_H
#define INSPYR_CLI_NETWORK_OPTIONS_H

#include "arguments.h"
#include "inspyr.h"

/* A command's own options are numbered from NETWORK_OPTIONS on. */
enum {
    NETWORK_MODEL,
    NETWORK_BASE_SIZE,
    NETWORK_BLEND,
    NETWORK_ENGINE,
    NETWORK_DEVICE,
    NETWORK_PRECISION,
    NETWORK_RESIZE,
    NETWORK_SHORT_SIDE,
    NETWORK_COMPAT,
    NETWORK_NO_CACHE,
    NETWORK_THREADS,
    NETWORK_OPTIONS
};

/* The beginning of a command's table of options. */
/* clang-format off */
#define NETWORK_OPTION_ROWS                                                                                    \
    [NETWORK_MODEL] = { "model", 'm', VALUE_NEEDED },                                                          \
    [NETWORK_BASE_SIZE] = { "base-size", '\0', VALUE_NEEDED },                                                 \
    [NETWORK_BLEND] = { "blend", '\0', VALUE_NEEDED },                                                         \
    [NETWORK_ENGINE] = { "engine", '\0', VALUE_NEEDED },                                                       \
    [NETWORK_DEVICE] = { "device", '\0', VALUE_NEEDED },                                                       \
    [NETWORK_PRECISION] = { "precision", '\0', VALUE_NEEDED },                                                 \
    [NETWORK_RESIZE] = { "resize", '\0', VALUE_NEEDED },                                                       \
    [NETWORK_SHORT_SIDE] = { "short-side", '\0', VALUE_NEEDED },                                               \
    [NETWORK_COMPAT] = { "compat", '\0', VALUE_NONE },                                                         \
    [NETWORK_NO_CACHE] = { "no-cache", '\0', VALUE_NONE },                                                     \
    [NETWORK_THREADS] = { "threads", 'j', VALUE_NEEDED }
/* clang-format on */

typedef struct network_request {
    const char *model, *engine, *device; /* NULL: the built-in one; what is best */
    inspyr_precision precision;
    int32_t base_width, base_height, blend_size; /* as in inspyr_load_options */
    int32_t threads, short_side;
    inspyr_resize resize;
    bool compat, no_cache;
    bool quiet; /* say only what ends the command */
    bool wish;  /* what is named may be replaced by what there is */
} network_request;

/* One option of the table above. False: has been explained. */
bool network_option(network_request *request, int what, const char *value);

/* Do they go together? To be asked when all are there. False: has been explained. */
bool network_options_agree(const network_request *request);

/* "512" or "640x384". False: has been explained. */
bool parse_sides(const char *option_name, const char *text, int32_t *width, int32_t *height);

/* As on the command line. */
const char *network_precision_name(inspyr_precision precision);

/* "0" for never, else pixels; as inspyr_load_options.blend_size. False: has been explained. */
bool parse_blend(const char *text, int32_t *out);

/* How pictures are read, and what is asked of the library. */
uint64_t network_decode_flags(const network_request *request);
uint64_t network_compat_flags(const network_request *request);

#endif
