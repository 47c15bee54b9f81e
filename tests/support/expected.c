#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/files.h"
#include "support/scarce.h"

inspyr_status file_try(const char *path, inspyr_error *error)
{
    inspyr_image *image;
    size_t size;
    void *bytes = file_read(&size, path);
    inspyr_status status = inspyr_image_decode(&image, bytes, size, NULL, error);

    assert_true((status == INSPYR_OK) == (image != NULL));
    inspyr_image_free(image);
    free(bytes);
    return status;
}

static void check(const char *name, const char *kind, int width, int height, const char *digest)
{
    bool index = !strcmp(kind, "index");
    inspyr_format format = !strcmp(kind, "rgba")  ? INSPYR_RGBA8
                           : !strcmp(kind, "rgb") ? INSPYR_RGB8
                                                  : INSPYR_GREY8;
    char path[512], got[33];
    inspyr_view view;
    inspyr_image *image;

    snprintf(path, sizeof path, "image/%s", name);
    image = file_decode(data_path(path), index ? 0 : format, index ? INSPYR_DECODE_PALETTE_INDEX : 0);
    inspyr_image_view(image, &view);
    if (view.width != width || view.height != height || view.format != format)
        fail_msg("%s: %d x %d, format %d", name, (int)view.width, (int)view.height, (int)view.format);
    view_md5(got, &view);
    if (strcmp(got, digest) != 0)
        fail_msg("%s as %s: other pixels", name, kind);
    inspyr_image_free(image);
}

int expected_check(const char *prefix, const char *suffix)
{
    FILE *list = fopen(data_path("image/expected.txt"), "r");
    char name[256], kind[8], digest[33];
    int width, height, files = 0;

    assert_non_null(list);
    while (fscanf(list, "%255s %7s %d %d %32s %*s", name, kind, &width, &height, digest) == 5) {
        size_t length = strlen(name), tail = strlen(suffix);

        if (strncmp(name, prefix, strlen(prefix)) != 0 || length < tail ||
            strcmp(name + length - tail, suffix) != 0)
            continue;
        check(name, kind, width, height, digest);
        files++;
    }
    fclose(list);
    return files;
}

void starve_decoder(const void *bytes, size_t size, const inspyr_decode_options *options)
{
    for (int nth = 0;; nth++) {
        scarce s;
        inspyr_allocator allocator = scarce_allocator(&s, nth);
        inspyr_decode_options o = *options;
        inspyr_image *image;
        inspyr_status status;

        o.allocator = &allocator;
        status = inspyr_image_decode(&image, bytes, size, &o, NULL);
        inspyr_image_free(image);
        assert_int_equal(s.balance, 0);
        if (s.asked <= nth) {
            assert_int_equal(status, INSPYR_OK);
            assert_true(nth > 1);
            return;
        }
        assert_int_equal(status, INSPYR_ERR_MEMORY);
    }
}

void starve_encoder(const inspyr_view *view, const inspyr_encode_options *options)
{
    for (int nth = 0;; nth++) {
        scarce s;
        inspyr_allocator allocator = scarce_allocator(&s, nth);
        inspyr_encode_options o = *options;
        inspyr_bytes bytes;
        inspyr_status status;

        o.allocator = &allocator;
        status = inspyr_image_encode(&bytes, view, &o, NULL);
        assert_true((status == INSPYR_OK) == (bytes.data != NULL));
        inspyr_bytes_free(&bytes);
        assert_int_equal(s.balance, 0);
        if (s.asked <= nth) {
            assert_int_equal(status, INSPYR_OK);
            assert_true(nth > 1);
            return;
        }
        assert_int_equal(status, INSPYR_ERR_MEMORY);
    }
}
