package inspyr

// #include "go_context.h"
import "C"

import (
	"context"
	"runtime"
	"runtime/cgo"
	"sync"
	"time"
	"unsafe"
)

// ContextOptions: see inspyr_context_options.
type ContextOptions struct {
	Source       string       // as of LoadModel
	Load         *LoadOptions // without Progress, Log and Bytes; its pool serves every stage
	Cache        *Cache
	Workers      int           // 1..16; 0: 1
	MaxBatch     int           // pictures in a pass, 1..64; 0: 8
	MaxWait      time.Duration // that a batch waits for more; 0: 50 ms; below 0: not at all
	QueueItems   int
	QueueBytes   uint64
	MemoryBudget uint64
	LoadAttempts int
	Retry        time.Duration
	IdleRelease  time.Duration
	History      string
	PricePerHour float64
	Log          func(LogLevel, string) // on any thread, until the context is closed
	Memory       *Memory
	Wait         bool // OpenContext returns when the model is loaded, or failed to be
	Cold         bool // nothing is loaded before the first job or warm-up
	NoWarmup     bool
	NoBatching   bool
	NoCache      bool
	NoAdaptive   bool
	Exact        bool
	Plain        bool
}

func (o *ContextOptions) flags() (flags C.uint64_t) {
	for _, bit := range []struct {
		wanted bool
		flag   C.uint64_t
	}{
		{o.Wait, C.INSPYR_CONTEXT_WAIT}, {o.Cold, C.INSPYR_CONTEXT_COLD}, {o.NoWarmup, C.INSPYR_CONTEXT_NO_WARMUP},
		{o.NoBatching, C.INSPYR_CONTEXT_NO_BATCHING}, {o.NoCache, C.INSPYR_CONTEXT_NO_CACHE},
		{o.NoAdaptive, C.INSPYR_CONTEXT_NO_ADAPTIVE}, {o.Exact, C.INSPYR_CONTEXT_EXACT},
		{o.Plain, C.INSPYR_CONTEXT_PLAIN},
	} {
		if bit.wanted {
			flags |= bit.flag
		}
	}
	return flags
}

func (o *ContextOptions) fill(c *C.inspyr_context_options, load *C.inspyr_load_options, u *uses, t *texts) (err error) {
	C.inspyr_context_options_init(c)
	if o.Load != nil {
		if o.Load.Progress != nil || o.Load.Log != nil || o.Load.Bytes != nil {
			return refused(ErrArgument, "a context takes no progress, log or bytes in its load options")
		}
		if err = o.Load.fill(load, u, t); err != nil {
			return err
		}
	} else {
		C.inspyr_load_options_init(load)
	}
	if o.Cache != nil {
		cache, good := u.add(&o.Cache.handle)
		if !good {
			return closed("cache")
		}
		c.cache = (*C.inspyr_cache)(cache)
	}
	if c.allocator, err = u.memory(o.Memory); err != nil {
		return err
	}
	c.flags, c.source, c.history = o.flags(), t.add(o.Source), t.add(o.History)
	c.workers, c.max_batch, c.max_wait_ms = C.int32_t(o.Workers), C.int32_t(o.MaxBatch), C.int32_t(milliseconds(o.MaxWait))
	if o.MaxWait < 0 {
		c.max_wait_ms = -1
	}
	c.queue_items, c.queue_bytes = C.int32_t(o.QueueItems), C.uint64_t(o.QueueBytes)
	c.memory_budget, c.load_attempts = C.uint64_t(o.MemoryBudget), C.int32_t(o.LoadAttempts)
	c.retry_ms, c.idle_release_ms = C.int32_t(milliseconds(o.Retry)), milliseconds(o.IdleRelease)
	c.price_per_hour = C.double(o.PricePerHour)
	return nil
}

// Context is what a service needs around a model: it loads in the background, gathers jobs into batches, and asks a
// cache first.
type Context struct {
	handle              handle
	memory, cacheMemory *Memory
	sandboxes           *sandboxes
}

// sandboxes are those of a context's requests, which flights of other jobs may use until the context is freed. They know
// nothing of the Context, so that a forgotten one is closed.
type sandboxes struct {
	mutex sync.Mutex
	taken map[*handle]bool
	uses  uses
}

func (s *sandboxes) take(h *handle) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if !s.taken[h] {
		s.taken[h] = true
		s.uses.again(h)
	}
}

// lend keeps for a job what its results are allocated with: what the cache has is the cache's memory. A sandbox stays
// with the context.
func (c *Context) lend(kept *uses, request *Request) {
	for _, memory := range []*Memory{c.memory, c.cacheMemory} {
		if memory != nil {
			kept.again(&memory.handle)
		}
	}
	if request.Decode != nil && request.Decode.Sandbox != nil {
		c.sandboxes.take(&request.Decode.Sandbox.handle)
	}
}

