package inspyr

// #include "go_calls.h"
import "C"

import (
	"context"
	"runtime"
	"runtime/cgo"
	"unsafe"
)

// Precision of a network's arithmetic.
type Precision int32

const (
	PrecisionAuto  Precision = C.INSPYR_PRECISION_AUTO
	PrecisionExact Precision = C.INSPYR_PRECISION_EXACT
	PrecisionBF16  Precision = C.INSPYR_PRECISION_BF16
	PrecisionFP16  Precision = C.INSPYR_PRECISION_FP16
	PrecisionInt8  Precision = C.INSPYR_PRECISION_INT8
)

// Need is how much a device, an engine or a precision matters that is named.
type Need int32

const (
	NeedPreferred Need = C.INSPYR_NEED_PREFERRED
	NeedRequired  Need = C.INSPYR_NEED_REQUIRED
	NeedForbidden Need = C.INSPYR_NEED_FORBIDDEN
)

// LoadOptions: see inspyr_load_options.
type LoadOptions struct {
	Device                string // "cpu", "cuda", "cuda:1"; "" picks
	Engine                string // "plain", "onednn", "torch"; "" picks
	Precision             Precision
	DeviceNeed            Need
	Pool                  *Pool   // used by loading and by every call on the model; nil: the calling thread
	Memory                *Memory // for the model and all its results
	Progress              func(Progress)
	Log                   func(LogLevel, string) // for the model's lifetime, on any thread
	Bytes                 []byte                 // a weight file in memory, instead of a source
	CacheDir              string                 // folder for packed weights; "": nothing is written
	BaseWidth, BaseHeight int                    // that the weights were trained for; 0: as the file says
	BlendSize             int                    // dynamic sizes over this are blended from two passes; -1: never
	DeviceTimeoutMs       int                    // a GPU's pass that takes longer counts as hung; 0: 20 000
	DeviceMemory          uint64                 // bytes of a GPU's that all models of the process may take; 0: all
	DeviceReserve         uint64                 // bytes of it taken while loading; 0: none
	WorkspaceLimit        uint64                 // bytes that the network's passes may take; 0: no limit
}

// Model is a network with its weights, ready to run.
type Model struct {
	handle handle
	memory *Memory
}

// fill enters everything but progress, log and bytes.
func (o *LoadOptions) fill(c *C.inspyr_load_options, u *uses, t *texts) (err error) {
	C.inspyr_load_options_init(c)
	if c.pool, err = u.pool(o.Pool); err != nil {
		return err
	}
	if c.allocator, err = u.memory(o.Memory); err != nil {
		return err
	}
	c.device, c.engine, c.cache_dir = t.add(o.Device), t.add(o.Engine), t.add(o.CacheDir)
	c.precision, c.device_need = C.inspyr_precision(o.Precision), C.inspyr_need(o.DeviceNeed)
	c.base_width, c.base_height = narrow(o.BaseWidth), narrow(o.BaseHeight)
	c.blend_size, c.device_timeout_ms = narrow(o.BlendSize), narrow(o.DeviceTimeoutMs)
	c.device_memory, c.device_reserve = C.uint64_t(o.DeviceMemory), C.uint64_t(o.DeviceReserve)
	c.workspace_limit = C.uint64_t(o.WorkspaceLimit)
	return nil
}

// LoadModel loads the built-in model, where source is "", or a safetensors file or a checkpoint of PyTorch.
func LoadModel(ctx context.Context, source string, options *LoadOptions) (*Model, error) {
	var u uses
	var t texts
	var c C.inspyr_load_options
	var model *C.inspyr_model
	var e C.inspyr_error
	var log cgo.Handle
	if options == nil {
		options = &LoadOptions{}
	}
	drop := func() {
		u.done()
		release(log)
	}
	defer func() {
		t.free()
		if model == nil { // after a panic of Progress, too
			drop()
		}
	}()
	if err := options.fill(&c, &u, &t); err != nil {
		return nil, err
	}
	call, err := begin(ctx, options.Progress)
	if err != nil {
		return nil, err
	}
	if options.Log != nil {
		log = cgo.NewHandle(options.Log)
	}
	status := C.go_load(&model, t.add(source), &c, borrow(options.Bytes), call.token(), C.uintptr_t(log), &e)
	if err = call.end(status, &e); err != nil {
		return nil, err
	}
	m := &Model{memory: options.Memory}
	m.handle = handle{pointer: unsafe.Pointer(model), free: func(p unsafe.Pointer) {
		C.inspyr_model_free((*C.inspyr_model)(p))
		drop()
	}}
	runtime.SetFinalizer(m, (*Model).Close)
	return m, nil
}

