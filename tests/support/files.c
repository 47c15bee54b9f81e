#define _DEFAULT_SOURCE /* scandir() */
#include "support/files.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/md5.h"
#include "image/image.h"

static const char *path_in(const char *folder, const char *name)
{
    static char paths[8][4096];
    static unsigned turn;
    char *path = paths[turn++ % 8];

    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

const char *data_path(const char *name)
{
    return path_in(TEST_DATA, name);
}

const char *shared_path(const char *name)
{
    const char *folder = getenv("INSPYR_SHARED");

    return path_in(folder && *folder ? folder : TEST_DATA "/../../../shared", name);
}

void need_shared(const char *folder)
{
    struct stat about;

    if (stat(shared_path(folder), &about) == 0)
        return;
    print_message("skipped: %s is not here; INSPYR_SHARED names the folder\n", shared_path(folder));
    skip();
}

void *file_read(size_t *size, const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat about;
    void *bytes;

    if (!file || stat(path, &about))
        fail_msg("%s cannot be read", path);
    *size = (size_t)about.st_size;
    bytes = malloc(*size + 1); /* one more: an empty file is not NULL */
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

int folder_visit(const char *folder, folder_visitor *visit, void *user)
{
    struct dirent **entries;
    char place[2048];
    int n = scandir(folder, &entries, NULL, alphasort), files = 0;

    snprintf(place, sizeof place, "%s", folder); /* it may be one of the paths that take turns */
    for (int i = 0; i < n; i++) {
        char path[4096];
        struct stat about;

        snprintf(path, sizeof path, "%s/%s", place, entries[i]->d_name);
        if (stat(path, &about) == 0 && S_ISREG(about.st_mode)) {
            visit(user, path, entries[i]->d_name);
            files++;
        }
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    return files;
}

void bytes_md5(char out[33], const void *bytes, size_t size)
{
    unsigned char digest[MD5_SIZE];
    md5 m;

    md5_begin(&m);
    md5_add(&m, bytes, size);
    md5_end(digest, &m);
    for (int i = 0; i < MD5_SIZE; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

void view_md5(char out[33], const inspyr_view *view)
{
    size_t row = (size_t)view->width * format_bytes(view->format);
    unsigned char *packed = malloc(row * (size_t)view->height);

    assert_non_null(packed);
    for (int32_t y = 0; y < view->height; y++)
        memcpy(packed + (size_t)y * row, view_row(view, y), row);
    bytes_md5(out, packed, row * (size_t)view->height);
    free(packed);
}

inspyr_image *file_decode(const char *path, inspyr_format format, uint64_t flags)
{
    inspyr_decode_options options;
    inspyr_image *image;
    inspyr_error error;
    size_t size;
    void *bytes = file_read(&size, path);

    inspyr_decode_options_init(&options);
    options.format = format;
    options.flags = flags;
    if (inspyr_image_decode(&image, bytes, size, &options, &error))
        fail_msg("%s: %s", path, error.message);
    free(bytes);
    return image;
}
