/* cutout.h - one run of `inspyr cutout`: what was asked for, and how each picture fares. */
#ifndef INSPYR_CLI_CUTOUT_H
#define INSPYR_CLI_CUTOUT_H

#include <stdbool.h>

#include "drawing.h"
#include "fingerprint.h"
#include "inputs.h"
#include "reading.h"
#include "session.h"
#include "targets.h"

/* What became of a picture. */
typedef enum cutout_fate {
    CUTOUT_MADE,    /* or failed: its error says so */
    CUTOUT_ALREADY, /* by an earlier run */
    CUTOUT_LEFT     /* for a later one */
} cutout_fate;

typedef struct cutout_picture cutout_picture;

/* Somebody who has a say in what is made. look and stop are called on one thread each, end on a third, pictures
 * in order. */
typedef struct cutout_watch {
    void *user;
    bool (*stop)(void *user); /* True: what has not been begun is left */
    cutout_fate (*look)(void *user, cutout_picture *picture, size_t number, const inspyr_bytes *file);
    void (*end)(void *user, cutout_picture *picture, size_t number); /* may fail it; before it is printed */
} cutout_watch;

#define KIND_MAX 256 /* a file name's stem, with the NUL */

typedef struct cutout_request {
    const char *target, *format; /* --output and --format */
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
    const cutout_watch *watch; /* may be NULL */
} cutout_request;

struct cutout_picture {
    const char *input, *target;
    const char *name;           /* below the folder that was given; NULL: has no say */
    char key[FINGERPRINT_TEXT]; /* of picture, name and recipe; "": not known */
    cutout_fate fate;
    inspyr_error error;
    inspyr_image *photo, *result; /* only while they are needed */
    inspyr_bytes profile;         /* the photo's, a copy */
    inspyr_decode_report decoded;
    int32_t width, height; /* of the photo, upright */
    int32_t result_width, result_height;
    double decode_ms, encode_ms; /* with reading and writing */
    double effects_ms;
    inspyr_report report;
};

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
