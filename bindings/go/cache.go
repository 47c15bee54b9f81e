package inspyr

// #include "go_cache.h"
import "C"

import (
	"context"
	"errors"
	"image"
	"runtime"
	"runtime/cgo"
	"time"
	"unsafe"
)

// CacheOptions: see inspyr_cache_options. At most one of Directory, Redis and Store.
type CacheOptions struct {
	MatteBytes      uint64                 // of memory for mattes; 0: 64 MiB
	ResultBytes     uint64                 // for encoded results; 0: 256 MiB
	TTL             time.Duration          // after which an entry counts as not there, in both levels; 0: 24 hours
	Secret          []byte                 // 16 to 4096 bytes that names and seals depend on; nil: on none
	Directory       string                 // a folder as the second level; "": none
	DirectoryBytes  uint64                 // of all its files; 0: 1 GiB
	Redis           string                 // a server, "redis://host:port/db"
	Store           Store                  // of the caller's own, closed with the cache
	QueueBytes      uint64                 // waiting to be put, the oldest are dropped; 0: 32 MiB
	GetTimeout      time.Duration          // that a look into the store may take; later is a miss; 0: 150 ms
	BreakerFailures int                    // one after the other, until the store is left alone; 0: 5
	BreakerPause    time.Duration          // before one call tries it again; 0: 5 s
	Log             func(LogLevel, string) // on any thread: a store that is left alone, is back, or panics
	Memory          *Memory                // for entries, and what a Store found
}

// Cache keeps mattes and encoded results for Contexts, which may share it. Nothing about it fails a request: what goes
// wrong is a miss.
type Cache struct {
	handle handle
	memory *Memory
}

func milliseconds(d time.Duration) C.int64_t {
	if d > 0 && d < time.Millisecond {
		return 1
	}
	if d < 0 && d > -time.Millisecond {
		return -1
	}
	return C.int64_t(d / time.Millisecond)
}

func (o *CacheOptions) fill(c *C.inspyr_cache_options, u *uses) (err error) {
	C.inspyr_cache_options_init(c)
	if c.allocator, err = u.memory(o.Memory); err != nil {
		return err
	}
	c.matte_bytes, c.result_bytes = C.uint64_t(o.MatteBytes), C.uint64_t(o.ResultBytes)
	c.ttl_ms, c.queue_bytes = milliseconds(o.TTL), C.uint64_t(o.QueueBytes)
	c.get_timeout_ms = narrow(milliseconds(o.GetTimeout))
	c.breaker_failures = narrow(o.BreakerFailures)
	c.breaker_pause_ms = narrow(milliseconds(o.BreakerPause))
	return nil
}

// behind is the second level; the shelf is nil where that is none of Go's.
func (o *CacheOptions) behind(t *texts) (store C.go_store, s *shelf, err error) {
	levels := 0
	for _, there := range []bool{o.Directory != "", o.Redis != "", o.Store != nil} {
		if there {
			levels++
		}
	}
	if levels > 1 {
		return store, nil, refused(ErrArgument, "a cache has one store at most")
	}
	store = C.go_store{directory: t.add(o.Directory), directory_bytes: C.uint64_t(o.DirectoryBytes), redis: t.add(o.Redis)}
	if o.Store != nil {
		s = newShelf(o)
		store.store = C.uintptr_t(s.token)
	}
	return store, s, nil
}

