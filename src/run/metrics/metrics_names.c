#include "run/metrics/metrics_cells.h"

/* Labels cost memory in whoever collects them, so callers get few, short, and of plain letters. */
static void plain(char out[METRICS_NAME_MAX], const char *text)
{
    size_t size = 0;

    for (; text[size] && size < METRICS_NAME_MAX - 1; size++) {
        char c = text[size];

        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        out[size] = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c && strchr("-.,", c)) ? c : '_';
    }
    out[size] = '\0';
}

static int find(const metrics_names *names, int from, int count, const char *name)
{
    for (int i = from; i < count; i++)
        if (!strcmp(names->names[i], name))
            return i;
    return METRICS_NAMES;
}

int metrics_name(metrics *m, metrics_names *names, const char *text)
{
    char name[METRICS_NAME_MAX];
    int known = atomic_load_explicit(&names->count, memory_order_acquire), at, count;

    plain(name, text);
    at = find(names, 0, known, name);
    if (at < METRICS_NAMES || known == METRICS_NAMES || !strcmp(name, "other"))
        return at;
    pthread_mutex_lock(&m->lock);
    count = atomic_load_explicit(&names->count, memory_order_relaxed);
    at = find(names, known, count, name); /* somebody else may have been quicker */
    if (at == METRICS_NAMES && count < METRICS_NAMES) {
        at = count;
        memcpy(names->names[at], name, sizeof name);
        atomic_store_explicit(&names->count, count + 1, memory_order_release);
    }
    pthread_mutex_unlock(&m->lock);
    return at;
}

int metrics_effect_names(metrics *m, metrics_names *names, const char *text)
{
    char bare[METRICS_NAME_MAX];
    size_t size = 0;

    while (*text) {
        size_t word = strcspn(text, ","), name = strcspn(text, ",:@=");
        bool parameter = text[name] == '='; /* NAME=VALUE behind a comma goes on with the effect before it */

        while (name && text[name - 1] == ' ')
            name--;
        while (name && *text == ' ')
            text++, word--, name--;
        if (!parameter && size + name + 2 <= sizeof bare) {
            if (size)
                bare[size++] = ',';
            memcpy(bare + size, text, name);
            size += name;
        }
        text += word + (text[word] == ',');
    }
    bare[size] = '\0';
    return metrics_name(m, names, bare);
}
