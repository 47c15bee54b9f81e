/* eval.h - one run of `inspyr eval`: pairs of photo and mask, their measures and what these come to. */
#ifndef INSPYR_CLI_EVAL_H
#define INSPYR_CLI_EVAL_H

#include <stdbool.h>

#include "inspyr_experimental.h"
#include "network_options.h"

/* Names are shared by neighbours: pairs of one set, and of one sequence in it, follow each other. */
typedef struct eval_pair {
    const char *set, *sequence; /* sequence: NULL where the set has none */
    char *photo, *mask;
    bool labels; /* the mask holds palette indices: 1 and 2 are the subject, 255 is left out */
    inspyr_error error;
    inspyr_measures measures;
    inspyr_alpha_measures nearness; /* instead, where the mask is a known alpha */
    inspyr_image *picture;          /* only while they are needed */
    unsigned char *mask_plane;      /* 0, 255, or 128 for left out; or the known alpha */
    float *matte;
    int32_t width, height;
} eval_pair;

typedef struct eval_list {
    eval_pair *at;
    size_t count;
    char **names; /* of sets and sequences */
    size_t name_count;
} eval_list;

/* All pairs under a folder: X.jpg with X.png. The folder is a set if it holds photos, or sequences if it is
 * called davis; otherwise each folder in it is a set, of photos or of sequences. False: has been explained. */
bool eval_find(eval_list *list, const char *folder);
void eval_list_free(eval_list *list);

/* Measures all pairs. alpha: masks are known alpha. Returns how many could not be. */
size_t eval_measure(eval_list *list, inspyr_model *model, const network_request *network, bool alpha);

/* Sums first; eval_mean_of() divides. */
typedef struct eval_mean {
    double iou, mae, s_measure, mba;
    double f_curve[256];
    size_t count, mba_count; /* mba_count: of those whose mask has a boundary */
} eval_mean;

void eval_mean_add(eval_mean *sum, const inspyr_measures *measures);

/* As the measures of one picture: so that sequences can be added to a set. */
void eval_mean_of(inspyr_measures *out, const eval_mean *sum);

/* Of the mean curve. */
double eval_max_f(const inspyr_measures *mean);

void eval_print_table(const eval_list *list);
void eval_print_json(const eval_list *list, const char *model_name, const char *model_version);

/* The same for known alpha: means over the pictures of each set. */
void eval_print_alpha(const eval_list *list, const char *model_name, const char *model_version, bool as_json);

#endif
