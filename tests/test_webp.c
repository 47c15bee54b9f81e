#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "image/image.h"
#include "support/files.h"

static void every_kind_of_webp_has_the_pixels_of_another_reader(void **state)
{
    (void)state;
    assert_int_equal(expected_check("", ".webp"), 8);
}

static inspyr_bytes as_pam(const char *path)
{
    inspyr_image *image = file_decode(path, INSPYR_RGBA8, 0);
    inspyr_encode_options options;
    inspyr_bytes pam;

    inspyr_encode_options_init(&options);
    options.file = INSPYR_FILE_PAM;
    assert_int_equal(inspyr_image_encode(&pam, &image->view, &options, NULL), INSPYR_OK);
    inspyr_image_free(image);
    return pam;
}

static void the_test_vectors_with_a_digest_come_out_to_the_byte(void **state)
{
    FILE *list;
    char digest[33], name[256], path[512], got[33];
    int files = 0;

    (void)state;
    need_shared("data/decode/webp");
    list = fopen(shared_path("data/decode/webp/libwebp_tests.md5"), "r");
    assert_non_null(list);
    while (fscanf(list, "%32s %255s", digest, name) == 2) {
        size_t length = strlen(name);
        inspyr_bytes pam;

        if (length < 9 || strcmp(name + length - 9, ".webp.pam") != 0)
            continue;
        snprintf(path, sizeof path, "data/decode/webp/%.*s", (int)length - 4, name);
        pam = as_pam(shared_path(path));
        bytes_md5(got, pam.data, pam.size);
        if (strcmp(got, digest) != 0)
            fail_msg("%s: other bytes", name);
        inspyr_bytes_free(&pam);
        files++;
    }
    fclose(list);
    assert_int_equal(files, 96);
}

static void compare_with_pam(void *user, const char *path, const char *name)
{
    static const char *pairs[][2] = { { "lossless_vec_1_", "data/decode/webp/grid.pam" },
                                      { "lossless_vec_2_", "data/decode/webp/peak.pam" },
                                      { "lossless_color_transform.webp",
                                        "data/decode/webp/lossless_color_transform.pam" } };

    for (size_t i = 0; i < 3; i++)
        if (!strncmp(name, pairs[i][0], strlen(pairs[i][0])) && strstr(name, ".webp")) {
            size_t size;
            void *want = file_read(&size, shared_path(pairs[i][1]));
            inspyr_bytes got = as_pam(path);

            assert_int_equal(got.size, size);
            if (memcmp(got.data, want, size) != 0)
                fail_msg("%s: other bytes", name);
            inspyr_bytes_free(&got);
            free(want);
            ++*(int *)user;
        }
}

static void the_test_vectors_with_a_picture_come_out_to_the_byte(void **state)
{
    int files = 0;

    (void)state;
    need_shared("data/decode/webp");
    folder_visit(shared_path("data/decode/webp"), compare_with_pam, &files);
    assert_int_equal(files, 33);
}

static void every_truncation_is_damage(void **state)
{
    static const char *names[] = { "image/lossy.webp", "image/turned6.webp" };

    (void)state;
    for (int n = 0; n < 2; n++) {
        size_t size;
        unsigned char *bytes = file_read(&size, data_path(names[n]));

        for (size_t cut = 12; cut < size; cut++) {
            unsigned char *exact = malloc(cut);
            inspyr_image *image;
            inspyr_status status;

            assert_non_null(exact);
            memcpy(exact, bytes, cut);
            status = inspyr_image_decode(&image, exact, cut, NULL, NULL);
            if (status != INSPYR_ERR_IMAGE)
                fail_msg("%s cut to %zu of %zu bytes: %d", names[n], cut, size, (int)status);
            free(exact);
        }
        free(bytes);
    }
}

static void an_animation_says_that_it_has_no_alpha_where_its_first_frame_covers_all(void **state)
{
    inspyr_probe probe;
    size_t size;
    void *bytes = file_read(&size, data_path("image/animated.webp"));

    (void)state;
    inspyr_probe_init(&probe);
    assert_int_equal(inspyr_image_probe(&probe, bytes, size, NULL), INSPYR_OK);
    assert_int_equal(probe.width, 97);
    assert_int_equal(probe.has_alpha, 0);
    free(bytes);
}

static void every_failed_allocation_is_reported_and_leaves_nothing(void **state)
{
    inspyr_decode_options options;
    size_t size;
    void *bytes = file_read(&size, data_path("image/turned6.webp"));

    (void)state;
    inspyr_decode_options_init(&options);
    options.format = INSPYR_RGBA8;
    starve_decoder(bytes, size, &options);
    free(bytes);
}

static void try_file(void *user, const char *path, const char *name)
{
    (void)name;
    *(int *)user += file_try(path, NULL) == INSPYR_OK;
}

static void a_corpus_of_damaged_files_is_survived(void **state)
{
    int good = 0;

    (void)state;
    need_shared("data/decode/fuzz-webp");
    assert_int_equal(folder_visit(shared_path("data/decode/fuzz-webp"), try_file, &good), 150);
    assert_true(good >= 25);
    print_message("%d of 150 could be read\n", good);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_webp_has_the_pixels_of_another_reader),
        cmocka_unit_test(the_test_vectors_with_a_digest_come_out_to_the_byte),
        cmocka_unit_test(the_test_vectors_with_a_picture_come_out_to_the_byte),
        cmocka_unit_test(every_truncation_is_damage),
        cmocka_unit_test(an_animation_says_that_it_has_no_alpha_where_its_first_frame_covers_all),
        cmocka_unit_test(every_failed_allocation_is_reported_and_leaves_nothing),
        cmocka_unit_test(a_corpus_of_damaged_files_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
