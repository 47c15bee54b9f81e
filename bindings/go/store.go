package inspyr

// #include "go_cache.h"
import "C"

import (
	"context"
	"fmt"
	"math"
	"runtime/cgo"
	"time"
	"unsafe"
)

// Store is the second level of a Cache, written in Go: see inspyr_cache_hooks. It keeps bytes, which are sealed: what it
// damages, mixes up or invents is noticed, and treated as not there.
//
// Two threads of the cache call it, one that gets, and one that puts and removes, so that two calls may run at once. A
// method that fails, or panics, is counted in CacheStats.StoreFailures; after CacheOptions.BreakerFailures of them in a
// row the store is left alone for BreakerPause. It must neither call nor close its cache, nor wait for what uses it, nor
// end its goroutine with runtime.Goexit.
type Store interface {
	// Get returns what was put under a name, which has digits, letters and slashes, less than 136; nil and no error where nothing was. ctx ends
	// when the answer is of no use any more, after CacheOptions.GetTimeout at most, and when the cache is closed.
	Get(ctx context.Context, name string) ([]byte, error)

	// Put keeps bytes, which are its own from now on. After ttl they are of no use any more. ctx ends when the cache is
	// closed.
	Put(ctx context.Context, name string, sealed []byte, ttl time.Duration) error

	// Remove removes everything whose name begins so. It is called for what waits even while the cache is closed.
	Remove(prefix string) error

	// Close is called once, after all others have returned, when the cache is freed. Its error goes to CacheOptions.Log.
	// Where OpenCache fails it is not called.
	Close() error
}

// A shelf is what the library's threads need to know of a Store.
type shelf struct {
	token  cgo.Handle
	store  Store
	ctx    context.Context // ends when the cache is freed
	cancel context.CancelFunc
	memory *C.go_memory // that counts what is handed over; kept by the cache
	log    func(LogLevel, string)
}

func newShelf(o *CacheOptions) *shelf {
	s := &shelf{store: o.Store, log: o.Log}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	if o.Memory != nil {
		s.memory = (*C.go_memory)(o.Memory.handle.pointer)
	}
	s.token = cgo.NewHandle(s)
	return s
}

// end lets calls of the store return soon.
func (s *shelf) end() {
	if s != nil {
		s.cancel()
	}
}

// drop is for a shelf that the library does not know any more.
func (s *shelf) drop() {
	if s != nil {
		s.cancel()
		release(s.token)
	}
}

func (s *shelf) tell(level LogLevel, format string, arguments ...any) {
	if s.log != nil {
		s.log(level, fmt.Sprintf(format, arguments...))
	}
}

// shelfOf is known by the handle until the cache has called inspyrGoStoreClose.
func shelfOf(token C.uintptr_t) *shelf {
	return cgo.Handle(token).Value().(*shelf)
}

// failing makes a failure of a panic, which must not unwind the library's frames.
func (s *shelf) failing(method string, answer *C.int) {
	if what := recover(); what != nil {
		*answer = -1
		s.tell(LogError, "the store panicked in %s: %v", method, what)
	}
}

//export inspyrGoStoreGet
func inspyrGoStoreGet(token C.uintptr_t, name *C.char, out *C.inspyr_bytes, budget C.int64_t) (answer C.int) {
	defer endProcess() // of what panics in Log
	s := shelfOf(token)
	defer s.failing("Get", &answer)
	ctx, cancel := context.WithTimeout(s.ctx, time.Duration(budget))
	defer cancel()
	sealed, err := s.store.Get(ctx, C.GoString(name))
	if err != nil {
		return -1
	}
	if sealed == nil {
		return 0
	}
	found := borrow(sealed)
	return C.go_store_keep(out, s.memory, found.data, found.size)
}

//export inspyrGoStorePut
func inspyrGoStorePut(token C.uintptr_t, name *C.char, bytes unsafe.Pointer, size C.size_t, ttl C.int64_t) (answer C.int) {
	defer endProcess()
	s := shelfOf(token)
	defer s.failing("Put", &answer)
	sealed := append([]byte(nil), unsafe.Slice((*byte)(bytes), int(size))...)
	life := time.Duration(math.MaxInt64)
	if int64(ttl) < int64(life/time.Millisecond) {
		life = time.Duration(ttl) * time.Millisecond
	}
	if s.store.Put(s.ctx, C.GoString(name), sealed, life) != nil {
		return -1
	}
	return 0
}

//export inspyrGoStoreRemove
func inspyrGoStoreRemove(token C.uintptr_t, prefix *C.char) (answer C.int) {
	defer endProcess()
	s := shelfOf(token)
	defer s.failing("Remove", &answer)
	if s.store.Remove(C.GoString(prefix)) != nil {
		return -1
	}
	return 0
}

//export inspyrGoStoreClose
func inspyrGoStoreClose(token C.uintptr_t) {
	defer endProcess()
	var answer C.int
	s := shelfOf(token)
	defer s.failing("Close", &answer)
	if err := s.store.Close(); err != nil {
		s.tell(LogWarning, "the store was closed with: %v", err)
	}
}
