package inspyr

// #include "go_calls.h"
import "C"

import (
	"context"
	"image"
	"unsafe"
)

// EffectOptions: see inspyr_effect_options.
type EffectOptions struct {
	Seed        uint64
	Preview     bool // the picture is first shrunk until no side is over PreviewSide
	PreviewSide int  // pixels; 0: 512
	Device      string
	DeviceNeed  Need
	Alpha       *image.Gray // takes the place of the picture's own; of the picture's size
	Pool        *Pool
	Memory      *Memory
	Result      func(index int, drawn Drawn) // as soon as it is drawn; its Image is good during the callback
	Progress    func(Progress)
}

// fill enters everything but what a call brings along, and pool and memory.
func (o *EffectOptions) fill(c *C.inspyr_effect_options, t *texts) {
	C.inspyr_effect_options_init(c)
	c.seed, c.preview_side = C.uint64_t(o.Seed), narrow(o.PreviewSide)
	c.device, c.device_need = t.add(o.Device), C.inspyr_need(o.DeviceNeed)
	if o.Preview {
		c.quality = C.INSPYR_QUALITY_PREVIEW
	}
}

// Drawn is one effect that was drawn, or the error with which it failed.
type Drawn struct {
	Effect string // as it was asked for
	Image  *Image // nil after a failure
	Err    error
	Scale  float32 // the result's width by the picture's
	Device string  // that drew it
	Note   string  // why it is not the device that was asked for
}

// ApplyEffects draws effects on one picture, all at once on the pool: effects are texts as ParseEffects gives them. An
// effect that fails does not stop the others: the first failure is returned, and the others' results all the same.
// After any other failure, and ErrCancelled, there are no results. Every Image is to be closed.
func ApplyEffects(ctx context.Context, picture image.Image, effects []string, options *EffectOptions) ([]Drawn, error) {
	var u uses
	var t texts
	var c C.inspyr_effect_options
	var alpha C.inspyr_view
	var e C.inspyr_error
	var err error
	if options == nil {
		options = &EffectOptions{}
	}
	if len(effects) == 0 || len(effects) > 64 {
		return nil, refused(ErrArgument, "1 to 64 effects")
	}
	defer func() { u.done(); t.free() }()
	options.fill(&c, &t)
	if c.pool, err = u.pool(options.Pool); err != nil {
		return nil, err
	}
	if c.allocator, err = u.memory(options.Memory); err != nil {
		return nil, err
	}
	view, err := u.look(picture)
	if err == nil && options.Alpha != nil {
		if options.Alpha.Bounds().Size() != image.Pt(int(view.width), int(view.height)) {
			return nil, refused(ErrArgument, "alpha and picture differ in size")
		}
		alpha, err = u.look(options.Alpha)
	}
	if err != nil {
		return nil, err
	}
	call, err := begin(ctx, options.Progress)
	if err != nil {
		return nil, err
	}
	d := newDrawing(effects, options.Result)
	if d == nil {
		return nil, call.end(C.INSPYR_ERR_MEMORY, &e)
	}
	defer d.free()
	call.result = d.take
	status := C.go_effects(d.outs, d.statuses, view, alpha, d.texts, C.size_t(len(effects)), &c, call.token(),
		C.uintptr_t(call.handle), &e)
	drawn := d.all(options.Memory) // before a panic of a callback goes on, so that none of them is lost
	return drawn, call.end(status, &e)
}

// A drawing is the arrays of one call, in C's memory, and what the library told of each effect meanwhile.
type drawing struct {
	effects  []string
	told     []Drawn
	listener func(int, Drawn)
	block    unsafe.Pointer
	outs     **C.inspyr_image
	texts    **C.char
	statuses *C.inspyr_status
	strings  texts
}

func newDrawing(effects []string, listener func(int, Drawn)) *drawing {
	const pointer, status = C.sizeof_uintptr_t, C.sizeof_inspyr_status
	n := len(effects)
	d := &drawing{effects: effects, told: make([]Drawn, n), listener: listener}
	d.block = C.calloc(C.size_t(n), 2*pointer+status)
	if d.block == nil {
		return nil
	}
	d.outs = (**C.inspyr_image)(d.block)
	d.texts = (**C.char)(unsafe.Add(d.block, n*pointer))
	d.statuses = (*C.inspyr_status)(unsafe.Add(d.block, 2*n*pointer))
	for i, effect := range effects {
		text := C.CString(effect)
		d.strings = append(d.strings, unsafe.Pointer(text))
		unsafe.Slice(d.texts, n)[i] = text
	}
	return d
}

// take is told of one effect. Its image is the library's until the call has ended.
func (d *drawing) take(r *C.inspyr_effect_result) {
	i := int(r.index)
	it := Drawn{Effect: d.effects[i], Scale: float32(r.scale), Device: C.GoString(r.device), Note: C.GoString(r.note)}
	if r.status != C.INSPYR_OK {
		it.Err = fault(Status(r.status), C.GoString(r.message))
	}
	d.told[i] = it
	if d.listener == nil {
		return
	}
	if r.image != nil {
		it.Image = borrowed(r.image)
		defer it.Image.Close()
	}
	d.listener(i, it)
}

// all takes the results over. There are none where the call itself failed.
func (d *drawing) all(memory *Memory) []Drawn {
	outs, statuses := unsafe.Slice(d.outs, len(d.effects)), unsafe.Slice(d.statuses, len(d.effects))
	some := false
	for i := range outs {
		if outs[i] != nil {
			var u uses
			if memory != nil {
				u.again(&memory.handle)
			}
			d.told[i].Image = own(outs[i], u)
		}
		some = some || outs[i] != nil || statuses[i] != C.INSPYR_OK
	}
	if !some {
		return nil
	}
	return d.told
}

func (d *drawing) free() {
	d.strings.free()
	C.free(d.block)
}
