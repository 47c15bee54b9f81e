/* cutout.h - one run of `inspyr cutout`: what was asked for, and how each picture fares. */
#ifndef INSPYR_CLI_CUTOUT_H
#define INSPYR_CLI_CUTOUT_H

#include <stdbool.h>

#include "inputs.h"
#include "targets.h"

typedef struct cutout_request {
    const char *model, *target;
    int32_t threads, megapixels, crop_margin;
    inspyr_output output;
    uint32_t colour;
    target_rule rule;
    bool crop, json, times, quiet;
} cutout_request;

typedef struct cutout_picture {
    const char *input, *target;
    inspyr_error error;
    inspyr_image *photo, *result; /* only while they are needed */
    int32_t width, height;        /* of the photo, upright */
    int32_t result_width, result_height;
    double decode_ms, encode_ms; /* with reading and writing */
    inspyr_report report;
} cutout_picture;

/* Cuts out all inputs and prints what happens. Returns how the command ends. */
int cutout_run(const cutout_request *request, inputs *list, char *const *targets);

/* What is printed before the first, after each and after the last picture. */
void cutout_print_head(const cutout_request *request);
void cutout_print(const cutout_request *request, const cutout_picture *picture);
void cutout_print_mean(const cutout_request *request, const cutout_picture *pictures, size_t count);

#endif
