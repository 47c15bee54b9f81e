#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "net/model.h"
#include "run/cache/recipe.h"

static unsigned char pixels[2][64];
static const inspyr_view views[2] = { { pixels[0], 16, 4, 4, INSPYR_RGBA8, 0 },
                                      { pixels[1], 16, 4, 4, INSPYR_RGBA8, 0 } };
static const inspyr_bytes profiles[2] = { { (void *)(uintptr_t) "first", 5, NULL, NULL },
                                          { (void *)(uintptr_t) "other", 5, NULL, NULL } };

/* All that a key is made of, as a test may change it. */
typedef struct order {
    key_source source;
    inspyr_decode_options decode;
    inspyr_cutout_options cutout;
    inspyr_effect_options effect;
    inspyr_encode_options encode;
    inspyr_format matte;
    int32_t degraded;
    const char *effects[2];
    size_t effect_count;
    inspyr_model *model;
} order;

static const unsigned char one_digest[WEIGHTS_DIGEST] = { 1 };

static order usual(void)
{
    order o = { .effects = { "popart", "sketch" }, .effect_count = 1 };

    key_source_bytes(&o.source, NULL, "photograph", 10);
    inspyr_decode_options_init(&o.decode);
    inspyr_cutout_options_init(&o.cutout);
    inspyr_effect_options_init(&o.effect);
    inspyr_encode_options_init(&o.encode);
    return o;
}

static cache_key key_of(const order *o, const key_secret *secret, bool result)
{
    const key_recipe r = { o->model,   &o->decode,      &o->cutout, o->matte,  o->degraded,
                           o->effects, o->effect_count, &o->effect, &o->encode };
    cache_key key;

    if (result)
        assert_int_equal(key_result(&key, secret, &o->source, &r, NULL), INSPYR_OK);
    else
        assert_int_equal(key_matte(&key, secret, &o->source, &r, NULL), INSPYR_OK);
    return key;
}

/* Each changes one thing that decides about bytes: of the matte first, then of the result alone. */
#define CHANGES(X)                                                                                             \
    X(o->source.kind = KEY_PIXELS)                                                                             \
    X(o->source.digest[31] ^= 1)                                                                               \
    X(o->decode.flags = INSPYR_DECODE_AS_STORED)                                                               \
    X(o->decode.flags = INSPYR_DECODE_SHRINK)                                                                  \
    X(o->decode.max_bytes = 5)                                                                                 \
    X(o->decode.max_pixels = 5)                                                                                \
    X(o->decode.max_side = 5)                                                                                  \
    X(o->decode.format = INSPYR_RGB8)                                                                          \
    X(o->cutout.flags = INSPYR_COMPAT)                                                                         \
    X(o->cutout.flags = INSPYR_COMPAT | INSPYR_COMPAT_ARRAY)                                                   \
    X(o->cutout.network_width = 32)                                                                            \
    X(o->cutout.network_height = 32)                                                                           \
    X(o->cutout.resize = INSPYR_RESIZE_DYNAMIC)                                                                \
    X(o->cutout.short_side = 32)                                                                               \
    X(o->cutout.profile = &profiles[0])                                                                        \
    X(o->cutout.profile = &profiles[1])                                                                        \
    X(o->matte = INSPYR_GREY16)                                                                                \
    X(o->degraded = 1)
#define RESULT_CHANGES(X)                                                                                      \
    X(o->cutout.flags = INSPYR_CUTOUT_CROP)                                                                    \
    X(o->cutout.flags = INSPYR_CUTOUT_REVERSE)                                                                 \
    X(o->cutout.output = INSPYR_OUTPUT_BLUR)                                                                   \
    X(o->cutout.colour = 5)                                                                                    \
    X(o->cutout.crop_margin = 5)                                                                               \
    X(o->cutout.threshold = 0.5f)                                                                              \
    X(o->cutout.threshold = 0.50000006f)                                                                       \
    X(o->cutout.blur_sigma = 0.5f)                                                                             \
    X(o->cutout.background = &views[0])                                                                        \
    X(o->cutout.background = &views[1])                                                                        \
    X(o->effects[0] = "popart:contrast=3")                                                                     \
    X(o->effects[0] = "sketch")                                                                                \
    X(o->effect_count = 0)                                                                                     \
    X(o->effect_count = 2)                                                                                     \
    X(o->effect.seed = 1)                                                                                      \
    X(o->effect.quality = INSPYR_QUALITY_PREVIEW)                                                              \
    X(o->effect.preview_side = 5)                                                                              \
    X(o->encode.flags = INSPYR_ENCODE_LOSSLESS)                                                                \
    X(o->encode.file = INSPYR_FILE_JPEG)                                                                       \
    X(o->encode.quality = 5)                                                                                   \
    X(o->encode.compression = 5)                                                                               \
    X(o->encode.profile = &profiles[0])

