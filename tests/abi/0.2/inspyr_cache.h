/* inspyr_cache.h - mattes and encoded results that need not be made twice. Since 0.2.
 *
 *     inspyr_cache *cache = NULL;
 *     inspyr_cache_hooks hooks;
 *     inspyr_cache_options options;
 *
 *     inspyr_cache_options_init(&options);
 *     inspyr_cache_hooks_init(&hooks);
 *     if (!inspyr_cache_directory_open(&hooks, "/var/cache/pictures", NULL, &error))
 *         options.hooks = &hooks;                            a second level; may be left out
 *     status = inspyr_cache_open(&cache, &options, &error);
 *
 * Two levels. The first lies in memory, in two pools with budgets of their own: mattes, which are small and
 * dear, and encoded results, which are large and cheap to make again from a matte. The second is a store behind
 * hooks: a folder, Redis, or the caller's own. Everything is found by what it was made of (the picture's bytes,
 * the model's weights, every option that changes a byte of the result), so entries never become wrong, only
 * old. docs/cache.md has the whole story. */
#ifndef INSPYR_CACHE_H
#define INSPYR_CACHE_H

#include "inspyr.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Clock --------------------------------------------------------------------------------------------- */

typedef enum inspyr_cache_time {
    INSPYR_CACHE_MONOTONIC = 0, /* since any moment; never goes back */
    INSPYR_CACHE_CALENDAR = 1,  /* since the beginning of 1970, UTC: what entries in a store are stamped with */
    INSPYR_CACHE_TIME_FORCE32 = 0x7fffffff
} inspyr_cache_time;

/* Nanoseconds of that kind. Called on any thread that uses the cache, and sometimes under its locks: it must
 * not call the cache. */
typedef int64_t inspyr_cache_clock_fn(void *user, inspyr_cache_time kind);

/* ---- Second level: a store of sealed bytes ------------------------------------------------------------- */

/* "1/" and two digests of 64 hexadecimal digits with a slash between, and the NUL: the first is the picture's,
 * the second that of all else. */
#define INSPYR_CACHE_NAME_MAX 136

/* What a store can do; each function may be NULL. They are called on two threads of the cache, one that gets
 * and one that puts and removes, never under a lock, with all signals blocked. What is stored is sealed: the
 * cache notices whatever a store damages, mixes up or invents, and treats it as not there. */
typedef struct inspyr_cache_hooks {
    size_t struct_size; /* set by inspyr_cache_hooks_init() */
    void *user;
    /* 1: found, *out holds the bytes, which the cache gives back on any thread; 0: not there; -1: the store is
     * in trouble. budget_ns: after this the answer is of no use any more. */
    int (*get)(void *user, const char *name, inspyr_bytes *out, int64_t budget_ns);
    /* 0: stored, or kept from being so for a reason of its own; -1: the store is in trouble. ttl_ms: after this
     * the bytes are of no use any more. */
    int (*put)(void *user, const char *name, const void *bytes, size_t size, int64_t ttl_ms);
    /* Removes everything whose name begins so: a name, or "1/" and a picture's digest and a slash. 0, or -1. */
    int (*remove)(void *user, const char *prefix);
    void (*close)(void *user); /* called once, by inspyr_cache_free(), after all others have returned */
} inspyr_cache_hooks;
INSPYR_SIZED(inspyr_cache_hooks)

/* ---- The cache ----------------------------------------------------------------------------------------- */

/* Threads: shared. */
typedef struct inspyr_cache inspyr_cache;

typedef enum inspyr_cache_pool {
    INSPYR_CACHE_MATTES = 0,
    INSPYR_CACHE_RESULTS = 1,
    INSPYR_CACHE_POOL_FORCE32 = 0x7fffffff
} inspyr_cache_pool;