// Close frees the model when no call on it is running. Images made with it stay good.
func (m *Model) Close() error {
	runtime.SetFinalizer(m, nil)
	m.handle.close()
	return nil
}

// State never waits; it is StateCold after Close.
func (m *Model) State() State {
	p := m.handle.use()
	if p == nil {
		return StateCold
	}
	defer m.handle.done()
	return State(C.inspyr_model_state((*C.inspyr_model)(p)))
}

// WarmupOptions: see inspyr_warmup_options.
type WarmupOptions struct {
	NetworkWidth, NetworkHeight int // 0: the base size
	Batch                       int // pictures a pass, 1..64; 0: 1
	Concurrency                 int // calls expected at the same time, 1..8; 0: 1
	Blended                     bool
	Progress                    func(Progress)
}

func (o *WarmupOptions) fill(c *C.inspyr_warmup_options) {
	C.inspyr_warmup_options_init(c)
	if o.Blended {
		c.flags |= C.INSPYR_WARMUP_BLENDED
	}
	c.network_width, c.network_height = narrow(o.NetworkWidth), narrow(o.NetworkHeight)
	c.batch, c.concurrency = narrow(o.Batch), narrow(o.Concurrency)
}

// Warmup runs the path of requests on an empty picture, so that later ones find their memory.
func (m *Model) Warmup(ctx context.Context, options *WarmupOptions) error {
	var c C.inspyr_warmup_options
	var e C.inspyr_error
	if options == nil {
		options = &WarmupOptions{}
	}
	p := m.handle.use()
	if p == nil {
		return closed("model")
	}
	defer m.handle.done()
	options.fill(&c)
	call, err := begin(ctx, options.Progress)
	if err != nil {
		return err
	}
	return call.end(C.go_warmup((*C.inspyr_model)(p), &c, call.token(), &e), &e)
}

// Info is a model's configuration in effect: see inspyr_info.
type Info struct {
	Name, Version, Licence, Architecture     string
	Engine, Device, Instructions, Precision  string
	Note                                     string // why device or precision are not those asked for
	Build, Container                         string
	Parameters, PackedBytes, WorkspaceBytes  uint64  // numbers in the file; bytes of weights, and of passes now
	BaseWidth, BaseHeight, SizeMultiple      int     // of the network's input, pixels
	PoolWidth, BlendSize                     int     // threads; pixels, 0: nothing is blended
	ReadMs, PackMs, LoadMs                   float64 // of LoadModel
	CacheHit, CacheWritten, CacheWriteFailed bool
}

// Info describes the model.
func (m *Model) Info() (Info, error) {
	var c C.inspyr_info
	var e C.inspyr_error
	p := m.handle.use()
	if p == nil {
		return Info{}, closed("model")
	}
	defer m.handle.done()
	C.inspyr_info_init(&c)
	if err := failed(C.inspyr_model_info((*C.inspyr_model)(p), &c, &e), &e); err != nil {
		return Info{}, err
	}
	return infoOf(&c), nil
}

func infoOf(c *C.inspyr_info) Info {
	return Info{Name: C.GoString(c.name), Version: C.GoString(c.version), Licence: C.GoString(c.licence),
		Architecture: C.GoString(c.architecture), Engine: C.GoString(c.engine), Device: C.GoString(c.device),
		Instructions: C.GoString(c.instructions), Precision: C.GoString(c.precision), Note: C.GoString(c.note),
		Build: C.GoString(c.build), Container: C.GoString(c.container), Parameters: uint64(c.parameters),
		PackedBytes: uint64(c.packed_bytes), WorkspaceBytes: uint64(c.workspace_bytes),
		BaseWidth: int(c.base_width), BaseHeight: int(c.base_height), SizeMultiple: int(c.size_multiple),
		PoolWidth: int(c.pool_width), BlendSize: int(c.blend_size), ReadMs: float64(c.read_ms),
		PackMs: float64(c.pack_ms), LoadMs: float64(c.load_ms), CacheHit: c.cache == C.INSPYR_CACHE_HIT,
		CacheWritten:     c.cache == C.INSPYR_CACHE_WRITTEN,
		CacheWriteFailed: c.cache == C.INSPYR_CACHE_FAILED}
}