#define COUNT(statement) +1
#define CASE(statement)                                                                                        \
    case __COUNTER__ - FIRST:                                                                                  \
        statement;                                                                                             \
        break;
enum {
    FIRST = __COUNTER__ + 1,
    MATTE_CHANGES = 0 CHANGES(COUNT),
    ALL_CHANGES = MATTE_CHANGES RESULT_CHANGES(COUNT)
};

static void change(order *o, int number)
{
    switch (number) {
        CHANGES(CASE)
        RESULT_CHANGES(CASE)
    }
}

static void whatever_decides_about_bytes_decides_about_the_key(void **state)
{
    cache_key results[ALL_CHANGES + 1], mattes[ALL_CHANGES + 1];

    (void)state;
    pixels[1][63] = 1;
    for (int i = 0; i <= ALL_CHANGES; i++) {
        order o = usual();

        if (i < ALL_CHANGES)
            change(&o, i);
        results[i] = key_of(&o, NULL, true);
        mattes[i] = key_of(&o, NULL, false);
        assert_false(key_equal(&results[i], &mattes[i]));
        for (int j = 0; j < i; j++)
            assert_false(key_equal(&results[i], &results[j]));
        for (int j = 0; j < i && i < MATTE_CHANGES; j++)
            assert_false(key_equal(&mattes[i], &mattes[j]));
        if (i > MATTE_CHANGES) /* effects and encoders share one matte */
            assert_true(key_equal(&mattes[i], &mattes[MATTE_CHANGES]));
    }
}

static void what_changes_no_byte_changes_no_key(void **state)
{
    order o = usual();
    const cache_key before = key_of(&o, NULL, true);
    inspyr_report report;
    cache_key after, same;

    (void)state;
    o.cutout.report = &report;
    o.decode.allocator = o.encode.allocator = o.effect.allocator = (const inspyr_allocator *)&report;
    o.effect.pool = o.encode.pool = (inspyr_pool *)&report;
    o.effect.device = "cuda:0";
    o.effects[0] = " popart@1 : contrast = 2 ";
    after = key_of(&o, NULL, true);
    o.effects[0] = "popart:contrast=2";
    same = key_of(&o, NULL, true);
    assert_true(key_equal(&same, &after));
    o.effects[0] = "popart@1";
    after = key_of(&o, NULL, true);
    assert_true(key_equal(&before, &after));
}

static void what_is_no_number_is_no_key(void **state)
{
    static const float bad[] = { NAN, INFINITY, -INFINITY };
    order o = usual();
    const char *effect = "popart:contrast=none";
    cache_key key;
    inspyr_error error;

    (void)state;
    for (size_t i = 0; i < 2 * sizeof bad / sizeof *bad; i++) {
        key_recipe r = { .cutout = &o.cutout };

        o = usual();
        *(i % 2 ? &o.cutout.threshold : &o.cutout.blur_sigma) = bad[i / 2];
        assert_int_equal(key_result(&key, NULL, &o.source, &r, &error), INSPYR_ERR_ARGUMENT);
        assert_non_null(strstr(error.message, i % 2 ? "threshold" : "blur_sigma"));
    }
    assert_int_equal(
        key_result(&key, NULL, &o.source, &(key_recipe){ .effects = &effect, .effect_count = 1 }, &error),
        INSPYR_ERR_ARGUMENT);
}

