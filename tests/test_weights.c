#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "net/json.h"
#include "net/weights.h"
#include "support/scarce.h"
#include "support/tensor_file.h"

#define TENSORS 474
#define NUMBERS 2595089
#define COUNT(array) (sizeof(array) / sizeof *(array))

/* tests/data/weights_golden.py prints the numbers of this file that come from elsewhere. */

static uint64_t digest(uint64_t so_far, const void *bytes, size_t size)
{
    const unsigned char *p = bytes;

    for (size_t i = 0; i < size; i++)
        so_far = (so_far ^ p[i]) * UINT64_C(0x100000001b3); /* FNV-1a */
    return so_far;
}

static const uint64_t digest_of_nothing = UINT64_C(0xcbf29ce484222325);

static weights *opened(const tensor_file *file, const inspyr_allocator *allocator)
{
    inspyr_error error;
    weights *w;

    if (weights_open(&w, file->bytes, file->size, allocator, &error))
        fail_msg("%s", error.message);
    return w;
}

static void the_builtin_weights_are_those_of_the_file(void **state)
{
    static const struct {
        const char *name;
        int64_t shape[4];
        float first, middle, last;
        double sum;
    } golden[] = {
        { "backbone.stem.conv.weight",
          { 32, 3, 3, 3 },
          0.423095703125f,
          0.472900390625f,
          -0.049774169921875f,
          8.109420776367188 },
        { "decoder.conv5.conv.weight",
          { 1, 32, 3, 3 },
          -0.05322265625f,
          0.07122802734375f,
          0.01439666748046875f,
          1.7363834381103516 },
        { "attention0.threshold", { 1 }, 0.5078125f, 0.5078125f, 0.5078125f, 0.5078125 },
        { "context5.branch3.Wattn.gamma",
          { 1 },
          0.0614013671875f,
          0.0614013671875f,
          0.0614013671875f,
          0.0614013671875 },
        { "context3.conv_cat.conv.bias",
          { 32 },
          -0.07867431640625f,
          -0.07586669921875f,
          -0.0843505859375f,
          -2.1140098571777344 },
    };
    scarce s;
    inspyr_allocator allocator = scarce_allocator(&s, -1);
    float *numbers = malloc(NUMBERS * sizeof *numbers);
    uint64_t all = digest_of_nothing;
    size_t total = 0;
    mapped_file file;
    inspyr_error error;
    weights *w;

    (void)state;
    assert_non_null(numbers);
    assert_int_equal(file_map(&file, TEST_MODELS "/nano.safetensors", SIZE_MAX, &error), INSPYR_OK);
    w = opened(&(tensor_file){ (unsigned char *)(uintptr_t)file.bytes, file.size }, &allocator);
    assert_int_equal(weights_count(w), TENSORS);
    for (int32_t i = 0; i < TENSORS; i++) {
        const weights_tensor *t = weights_at(w, i);

        assert_int_equal(t->type, WEIGHTS_F16);
        total += t->count;
        assert_true(total <= NUMBERS);
        weights_widen(numbers, t);
        all = digest(all, numbers, t->count * sizeof *numbers);
    }
    assert_int_equal(total, NUMBERS);
    assert_true(all == UINT64_C(0x2394184e666ca3f2));
    for (size_t i = 0; i < COUNT(golden); i++) {
        const weights_tensor *t = weights_find(w, golden[i].name);
        double sum = 0;

        assert_non_null(t);
        assert_memory_equal(t->shape, golden[i].shape, sizeof t->shape);
        weights_widen(numbers, t);
        for (size_t k = 0; k < t->count; k++)
            sum += (double)numbers[k];
        assert_true(numbers[0] == golden[i].first && numbers[t->count / 2] == golden[i].middle);
        assert_true(numbers[t->count - 1] == golden[i].last);
        assert_true(sum == golden[i].sum); /* of few half floats: exact in any order */
    }
    weights_free(w);
    file_unmap(&file);
    free(numbers);
    assert_int_equal(s.balance, 0);
}

