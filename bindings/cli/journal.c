#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folders.h"
#include "reading.h"
#include "say.h"
#include "writing.h"

#define ENTRY_BYTES_MAX ((size_t)1 << 20)

bool journal_key(char key[FINGERPRINT_TEXT], const journal *j, const char *name, const inspyr_bytes *file)
{
    size_t room = strlen(j->recipe) + strlen(name) + FINGERPRINT_TEXT + 3;
    char source[FINGERPRINT_TEXT], *text = malloc(room);

    if (!text)
        return false;
    fingerprint_of(source, file->data, file->size);
    snprintf(text, room, "%s\n%s\n%s", j->recipe, source, name);
    fingerprint_of(key, text, strlen(text));
    free(text);
    return true;
}

/* 256 folders, each of which stays small enough to be looked at. */
static char *place_of(const journal *j, const char *key)
{
    size_t room = strlen(j->folder) + FINGERPRINT_TEXT + 4;
    char *path = malloc(room);

    if (path)
        snprintf(path, room, "%s/%.2s/%s", j->folder, key, key);
    return path;
}

/* What the file of an entry holds if its results are as they are now. False: one of them is not there, or out
 * of memory. */
static bool describe(inspyr_bytes *out, const journal *j, const char *name, const char *const *outputs,
                     size_t n)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    bool good = stream != NULL;

    for (size_t i = 0; good && i < n; i++) {
        struct stat there;

        good = !stat(outputs[i], &there) && S_ISREG(there.st_mode);
        if (good)
            fprintf(stream, "result %lld %lld.%09ld %s\n", (long long)there.st_size,
                    (long long)there.st_mtim.tv_sec, there.st_mtim.tv_nsec, outputs[i]);
    }
    if (good)
        fprintf(stream, "of %s\nby %s\n", name, j->recipe);
    good = stream && !fclose(stream) && good;
    *out = (inspyr_bytes){ text, size, free, text };
    if (!good)
        inspyr_bytes_free(out);
    return good;
}

bool journal_has(const journal *j, const char *key, const char *name, const char *const *outputs, size_t n)
{
    inspyr_bytes expected, found = { 0 };
    char *path = place_of(j, key);
    inspyr_error error;
    bool has = path && !access(path, R_OK) && describe(&expected, j, name, outputs, n);

    if (has) {
        has = !read_bytes(&found, path, ENTRY_BYTES_MAX, &error) && found.size == expected.size &&
              !memcmp(found.data, expected.data, found.size);
        inspyr_bytes_free(&found);
        inspyr_bytes_free(&expected);
    }
    free(path);
    return has;
}

static bool on_disk(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool good = file >= 0 && !fsync(file);

    if (file >= 0)
        close(file);
    return good;
}

inspyr_status journal_put(const journal *j, const char *key, const char *name, const char *const *outputs,
                          size_t n, inspyr_error *error)
{
    inspyr_bytes entry = { 0 };
    char *path = place_of(j, key), *slash = path ? strrchr(path, '/') : NULL;
    inspyr_status status;
    bool good = path != NULL;

    for (size_t i = 0; good && i < n; i++)
        good = on_disk(outputs[i]);
    if (good) {
        *slash = '\0';
        good = folder_make(path, FOLDER_OPEN);
        *slash = '/';
    }
    if (good && describe(&entry, j, name, outputs, n))
        status = write_bytes(path, &entry, true, error);
    else
        status = refuse(error, INSPYR_ERR_FILE, "cannot be marked as done: %s", strerror(errno));
    inspyr_bytes_free(&entry);
    free(path);
    return status;
}
