package inspyr

// #include "go_context.h"
import "C"

import (
	"runtime"
	"runtime/cgo"
	"time"
	"unsafe"
)

// Attribute of a Span: "status" and "OK", "pictures" and "3".
type Attribute struct {
	Name, Value string
}

// Span is a piece of a Context's work that has ended: see inspyr_span. It is the listener's to keep.
type Span struct {
	Name       string // "request", "queue", "decode", "infer", "batch", ...
	Thread     string // that did it: "worker 1"; "": several, as for a whole request
	TraceID    string // 32 hexadecimal digits: those of Request.Traceparent, or made by the library
	SpanID     string // 16 hexadecimal digits
	ParentID   string // as many; "": none
	Attributes []Attribute
	Batch      uint64        // number of the batch that it is, or went through; 0: none
	IsBatch    bool          // a pass of the network, not one request's part in it
	Start      time.Time     // by the calendar
	Duration   time.Duration // by a clock that never goes back
}

func spanOf(c *C.inspyr_span) Span {
	span := Span{Name: C.GoString(c.name), Thread: C.GoString(c.thread), TraceID: C.GoString(c.trace_id),
		SpanID: C.GoString(c.span_id), ParentID: C.GoString(c.parent_id), Batch: uint64(c.batch),
		IsBatch: c.flags&C.INSPYR_SPAN_BATCH != 0, Start: time.Unix(0, int64(c.start_unix_ns)),
		Duration: time.Duration(c.end_ns - c.start_ns)}
	texts := unsafe.Slice(c.attributes, 2*int(c.attribute_count))
	for i := 0; i < len(texts); i += 2 {
		span.Attributes = append(span.Attributes, Attribute{C.GoString(texts[i]), C.GoString(texts[i+1])})
	}
	return span
}

//export inspyrGoSpan
func inspyrGoSpan(token C.uintptr_t, span *C.inspyr_span) {
	defer endProcess()
	cgo.Handle(token).Value().(func(Span))(spanOf(span))
}

// Trace keeps the spans of Contexts in a ring, from which the oldest go, to be looked at in a browser.
type Trace struct {
	handle handle
}

// NewTrace makes a ring of 4 KiB to 1 GiB; bytes 0: 4 MiB, good for 11 000 spans. Memory may be nil.
func NewTrace(bytes uint64, memory *Memory) (*Trace, error) {
	var u uses
	var options C.inspyr_trace_options
	var trace *C.inspyr_trace
	var e C.inspyr_error
	var err error
	C.inspyr_trace_options_init(&options)
	options.bytes = C.uint64_t(bytes)
	if options.allocator, err = u.memory(memory); err != nil {
		return nil, err
	}
	if err = failed(C.inspyr_trace_create(&trace, &options, &e), &e); err != nil {
		u.done()
		return nil, err
	}
	t := &Trace{handle{pointer: unsafe.Pointer(trace), free: func(p unsafe.Pointer) {
		C.inspyr_trace_free((*C.inspyr_trace)(p))
		u.done()
	}}}
	runtime.SetFinalizer(t, (*Trace).Close)
	return t, nil
}

// JSON is what is in the ring, for chrome://tracing and ui.perfetto.dev; it stays there. Takes as much memory as the ring,
// and the text's.
func (t *Trace) JSON() ([]byte, error) {
	var bytes C.inspyr_bytes
	var e C.inspyr_error
	p := t.handle.use()
	if p == nil {
		return nil, closed("trace")
	}
	defer t.handle.done()
	if err := failed(C.inspyr_trace_json(&bytes, (*C.inspyr_trace)(p), &e), &e); err != nil {
		return nil, err
	}
	return taken(&bytes), nil
}

// Close frees the ring as soon as no context writes to it.
func (t *Trace) Close() error {
	runtime.SetFinalizer(t, nil)
	t.handle.close()
	return nil
}

// taken is a copy of bytes that are the library's, which are given back.
func taken(bytes *C.inspyr_bytes) []byte {
	defer C.inspyr_bytes_free(bytes)
	return append([]byte{}, unsafe.Slice((*byte)(bytes.data), int(bytes.size))...)
}
