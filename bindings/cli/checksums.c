#include "checksums.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inputs.h"
#include "writing.h"

static char *record_of(const char *path)
{
    size_t size = strlen(path) + sizeof CHECKSUM_SUFFIX;
    char *record = malloc(size);

    if (record)
        snprintf(record, size, "%s" CHECKSUM_SUFFIX, path);
    return record;
}

bool checksum_recorded(char out[SHA256_TEXT], const char *path)
{
    char *record = record_of(path);
    FILE *file = record ? fopen(record, "re") : NULL;
    size_t got = file ? fread(out, 1, SHA256_TEXT - 1, file) : 0;

    if (file)
        fclose(file);
    free(record);
    out[got] = '\0';
    return got == SHA256_TEXT - 1 && strspn(out, "0123456789abcdef") == got;
}

inspyr_status checksum_record(const char *path, const char *sha256, inspyr_error *error)
{
    const char *name = base_name(path);
    size_t room = SHA256_TEXT + strlen(name) + 4;
    char *record = record_of(path), *line = malloc(room);
    inspyr_bytes bytes = { .data = line };
    inspyr_status status = INSPYR_ERR_MEMORY;

    if (record && line) {
        bytes.size = (size_t)snprintf(line, room, "%s  %s\n", sha256, name);
        status = write_bytes(record, &bytes, true, error);
    }
    free(line);
    free(record);
    return status;
}

checksum_state checksum_compare(const published_model *published, const char *path, const digests *found,
                                char *difference, size_t room)
{
    char recorded[SHA256_TEXT];

    difference[0] = '\0';
    if (published && published->md5) {
        if (!strcmp(found->md5, published->md5))
            return CHECKSUM_GOOD;
        snprintf(difference, room, "its MD5 is %s, and not %s", found->md5, published->md5);
        return CHECKSUM_WRONG;
    }
    if (!checksum_recorded(recorded, path))
        return CHECKSUM_NOTHING_TO_COMPARE;
    if (!strcmp(found->sha256, recorded))
        return CHECKSUM_GOOD;
    snprintf(difference, room, "its SHA-256 is %s, and not %s as recorded", found->sha256, recorded);
    return CHECKSUM_WRONG;
}
