package inspyr

// #include "go_calls.h"
import "C"

import (
	"context"
	"math"
	"runtime/cgo"
	"unsafe"
)

// State is where a model stands.
type State int32

const (
	StateCold     State = C.INSPYR_STATE_COLD
	StateLoading  State = C.INSPYR_STATE_LOADING
	StateWarming  State = C.INSPYR_STATE_WARMING
	StateReady    State = C.INSPYR_STATE_READY
	StateDegraded State = C.INSPYR_STATE_DEGRADED
	StateDraining State = C.INSPYR_STATE_DRAINING
	StateFailed   State = C.INSPYR_STATE_FAILED
)

func (s State) String() string {
	words := map[State]string{StateCold: "cold", StateLoading: "loading", StateWarming: "warming",
		StateReady: "ready", StateDegraded: "degraded", StateDraining: "draining", StateFailed: "failed"}
	if word, known := words[s]; known {
		return word
	}
	return "unknown"
}

// Stage is what a call is busy with.
type Stage int32

const (
	StageLoad    Stage = C.INSPYR_STAGE_LOAD
	StagePrepare Stage = C.INSPYR_STAGE_PREPARE
	StageNetwork Stage = C.INSPYR_STAGE_NETWORK
	StageMatte   Stage = C.INSPYR_STAGE_MATTE
	StageCompose Stage = C.INSPYR_STAGE_COMPOSE
	StageEffects Stage = C.INSPYR_STAGE_EFFECTS
)

// Progress is told at least once a stage, on the goroutine of the call.
type Progress struct {
	State    State
	Stage    Stage
	Fraction float32 // 0..1 of the whole call; never goes back
}

// A call is what callbacks of the library need to know of the call that they belong to.
type call struct {
	ctx      context.Context
	progress func(Progress)
	result   func(*C.inspyr_effect_result)
	panicked any
	handle   cgo.Handle
}

// begin returns an error if the context has ended already; otherwise end has to follow.
func begin(ctx context.Context, progress func(Progress)) (*call, error) {
	if err := ended(ctx); err != nil {
		return nil, err
	}
	c := &call{ctx: ctx, progress: progress}
	c.handle = cgo.NewHandle(c)
	return c, nil
}

// token is what C is told of the call: nothing, where progress interests nobody.
func (c *call) token() C.uintptr_t {
	if c.progress == nil && c.ctx.Done() == nil {
		return 0
	}
	return C.uintptr_t(c.handle)
}

// end makes an error of what the call returned, and lets go on what panicked in a callback.
func (c *call) end(status C.inspyr_status, e *C.inspyr_error) error {
	c.handle.Delete()
	if c.panicked != nil {
		panic(c.panicked)
	}
	return because(c.ctx, failed(status, e))
}

// guard keeps a panic from unwinding the library's frames, whose locks and memory would be lost.
func (c *call) guard() {
	if what := recover(); what != nil && c.panicked == nil {
		c.panicked = what
	}
}

//export inspyrGoProgress
func inspyrGoProgress(token C.uintptr_t, state, stage C.int32_t, fraction C.float) C.int {
	c := cgo.Handle(token).Value().(*call)
	if c.panicked == nil && c.progress != nil {
		func() {
			defer c.guard()
			c.progress(Progress{State(state), Stage(stage), float32(fraction)})
		}()
	}
	if c.panicked != nil || c.ctx.Err() != nil {
		return 1
	}
	return 0
}

//export inspyrGoResult
func inspyrGoResult(token C.uintptr_t, result *C.inspyr_effect_result) C.int {
	c := cgo.Handle(token).Value().(*call)
	func() {
		defer c.guard()
		c.result(result)
	}()
	if c.panicked != nil {
		return 1
	}
	return 0
}

// LogLevel is how much a line of a log matters.
type LogLevel int32

const (
	LogError   LogLevel = C.INSPYR_LOG_ERROR
	LogWarning LogLevel = C.INSPYR_LOG_WARNING
	LogInfo    LogLevel = C.INSPYR_LOG_INFO
	LogDebug   LogLevel = C.INSPYR_LOG_DEBUG
)

// endProcess lets a panic end the process from a goroutine where nobody can recover it. Results and lines may be told on
// the thread of a call of Go's: unwound through C and recovered above it, the panic would leave the library's locks and
// counts of callers as they are, and a drain would wait for ever.
func endProcess() {
	if what := recover(); what != nil {
		go panic(what)
		select {}
	}
}

//export inspyrGoLog
func inspyrGoLog(token C.uintptr_t, level C.int32_t, line *C.char) {
	defer endProcess()
	cgo.Handle(token).Value().(func(LogLevel, string))(LogLevel(level), C.GoString(line))
}

// texts are strings that C needs during a call.
type texts []unsafe.Pointer

// add returns NULL for "".
func (t *texts) add(text string) *C.char {
	if text == "" {
		return nil
	}
	c := C.CString(text)
	*t = append(*t, unsafe.Pointer(c))
	return c
}

func (t texts) free() {
	for _, text := range t {
		C.free(text)
	}
}

// release deletes handles that callbacks knew; 0 is none.
func release(handles ...cgo.Handle) {
	for _, h := range handles {
		if h != 0 {
			h.Delete()
		}
	}
}

// abandonable waits for what cannot be told to end. It goes on, and keeps what it uses, when its context ends first.
func abandonable(ctx context.Context, what func() error) error {
	if ctx.Done() == nil {
		return what()
	}
	result := make(chan error, 1)
	go func() { result <- what() }()
	select {
	case err := <-result:
		return because(ctx, err)
	case <-ctx.Done():
	}
	select {
	case err := <-result: // at the same time
		return because(ctx, err)
	default:
		return ended(ctx)
	}
}

// narrow is a number as C has it. What does not fit becomes the greatest or the least, and not another one: it is refused
// where that is, or means as much as it can.
func narrow[N ~int | ~int64](n N) C.int32_t {
	if int64(n) > math.MaxInt32 {
		return math.MaxInt32
	}
	if int64(n) < math.MinInt32 {
		return math.MinInt32
	}
	return C.int32_t(n)
}

// borrow hands Go's bytes to one call.
func borrow(bytes []byte) C.go_bytes {
	if len(bytes) == 0 {
		return C.go_bytes{}
	}
	return C.go_bytes{unsafe.Pointer(&bytes[0]), C.size_t(len(bytes))}
}
