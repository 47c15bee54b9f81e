/* recipe.h - all that decides about the bytes of a matte or a result, beside the picture: the second half of a
 * key.
 *
 * Whatever can change a byte is in it, so entries never become wrong: a new model, option or version is another
 * key, and nobody asks for the old one again. Fields are written as key_hash_field() says, in the order of
 * recipe.c, which tests/cache_keys.py repeats from docs/cache.md. Layer 4 (run). Threads: any. */
#ifndef INSPYR_RUN_RECIPE_H
#define INSPYR_RUN_RECIPE_H

#include "run/cache/key.h"

/* Counts changes of bytes that no option shows: of the decoders and the way to the network, respectively of the
 * encoders. */
#define RECIPE_PIPELINE 1
#define RECIPE_ENCODER 1

typedef struct key_recipe {
    inspyr_model *model;                 /* NULL: no network */
    const inspyr_decode_options *decode; /* NULL: the source is pixels, or a file with default options */
    const inspyr_cutout_options *cutout; /* NULL: defaults. A matte's own options go in here, too */
    inspyr_format matte;                 /* of the plane; 0: GREY8 */
    int32_t degraded;                    /* steps below the quality that was asked for; 0: as asked */
    const char *const *effects;          /* texts, in the order of the call */
    size_t effect_count;
    const inspyr_effect_options *effect; /* NULL: defaults */
    const inspyr_encode_options *encode; /* NULL: defaults */
} key_recipe;

/* Of the plane of alpha: what stands up to `degraded` above. Fails, and then nothing must be cached, for
 * numbers that are none and for a model that is not usable. */
inspyr_status key_matte(cache_key *out, const key_secret *secret, const key_source *source, const key_recipe *r,
                        inspyr_error *error);

/* Of encoded bytes: everything. Fails for effects that inspyr_effect_parse() refuses, too. */
inspyr_status key_result(cache_key *out, const key_secret *secret, const key_source *source,
                         const key_recipe *r, inspyr_error *error);

/* Of several results that are kept as one entry, in this order (cache_set.h). */
void key_set(cache_key *out, const key_secret *secret, const cache_key *keys, size_t count);

#endif
