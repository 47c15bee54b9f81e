#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"
#include "net/weights.h"
#include "support/archive.h"
#include "support/files.h"
#include "support/fixture.h"
#include "support/scarce.h"

static const char *const type_names[] = {
    [WEIGHTS_F32] = "F32", [WEIGHTS_F16] = "F16", [WEIGHTS_BF16] = "BF16", [WEIGHTS_I64] = "I64"
};
static const size_t widths[] = { [WEIGHTS_F32] = 4, [WEIGHTS_F16] = 2, [WEIGHTS_BF16] = 2, [WEIGHTS_I64] = 8 };

static size_t bytes_of(const weights_tensor *t)
{
    return t->count * widths[t->type];
}

/* "name type sides bytes", as make.py writes it. */
static void describe(char *out, const weights_tensor *t)
{
    const unsigned char *data = t->data;

    out += sprintf(out, "%s %s %s", t->name, type_names[t->type], t->dimensions ? "" : "-");
    for (int32_t i = 0; i < t->dimensions; i++)
        out += sprintf(out, "%s%lld", i ? "," : "", (long long)t->shape[i]);
    out += sprintf(out, " ");
    for (size_t i = 0; i < bytes_of(t); i++)
        out += sprintf(out, "%02x", data[i]);
    sprintf(out, "\n");
}

static void what_torch_saved_is_what_torch_loads(void **state)
{
    size_t size;
    unsigned char *bytes = file_read(&size, data_path("weights/small.pth"));
    FILE *expected = fopen(data_path("weights/expected.txt"), "r");
    scarce s;
    inspyr_allocator allocator = scarce_allocator(&s, -1);
    weights *w;

    (void)state;
    assert_non_null(expected);
    assert_int_equal(weights_open(&w, bytes, size, &allocator, NULL), INSPYR_OK);
    assert_int_equal(weights_check_data(w, NULL, NULL), INSPYR_OK);
    assert_int_equal(weights_count(w), 13);
    assert_string_equal(weights_container(w), "pth");
    assert_null(weights_metadata(w, "format"));
    for (int32_t i = 0; i < weights_count(w); i++) {
        const weights_tensor *t = weights_at(w, i);
        char want[2048], got[2048];

        assert_non_null(fgets(want, sizeof want, expected));
        describe(got, t);
        assert_string_equal(got, want);
        assert_ptr_equal(weights_find(w, t->name), t);
    }
    fclose(expected);
    weights_free(w);
    assert_int_equal(s.balance, 0);
    free(bytes);
}

static void only_tensors_out_of_order_are_copied(void **state)
{
    static const char *const copied[] = { "view.last", "view.repeated", "view.part", "view.step",
                                          "view.turned" };
    size_t size;
    unsigned char *bytes = file_read(&size, data_path("weights/small.pth"));
    inspyr_allocator allocator = fixture_allocator();
    weights *w;

    (void)state;
    assert_int_equal(weights_open(&w, bytes, size, &allocator, NULL), INSPYR_OK);
    for (int32_t i = 0; i < weights_count(w); i++) {
        const weights_tensor *t = weights_at(w, i);
        const unsigned char *data = t->data;
        bool inside = data >= bytes && data + bytes_of(t) <= bytes + size;

        for (size_t k = 0; k < sizeof copied / sizeof *copied; k++)
            inside ^= !strcmp(t->name, copied[k]);
        assert_true(inside);
    }
    assert_ptr_equal(weights_find(w, "z.same")->data, weights_find(w, "layer.weight")->data);
    assert_ptr_equal((const char *)weights_find(w, "view.all")->data + 48, weights_find(w, "view.row")->data);
    weights_free(w);
    free(bytes);
}

static void digest_large(char out[65], const weights *w)
{
    unsigned char digest[SHA256_SIZE];
    sha256 s;

    sha256_begin(&s);
    for (int32_t i = 0; i < weights_count(w); i++) {
        const weights_tensor *t = weights_at(w, i);

        sha256_add(&s, t->name, strlen(t->name) + 1);
        sha256_add(&s, type_names[t->type], strlen(type_names[t->type]) + 1);
        for (int32_t k = 0; k < t->dimensions; k++) {
            made side = { 0 };

            made_number(&side, (uint64_t)t->shape[k], 8);
            sha256_add(&s, side.bytes, side.size);
            free(side.bytes);
        }
        sha256_add(&s, t->data, bytes_of(t));
    }
    sha256_end(digest, &s);
    for (int i = 0; i < SHA256_SIZE; i++)
        sprintf(out + 2 * i, "%02x", digest[i]);
}

