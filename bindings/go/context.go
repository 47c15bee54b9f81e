package inspyr

// #include "go_context.h"
import "C"

import (
	"context"
	"errors"
	"runtime"
	"runtime/cgo"
	"sync"
	"time"
	"unsafe"
)

// ContextOptions: see inspyr_context_options.
type ContextOptions struct {
	Source       string                 // as of LoadModel
	Load         *LoadOptions           // without Progress, Log and Bytes; its pool serves every stage
	Cache        *Cache                 // which contexts may share; nil: none
	Workers      int                    // threads that take batches through the pipeline, 1..16; 0: 1
	MaxBatch     int                    // pictures in a pass, 1..64; 0: 8
	MaxWait      time.Duration          // that a batch waits for more; 0: 50 ms; below 0: not at all
	QueueItems   int                    // jobs that wait, 1 or more; 0: 256
	QueueBytes   uint64                 // of their pictures; 0: 256 MiB
	MemoryBudget uint64                 // bytes that jobs at work may take, by estimate; 0: no limit
	LoadAttempts int                    // 1..10; 0: 3
	Retry        time.Duration          // between them, doubled each time; 0: 500 ms
	IdleRelease  time.Duration          // without jobs for that long, model and buffers are freed; 0: never
	Levels       []Level                // of quality, up to 4; nil: quality stays
	History      string                 // a file in which seconds of loading are kept for estimates; "": none
	PricePerHour float64                // of the machine, any currency, for the cost in metrics; 0: none
	Log          func(LogLevel, string) // on any thread, several at once, until the context is closed
	Span         func(Span)             // as Log. It must not wait for the context
	Trace        *Trace                 // takes the spans instead of Span
	Memory       *Memory                // for jobs and their results; the model's is Load.Memory
	Wait         bool                   // OpenContext returns when the model is loaded, or failed to be
	Cold         bool                   // nothing is loaded before the first job or warm-up
	NoWarmup     bool                   // Warmup loads, and no more
	NoBatching   bool                   // every picture in a pass of its own, duplicates too
	NoCache      bool                   // Cache is neither read nor written
	NoAdaptive   bool                   // Levels are never entered
	Exact        bool                   // PrecisionExact, whatever Load says
	Plain        bool                   // the plain engine, whatever Load says
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
	if o.Span != nil && o.Trace != nil {
		return refused(ErrArgument, "spans go to Span or to Trace")
	}
	if c.allocator, err = u.memory(o.Memory); err != nil {
		return err
	}
	c.flags, c.source, c.history = o.flags(), t.add(o.Source), t.add(o.History)
	c.workers, c.max_batch, c.max_wait_ms = narrow(o.Workers), narrow(o.MaxBatch), narrow(milliseconds(o.MaxWait))
	if o.MaxWait < 0 {
		c.max_wait_ms = -1
	}
	c.queue_items, c.queue_bytes = narrow(o.QueueItems), C.uint64_t(o.QueueBytes)
	c.memory_budget, c.load_attempts = C.uint64_t(o.MemoryBudget), narrow(o.LoadAttempts)
	c.retry_ms, c.idle_release_ms = narrow(milliseconds(o.Retry)), milliseconds(o.IdleRelease)
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

// listeners are what the context tells of itself; those of Go's are to be released.
func (o *ContextOptions) listeners(u *uses) (all C.go_listeners, tokens []cgo.Handle, err error) {
	if o.Trace != nil {
		trace, good := u.add(&o.Trace.handle)
		if !good {
			return all, nil, closed("trace")
		}
		all.trace = (*C.inspyr_trace)(trace)
	}
	if o.Log != nil {
		tokens = append(tokens, cgo.NewHandle(o.Log))
		all.log = C.uintptr_t(tokens[len(tokens)-1])
	}
	if o.Span != nil {
		tokens = append(tokens, cgo.NewHandle(o.Span))
		all.span = C.uintptr_t(tokens[len(tokens)-1])
	}
	return all, tokens, nil
}

// OpenContext returns at once, unless Wait is set; the model loads meanwhile.
func OpenContext(options *ContextOptions) (*Context, error) {
	var u uses
	var t texts
	var c C.inspyr_context_options
	var load C.inspyr_load_options
	var levels C.go_levels
	var listeners C.go_listeners
	var tokens []cgo.Handle
	var it *C.inspyr_context
	var e C.inspyr_error
	if options == nil {
		options = &ContextOptions{}
	}
	defer func() { t.free() }()
	drop := func() {
		u.done()
		release(tokens...)
	}
	err := options.fill(&c, &load, &u, &t)
	if err == nil {
		err = fillLevels(&levels, options.Levels, &t)
	}
	if err == nil {
		listeners, tokens, err = options.listeners(&u)
	}
	if err == nil {
		err = failed(C.go_context_open(&it, &c, &load, &levels, listeners, &e), &e)
	}
	if err != nil {
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

// Warmup loads if nothing is loaded, and runs the path of requests for the declared sizes, whose Progress has to be nil; none:
// the base size. When ctx ends, a warm-up ends at its next stage, and a load goes on.
func (c *Context) Warmup(ctx context.Context, sizes ...WarmupOptions) error {
	if err := ended(ctx); err != nil {
		return err
	}
	if len(sizes) == 0 {
		sizes = make([]WarmupOptions, 1)
	}
	if len(sizes) > 64 {
		return refused(ErrArgument, "64 sizes at most")
	}
	options := make([]C.inspyr_warmup_options, len(sizes))
	for i := range sizes {
		if sizes[i].Progress != nil {
			return refused(ErrArgument, "a context's warm-up takes no progress")
		}
		sizes[i].fill(&options[i])
	}
	if ctx.Done() != nil {
		if err := c.loaded(ctx); err != nil {
			return err
		}
	}
	return c.warmup(ctx, options, remaining(ctx, -1))
}

func (c *Context) warmup(ctx context.Context, options []C.inspyr_warmup_options, timeout C.int64_t) error {
	call, err := begin(ctx, nil)
	if err != nil {
		return err
	}
	var e C.inspyr_error
	status := C.inspyr_status(C.INSPYR_OK)
	err = c.do(func(p *C.inspyr_context, _ *C.inspyr_error) C.inspyr_status {
		status = C.go_context_warmup(p, &options[0], C.size_t(len(options)), timeout, call.token(), &e)
		return C.INSPYR_OK
	})
	if failure := call.end(status, &e); failure != nil {
		return failure
	}
	return err
}

// loaded waits for the model without a call that keeps the context from being freed.
func (c *Context) loaded(ctx context.Context) error {
	asked := false
	for pause := time.Millisecond; ; pause = longer(pause) {
		switch state := c.State(); {
		case state == StateFailed && asked:
			status, err := c.Status()
			if err == nil {
				err = status.Reason
			}
			return err
		case state == StateFailed || state == StateCold:
			var options [1]C.inspyr_warmup_options
			(&WarmupOptions{}).fill(&options[0])
			if err := c.warmup(ctx, options[:], 0); !errors.Is(err, ErrTimeout) {
				return err
			}
			asked = true
		case state != StateLoading:
			return nil
		}
		select {
		case <-ctx.Done():
			return ended(ctx)
		case <-time.After(pause):
		}
	}
}

func longer(pause time.Duration) time.Duration {
	if pause < 50*time.Millisecond {
		pause *= 2
	}
	return pause
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

// Drain takes no new jobs, finishes those that are there, and flushes the cache; when ctx ends, what is left is cancelled.
// The context is StateDraining from then on, and calls nothing back any more.
func (c *Context) Drain(ctx context.Context) error {
	drain := func(timeout C.int64_t) error {
		return c.do(func(p *C.inspyr_context, e *C.inspyr_error) C.inspyr_status {
			return C.inspyr_context_drain(p, timeout, e)
		})
	}
	err := abandonable(ctx, func() error { return drain(remaining(ctx, -1)) })
	if ctx.Err() != nil {
		_ = drain(0) // what the other one waits for, which may have been abandoned
	}
	return err
}
