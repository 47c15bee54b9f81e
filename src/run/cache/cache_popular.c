#include "run/cache/cache_popular.h"

void popular_open(popular *p)
{
    pthread_mutex_init(&p->mutex, NULL);
    p->count = 0;
}

void popular_close(popular *p)
{
    pthread_mutex_destroy(&p->mutex);
}

void popular_note(popular *p, const cache_key *key)
{
    const uint64_t mark = key_mark(key);
    popular_row *least = NULL, *row = NULL;

    pthread_mutex_lock(&p->mutex);
    for (size_t i = 0; i < p->count && !row; i++) {
        if (p->rows[i].mark == mark && key_equal(&p->rows[i].key, key))
            row = &p->rows[i];
        else if (!least || p->rows[i].hits < least->hits)
            least = &p->rows[i];
    }
    if (!row) {
        uint64_t hits = 0;

        row = least;
        if (p->count < POPULAR_MOST)
            row = &p->rows[p->count++];
        else
            hits = least->hits;
        *row = (popular_row){ *key, mark, hits };
    }
    row->hits++;
    pthread_mutex_unlock(&p->mutex);
}

void popular_forget(popular *p, const unsigned char source[KEY_DIGEST])
{
    pthread_mutex_lock(&p->mutex);
    for (size_t i = p->count; i--;)
        if (!memcmp(p->rows[i].key.source, source, KEY_DIGEST))
            p->rows[i] = p->rows[--p->count];
    pthread_mutex_unlock(&p->mutex);
}

/* Which row comes behind `last` in the order of hits, and of places where they are equal; NULL: none. */
static const popular_row *next_row(const popular *p, const popular_row *last)
{
    const popular_row *best = NULL;

    for (const popular_row *row = p->rows; row < p->rows + p->count; row++)
        if ((!last || row->hits < last->hits || (row->hits == last->hits && row > last)) &&
            (!best || row->hits > best->hits))
            best = row;
    return best;
}

size_t popular_list(popular *p, char (*names)[INSPYR_CACHE_NAME_MAX], uint64_t *hits, size_t room)
{
    const popular_row *row = NULL;
    size_t count;

    pthread_mutex_lock(&p->mutex);
    count = p->count;
    for (size_t i = 0; i < room && (row = next_row(p, row)); i++) {
        key_name(names[i], &row->key);
        if (hits)
            hits[i] = row->hits;
    }
    pthread_mutex_unlock(&p->mutex);
    return count;
}
