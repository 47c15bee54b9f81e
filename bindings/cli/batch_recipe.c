#include "batch_recipe.h"

#include <stdio.h>
#include <stdlib.h>

#include "catalogue.h"
#include "reading.h"
#include "say.h"

/* "none" for NULL. */
static bool sum_of(char out[FINGERPRINT_TEXT], const char *path, size_t limit)
{
    inspyr_bytes bytes;
    inspyr_error error;

    if (!path) {
        snprintf(out, FINGERPRINT_TEXT, "none");
        return true;
    }
    if (read_bytes(&bytes, path, limit, &error)) {
        say_problem(path, error.message);
        return false;
    }
    fingerprint_of(out, bytes.data, bytes.size);
    inspyr_bytes_free(&bytes);
    return true;
}

static bool sum_of_model(char out[FINGERPRINT_TEXT], const network_request *network)
{
    const published_model *published;
    char *path;
    bool good;

    if (model_is_builtin(network->model))
        return sum_of(out, NULL, 0);
    path = model_path(network->model, &published);
    good = path && sum_of(out, path, WEIGHT_BYTES_MAX);
    free(path);
    return good;
}

/* Numbers as they were asked for: what auto picks may differ between the machines of a job, and is meant to be
 * as good there. Threads change nothing. */
static void print_options(FILE *file, const cutout_request *r)
{
    const network_request *n = &r->network;

    fprintf(file, " engine=%s device=%s precision=%s base=%dx%d blend=%d resize=%d short=%d compat=%d",
            n->engine ? n->engine : "auto", n->device ? n->device : "auto",
            network_precision_name(n->precision), (int)n->base_width, (int)n->base_height, (int)n->blend_size,
            (int)n->resize, (int)n->short_side, n->compat);
    fprintf(file, " output=%d flags=%llx colour=%06x margin=%d threshold=%.9g blur=%.9g file=%d",
            (int)r->output, (unsigned long long)r->flags, (unsigned)r->colour, (int)r->crop_margin,
            (double)r->threshold, (double)r->blur_sigma, (int)r->rule.file);
    fprintf(file, " shrink=%.9g", r->limits.shrink_to);
    for (size_t i = 0; i < r->effects.count; i++)
        fprintf(file, " effect=%s seed=%d", r->effects.at[i].text, (int)r->effects.seed);
}

char *batch_recipe(const cutout_request *request)
{
    char weights[FINGERPRINT_TEXT], background[FINGERPRINT_TEXT], *text = NULL;
    size_t size;
    FILE *stream;

    if (!sum_of_model(weights, &request->network) ||
        !sum_of(background, request->background, PICTURE_BYTES_MAX))
        return NULL;
    stream = open_memstream(&text, &size);
    if (stream) {
        fprintf(stream, "inspyr batch 1: library=%s weights=%s background=%s", inspyr_version(), weights,
                background);
        print_options(stream, request);
    }
    if (!stream || fclose(stream)) {
        say_problem(NULL, "out of memory");
        free(text);
        return NULL;
    }
    return text;
}
