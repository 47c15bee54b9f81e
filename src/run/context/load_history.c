#include "run/context/load_history.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/sha256.h"

#define KEY 64
#define SECONDS_MAX 86400.0
#define FILE_MAX (64 << 10)
#define LINE_MAX_BYTES (KEY + 32)

typedef struct history_line {
    char key[KEY + 1];
    double seconds;
} history_line;

typedef struct history {
    history_line lines[LOAD_HISTORY_LINES]; /* the oldest first */
    size_t count;
} history;

static void add_text(sha256 *s, const char *text)
{
    sha256_add(s, text ? text : "", text ? strlen(text) + 1 : 0);
    sha256_add(s, "", 1);
}

void load_history_key(char out[65], const char *source, const inspyr_load_options *options)
{
    unsigned char digest[SHA256_SIZE];
    char numbers[64];
    sha256 s;

    sha256_begin(&s);
    add_text(&s, inspyr_version());
    add_text(&s, source);
    add_text(&s, options->device);
    add_text(&s, options->engine);
    add_text(&s, options->cache_dir);
    snprintf(numbers, sizeof numbers, "%d %d %" PRIu64, (int)options->precision,
             (int)inspyr_pool_width(options->pool), options->device_reserve);
    add_text(&s, numbers);
    sha256_end(digest, &s);
    for (int i = 0; i < SHA256_SIZE; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

/* "KEY SECONDS", the seconds with digits and one point alone, whatever the locale. */
static bool parse_line(history_line *out, const char *line, size_t size)
{
    char number[32];
    unsigned long whole, part;
    char *end;

    if (size < KEY + 2 || line[KEY] != ' ' || size - KEY - 1 >= sizeof number)
        return false;
    for (int i = 0; i < KEY; i++)
        if (!strchr("0123456789abcdef", line[i]) || !line[i])
            return false;
    memcpy(out->key, line, KEY);
    out->key[KEY] = '\0';
    memcpy(number, line + KEY + 1, size - KEY - 1);
    number[size - KEY - 1] = '\0';
    if (number[0] < '0' || number[0] > '9')
        return false;
    whole = strtoul(number, &end, 10);
    if (*end != '.' || strlen(end) != 4 || strspn(end + 1, "0123456789") != 3)
        return false;
    part = strtoul(end + 1, NULL, 10);
    out->seconds = (double)whole + (double)part / 1000;
    return out->seconds <= SECONDS_MAX;
}

static void push(history *h, const history_line *line)
{
    if (h->count == LOAD_HISTORY_LINES)
        memmove(h->lines, h->lines + 1, --h->count * sizeof *h->lines);
    h->lines[h->count++] = *line;
}

static void read_all(history *out, const char *path)
{
    mapped_file file = { NULL, 0, 0 };
    history_line line;

    out->count = 0;
    if (!path || file_map(&file, path, FILE_MAX, NULL))
        return;
    for (const char *at = file.bytes, *end = at + file.size, *next; at < end; at = next + 1) {
        next = memchr(at, '\n', (size_t)(end - at));
        if (!next)
            break; /* torn: every line that was written whole has its end */
        if (parse_line(&line, at, (size_t)(next - at)))
            push(out, &line);
    }
    file_unmap(&file);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double load_history_estimate(const char *path, const char *key)
{
    double seconds[LOAD_HISTORY_LINES];
    size_t n = 0;
    history h;

    read_all(&h, path);
    for (size_t i = 0; i < h.count; i++)
        if (!strcmp(h.lines[i].key, key))
            seconds[n++] = h.lines[i].seconds;
    if (!n)
        return -1;
    qsort(seconds, n, sizeof *seconds, by_size);
    return seconds[n / 2];
}

/* Drops the oldest load of the key, if it has as many as are kept. */
static void make_room(history *h, const char *key)
{
    size_t n = 0, oldest = h->count;

    for (size_t i = h->count; i-- > 0;)
        if (!strcmp(h->lines[i].key, key)) {
            n++;
            oldest = i;
        }
    if (n < LOAD_HISTORY_EACH)
        return;
    memmove(h->lines + oldest, h->lines + oldest + 1, (h->count - oldest - 1) * sizeof *h->lines);
    h->count--;
}

inspyr_status load_history_add(const char *path, const char *key, double seconds, inspyr_error *error)
{
    char text[LOAD_HISTORY_LINES * LINE_MAX_BYTES];
    file_part part = { text, 0 };
    history_line line;
    history h;

    if (!path || seconds < 0 || seconds > SECONDS_MAX)
        return INSPYR_OK;
    read_all(&h, path);
    make_room(&h, key);
    snprintf(line.key, sizeof line.key, "%s", key);
    line.seconds = seconds;
    push(&h, &line);
    for (size_t i = 0; i < h.count; i++) {
        unsigned long ms = (unsigned long)(h.lines[i].seconds * 1000 + 0.5);

        part.size += (size_t)snprintf(text + part.size, LINE_MAX_BYTES, "%s %lu.%03lu\n", h.lines[i].key,
                                      ms / 1000, ms % 1000);
    }
    return file_replace(path, &part, 1, error);
}
