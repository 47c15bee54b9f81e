package inspyr

import (
	"sync"
	"unsafe"
)

// A handle is an object of the library and the number of those who use it. It is freed when it is closed and nobody
// uses it any more: calls, and objects that were given it.
type handle struct {
	mutex   sync.Mutex
	pointer unsafe.Pointer
	users   int
	closed  bool
	free    func(unsafe.Pointer)
}

// use returns nil of a closed handle; otherwise done has to follow.
func (h *handle) use() unsafe.Pointer {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if h.closed {
		return nil
	}
	h.users++
	return h.pointer
}

func (h *handle) done() {
	h.mutex.Lock()
	h.users--
	last := h.closed && h.users == 0
	h.mutex.Unlock()
	if last {
		h.free(h.pointer)
	}
}

func (h *handle) close() {
	h.mutex.Lock()
	last := !h.closed && h.users == 0
	h.closed = true
	h.mutex.Unlock()
	if last {
		h.free(h.pointer)
	}
}

// Several handles that one call or object uses.
type uses []*handle

// add returns nil where there is none, or where it is closed, which good says.
func (u *uses) add(h *handle) (pointer unsafe.Pointer, good bool) {
	if h == nil {
		return nil, true
	}
	pointer = h.use()
	if pointer == nil {
		return nil, false
	}
	*u = append(*u, h)
	return pointer, true
}

// again is for a handle that somebody uses now, and which may be closed therefore.
func (u *uses) again(h *handle) {
	h.mutex.Lock()
	h.users++
	h.mutex.Unlock()
	*u = append(*u, h)
}

func (u uses) done() {
	for _, h := range u {
		h.done()
	}
}
