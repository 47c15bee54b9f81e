#include "reading.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arguments.h"
#include "say.h"
#include "ticks.h"

#define FIRST_GUESS 65536

/* Grows by doubling, from the size that the file has now. */
static inspyr_status read_all(inspyr_bytes *out, int file, size_t guess, size_t limit, inspyr_error *error)
{
    size_t room = guess + 1, size = 0; /* the one more finds the end */
    unsigned char *data = malloc(room);

    while (data) {
        ssize_t got = read(file, data + size, room - size);
        unsigned char *more;

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            refuse(error, INSPYR_ERR_FILE, "%s", strerror(errno));
            free(data);
            return INSPYR_ERR_FILE;
        }
        size += (size_t)got;
        if (size > limit) {
            free(data);
            return refuse(error, INSPYR_ERR_LIMIT, "more than %zu MiB", limit >> 20);
        }
        if (!got) {
            out->data = data;
            out->size = size;
            out->release = free;
            out->owner = data;
            return INSPYR_OK;
        }
        if (size < room)
            continue;
        room *= 2;
        more = realloc(data, room);
        if (!more)
            free(data);
        data = more;
    }
    return refuse(error, INSPYR_ERR_MEMORY, "no room for %zu bytes", room);
}

inspyr_status read_bytes(inspyr_bytes *out, const char *path, size_t limit, inspyr_error *error)
{
    int file = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
    size_t guess = FIRST_GUESS;
    struct stat about;
    inspyr_status status;

    memset(out, 0, sizeof *out);
    if (file < 0)
        return refuse(error, INSPYR_ERR_FILE, "%s", strerror(errno));
    if (!fstat(file, &about) && S_ISREG(about.st_mode) && about.st_size > 0)
        guess = (uintmax_t)about.st_size > limit ? limit : (size_t)about.st_size;
    status = read_all(out, file, guess, limit, error);
    if (file != STDIN_FILENO)
        close(file);
    return status;
}

bool picture_parse_limit(picture_limits *limits, const char *text)
{
    return arguments_number("limit", text, 1, 1000, &limits->megapixels);
}

bool picture_parse_shrink(picture_limits *limits, const char *text)
{
    return arguments_decimal("shrink-to", text, 0.01, 400, &limits->shrink_to);
}

inspyr_decode_options picture_options(const picture_limits *limits)
{
    inspyr_decode_options options;

    inspyr_decode_options_init(&options);
    options.max_bytes = PICTURE_BYTES_MAX;
    options.max_pixels = (uint64_t)limits->megapixels * 1000000;
    if (limits->shrink_to > 0) {
        options.max_pixels = (uint64_t)(limits->shrink_to * 1e6);
        options.flags |= INSPYR_DECODE_SHRINK;
    }
    options.flags |= limits->heif ? INSPYR_DECODE_HEIF : 0;
    return options;
}

/* One for all pictures of a command, from the first one on. */
static struct {
    pthread_mutex_t mutex;
    bool wanted;
    inspyr_sandbox *sandbox;
} box = { .mutex = PTHREAD_MUTEX_INITIALIZER };

void pictures_in_sandbox(void)
{
    box.wanted = true;
}

void pictures_end(void)
{
    inspyr_sandbox_free(box.sandbox);
    box.sandbox = NULL;
}

static inspyr_status open_sandbox(inspyr_error *error)
{
    inspyr_status status = INSPYR_OK;

    pthread_mutex_lock(&box.mutex);
    if (!box.sandbox)
        status = inspyr_sandbox_open(&box.sandbox, NULL, error);
    pthread_mutex_unlock(&box.mutex);
    return status;
}

inspyr_status decode_picture(inspyr_image **out, const inspyr_bytes *file, const inspyr_decode_options *options,
                             inspyr_error *error)
{
    inspyr_decode_options ours;
    inspyr_status status = INSPYR_OK;

    *out = NULL;
    inspyr_decode_options_init(&ours);
    if (options)
        ours = *options;
    if (box.wanted)
        status = open_sandbox(error);
    ours.sandbox = box.sandbox;
    return status ? status : inspyr_image_decode(out, file->data, file->size, &ours, error);
}

inspyr_status read_picture(inspyr_image **out, double *ms, const char *path,
                           const inspyr_decode_options *options, inspyr_error *error)
{
    double began = ticks_ms();
    inspyr_bytes bytes;
    inspyr_status status = read_bytes(&bytes, path, PICTURE_BYTES_MAX, error);

    *out = NULL;
    if (status == INSPYR_OK)
        status = decode_picture(out, &bytes, options, error);
    inspyr_bytes_free(&bytes);
    if (ms)
        *ms = ticks_ms() - began;
    return status;
}
