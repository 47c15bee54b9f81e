/* drawing.h - the effects that a command draws, and where their results go. */
#ifndef INSPYR_CLI_DRAWING_H
#define INSPYR_CLI_DRAWING_H

#include <stdbool.h>

#include "inputs.h"
#include "jsonl.h"
#include "targets.h"

#define EFFECTS_MAX 64

typedef struct effect_request {
    char text[INSPYR_EFFECT_TEXT_MAX]; /* as the library prints it */
    char kind[64];                     /* in the names of results */
    char **targets;                    /* of each input */
} effect_request;

typedef struct effect_list {
    size_t count;
    effect_request at[EFFECTS_MAX];
    int32_t seed;
    int32_t preview; /* pixels of a side at most; 0: the picture's size */
} effect_list;

/* --effects, --seed and --preview. False: has been explained. */
bool effects_parse(effect_list *list, const char *text);
bool effects_parse_seed(effect_list *list, const char *text);
bool effects_parse_preview(effect_list *list, const char *text);

/* Where all results go, as targets_make() says it for one. */
int effects_targets(effect_list *list, inputs *pictures, const target_rule *rule);

/* "outputs": an array of what was drawn and where it is. */
void effects_print_outputs(json *j, const effect_list *list, size_t input);

void effects_free(effect_list *list, const inputs *pictures);

/* results: as many as there are effects, to be freed whatever is returned. */
inspyr_status effects_render(inspyr_image **results, const effect_list *list, const inspyr_view *picture,
                             inspyr_pool *pool, inspyr_error *error);

/* Draws on the picture of one input and writes all results that could be drawn; the first failure is returned.
 * profile: of the picture's colours; may be NULL. */
inspyr_status effects_draw(const effect_list *list, size_t input, const inspyr_view *picture,
                           const inspyr_bytes *profile, inspyr_pool *pool, const target_rule *rule,
                           double *draw_ms, double *encode_ms, inspyr_error *error);

#endif