// OpenCache opens one. It starts two threads if there is a second level, else none.
func OpenCache(options *CacheOptions) (*Cache, error) {
	var u uses
	var t texts
	var c C.inspyr_cache_options
	var cache *C.inspyr_cache
	var e C.inspyr_error
	var log cgo.Handle
	if options == nil {
		options = &CacheOptions{}
	}
	defer func() { t.free() }()
	behind, s, err := options.behind(&t)
	drop := func() {
		s.drop()
		u.done()
		release(log)
	}
	if err == nil {
		err = options.fill(&c, &u)
	}
	if err != nil {
		drop()
		return nil, err
	}
	if options.Log != nil {
		log = cgo.NewHandle(options.Log)
		behind.log = C.uintptr_t(log)
	}
	if err = failed(C.go_cache_open(&cache, &c, borrow(options.Secret), behind, &e), &e); err != nil {
		drop()
		return nil, err
	}
	it := &Cache{memory: options.Memory, handle: handle{pointer: unsafe.Pointer(cache), free: func(p unsafe.Pointer) {
		s.end()
		C.inspyr_cache_free((*C.inspyr_cache)(p))
		drop()
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

// CachePool is one of the two kinds of entries.
type CachePool int32

const (
	CacheMattes  CachePool = C.INSPYR_CACHE_MATTES
	CacheResults CachePool = C.INSPYR_CACHE_RESULTS
)

// Resize gives a pool another budget of memory, in bytes, at once: what is over it goes.
func (c *Cache) Resize(pool CachePool, bytes uint64) error {
	return c.do(func(p *C.inspyr_cache, e *C.inspyr_error) C.inspyr_status {
		return C.inspyr_cache_resize(p, C.inspyr_cache_pool(pool), C.uint64_t(bytes), e)
	})
}

// Forget removes everything that was made of a file: from memory at once, from the store behind what waits.
func (c *Cache) Forget(file []byte) error {
	return c.do(func(p *C.inspyr_cache, e *C.inspyr_error) C.inspyr_status {
		bytes := borrow(file)
		return C.inspyr_cache_forget(p, bytes.data, bytes.size, e)
	})
}

// ForgetImage removes everything that was made of a picture in memory, as SubmitImage took it.
func (c *Cache) ForgetImage(picture image.Image) error {
	var u uses
	defer func() { u.done() }()
	view, err := u.look(picture)
	if err != nil {
		return err
	}
	return c.do(func(p *C.inspyr_cache, e *C.inspyr_error) C.inspyr_status {
		return C.go_cache_forget_view(p, view, e)
	})
}

// Popular is a name, and how often it was found: at most too high for one that came in late.
type Popular struct {
	Name string
	Hits uint64
}

// Popular are the names that were found most often, most often first; 128 at most. They tell which pictures were asked for
// (docs/cache.md).
func (c *Cache) Popular() ([]Popular, error) {
	const room = 128
	var names [room][C.INSPYR_CACHE_NAME_MAX]C.char
	var hits [room]C.uint64_t
	var count C.size_t
	err := c.do(func(p *C.inspyr_cache, e *C.inspyr_error) C.inspyr_status {
		return C.inspyr_cache_popular(p, &names[0], &hits[0], room, &count, e)
	})
	if err != nil {
		return nil, err
	}
	popular := make([]Popular, count)
	for i := range popular {
		popular[i] = Popular{C.GoString(&names[i][0]), uint64(hits[i])}
	}
	return popular, nil
}

// Warm brings entries from the store into memory, one after the other, by names that Popular gave in this process or an
// earlier one, until ctx ends. It returns how many there were: what is not there is no failure.
func (c *Cache) Warm(ctx context.Context, names []string) (found int, err error) {
	for _, name := range names {
		if err = ended(ctx); err != nil {
			return found, err
		}
		var t texts
		var one C.size_t
		text := t.add(name)
		err = c.do(func(p *C.inspyr_cache, e *C.inspyr_error) C.inspyr_status {
			return C.inspyr_cache_warm(p, &text, 1, &one, e)
		})
		t.free()
		if err != nil {
			return found, err
		}
		found += int(one)
	}
	return found, nil
}

// Flush waits until the store was given all that waits now, or ctx ends.
func (c *Cache) Flush(ctx context.Context) error {
	if err := ended(ctx); err != nil {
		return err
	}
	return abandonable(ctx, func() error {
		// slices: an abandoned wait must not keep the cache from being freed, nor a short one meet a queue that always grows
		for slice := C.int64_t(10); ; slice *= 2 {
			left := remaining(ctx, 1<<40)
			late := slice < left
			if !late {
				slice = left
			}
			err := c.do(func(p *C.inspyr_cache, e *C.inspyr_error) C.inspyr_status {
				return C.inspyr_cache_flush(p, slice, e)
			})
			if !errors.Is(err, ErrLimit) {
				return err
			}
			if !late || ctx.Err() != nil {
				return fault(ErrTimeout, "the store was not given all in time")
			}
		}
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

// CacheStats are those of mattes, or of results, since OpenCache: see inspyr_cache_stats.
type CacheStats struct {
	Limit, Bytes, PinnedBytes, Entries               uint64 // in memory: bytes, and how many entries
	Hits, Misses, Stale, Evictions, Rejections       uint64
	StoreHits, StoreMisses, StoreStale, StoreCorrupt uint64 // in the second level
	StoreTimeouts, StoreFailures, StoreSkipped       uint64 // too late; failed; not asked, because it was in trouble
	StorePuts, StoreDropped, QueueBytes              uint64 // handed over; not; bytes that wait now, of both pools
	StoreLeftAlone                                   bool   // now
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
