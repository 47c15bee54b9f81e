package inspyr

// #include "go_calls.h"
import "C"

import (
	"runtime"
	"unsafe"
)

// Memory counts the memory that objects of the library hold, which Go's runtime does not see, and may bound it.
// Not covered: what codecs and the C library allocate for themselves.
type Memory struct {
	handle handle
}

// NewMemory: no object that is given it may let it hold more than limit bytes, 0 for no limit; what would fails with
// ErrMemory.
func NewMemory(limit uint64) (*Memory, error) {
	memory := C.go_memory_open(C.uint64_t(limit))
	if memory == nil {
		return nil, refused(ErrMemory, "no room for a memory")
	}
	m := &Memory{handle{pointer: unsafe.Pointer(memory), free: func(p unsafe.Pointer) {
		var bytes, peak, blocks C.uint64_t
		C.go_memory_count((*C.go_memory)(p), &bytes, &peak, &blocks)
		if blocks != 0 {
			panic("inspyr: a memory is given back before what was taken from it")
		}
		C.go_memory_free((*C.go_memory)(p))
	}}}
	runtime.SetFinalizer(m, (*Memory).Close)
	return m, nil
}

// MemoryUse is what a Memory holds, and the most that it ever held.
type MemoryUse struct {
	Bytes, Peak, Blocks uint64
}

// Use is zero of a Memory that is closed.
func (m *Memory) Use() MemoryUse {
	var bytes, peak, blocks C.uint64_t
	p := m.handle.use()
	if p == nil {
		return MemoryUse{}
	}
	defer m.handle.done()
	C.go_memory_count((*C.go_memory)(p), &bytes, &peak, &blocks)
	return MemoryUse{uint64(bytes), uint64(peak), uint64(blocks)}
}

// Close takes no new objects; those that were given the Memory keep it until they are freed.
func (m *Memory) Close() error {
	runtime.SetFinalizer(m, nil)
	m.handle.close()
	return nil
}

// memoryOf enters a Memory, or none, among what a call or an object uses.
func (u *uses) memory(m *Memory) (*C.inspyr_allocator, error) {
	if m == nil {
		return nil, nil
	}
	p, good := u.add(&m.handle)
	if !good {
		return nil, closed("memory")
	}
	return C.go_memory_allocator((*C.go_memory)(p)), nil
}

// Pool is threads of the library's, which several models and calls may share. Results do not depend on it.
type Pool struct {
	handle handle
	width  int
}

// OpenPool starts width - 1 threads: the one that a call is made on is the last. 0 is one per processor that this
// process may use. Memory may be nil.
func OpenPool(width int, memory *Memory) (*Pool, error) {
	var u uses
	var options C.inspyr_pool_options
	var pool *C.inspyr_pool
	var e C.inspyr_error
	var err error
	C.inspyr_pool_options_init(&options)
	if options.allocator, err = u.memory(memory); err != nil {
		return nil, err
	}
	if err = failed(C.inspyr_pool_open(&pool, narrow(width), &options, &e), &e); err != nil {
		u.done()
		return nil, err
	}
	p := &Pool{width: int(C.inspyr_pool_width(pool))}
	p.handle = handle{pointer: unsafe.Pointer(pool), free: func(p unsafe.Pointer) {
		C.inspyr_pool_free((*C.inspyr_pool)(p))
		u.done()
	}}
	runtime.SetFinalizer(p, (*Pool).Close)
	return p, nil
}

// Width is the number of threads that work on one call.
func (p *Pool) Width() int {
	return p.width
}

// Close ends the threads as soon as no model and no call uses them.
func (p *Pool) Close() error {
	runtime.SetFinalizer(p, nil)
	p.handle.close()
	return nil
}

func (u *uses) pool(p *Pool) (*C.inspyr_pool, error) {
	if p == nil {
		return nil, nil
	}
	pool, good := u.add(&p.handle)
	if !good {
		return nil, closed("pool")
	}
	return (*C.inspyr_pool)(pool), nil
}

// SandboxOptions: see inspyr_sandbox_options.
type SandboxOptions struct {
	OnePicture bool   // a new process for every picture
	Helper     string // absolute path of inspyr-decode; "": looked for where plug-ins are
	MaxMemory  uint64 // address space of a process, 64 MiB or more; 0: 2 GiB
	DeadlineMs int    // of a picture; 0: 10 000
	Memory     *Memory
}

// Sandbox is processes that decode pictures and can do nothing else.
type Sandbox struct {
	handle handle
}

// OpenSandbox starts one process, which shows whether the system can: ErrUnsupported says why not.
func OpenSandbox(options *SandboxOptions) (*Sandbox, error) {
	var u uses
	var t texts
	var c C.inspyr_sandbox_options
	var sandbox *C.inspyr_sandbox
	var e C.inspyr_error
	var err error
	if options == nil {
		options = &SandboxOptions{}
	}
	defer func() { t.free() }()
	C.inspyr_sandbox_options_init(&c)
	if c.allocator, err = u.memory(options.Memory); err != nil {
		return nil, err
	}
	if options.OnePicture {
		c.flags = C.INSPYR_SANDBOX_ONE_PICTURE
	}
	c.helper = t.add(options.Helper)
	c.max_memory = C.uint64_t(options.MaxMemory)
	c.deadline_ms = narrow(options.DeadlineMs)
	if err = failed(C.inspyr_sandbox_open(&sandbox, &c, &e), &e); err != nil {
		u.done()
		return nil, err
	}
	s := &Sandbox{handle{pointer: unsafe.Pointer(sandbox), free: func(p unsafe.Pointer) {
		C.inspyr_sandbox_free((*C.inspyr_sandbox)(p))
		u.done()
	}}}
	runtime.SetFinalizer(s, (*Sandbox).Close)
	return s, nil
}

// Close ends the processes as soon as no call uses them, and no context that was given a request with them.
func (s *Sandbox) Close() error {
	runtime.SetFinalizer(s, nil)
	s.handle.close()
	return nil
}
