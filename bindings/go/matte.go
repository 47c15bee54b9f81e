package inspyr

// #include "go_calls.h"
import "C"

import (
	"context"
	"image"
	"unsafe"
)

// MatteOptions: see inspyr_matte_options.
type MatteOptions struct {
	NetworkWidth, NetworkHeight int // pixels, multiples of Info.SizeMultiple, 32..4096; 0: the base size
	Resize                      Resize
	ShortSide                   int            // ResizeDynamic: 32 or more pixels; 0: 1280
	Compat, CompatArray         bool           // the arithmetic of the Python package: docs/migration.md
	Profile                     []byte         // the picture's; for Matte only
	Report                      *Report        // for Matte
	Reports                     []Report       // for Mattes: as many as there are pictures, or nil
	Progress                    func(Progress) // on the goroutine of the call
}

func (o *MatteOptions) fill(c *C.inspyr_matte_options) {
	C.inspyr_matte_options_init(c)
	if o.Compat {
		c.flags |= C.INSPYR_COMPAT
	}
	if o.CompatArray {
		c.flags |= C.INSPYR_COMPAT_ARRAY
	}
	c.network_width, c.network_height = narrow(o.NetworkWidth), narrow(o.NetworkHeight)
	c.resize, c.short_side = C.inspyr_resize(o.Resize), narrow(o.ShortSide)
}

// Matte is the alpha plane of a picture, of the picture's size.
func (m *Model) Matte(ctx context.Context, picture image.Image, options *MatteOptions) (*image.Gray, error) {
	var u uses
	var c C.inspyr_matte_options
	var report C.inspyr_report
	var e C.inspyr_error
	if options == nil {
		options = &MatteOptions{}
	}
	if options.Reports != nil {
		return nil, refused(ErrArgument, "a matte has one report")
	}
	defer func() { u.done() }()
	p, good := u.add(&m.handle)
	if !good {
		return nil, closed("model")
	}
	view, err := u.look(picture)
	if err != nil {
		return nil, err
	}
	plane := image.NewGray(image.Rect(0, 0, int(view.width), int(view.height)))
	alpha, err := u.look(plane)
	if err != nil {
		return nil, err
	}
	options.fill(&c)
	C.inspyr_report_init(&report)
	call, err := begin(ctx, options.Progress)
	if err != nil {
		return nil, err
	}
	status := C.go_matte((*C.inspyr_model)(p), view, alpha, &c, &report, borrow(options.Profile), call.token(), &e)
	if err = call.end(status, &e); err != nil {
		return nil, err
	}
	if options.Report != nil {
		options.Report.fill(&report)
	}
	return plane, nil
}

// Mattes are the alpha planes of up to 64 pictures, in one pass of the network. A picture's matte is the same alone
// and in any batch. Pictures that are not Images are copied: Go's memory must not be named in C's.
func (m *Model) Mattes(ctx context.Context, pictures []image.Image, options *MatteOptions) ([]*image.Gray, error) {
	var u uses
	var c C.inspyr_matte_options
	var e C.inspyr_error
	if options == nil {
		options = &MatteOptions{}
	}
	if len(pictures) == 0 || len(pictures) > 64 {
		return nil, refused(ErrArgument, "1 to 64 pictures")
	}
	if options.Reports != nil && len(options.Reports) != len(pictures) {
		return nil, refused(ErrArgument, "as many reports as pictures")
	}
	if options.Report != nil || options.Profile != nil {
		return nil, refused(ErrArgument, "mattes have reports, and no profile")
	}
	defer func() { u.done() }()
	p, good := u.add(&m.handle)
	if !good {
		return nil, closed("model")
	}
	b := newBatch(len(pictures))
	if b == nil {
		return nil, refused(ErrMemory, "no room for a batch")
	}
	defer b.free()
	for i, picture := range pictures {
		view, err := u.look(picture)
		if err != nil {
			return nil, err
		}
		_, owned := picture.(*Image)
		if !b.add(i, view, owned) {
			return nil, refused(ErrMemory, "no room for a picture")
		}
	}
	options.fill(&c)
	reports := make([]C.inspyr_report, len(pictures))
	for i := range reports {
		C.inspyr_report_init(&reports[i])
	}
	call, err := begin(ctx, options.Progress)
	if err != nil {
		return nil, err
	}
	status := C.go_mattes((*C.inspyr_model)(p), &b.views[0], &b.alphas[0], C.size_t(len(pictures)), &c, &reports[0],
		call.token(), &e)
	if err = call.end(status, &e); err != nil {
		return nil, err
	}
	for i := range options.Reports {
		options.Reports[i].fill(&reports[i])
	}
	return b.planes(), nil
}

// A batch is views of pictures, and the pixels that they have to have, in C's memory.
type batch struct {
	views, alphas []C.inspyr_view
	blocks        []unsafe.Pointer
}

func newBatch(n int) *batch {
	p := C.calloc(C.size_t(2*n), C.sizeof_inspyr_view)
	if p == nil {
		return nil
	}
	both := unsafe.Slice((*C.inspyr_view)(p), 2*n)
	return &batch{both[:n], both[n:], []unsafe.Pointer{p}}
}

// Not malloc, which ends the process when called from Go without memory.
func (b *batch) room(size C.size_t) unsafe.Pointer {
	p := C.calloc(1, size)
	b.blocks = append(b.blocks, p)
	return p
}

func (b *batch) add(i int, view C.inspyr_view, owned bool) bool {
	samples := C.int64_t(4)
	if view.format == C.INSPYR_GREY8 {
		samples = 1
	}
	if !owned {
		rows, row := int(view.height), C.int64_t(view.width)*samples
		copied := b.room(C.size_t(row) * C.size_t(rows))
		if copied == nil {
			return false
		}
		for y := 0; y < rows; y++ {
			C.memcpy(unsafe.Add(copied, y*int(row)), unsafe.Add(view.data, y*int(view.stride)), C.size_t(row))
		}
		view.data, view.stride = copied, row
	}
	b.views[i] = view
	view.stride, view.format = C.int64_t(view.width), C.INSPYR_GREY8
	view.data = b.room(C.size_t(view.width) * C.size_t(view.height))
	b.alphas[i] = view
	return view.data != nil
}

func (b *batch) planes() []*image.Gray {
	planes := make([]*image.Gray, len(b.alphas))
	for i, alpha := range b.alphas {
		planes[i] = image.NewGray(image.Rect(0, 0, int(alpha.width), int(alpha.height)))
		copy(planes[i].Pix, unsafe.Slice((*byte)(alpha.data), len(planes[i].Pix)))
	}
	return planes
}

func (b *batch) free() {
	for _, p := range b.blocks {
		C.free(p)
	}
}