static void the_numbers_of_networks_are_those_that_torch_reads(void **state)
{
    FILE *list = fopen(data_path("weights/large.txt"), "r");
    char name[64], want[65], got[65], path[96];
    inspyr_allocator allocator = fixture_allocator();
    inspyr_pool *pool;
    int count;

    (void)state;
    need_shared("parity");
    assert_int_equal(inspyr_pool_open(&pool, 3, NULL, NULL), INSPYR_OK);
    while (fscanf(list, "%63s %d %64s", name, &count, want) == 3) {
        size_t size;
        unsigned char *bytes;
        inspyr_error error;
        weights *w;

        snprintf(path, sizeof path, "parity/%s", name);
        bytes = file_read(&size, shared_path(path));
        if (weights_open(&w, bytes, size, &allocator, &error) || weights_check_data(w, pool, &error))
            fail_msg("%s: %s", name, error.message);
        assert_int_equal(weights_count(w), count);
        digest_large(got, w);
        assert_string_equal(got, want);
        weights_free(w);
        free(bytes);
    }
    inspyr_pool_free(pool);
    fclose(list);
}

static const float numbers[12] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 };
static const archive_member storages[] = { { "root/data/0", numbers, 48 }, { "root/data/1", numbers, 24 } };

static const tensor_described fine = { "a", "FloatStorage", "0", 12, 0, 2, { 3, 4 }, { 4, 1 } };

static archive_made checkpoint_with(const tensor_described *tensors, size_t count)
{
    made pickle = pickle_of(tensors, count);
    archive_made a = checkpoint_of(&pickle, storages, 2);

    free(pickle.bytes);
    return a;
}

static void refuse_bytes(const void *bytes, size_t size, const char *reason)
{
    scarce s;
    inspyr_allocator allocator = scarce_allocator(&s, -1);
    inspyr_error error = { 0 };
    weights *w = (weights *)&s;

    if (weights_open(&w, bytes, size, &allocator, &error) != INSPYR_ERR_WEIGHTS)
        fail_msg("not refused: %s", reason);
    if (!strstr(error.message, reason))
        fail_msg("\"%s\" instead of \"%s\"", error.message, reason);
    assert_null(w);
    assert_int_equal(s.balance, 0);
}

static void a_tensor_that_does_not_lie_in_its_storage_is_refused(void **state)
{
    const int64_t most = INT64_MAX;
    const struct {
        tensor_described t;
        const char *reason;
    } wrong[] = {
        { { "a", "FloatStorage", "0", 12, 1, 2, { 3, 4 }, { 4, 1 } },
          "a: offset or strides lead out of its 12 numbers" },
        { { "a", "FloatStorage", "0", 12, -1, 0, { 0 }, { 0 } }, "a: offset or strides" },
        { { "a", "FloatStorage", "0", 12, most, 0, { 0 }, { 0 } }, "a: offset or strides" },
        { { "a", "FloatStorage", "0", 12, 0, 2, { 3, 4 }, { 5, 1 } }, "a: offset or strides" },
        { { "a", "FloatStorage", "0", 12, 11, 1, { 2 }, { -1 } }, "a: offset or strides" },
        { { "a", "FloatStorage", "0", 12, 0, 1, { 1 }, { -1 } }, "a: offset or strides" },
        { { "a", "FloatStorage", "0", 12, 0, 1, { 3 }, { most } }, "a: offset or strides" },
        { { "a", "FloatStorage", "0", 12, 0, 2, { 5, 1 }, { 1LL << 62, 0 } }, "a: offset or" },
        { { "a", "FloatStorage", "0", 12, 2, 1, { 2 }, { most } }, "a: offset or strides" },
        { { "a", "FloatStorage", "0", 12, 0, 1, { 0 }, { 1 } }, "a: a side that is no positive integer" },
        { { "a", "FloatStorage", "0", 12, 0, 3, { most, most, 4 }, { 0, 0, 0 } },
          "a: more numbers than memory" },
        { { "a", "FloatStorage", "0", 12, 0, 1, { most }, { 0 } }, "a: repeats its numbers to more bytes" },
        { { "a", "FloatStorage", "0", 11, 0, 0, { 0 }, { 0 } }, "a: 11 numbers in 48 bytes" },
        { { "a", "FloatStorage", "0", -12, 0, 0, { 0 }, { 0 } }, "a: -12 numbers in 48 bytes" },
        { { "a", "FloatStorage", "0", 0, 0, 0, { 0 }, { 0 } }, "a: 0 numbers in 48 bytes" },
        { { "a", "FloatStorage", "0", (1LL << 62) + 12, 0, 0, { 0 }, { 0 } }, "numbers in 48 bytes" },
        { { "a", "LongStorage", "0", 12, 0, 0, { 0 }, { 0 } }, "a: 12 numbers in 48 bytes" },
        { { "a", "FloatStorage", "2", 12, 0, 0, { 0 }, { 0 } }, "a: the archive lacks its numbers" },
    };
    const tensor_described mixed[] = { { "a", "HalfStorage", "0", 24, 0, 0, { 0 }, { 0 } },
                                       { "b", "BFloat16Storage", "0", 24, 0, 0, { 0 }, { 0 } } };
    archive_made a = checkpoint_with(mixed, 2);

    (void)state;
    refuse_bytes(a.bytes, a.size, "b: shares numbers with a tensor of another type");
    free(a.bytes);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        a = checkpoint_with(&wrong[i].t, 1);
        refuse_bytes(a.bytes, a.size, wrong[i].reason);
        free(a.bytes);
    }
}

