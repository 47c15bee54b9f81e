#include "run/cache/cache_shelf.h"

#include <stdatomic.h>

#include "base/memory.h"

#define WIDTH_FIRST 64

/* Behind every block: what the C library keeps for it, and what it loses to alignment. */
#define BLOCK_LOSS 64

/* Outlives the shelf while somebody reads one of its entries. */
struct shelf_account {
    inspyr_allocator allocator;
    atomic_size_t holders; /* the shelf, and every entry */
    atomic_size_t pinned;  /* bytes of entries that left the shelf and are read */
};

typedef struct entry {
    s3_node node; /* first: they are the same address */
    shelf_account *account;
    int64_t expires;
    size_t size;
    atomic_int holders; /* the shelf, and every reader */
    bool pinned;        /* counted in account->pinned */
    _Alignas(MEMORY_ALIGNMENT) unsigned char bytes[];
} entry;

static void leave_account(shelf_account *account)
{
    if (atomic_fetch_sub(&account->holders, 1) == 1) {
        inspyr_allocator allocator = account->allocator;

        memory_give(&allocator, account);
    }
}

static void release(void *owner)
{
    entry *e = owner;
    shelf_account *account = e->account;

    if (atomic_fetch_sub(&e->holders, 1) != 1)
        return;
    if (e->pinned)
        atomic_fetch_sub(&account->pinned, e->node.cost);
    memory_give(&account->allocator, e);
    leave_account(account);
}

/* Blocks are freed without the lock: giving megabytes back to the system takes a while. */
static void release_all(s3_node *gone)
{
    while (gone) {
        s3_node *next = gone->chain;

        release(gone);
        gone = next;
    }
}

static s3_node **slot_of(const shelf *s, uint64_t mark)
{
    return &s->table[mark & (s->width - 1)];
}

static s3_node **find(const shelf *s, const cache_key *key)
{
    s3_node **at = slot_of(s, key_mark(key));

    while (*at && !key_equal(&(*at)->key, key))
        at = &(*at)->chain;
    return at;
}

/* Keeps chains short. Where there is no memory for it they grow. */
static void widen(shelf *s)
{
    const size_t width = s->width;
    s3_node **old = s->table, **table;

    if (s->entries < width)
        return;
    table = memory_array(&s->allocator, 2 * width, sizeof(s3_node *));
    if (!table)
        return;
    memset(table, 0, 2 * width * sizeof(s3_node *));
    s->table = table;
    s->width = 2 * width;
    for (size_t i = 0; i < width; i++)
        for (s3_node *node = old[i], *next; node; node = next) {
            s3_node **at = slot_of(s, node->mark);

            next = node->chain;
            node->chain = *at;
            *at = node;
        }
    memory_give(&s->allocator, old);
}

/* From the table into *gone; the queues have let go of it. */
static void take_out(shelf *s, s3_node *node, s3_node **gone)
{
    s3_node **at = slot_of(s, node->mark);
    entry *e = (entry *)node;

    while (*at != node)
        at = &(*at)->chain;
    *at = node->chain;
    node->chain = *gone;
    *gone = node;
    s->entries--;
    if (atomic_load(&e->holders) > 1) {
        e->pinned = true;
        atomic_fetch_add(&e->account->pinned, node->cost);
    }
}

static void drop(shelf *s, s3_node *node, s3_node **gone)
{
    s3_remove(&s->order, node);
    take_out(s, node, gone);
}

static size_t bytes_now(const shelf *s)
{
    return s3_bytes(&s->order) + atomic_load(&s->account->pinned);
}

/* Evicts until what is there, and what is read though it is gone, has at most `most` bytes. */
static void shrink(shelf *s, size_t most, s3_node **gone)
{
    while (bytes_now(s) > most) {
        s3_node *node = s3_evict(&s->order);

        if (!node)
            return;
        take_out(s, node, gone);
        s->evictions++;
    }
}

bool shelf_open(shelf *s, const inspyr_allocator *allocator, uint64_t limit)
{
    s->allocator = *allocator;
    s->width = WIDTH_FIRST;
    s->table = memory_zeroed(allocator, WIDTH_FIRST * sizeof(s3_node *));
    s->account = memory_zeroed(allocator, sizeof *s->account);
    if (!s->table || !s->account) {
        memory_give(allocator, s->table);
        memory_give(allocator, s->account);
        return false;
    }
    s->account->allocator = *allocator;
    atomic_init(&s->account->holders, 1);
    s3_begin(&s->order, limit < SIZE_MAX ? (size_t)limit : SIZE_MAX);
    pthread_mutex_init(&s->mutex, NULL);
    return true;
}

void shelf_close(shelf *s)
{
    shelf_purge(s);
    memory_give(&s->allocator, s->table);
    leave_account(s->account);
    pthread_mutex_destroy(&s->mutex);
}

size_t shelf_cost(size_t size)
{
    return sizeof(entry) + BLOCK_LOSS + (size + MEMORY_ALIGNMENT - 1) / MEMORY_ALIGNMENT * MEMORY_ALIGNMENT;
}