static void the_builtin_architecture_can_be_read(void **state)
{
    scarce s;
    inspyr_allocator allocator = scarce_allocator(&s, -1);
    mapped_file file;
    inspyr_error error;
    double scale = 0;
    int64_t depth = 0;
    bool axial = false;
    weights *w;
    json root;

    (void)state;
    assert_int_equal(file_map(&file, TEST_MODELS "/nano.safetensors", SIZE_MAX, &error), INSPYR_OK);
    w = opened(&(tensor_file){ (unsigned char *)(uintptr_t)file.bytes, file.size }, &allocator);
    assert_string_equal(weights_metadata(w, "name"), "nano");
    assert_string_equal(weights_metadata(w, "base_size"), "384");
    const char *text = weights_metadata(w, "architecture");
    assert_non_null(text);
    assert_int_equal(json_open(&root, "architecture", text, strlen(text), &error), INSPYR_OK);
    assert_true(json_is(json_find(root, "backbone"), "mobilenet_v2_deeplab_v3"));
    assert_true(json_number(json_find(root, "logit_scale"), &scale) && scale == 0.25);
    assert_true(json_number(json_at(json_find(root, "mean"), 2), &scale) && scale == 128.0 / 255);
    assert_true(json_integer(json_at(json_find(root, "depth_context"), 4), &depth) && depth == 32);
    assert_true(json_bool(json_at(json_find(root, "axial_contexts"), 2), &axial) && axial);
    assert_true(json_is(json_find(json_at(json_find(root, "taps"), 4), "name"), "x5"));
    weights_free(w);
    file_unmap(&file);
}

/* The value of a half float by its definition. */
static float half_by_definition(uint32_t h)
{
    int exponent = (int)(h >> 10 & 31), fraction = (int)(h & 1023);
    double x = exponent == 31 ? (fraction ? (double)NAN : (double)INFINITY)
               : exponent     ? ldexp(1024 + fraction, exponent - 25)
                              : ldexp(fraction, -24);

    return (float)(h & 0x8000 ? -x : x);
}

static void every_half_float_is_widened_exactly(void **state)
{
    enum { PATTERNS = 65536 };
    unsigned char *bytes = malloc(2 * PATTERNS + 1);
    float *wide = malloc(PATTERNS * sizeof *wide);
    uint64_t all = digest_of_nothing;

    (void)state;
    assert_true(bytes && wide);
    for (size_t offset = 0; offset < 2; offset++) {
        weights_tensor t = { .type = WEIGHTS_F16, .count = PATTERNS, .data = bytes + offset };

        for (size_t i = 0; i < PATTERNS; i++) {
            bytes[offset + 2 * i] = (unsigned char)i;
            bytes[offset + 2 * i + 1] = (unsigned char)(i >> 8);
        }
        weights_widen(wide, &t);
        for (uint32_t i = 0; i < PATTERNS; i++) {
            float want = half_by_definition(i);

            if (!(isnan(want) && isnan(wide[i])) && memcmp(&want, &wide[i], sizeof want) != 0)
                fail_msg("%04x: %a instead of %a", (unsigned)i, (double)wide[i], (double)want);
        }
    }
    for (size_t i = 0; i < PATTERNS; i++) {
        uint32_t bits = 0x7FC00000;

        if (!isnan(wide[i]))
            memcpy(&bits, &wide[i], sizeof bits);
        all = digest(all, &bits, sizeof bits);
    }
    assert_true(all == UINT64_C(0x1f87f165810ea7c5));
    free(bytes);
    free(wide);
}

static void few_half_floats_are_widened_and_none_beyond(void **state)
{
    unsigned char bytes[64];
    float wide[34];

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i += 2)
        memcpy(bytes + i, (const unsigned char[2]){ 0x00, 0x3C }, 2);
    for (size_t count = 0; count <= 32; count++) {
        memset(wide, 0, sizeof wide);
        weights_widen(wide, &(weights_tensor){ .type = WEIGHTS_F16, .count = count, .data = bytes });
        for (size_t i = 0; i < COUNT(wide); i++)
            assert_true(wide[i] == (i < count ? 1.0f : 0.0f));
    }
}

static void the_other_types_are_widened_too(void **state)
{
    static const unsigned char bytes[] = { 0xFF, 0xC0, 0x3F, 0x80, 0xFF, 0x01, 0x00, 0xDB, 0x0F, 0x49,
                                           0x40, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF };
    float wide[3];

    (void)state;
    weights_widen(wide, &(weights_tensor){ .type = WEIGHTS_BF16, .count = 3, .data = bytes + 1 });
    assert_true(wide[0] == 1.5f && wide[1] == -INFINITY && wide[2] == 0x1p-133f);
    weights_widen(wide, &(weights_tensor){ .type = WEIGHTS_F32, .count = 1, .data = bytes + 7 });
    assert_true(wide[0] == 3.14159274f);
    weights_widen(wide, &(weights_tensor){ .type = WEIGHTS_I64, .count = 1, .data = bytes + 11 });
    assert_true(wide[0] == -2.0f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_builtin_weights_are_those_of_the_file),
        cmocka_unit_test(the_builtin_architecture_can_be_read),
        cmocka_unit_test(every_half_float_is_widened_exactly),
        cmocka_unit_test(few_half_floats_are_widened_and_none_beyond),
        cmocka_unit_test(the_other_types_are_widened_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
