package inspyr

// #include "go_cache.h"
import "C"

import (
	"context"
	"runtime"
	"time"
	"unsafe"
)

// CacheOptions: see inspyr_cache_options.
type CacheOptions struct {
	MatteBytes, ResultBytes uint64        // of memory; 0: 64 and 256 MiB
	TTL                     time.Duration // 0: 24 hours
	Secret                  []byte        // 16 to 4096 bytes, or nil
	Directory               string        // a folder as the second level; "": none
	DirectoryBytes          uint64        // of all its files; 0: 1 GiB
	Redis                   string        // or a server: "redis://host:port/db"
	QueueBytes              uint64
	GetTimeout              time.Duration
	Memory                  *Memory
}

// Cache keeps mattes and encoded results for Contexts, which may share it.
type Cache struct {
	handle handle
	memory *Memory
}

func milliseconds(d time.Duration) C.int64_t {
	if d > 0 && d < time.Millisecond {
		return 1
	}
	return C.int64_t(d / time.Millisecond)
}

// OpenCache opens one.
func OpenCache(options *CacheOptions) (*Cache, error) {
	var u uses
	var t texts
	var c C.inspyr_cache_options
	var cache *C.inspyr_cache
	var e C.inspyr_error
	var err error
	if options == nil {
		options = &CacheOptions{}
	}
	defer func() { t.free() }()
	C.inspyr_cache_options_init(&c)
	if c.allocator, err = u.memory(options.Memory); err != nil {
		return nil, err
	}
	c.matte_bytes, c.result_bytes = C.uint64_t(options.MatteBytes), C.uint64_t(options.ResultBytes)
	c.ttl_ms, c.queue_bytes = milliseconds(options.TTL), C.uint64_t(options.QueueBytes)
	c.get_timeout_ms = C.int32_t(milliseconds(options.GetTimeout))
	status := C.go_cache_open(&cache, &c, borrow(options.Secret), t.add(options.Directory),
		C.uint64_t(options.DirectoryBytes), t.add(options.Redis), &e)
	if err = failed(status, &e); err != nil {
		u.done()
		return nil, err
	}
	it := &Cache{memory: options.Memory, handle: handle{pointer: unsafe.Pointer(cache), free: func(p unsafe.Pointer) {
		C.inspyr_cache_free((*C.inspyr_cache)(p))
		u.done()
	}}}
	runtime.SetFinalizer(it, (*Cache).Close)
	return it, nil
}

// Close drops what waits to be put into the store (Flush waits for that), as soon as no context uses the cache.
func (c *Cache) Close() error {
	runtime.SetFinalizer(c, nil)
	c.handle.close()
	return nil
}

func (c *Cache) do(what func(*C.inspyr_cache, *C.inspyr_error) C.inspyr_status) error {
	var e C.inspyr_error
	p := c.handle.use()
	if p == nil {
		return closed("cache")
	}
	defer c.handle.done()
	return failed(what((*C.inspyr_cache)(p), &e), &e)
}

// Purge empties the level in memory.
func (c *Cache) Purge() error {
	return c.do(func(p *C.inspyr_cache, e *C.inspyr_error) C.inspyr_status { return C.inspyr_cache_purge(p, e) })
}

// Relieve frees this share of what is held in memory, 0..1.
func (c *Cache) Relieve(share float64) error {
	return c.do(func(p *C.inspyr_cache, e *C.inspyr_error) C.inspyr_status {
		return C.inspyr_cache_relieve(p, C.double(share), e)
	})
}

// Forget removes everything that was made of a file.
func (c *Cache) Forget(file []byte) error {
	return c.do(func(p *C.inspyr_cache, e *C.inspyr_error) C.inspyr_status {
		bytes := borrow(file)
		return C.inspyr_cache_forget(p, bytes.data, bytes.size, e)
	})
}

// Flush waits, until the deadline of the context at most, until the store was given all that waits now.
func (c *Cache) Flush(ctx context.Context) error {
	if err := ended(ctx); err != nil {
		return err
	}
	return c.do(func(p *C.inspyr_cache, e *C.inspyr_error) C.inspyr_status {
		return C.inspyr_cache_flush(p, remaining(ctx, 1<<40), e)
	})
}

// remaining is the time until a context's deadline in milliseconds; where it has none, what is given.
func remaining(ctx context.Context, otherwise C.int64_t) C.int64_t {
	deadline, has := ctx.Deadline()
	if !has {
		return otherwise
	}
	left := milliseconds(time.Until(deadline))
	if left < 1 {
		return 1
	}
	return left
}

// CacheStats are those of mattes, or of results: see inspyr_cache_stats.
type CacheStats struct {
	Limit, Bytes, PinnedBytes, Entries               uint64
	Hits, Misses, Stale, Evictions, Rejections       uint64
	StoreHits, StoreMisses, StoreStale, StoreCorrupt uint64
	StoreTimeouts, StoreFailures, StoreSkipped       uint64
	StorePuts, StoreDropped, QueueBytes              uint64
	StoreLeftAlone                                   bool
}

// Stats of mattes and of results.
func (c *Cache) Stats() (mattes, results CacheStats, err error) {
	if mattes, err = c.stats(C.INSPYR_CACHE_MATTES); err == nil {
		results, err = c.stats(C.INSPYR_CACHE_RESULTS)
	}
	return mattes, results, err
}

func (c *Cache) stats(pool C.inspyr_cache_pool) (CacheStats, error) {
	var s C.inspyr_cache_stats
	C.inspyr_cache_stats_init(&s)
	err := c.do(func(p *C.inspyr_cache, e *C.inspyr_error) C.inspyr_status {
		return C.inspyr_cache_statistics(p, pool, &s, e)
	})
	return CacheStats{uint64(s.limit), uint64(s.bytes), uint64(s.pinned_bytes), uint64(s.entries), uint64(s.hits),
		uint64(s.misses), uint64(s.stale), uint64(s.evictions), uint64(s.rejections), uint64(s.store_hits),
		uint64(s.store_misses), uint64(s.store_stale), uint64(s.store_corrupt), uint64(s.store_timeouts),
		uint64(s.store_failures), uint64(s.store_skipped), uint64(s.store_puts), uint64(s.store_dropped),
		uint64(s.queue_bytes), s.breaker_open != 0}, err
}