typedef struct inspyr_cache_options {
    size_t struct_size;                /* set by inspyr_cache_options_init() */
    uint64_t flags;                    /* zero; unknown bits are refused */
    const inspyr_allocator *allocator; /* copied; NULL: the C library's */
    uint64_t matte_bytes;              /* of memory for mattes; 0: 64 MiB */
    uint64_t result_bytes;             /* for results; 0: 256 MiB */
    int64_t ttl_ms;               /* after which an entry counts as not there, in both levels; 0: 24 hours */
    const inspyr_bytes *secret;   /* 16 to 4096 bytes, copied: names and seals depend on it (docs/cache.md);
                                     NULL: they do not */
    inspyr_cache_clock_fn *clock; /* for expiry and the breaker; NULL: the system's */
    void *clock_user;
    const inspyr_cache_hooks *hooks; /* copied, and closed by inspyr_cache_free(); NULL: no second level */
    uint64_t queue_bytes;            /* waiting to be put into the store, the oldest are dropped; 0: 32 MiB */
    int32_t get_timeout_ms;          /* that a look into the store may take; later is a miss; 0: 150 */
    int32_t breaker_failures;        /* one after the other, until the store is left alone; 0: 5 */
    int32_t breaker_pause_ms;        /* before one call tries it again; 0: 5000 */
    uint32_t reserved;               /* zero */
    inspyr_log_fn *log;              /* may be NULL; hears when the store is left alone, and when it is back */
    void *log_user;
} inspyr_cache_options;
INSPYR_SIZED(inspyr_cache_options)

/* Starts two threads if there are hooks, else none. On failure the hooks stay the caller's. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_cache_open(inspyr_cache **out, const inspyr_cache_options *options,
                                                        inspyr_error *error);

/* Drops what still waits to be put (inspyr_cache_flush() before it waits for that), closes the hooks, and frees
 * the first level; bytes that were handed out stay valid. Nothing that uses the cache may be running. */
INSPYR_API void inspyr_cache_free(inspyr_cache *cache);

/* Another budget for a pool, at once: what is over it goes. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_cache_resize(inspyr_cache *cache, inspyr_cache_pool pool,
                                                          uint64_t bytes, inspyr_error *error);

/* For a host that runs short of memory: frees this share of what each pool holds, 0..1. Budgets stay. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_cache_relieve(inspyr_cache *cache, double share,
                                                           inspyr_error *error);

/* Empties the first level and the queue of puts. What the store has stays there. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_cache_purge(inspyr_cache *cache, inspyr_error *error);

/* Removes everything that was made of one picture: of a file's bytes, or of pixels. Gone from memory when the
 * call returns; the store's removal is queued behind its puts. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_cache_forget(inspyr_cache *cache, const void *bytes, size_t size,
                                                          inspyr_error *error);
INSPYR_API INSPYR_CHECK inspyr_status inspyr_cache_forget_view(inspyr_cache *cache, const inspyr_view *picture,
                                                               inspyr_error *error);

/* Waits until the store has been given all that waited when the call was made. INSPYR_ERR_LIMIT: that took
 * longer than deadline_ms. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_cache_flush(inspyr_cache *cache, int64_t deadline_ms,
                                                         inspyr_error *error);

/* ---- What it does -------------------------------------------------------------------------------------- */

/* One pool's part in both levels. Counters count from inspyr_cache_open() on. */
typedef struct inspyr_cache_stats {
    size_t struct_size;    /* set by inspyr_cache_stats_init(); the library fills at most this much */
    uint64_t limit, bytes; /* of memory: the budget, and what entries take, all that belongs to them included */
    uint64_t
        pinned_bytes; /* of entries that are gone, but for somebody who still reads them; part of the limit */
    uint64_t entries;
    uint64_t hits, misses;
    uint64_t stale;      /* misses because of age */
    uint64_t evictions;  /* entries that had to make room */
    uint64_t rejections; /* entries over an eighth of the pool, or for which there was no memory */
    uint64_t store_hits; /* in the second level, all below */
    uint64_t store_misses;
    uint64_t store_stale;   /* misses because of age */
    uint64_t store_corrupt; /* bytes that were not what had been put, and were removed */
    uint64_t store_timeouts;
    uint64_t store_failures; /* of get, put and remove; timeouts are not among them */
    uint64_t store_skipped;  /* not asked, because it was in trouble */
    uint64_t store_puts;     /* that were handed to the store */
    uint64_t store_dropped;  /* that were not: the queue was full, or the store was left alone */
    uint64_t queue_bytes;    /* waiting now, of both pools */
    int32_t breaker_open;    /* 1: the store is left alone now */
    uint32_t reserved;
} inspyr_cache_stats;
INSPYR_SIZED(inspyr_cache_stats)

