/* cutout.h - one run of `inspyr cutout`: what was asked for, and how each picture fares. */
#ifndef INSPYR_CLI_CUTOUT_H
#define INSPYR_CLI_CUTOUT_H

#include <stdbool.h>

#include "drawing.h"
#include "inputs.h"
#include "reading.h"
#include "session.h"
#include "targets.h"

#define KIND_MAX 256 /* a file name's stem, with the NUL */

typedef struct cutout_request {
    const char *target;
    network_request network;
    picture_limits limits;
    int32_t crop_margin;
    inspyr_output output;
    uint64_t flags; /* INSPYR_CUTOUT_* */
    uint32_t colour;
    float threshold, blur_sigma;
    const char *background; /* the file that --type names; NULL: none */
    char kind[KIND_MAX];    /* in the names of results */
    target_rule rule;
    effect_list effects; /* none: the cut-out itself is written */
    bool json, times, quiet;
} cutout_request;

typedef struct cutout_picture {
    const char *input, *target;
    inspyr_error error;
    inspyr_image *photo, *result; /* only while they are needed */
    inspyr_bytes profile;         /* the photo's, a copy */
    inspyr_decode_report decoded;
    int32_t width, height; /* of the photo, upright */
    int32_t result_width, result_height;
    double decode_ms, encode_ms; /* with reading and writing */
    double effects_ms;
    inspyr_report report;
} cutout_picture;

/* Cuts out all inputs and prints what happens. targets: NULL with effects, which have their own. Returns how
 * the command ends. */
int cutout_run(const cutout_request *request, inputs *list, char *const *targets);

/* Sets output, colour, background and kind. False: has been explained. */
bool cutout_parse_type(cutout_request *request, const char *text);

/* Do the options that say what the result is go together? Completes the kind. False: has been explained. */
bool cutout_settle_type(cutout_request *request);

/* What is printed before the first, after each and after the last picture. model: NULL if none was loaded. */
void cutout_print_head(const cutout_request *request);
void cutout_print(const cutout_request *request, const inspyr_info *model, const cutout_picture *picture,
                  size_t number);
void cutout_print_end(const cutout_request *request, const inspyr_info *model, const cutout_picture *pictures,
                      size_t count);

#endif
