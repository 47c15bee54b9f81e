/* read_file.h - a file of a folder, whole; NULL if it cannot be read. free() gives it back.
 *
 * Threads: any. */
#ifndef INSPYR_TESTS_READ_FILE_H
#define INSPYR_TESTS_READ_FILE_H

#include <stdio.h>
#include <stdlib.h>

static inline unsigned char *read_file(size_t *size, const char *folder, const char *name)
{
    char path[4096];
    unsigned char *bytes = NULL;
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "rb");
    if (file && !fseek(file, 0, SEEK_END)) {
        *size = (size_t)ftell(file);
        rewind(file);
        bytes = malloc(*size ? *size : 1);
        if (bytes && fread(bytes, 1, *size, file) != *size) {
            free(bytes);
            bytes = NULL;
        }
    }
    if (file)
        fclose(file);
    return bytes;
}

#endif