static void rows_are_the_picture_wherever_they_lie(void **state)
{
    unsigned char wide[4][20], upside[4][16];
    const inspyr_view padded = { wide, 20, 4, 4, INSPYR_RGBA8, 0 };
    const inspyr_view turned = { upside[3], -16, 4, 4, INSPYR_RGBA8, 0 };
    inspyr_view other = views[0];
    key_source a, b;

    (void)state;
    for (int i = 0; i < 64; i++) {
        pixels[0][i] = (unsigned char)(3 * i);
        wide[i / 16][i % 16] = upside[3 - i / 16][i % 16] = pixels[0][i];
    }
    memset(wide[1] + 16, 9, 4);
    key_source_view(&a, NULL, &views[0]);
    key_source_view(&b, NULL, &padded);
    assert_memory_equal(a.digest, b.digest, KEY_DIGEST);
    key_source_view(&b, NULL, &turned);
    assert_memory_equal(a.digest, b.digest, KEY_DIGEST);
    other.format = INSPYR_BGRA8;
    key_source_view(&b, NULL, &other);
    assert_memory_not_equal(a.digest, b.digest, KEY_DIGEST);
    other = (inspyr_view){ pixels[0], 8, 2, 8, INSPYR_RGBA8, 0 };
    key_source_view(&b, NULL, &other);
    assert_memory_not_equal(a.digest, b.digest, KEY_DIGEST);
}

static void names_come_back_from_their_text_and_others_do_not(void **state)
{
    order o = usual();
    const cache_key key = key_of(&o, NULL, true);
    char name[INSPYR_CACHE_NAME_MAX], broken[INSPYR_CACHE_NAME_MAX + 1];
    cache_key back;

    (void)state;
    key_name(name, &key);
    assert_int_equal(strlen(name), 2 + 64 + 1 + 64);
    assert_true(key_parse(&back, name));
    assert_true(key_equal(&key, &back));
    for (size_t i = 0; i < strlen(name); i++) {
        snprintf(broken, sizeof broken, "%s", name);
        broken[i] = broken[i] == '/' ? '0' : 'A';
        assert_false(key_parse(&back, broken));
        broken[i] = '\0';
        assert_false(key_parse(&back, broken));
    }
    snprintf(broken, sizeof broken, "%s0", name);
    assert_false(key_parse(&back, broken));
}

static void a_secret_changes_every_digest(void **state)
{
    const inspyr_bytes texts[2] = { { (void *)(uintptr_t) "0123456789abcdef", 16, NULL, NULL },
                                    { (void *)(uintptr_t) "0123456789abcdeF", 16, NULL, NULL } };
    cache_key keys[3];

    (void)state;
    for (int i = 0; i < 3; i++) {
        order o = usual();
        key_secret secret;

        if (i)
            key_secret_begin(&secret, &texts[i - 1]);
        key_source_bytes(&o.source, i ? &secret : NULL, "photograph", 10);
        keys[i] = key_of(&o, i ? &secret : NULL, true);
        for (int j = 0; j < i; j++) {
            assert_memory_not_equal(keys[i].source, keys[j].source, KEY_DIGEST);
            assert_memory_not_equal(keys[i].recipe, keys[j].recipe, KEY_DIGEST);
        }
    }
}

static void a_model_is_known_by_its_weights(void **state)
{
    order o = usual();
    cache_key without = key_of(&o, NULL, false), with, changed;
    inspyr_model *again;

    (void)state;
    if (inspyr_model_load(&o.model, NULL, NULL, NULL))
        skip(); /* a build without the built-in model */
    assert_int_equal(inspyr_model_load(&again, NULL, NULL, NULL), INSPYR_OK);
    with = key_of(&o, NULL, false);
    assert_false(key_equal(&with, &without));
    assert_memory_not_equal(o.model->digest, (unsigned char[WEIGHTS_DIGEST]){ 0 }, WEIGHTS_DIGEST);
    memcpy(o.model->digest, one_digest, sizeof one_digest);
    changed = key_of(&o, NULL, false);
    assert_false(key_equal(&with, &changed));
    inspyr_model_free(o.model);
    o.model = again;
    changed = key_of(&o, NULL, false);
    assert_true(key_equal(&with, &changed));
    inspyr_model_free(again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_decides_about_bytes_decides_about_the_key),
        cmocka_unit_test(what_changes_no_byte_changes_no_key),
        cmocka_unit_test(what_is_no_number_is_no_key),
        cmocka_unit_test(rows_are_the_picture_wherever_they_lie),
        cmocka_unit_test(names_come_back_from_their_text_and_others_do_not),
        cmocka_unit_test(a_secret_changes_every_digest),
        cmocka_unit_test(a_model_is_known_by_its_weights),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
