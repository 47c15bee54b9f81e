#include "support/boxes.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "image/image.h"

inspyr_sandbox *box_open(int rogue, int32_t deadline_ms, uint64_t flags)
{
    inspyr_sandbox_options options;
    inspyr_sandbox *sandbox;
    inspyr_error error;
    inspyr_status status;

    inspyr_sandbox_options_init(&options);
    options.helper = rogue ? TEST_ROGUE : TEST_HELPER;
    options.deadline_ms = deadline_ms;
    options.flags = flags;
    status = inspyr_sandbox_open(&sandbox, &options, &error);
    if (status == INSPYR_ERR_UNSUPPORTED &&
        (strstr(error.message, "system") || strstr(error.message, "build"))) {
        printf("skipped: %s\n", error.message);
        skip();
    }
    if (status)
        fail_msg("%s", error.message);
    return sandbox;
}

inspyr_status box_try(inspyr_sandbox *sandbox, const char *word, unsigned char *pixel, inspyr_error *error)
{
    inspyr_decode_options options;
    inspyr_image *image;
    inspyr_status status;

    inspyr_decode_options_init(&options);
    options.sandbox = sandbox;
    status = inspyr_image_decode(&image, word, strlen(word), &options, error);
    if (pixel && image)
        *pixel = *view_row(&image->view, 0);
    inspyr_image_free(image);
    return status;
}

int count_children(int *one)
{
    DIR *threads = opendir("/proc/self/task");
    struct dirent *entry;
    int count = 0;

    while (threads && (entry = readdir(threads))) {
        char path[64 + sizeof entry->d_name];
        FILE *file;
        int child;

        snprintf(path, sizeof path, "/proc/self/task/%s/children", entry->d_name);
        file = entry->d_name[0] == '.' ? NULL : fopen(path, "r");
        while (file && fscanf(file, "%d", &child) == 1) {
            count++;
            if (one)
                *one = child;
        }
        if (file)
            fclose(file);
    }
    if (threads)
        closedir(threads);
    return count;
}

int count_files(void)
{
    DIR *files = opendir("/proc/self/fd");
    int count = 0;

    while (files && readdir(files))
        count++;
    if (files)
        closedir(files);
    return count;
}