static void a_damaged_member_is_named(void **state)
{
    const tensor_described tensors[] = { fine, { "b", "FloatStorage", "1", 6, 1, 1, { 5 }, { 1 } } };
    archive_made a = checkpoint_with(tensors, 2);
    inspyr_allocator allocator = fixture_allocator();
    inspyr_error error;
    weights *w;

    (void)state;
    for (size_t i = 0; i < a.count; i++) {
        a.bytes[a.data[i]] ^= 1;
        if (i == 2 || i == 3) {
            assert_int_equal(weights_open(&w, a.bytes, a.size, &allocator, &error), INSPYR_OK);
            assert_int_equal(weights_check_data(w, NULL, &error), INSPYR_ERR_WEIGHTS);
            assert_string_equal(error.message, i == 2 ? "a is damaged (data/0): download the file again"
                                                      : "b is damaged (data/1): download the file again");
            weights_free(w);
        } else {
            refuse_bytes(a.bytes, a.size, i == 0 ? "data.pkl does not have the checksum" : "");
        }
        a.bytes[a.data[i]] ^= 1;
    }
    free(a.bytes);
}

static void archives_of_other_kinds_are_told_apart(void **state)
{
    const archive_member script[] = { { "m/data.pkl", "", 0 }, { "m/code/x.py", "", 0 } };
    const archive_member constants[] = { { "m/data.pkl", "", 0 }, { "m/constants.pkl", "", 0 } };
    const archive_member rootless[] = { { "data.pkl", "", 0 } };
    const archive_member roots[] = { { "a/data.pkl", "", 0 }, { "b/version", "3", 1 } };
    const archive_member no_pickle[] = { { "a/version", "3", 1 } };
    const archive_member no_version[] = { { "a/data.pkl", "", 0 } };
    const archive_member old[] = { { "a/data.pkl", "", 0 }, { "a/version", "1\n", 2 } };
    const archive_member future[] = { { "a/data.pkl", "", 0 }, { "a/version", "11", 2 } };
    const archive_member big[] = { { "a/data.pkl", "", 0 },
                                   { "a/version", "3", 1 },
                                   { "a/byteorder", "big", 3 } };
    const struct {
        const archive_member *members;
        size_t count;
        const char *reason;
    } kinds[] = {
        { script, 2, "a TorchScript archive" },        { constants, 2, "a TorchScript archive" },
        { NULL, 0, "not one that torch.save" },        { rootless, 1, "not one that torch.save" },
        { roots, 2, "not one that torch.save" },       { no_pickle, 1, "no member \"data.pkl\"" },
        { no_version, 1, "no member \"version\"" },    { old, 2, "a version other than 2 to 10" },
        { future, 2, "a version other than 2 to 10" }, { big, 3, "byte order is not little endian" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        archive_made a = archive_of(kinds[i].members, kinds[i].count, ARCHIVE_STREAMED);

        refuse_bytes(a.bytes, a.size, kinds[i].reason);
        free(a.bytes);
    }
}

static void a_checkpoint_cut_anywhere_is_refused(void **state)
{
    archive_made a = checkpoint_with(&fine, 1);

    (void)state;
    for (size_t size = 0; size < a.size; size++) {
        unsigned char *exact = malloc(size + 1);

        assert_non_null(exact);
        memcpy(exact, a.bytes, size);
        refuse_bytes(exact, size, size < 4 ? "too short" : "cut short");
        free(exact);
    }
    free(a.bytes);
}

static void a_checkpoint_damaged_anywhere_does_no_harm(void **state)
{
    static const unsigned char damage[] = { 0, 1, 0x7F, 0x80, 0xFF };
    const tensor_described turned = { "a", "FloatStorage", "0", 12, 0, 2, { 4, 3 }, { 1, 4 } };
    archive_made a = checkpoint_with(&turned, 1);
    scarce s;
    inspyr_allocator allocator = scarce_allocator(&s, -1);

    (void)state;
    for (size_t i = 0; i < a.size; i++)
        for (size_t k = 0; k < sizeof damage; k++) {
            unsigned char before = a.bytes[i], digest[WEIGHTS_DIGEST];
            inspyr_error error;
            weights *w;

            a.bytes[i] = damage[k];
            if (weights_open(&w, a.bytes, a.size, &allocator, &error) == INSPYR_OK) {
                float widened[12];

                assert_int_equal(weights_count(w), 1);
                assert_int_equal(weights_at(w, 0)->count, 12);
                weights_widen(widened, weights_at(w, 0));
                weights_digest(w, digest);
                if (weights_check_data(w, NULL, &error) == INSPYR_OK)
                    assert_true(widened[1] == 4);
            }
            weights_free(w);
            a.bytes[i] = before;
        }
    assert_int_equal(s.balance, 0);
    free(a.bytes);
}

static void digest_of(unsigned char out[WEIGHTS_DIGEST], const archive_made *a)
{
    inspyr_allocator allocator = fixture_allocator();
    weights *w;

    assert_int_equal(weights_open(&w, a->bytes, a->size, &allocator, NULL), INSPYR_OK);
    weights_digest(w, out);
    weights_free(w);
}

static void a_digest_differs_with_the_checksum_of_a_storage(void **state)
{
    archive_made a = checkpoint_with(&fine, 1);
    unsigned char first[WEIGHTS_DIGEST], again[WEIGHTS_DIGEST];

    (void)state;
    digest_of(first, &a);
    a.bytes[a.data[2]] ^= 1; /* is not read */
    digest_of(again, &a);
    assert_memory_equal(first, again, sizeof first);
    a.bytes[a.entries[2] + 16] ^= 1;
    digest_of(again, &a);
    assert_memory_not_equal(first, again, sizeof first);
    free(a.bytes);
}

static void each_allocation_may_fail(void **state)
{
    const tensor_described turned = { "a", "FloatStorage", "0", 12, 0, 2, { 4, 3 }, { 1, 4 } };
    archive_made a = checkpoint_with(&turned, 1);
    inspyr_status status = INSPYR_ERR_MEMORY;

    (void)state;
    for (int nth = 0; status; nth++) {
        scarce s;
        inspyr_allocator allocator = scarce_allocator(&s, nth);
        inspyr_error error;
        weights *w;

        status = weights_open(&w, a.bytes, a.size, &allocator, &error);
        assert_int_equal(status, nth < s.asked ? INSPYR_ERR_MEMORY : INSPYR_OK);
        weights_free(w);
        assert_int_equal(s.balance, 0);
        assert_int_equal(s.misaligned, 0);
        assert_true(nth < 20);
    }
    free(a.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_torch_saved_is_what_torch_loads),
        cmocka_unit_test(only_tensors_out_of_order_are_copied),
        cmocka_unit_test(the_numbers_of_networks_are_those_that_torch_reads),
        cmocka_unit_test(a_tensor_that_does_not_lie_in_its_storage_is_refused),
        cmocka_unit_test(a_damaged_member_is_named),
        cmocka_unit_test(archives_of_other_kinds_are_told_apart),
        cmocka_unit_test(a_checkpoint_cut_anywhere_is_refused),
        cmocka_unit_test(a_checkpoint_damaged_anywhere_does_no_harm),
        cmocka_unit_test(a_digest_differs_with_the_checksum_of_a_storage),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