bool shelf_get(shelf *s, const cache_key *key, int64_t now, inspyr_bytes *out)
{
    s3_node *gone = NULL;
    entry *e;

    pthread_mutex_lock(&s->mutex);
    e = (entry *)*find(s, key);
    if (e && e->expires <= now) {
        drop(s, &e->node, &gone);
        s->stale++;
        e = NULL;
    }
    if (e) {
        s3_hit(&e->node);
        atomic_fetch_add(&e->holders, 1);
        *out = (inspyr_bytes){ e->bytes, e->size, release, e };
        s->hits++;
    } else {
        s->misses++;
    }
    pthread_mutex_unlock(&s->mutex);
    release_all(gone);
    return e;
}

static entry *make(const shelf *s, const cache_key *key, const void *bytes, size_t size, int64_t expires)
{
    entry *e = memory_take(&s->allocator, sizeof *e + size);

    if (!e)
        return NULL;
    e->node = (s3_node){ .key = *key, .mark = key_mark(key), .cost = shelf_cost(size) };
    e->account = s->account;
    e->expires = expires;
    e->size = size;
    e->pinned = false;
    atomic_init(&e->holders, 1);
    if (size)
        memcpy(e->bytes, bytes, size);
    atomic_fetch_add(&s->account->holders, 1);
    return e;
}

/* Called with the lock held. */
static bool insert(shelf *s, entry *e, int64_t now, s3_node **gone)
{
    s3_node **at = find(s, &e->node.key);

    if (*at && ((const entry *)*at)->expires > now)
        return true;
    if (*at)
        drop(s, *at, gone);
    if (e->node.cost > s->order.limit / SHELF_SHARE ||
        atomic_load(&s->account->pinned) > s->order.limit - e->node.cost)
        return false; /* nothing that could go would make room */
    shrink(s, s->order.limit - e->node.cost, gone);
    if (bytes_now(s) > s->order.limit - e->node.cost)
        return false; /* what went is read by somebody, too */
    widen(s);
    at = slot_of(s, e->node.mark);
    e->node.chain = *at;
    *at = &e->node;
    s->entries++;
    s3_insert(&s->order, &e->node);
    return true;
}

/* The block is made before there is room for it: for a moment a pool takes as much more as is being put. */
bool shelf_put(shelf *s, const cache_key *key, const void *bytes, size_t size, int64_t now, int64_t expires)
{
    s3_node *gone = NULL;
    entry *e = NULL;
    bool there = false;
    size_t limit;

    pthread_mutex_lock(&s->mutex);
    limit = s->order.limit;
    pthread_mutex_unlock(&s->mutex);
    if (size < limit && shelf_cost(size) <= limit / SHELF_SHARE)
        e = make(s, key, bytes, size, expires);
    pthread_mutex_lock(&s->mutex);
    if (e)
        there = insert(s, e, now, &gone);
    s->rejections += !there;
    if (e && *find(s, key) != &e->node) {
        e->node.chain = gone;
        gone = &e->node;
    }
    pthread_mutex_unlock(&s->mutex);
    release_all(gone);
    return there;
}

void shelf_resize(shelf *s, uint64_t limit)
{
    s3_node *gone = NULL;

    pthread_mutex_lock(&s->mutex);
    s3_resize(&s->order, limit < SIZE_MAX ? (size_t)limit : SIZE_MAX);
    shrink(s, s->order.limit, &gone);
    pthread_mutex_unlock(&s->mutex);
    release_all(gone);
}

void shelf_relieve(shelf *s, double share)
{
    s3_node *gone = NULL, *node;
    size_t most;

    pthread_mutex_lock(&s->mutex);
    most = (size_t)((double)s3_bytes(&s->order) * (1 - share));
    while (s3_bytes(&s->order) > most && (node = s3_evict(&s->order))) {
        take_out(s, node, &gone);
        s->evictions++;
    }
    pthread_mutex_unlock(&s->mutex);
    release_all(gone);
}

static void drop_matching(shelf *s, const unsigned char *source)
{
    s3_node *gone = NULL;

    pthread_mutex_lock(&s->mutex);
    for (size_t i = 0; i < s->width; i++)
        for (s3_node *node = s->table[i], *next; node; node = next) {
            next = node->chain;
            if (!source || !memcmp(node->key.source, source, KEY_DIGEST))
                drop(s, node, &gone);
        }
    pthread_mutex_unlock(&s->mutex);
    release_all(gone);
}

void shelf_purge(shelf *s)
{
    drop_matching(s, NULL);
}

void shelf_forget(shelf *s, const unsigned char source[KEY_DIGEST])
{
    drop_matching(s, source);
}

void shelf_count(shelf *s, inspyr_cache_stats *out)
{
    pthread_mutex_lock(&s->mutex);
    out->limit = s->order.limit;
    out->bytes = s3_bytes(&s->order);
    out->pinned_bytes = atomic_load(&s->account->pinned);
    out->entries = s->entries;
    out->hits = s->hits;
    out->misses = s->misses;
    out->stale = s->stale;
    out->evictions = s->evictions;
    out->rejections = s->rejections;
    pthread_mutex_unlock(&s->mutex);
}
