#include "support/played_store.h"

#include <stdlib.h>
#include <string.h>

void played_begin(played_store *p)
{
    *p = (played_store){ .flips = -1 };
    pthread_mutex_init(&p->mutex, NULL);
    pthread_cond_init(&p->changed, NULL);
}

void played_end(played_store *p)
{
    while (p->count)
        free(p->entries[--p->count].bytes);
    pthread_cond_destroy(&p->changed);
    pthread_mutex_destroy(&p->mutex);
}

static int find(const played_store *p, const char *name)
{
    int i = 0;

    while (i < p->count && strcmp(p->entries[i].name, name) != 0)
        i++;
    return i;
}

/* Before the bytes that are handed out. */
typedef struct loan {
    played_store *from;
    unsigned char bytes[];
} loan;

static void take_back(void *owner)
{
    loan *l = owner;

    pthread_mutex_lock(&l->from->mutex);
    l->from->given--;
    pthread_mutex_unlock(&l->from->mutex);
    free(l);
}

static void lend(played_store *p, const played_entry *e, inspyr_bytes *out)
{
    loan *l = malloc(sizeof *l + e->size);

    l->from = p;
    memcpy(l->bytes, e->bytes, e->size);
    if (p->flips >= 0)
        l->bytes[p->flips] ^= 1;
    *out = (inspyr_bytes){ l->bytes, e->size - (size_t)p->cut, take_back, l };
    p->given++;
}

/* Called with the mutex held, as all below. */
static void begin(played_store *p, int *calls, const bool *hangs)
{
    ++*calls;
    pthread_cond_broadcast(&p->changed);
    while (*hangs)
        pthread_cond_wait(&p->changed, &p->mutex);
}

static int end(played_store *p, int answer)
{
    p->ended++;
    pthread_cond_broadcast(&p->changed);
    answer = p->fails ? -1 : answer;
    pthread_mutex_unlock(&p->mutex);
    return answer;
}

static int get(void *user, const char *name, inspyr_bytes *out, int64_t budget_ns)
{
    played_store *p = user;
    int at;

    pthread_mutex_lock(&p->mutex);
    p->reader = pthread_self();
    p->budget_ns = budget_ns;
    begin(p, &p->gets, &p->hangs_get);
    at = find(p, name);
    if (at < p->count && !p->fails)
        lend(p, &p->entries[at], out);
    return end(p, at < p->count);
}

static int put(void *user, const char *name, const void *bytes, size_t size, int64_t ttl_ms)
{
    played_store *p = user;

    pthread_mutex_lock(&p->mutex);
    p->writer = pthread_self();
    p->ttl_ms = ttl_ms;
    begin(p, &p->puts, &p->hangs_put);
    if (!p->fails) {
        const int at = find(p, name);
        played_entry *e = &p->entries[at];

        if (at == p->count) {
            strcpy(e->name, name);
            p->count++;
        }
        free(e->bytes);
        e->bytes = malloc(size);
        e->size = size;
        memcpy(e->bytes, bytes, size);
    }
    return end(p, 0);
}

static int remove_all(void *user, const char *prefix)
{
    static const bool never = false;
    played_store *p = user;

    pthread_mutex_lock(&p->mutex);
    begin(p, &p->removes, &never);
    strcpy(p->removed, prefix);
    for (int i = p->count; i-- && !p->fails;)
        if (!strncmp(p->entries[i].name, prefix, strlen(prefix))) {
            free(p->entries[i].bytes);
            p->entries[i] = p->entries[--p->count];
            p->entries[p->count].bytes = NULL;
        }
    return end(p, 0);
}

static void close_store(void *user)
{
    played_store *p = user;

    pthread_mutex_lock(&p->mutex);
    p->closed++;
    pthread_mutex_unlock(&p->mutex);
}

inspyr_cache_hooks played_hooks(played_store *p)
{
    inspyr_cache_hooks hooks;

    inspyr_cache_hooks_init(&hooks);
    hooks.user = p;
    hooks.get = get;
    hooks.put = put;
    hooks.remove = remove_all;
    hooks.close = close_store;
    return hooks;
}

void played_set(played_store *p, bool *which, bool value)
{
    pthread_mutex_lock(&p->mutex);
    *which = value;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->mutex);
}

void played_wait(played_store *p, const int *which, int least)
{
    pthread_mutex_lock(&p->mutex);
    while (*which < least)
        pthread_cond_wait(&p->changed, &p->mutex);
    pthread_mutex_unlock(&p->mutex);
}

int played_count(played_store *p, const int *which)
{
    int count;

    pthread_mutex_lock(&p->mutex);
    count = *which;
    pthread_mutex_unlock(&p->mutex);
    return count;
}