INSPYR_API INSPYR_CHECK inspyr_status inspyr_cache_statistics(const inspyr_cache *cache, inspyr_cache_pool pool,
                                                              inspyr_cache_stats *out, inspyr_error *error);

/* The names that were found most often, in both pools, most often first: names[i] and, unless NULL, hits[i] of
 * at most `room`, and in *count how many there are (128 at most are kept). A name that came in late is counted
 * at most too high, never too low. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_cache_popular(const inspyr_cache *cache,
                                                           char (*names)[INSPYR_CACHE_NAME_MAX], uint64_t *hits,
                                                           size_t room, size_t *count, inspyr_error *error);

/* Brings entries from the store into memory, by names that inspyr_cache_popular() gave (of this or an earlier
 * process), one after the other on the calling thread; *found, unless NULL: how many there were. What is not
 * there is no failure; a name that is none is INSPYR_ERR_ARGUMENT. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_cache_warm(inspyr_cache *cache, const char *const *names, size_t n,
                                                        size_t *found, inspyr_error *error);

/* ---- Stores -------------------------------------------------------------------------------------------- */

typedef struct inspyr_cache_directory_options {
    size_t struct_size;                /* set by inspyr_cache_directory_options_init() */
    uint64_t flags;                    /* zero; unknown bits are refused */
    const inspyr_allocator *allocator; /* copied; NULL: the C library's */
    uint64_t max_bytes;                /* of all files; beyond it the oldest go; 0: 1 GiB */
    uint64_t max_entry_bytes;          /* larger ones are not stored; 0: 64 MiB */
} inspyr_cache_directory_options;
INSPYR_SIZED(inspyr_cache_directory_options)

/* A folder, made if missing, whose files have names of hexadecimal digits alone; several processes may share
 * it. Fills *out, to be handed to inspyr_cache_open(), or closed by out->close(out->user). Files appear whole
 * or not at all, are the owner's alone, and go when they are too old, damaged, or in the way. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_cache_directory_open(inspyr_cache_hooks *out, const char *folder,
                                                                  const inspyr_cache_directory_options *options,
                                                                  inspyr_error *error);

typedef struct inspyr_cache_redis_options {
    size_t struct_size;                /* set by inspyr_cache_redis_options_init() */
    uint64_t flags;                    /* zero; unknown bits are refused */
    const inspyr_allocator *allocator; /* copied; NULL: the C library's */
    const char *prefix;                /* before every name; NULL: "inspyr:" */
    int32_t connect_timeout_ms;        /* 0: 100 */
    int32_t command_timeout_ms;        /* 0: 150 */
    uint64_t max_entry_bytes;          /* larger ones are not stored; at most, and 0: 8 MiB */
} inspyr_cache_redis_options;
INSPYR_SIZED(inspyr_cache_redis_options)

/* A Redis or Valkey server, "redis://host:port/db", through the plug-in libinspyr-redis.so: INSPYR_ERR_DEVICE
 * and the reason where there is none. Connects when it is first used: a server that is down is no failure here.
 * Names and passwords in the address, and "rediss:", are refused with INSPYR_ERR_UNSUPPORTED. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_cache_redis_open(inspyr_cache_hooks *out, const char *address,
                                                              const inspyr_cache_redis_options *options,
                                                              inspyr_error *error);

#ifdef __cplusplus
}
#endif
#endif
