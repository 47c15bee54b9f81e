/* read_hostile.c - opens every checkpoint that expected.txt of a folder lists, and the one that is fine.
 *
 * Each is refused with a message that has the words of the list, and the memory taken on the way is in
 * proportion to the file. usage: read_hostile folder */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hostile/read_file.h"
#include "net/weights.h"

#define SPARE (256u << 10) /* bytes that any file may cost */
#define FACTOR 64          /* and for each byte of it */

/* Blocks remember their size in front, at the distance that keeps them aligned. */
#define BEFORE 64

typedef struct meter {
    size_t now, most;
} meter;

static void *take(void *user, size_t size, size_t alignment)
{
    meter *m = user;
    void *block;

    (void)alignment;
    if (size > SIZE_MAX - BEFORE || posix_memalign(&block, BEFORE, size + BEFORE))
        return NULL;
    memcpy(block, &size, sizeof size);
    m->now += size;
    if (m->now > m->most)
        m->most = m->now;
    return (char *)block + BEFORE;
}

static void give(void *user, void *memory)
{
    meter *m = user;
    char *block = (char *)memory - BEFORE;
    size_t size;

    memcpy(&size, block, sizeof size);
    m->now -= size;
    free(block);
}

/* Opens and checks; the status and message of whichever fails. */
static inspyr_status try(const unsigned char *bytes, size_t size, meter *m, inspyr_error *error)
{
    inspyr_allocator allocator = { take, give, m, NULL };
    weights *w;
    inspyr_status status = weights_open(&w, bytes, size, &allocator, error);

    if (status == INSPYR_OK)
        status = weights_check_data(w, NULL, error);
    weights_free(w);
    return status;
}

static int complain(const char *name, const char *what, const char *detail)
{
    printf("%s: %s%s\n", name, what, detail);
    return 1;
}

static int check(const char *folder, const char *name, const char *message)
{
    size_t size = 0;
    unsigned char *bytes = read_file(&size, folder, name);
    inspyr_error error = { 0 };
    meter m = { 0 };
    inspyr_status status;

    if (!bytes)
        return complain(name, "cannot be read", "");
    status = try(bytes, size, &m, &error);
    free(bytes);
    if ((status == INSPYR_OK) != !message)
        return complain(name, message ? "accepted" : "refused: ", error.message);
    if (message && (status != INSPYR_ERR_WEIGHTS || !strstr(error.message, message)))
        return complain(name, "another reason: ", error.message);
    if (m.now)
        return complain(name, "memory was left behind", "");
    if (m.most > SPARE + FACTOR * size)
        return complain(name, "takes memory out of proportion", "");
    return 0;
}

int main(int argc, char **argv)
{
    char path[4096], line[1024];
    int wrong = 0, count = 0;
    FILE *list;

    if (argc != 2)
        return 2;
    snprintf(path, sizeof path, "%s/expected.txt", argv[1]);
    list = fopen(path, "r");
    if (!list)
        return 2;
    wrong += check(argv[1], "fine.pth", NULL);
    while (fgets(line, sizeof line, list)) {
        char *message = strchr(line, '\t');

        if (!message)
            continue;
        *message++ = '\0';
        message[strcspn(message, "\n")] = '\0';
        wrong += check(argv[1], line, message);
        count++;
    }
    fclose(list);
    printf("%d checkpoints, %d faults\n", count, wrong);
    return wrong > 0;
}