// OpenContext returns at once, unless Wait is set; the model loads meanwhile.
func OpenContext(options *ContextOptions) (*Context, error) {
	var u uses
	var t texts
	var c C.inspyr_context_options
	var load C.inspyr_load_options
	var it *C.inspyr_context
	var e C.inspyr_error
	var log cgo.Handle
	if options == nil {
		options = &ContextOptions{}
	}
	defer func() { t.free() }()
	drop := func() {
		u.done()
		if log != 0 {
			log.Delete()
		}
	}
	if err := options.fill(&c, &load, &u, &t); err != nil {
		drop()
		return nil, err
	}
	if options.Log != nil {
		log = cgo.NewHandle(options.Log)
	}
	if err := failed(C.go_context_open(&it, &c, &load, C.uintptr_t(log), &e), &e); err != nil {
		drop()
		return nil, err
	}
	boxes := &sandboxes{taken: map[*handle]bool{}}
	made := &Context{memory: options.Memory, sandboxes: boxes}
	if options.Cache != nil {
		made.cacheMemory = options.Cache.memory
	}
	made.handle = handle{pointer: unsafe.Pointer(it), free: func(p unsafe.Pointer) {
		C.inspyr_context_free((*C.inspyr_context)(p))
		boxes.uses.done()
		drop()
	}}
	runtime.SetFinalizer(made, (*Context).Close)
	return made, nil
}

// Close cancels what is left, as soon as no call on the context is running. Jobs stay good.
func (c *Context) Close() error {
	runtime.SetFinalizer(c, nil)
	c.handle.close()
	return nil
}

func (c *Context) do(what func(*C.inspyr_context, *C.inspyr_error) C.inspyr_status) error {
	var e C.inspyr_error
	p := c.handle.use()
	if p == nil {
		return closed("context")
	}
	defer c.handle.done()
	return failed(what((*C.inspyr_context)(p), &e), &e)
}

// State waits for nothing; it is StateCold after Close.
func (c *Context) State() State {
	p := c.handle.use()
	if p == nil {
		return StateCold
	}
	defer c.handle.done()
	return State(C.inspyr_context_state((*C.inspyr_context)(p)))
}

// ContextStatus is where a context stands: see inspyr_context_status.
type ContextStatus struct {
	State                      State
	Reason                     error // why it is failed, degraded, or loading once more
	Progress                   float32
	Estimate                   time.Duration    // until ready; below 0: unknown
	Elapsed                    time.Duration    // since the load began
	Phases                     [4]time.Duration // device, weights, build, warm-up
	Attempt, Level             int
	QueueItems, Running        int
	QueueBytes, MemoryReserved uint64
	QueueDelay                 time.Duration // below 0: unknown
}

func seconds(s C.double) time.Duration {
	return time.Duration(float64(s) * float64(time.Second))
}

// Status waits for nothing.
func (c *Context) Status() (ContextStatus, error) {
	var s C.inspyr_context_status
	C.inspyr_context_status_init(&s)
	err := c.do(func(p *C.inspyr_context, e *C.inspyr_error) C.inspyr_status {
		return C.inspyr_context_status_get(p, &s, e)
	})
	if err != nil {
		return ContextStatus{}, err
	}
	status := ContextStatus{State: State(s.state), Progress: float32(s.progress),
		Estimate: seconds(C.double(s.estimate_s)), Elapsed: seconds(s.elapsed_s), Attempt: int(s.attempt),
		Level: int(s.level), QueueItems: int(s.queue_items), Running: int(s.running),
		QueueBytes: uint64(s.queue_bytes), MemoryReserved: uint64(s.memory_reserved),
		QueueDelay: time.Duration(s.queue_delay_ms) * time.Millisecond}
	for i := range status.Phases {
		status.Phases[i] = seconds(s.phase_s[i])
	}
	if s.reason_status != C.INSPYR_OK {
		status.Reason = fault(Status(s.reason_status), C.GoString(&s.reason[0]))
	}
	return status, nil
}

// Warmup loads if nothing is loaded, and runs the path of requests for the declared sizes; none: the base size. It
// waits until the deadline of ctx.
func (c *Context) Warmup(ctx context.Context, sizes ...WarmupOptions) error {
	if err := ended(ctx); err != nil {
		return err
	}
	if len(sizes) > 64 {
		return refused(ErrArgument, "64 sizes at most")
	}
	options := make([]C.inspyr_warmup_options, len(sizes)+1)
	for i := range sizes {
		sizes[i].fill(&options[i])
	}
	return c.do(func(p *C.inspyr_context, e *C.inspyr_error) C.inspyr_status {
		return C.go_context_warmup(p, &options[0], C.size_t(len(sizes)), remaining(ctx, -1), e)
	})
}

// Info describes the model; ErrNotReady while there is none.
func (c *Context) Info() (info Info, err error) {
	var i C.inspyr_info
	C.inspyr_info_init(&i)
	err = c.do(func(p *C.inspyr_context, e *C.inspyr_error) C.inspyr_status {
		status := C.inspyr_context_info(p, &i, e)
		if status == C.INSPYR_OK {
			info = infoOf(&i)
		}
		return status
	})
	return info, err
}

// Trim frees what waits for later jobs, and a share (0..1) of the cache's memory.
func (c *Context) Trim(share float32) {
	if p := c.handle.use(); p != nil {
		defer c.handle.done()
		C.inspyr_context_trim((*C.inspyr_context)(p), C.float(share))
	}
}

// Drain takes no new jobs, and finishes those that are there; what is left at the deadline of ctx is cancelled.
func (c *Context) Drain(ctx context.Context) error {
	return c.do(func(p *C.inspyr_context, e *C.inspyr_error) C.inspyr_status {
		return C.inspyr_context_drain(p, remaining(ctx, -1), e)
	})
}
