/* read_pictures.c - decodes every picture that expected.txt of a folder lists, each in a process of its own.
 *
 * Each is refused with a message that has the words of the list, or read where they are "fine", its profile
 * then put to use; and the process takes little memory beyond one that decodes nothing. --times: prints how
 * long each took, and holds that against a bound, too. usage: read_pictures [--times] folder */
#define _DEFAULT_SOURCE /* wait4() */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/sanitized.h"
#include "hostile/read_file.h"
#include "image/icc.h"
#include "image/icc_srgb.h"
#include "inspyr.h"

#define MEMORY_MAX_KB (20 << 10)
#define TIME_MAX_MS 50

typedef struct outcome {
    double ms;
    inspyr_status status;
    char message[252];
} outcome;

/* As a cut-out does, on a few pixels. */
static void use_profile(const inspyr_image *image)
{
    unsigned char rgb[300] = { 0 };
    inspyr_allocator allocator;
    inspyr_bytes profile;
    inspyr_status status = memory_import(&allocator, NULL, NULL);

    inspyr_image_profile(image, &profile);
    if (!status && !icc_check(&profile, ICC_RGB, NULL))
        status = icc_to_srgb(rgb, 100, &profile, &allocator, NULL);
    if (status)
        abort();
}

static outcome decode(const unsigned char *bytes, size_t size)
{
    inspyr_error error;
    inspyr_image *image = NULL;
    outcome o = { 0 };

    o.ms = clock_ms();
    o.status = inspyr_image_decode(&image, bytes, size, NULL, &error);
    if (!o.status)
        use_profile(image);
    o.ms = clock_ms() - o.ms;
    memcpy(o.message, error.message, sizeof o.message);
    inspyr_image_free(image);
    return o;
}

/* In a child, which also tells how much memory it needed. NULL for bytes: it does nothing. False: it died. */
static bool decode_apart(outcome *o, long *kb, const unsigned char *bytes, size_t size)
{
    int ends[2], state = -1;
    struct rusage usage;
    bool good;
    pid_t child;

    if (pipe(ends))
        return false;
    child = fork();
    if (!child) {
        *o = (outcome){ 0 };
        if (bytes)
            *o = decode(bytes, size);
        _exit(write(ends[1], o, sizeof *o) != (ssize_t)sizeof *o);
    }
    close(ends[1]);
    good = child > 0 && read(ends[0], o, sizeof *o) == (ssize_t)sizeof *o;
    close(ends[0]);
    good = child > 0 && wait4(child, &state, 0, &usage) == child && good && state == 0;
    *kb = good ? usage.ru_maxrss : 0;
    return good;
}

static bool check(const char *folder, const char *name, const char *words, bool times)
{
    size_t size = 0;
    unsigned char *bytes = read_file(&size, folder, name);
    bool fine = !strcmp(words, "fine"), good = true;
    outcome o;
    long kb, nothing;

    if (!bytes || !decode_apart(&o, &nothing, NULL, 0)) {
        printf("%s: cannot be read\n", name);
        free(bytes);
        return false;
    }
    if (!decode_apart(&o, &kb, bytes, size)) {
        printf("%s: the process died\n", name);
        good = false;
    } else if (fine ? o.status != INSPYR_OK : !o.status || !strstr(o.message, words)) {
        printf("%s: status %d, \"%s\", and not \"%s\"\n", name, (int)o.status, o.message, words);
        good = false;
    } else if (!SANITIZED /* whose own memory is not ours to bound */ && kb - nothing > MEMORY_MAX_KB) {
        printf("%s: %ld KB of memory\n", name, kb - nothing);
        good = false;
    } else if (times) {
        printf("%-48s %8zu bytes %7.2f ms %6ld KB\n", name, size, o.ms, kb - nothing);
        good = o.ms <= TIME_MAX_MS;
    }
    free(bytes);
    return good;
}

int main(int argc, char **argv)
{
    bool times = argc > 2 && !strcmp(argv[1], "--times");
    const char *folder = argv[argc - 1];
    char path[4096], line[512];
    int wrong = 0, files = 0;
    FILE *list;

    snprintf(path, sizeof path, "%s/expected.txt", folder);
    list = fopen(path, "r");
    if (argc < 2 || !list) {
        fprintf(stderr, "usage: read_pictures [--times] folder\n");
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0); /* a child must not print what its parent has gathered */
    while (fgets(line, sizeof line, list)) {
        char *tab = strchr(line, '\t');

        line[strcspn(line, "\n")] = '\0';
        if (!tab)
            continue;
        *tab = '\0';
        wrong += !check(folder, line, tab + 1, times);
        files++;
    }
    fclose(list);
    printf("%d pictures, %d of them wrong\n", files, wrong);
    return wrong != 0;
}
