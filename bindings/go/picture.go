package inspyr

// #include "go_calls.h"
import "C"

import (
	"image"
	"image/color"
	"image/draw"
	"runtime"
	"unsafe"
)

// Image is a picture that the library owns. It is an image.Image of type NRGBA or Gray; functions of this package
// take it as it is, without a copy.
type Image struct {
	handle handle
	view   C.inspyr_view
}

// own makes an Image of one of the library's; what u uses is done with it.
func own(image *C.inspyr_image, u uses) *Image {
	i := &Image{handle: handle{pointer: unsafe.Pointer(image), free: func(p unsafe.Pointer) {
		C.inspyr_image_free((*C.inspyr_image)(p))
		u.done()
	}}}
	C.inspyr_image_view(image, &i.view)
	runtime.SetFinalizer(i, (*Image).Close)
	return i
}

// borrowed makes an Image of one that stays the library's; to be closed while that is good.
func borrowed(image *C.inspyr_image) *Image {
	i := &Image{handle: handle{pointer: unsafe.Pointer(image), free: func(unsafe.Pointer) {}}}
	C.inspyr_image_view(image, &i.view)
	return i
}

// Close gives the pixels back.
func (i *Image) Close() error {
	runtime.SetFinalizer(i, nil)
	i.handle.close()
	return nil
}

func (i *Image) Bounds() image.Rectangle {
	return image.Rect(0, 0, int(i.view.width), int(i.view.height))
}

func (i *Image) ColorModel() color.Model {
	if i.view.format == C.INSPYR_GREY8 {
		return color.GrayModel
	}
	return color.NRGBAModel
}

// HasAlpha says whether the pixels are stored with alpha.
func (i *Image) HasAlpha() bool {
	return i.view.format == C.INSPYR_RGBA8
}

// At is nothing outside the picture and after Close. NRGBA is quicker where more than a few pixels are needed.
func (i *Image) At(x, y int) color.Color {
	if i.handle.use() == nil {
		return color.NRGBA{}
	}
	defer i.handle.done()
	if !(image.Point{x, y}).In(i.Bounds()) {
		return color.NRGBA{}
	}
	row := unsafe.Add(i.view.data, y*int(i.view.stride))
	switch i.view.format {
	case C.INSPYR_GREY8:
		return color.Gray{*(*uint8)(unsafe.Add(row, x))}
	case C.INSPYR_RGB8:
		px := (*[3]uint8)(unsafe.Add(row, 3*x))
		return color.NRGBA{px[0], px[1], px[2], 255}
	}
	px := (*[4]uint8)(unsafe.Add(row, 4*x))
	return color.NRGBA{px[0], px[1], px[2], px[3]}
}

// NRGBA is a copy of the pixels that is Go's; nil after Close.
func (i *Image) NRGBA() *image.NRGBA {
	if i.handle.use() == nil {
		return nil
	}
	defer i.handle.done()
	out := image.NewNRGBA(i.Bounds())
	C.go_spread((*C.uint8_t)(&out.Pix[0]), &i.view)
	return out
}

// Borrow is the pixels themselves, without a copy: an *image.NRGBA or *image.Gray, or nil where they are stored
// without alpha, and after Close. They are good until Close, which no finaliser calls any more.
func (i *Image) Borrow() draw.Image {
	if i.handle.use() == nil {
		return nil
	}
	defer i.handle.done()
	stride := int(i.view.stride)
	size := stride*(int(i.view.height)-1) + int(i.view.width)
	switch i.view.format {
	case C.INSPYR_GREY8:
		runtime.SetFinalizer(i, nil)
		return &image.Gray{Pix: unsafe.Slice((*uint8)(i.view.data), size), Stride: stride, Rect: i.Bounds()}
	case C.INSPYR_RGBA8:
		runtime.SetFinalizer(i, nil)
		size += 3 * int(i.view.width)
		return &image.NRGBA{Pix: unsafe.Slice((*uint8)(i.view.data), size), Stride: stride, Rect: i.Bounds()}
	}
	return nil
}

// Profile is a copy of the ICC profile that a decoded file had, nil for none: to be handed to cut-outs, mattes and
// Encode.
func (i *Image) Profile() []byte {
	p := i.handle.use()
	if p == nil {
		return nil
	}
	defer i.handle.done()
	var bytes C.inspyr_bytes
	C.inspyr_image_profile((*C.inspyr_image)(p), &bytes)
	if bytes.size == 0 {
		return nil
	}
	return append([]byte(nil), unsafe.Slice((*byte)(bytes.data), int(bytes.size))...)
}

// look makes a view of a picture for one call: of its own pixels where the library knows their form, else of a copy.
func (u *uses) look(picture image.Image) (C.inspyr_view, error) {
	switch it := picture.(type) {
	case nil:
		return C.inspyr_view{}, refused(ErrArgument, "no picture")
	case *Image:
		if _, good := u.add(&it.handle); !good {
			return C.inspyr_view{}, closed("image")
		}
		return it.view, nil
	case *image.NRGBA:
		return lookAt(it.Pix, it.Stride, it.Rect, C.INSPYR_RGBA8)
	case *image.Gray:
		return lookAt(it.Pix, it.Stride, it.Rect, C.INSPYR_GREY8)
	case *image.RGBA:
		if it.Opaque() { // then nothing is premultiplied
			return lookAt(it.Pix, it.Stride, it.Rect, C.INSPYR_RGBA8)
		}
	}
	return lookAtCopy(picture)
}

func lookAt(pix []byte, stride int, r image.Rectangle, format C.inspyr_format) (C.inspyr_view, error) {
	samples := 4
	if format == C.INSPYR_GREY8 {
		samples = 1
	}
	width, height := r.Dx(), r.Dy()
	if width < 1 || height < 1 || width > 1<<28 || height > 1<<28 {
		return C.inspyr_view{}, refused(ErrArgument, "a picture of "+r.String())
	}
	if stride < width*samples || (height > 1 && stride > (len(pix)-width*samples)/(height-1)) ||
		len(pix) < width*samples {
		return C.inspyr_view{}, refused(ErrArgument, "the pixels of a picture are fewer than its size says")
	}
	return C.inspyr_view{data: unsafe.Pointer(&pix[0]), stride: C.int64_t(stride), width: C.int32_t(width),
		height: C.int32_t(height), format: format}, nil
}

// image/draw is quick with RGBA, which is the same as NRGBA where nothing is transparent.
func lookAtCopy(picture image.Image) (C.inspyr_view, error) {
	r := picture.Bounds()
	flat := image.Rect(0, 0, r.Dx(), r.Dy())
	if opaque, knows := picture.(interface{ Opaque() bool }); knows && opaque.Opaque() {
		copied := image.NewRGBA(flat)
		draw.Draw(copied, flat, picture, r.Min, draw.Src)
		return lookAt(copied.Pix, copied.Stride, flat, C.INSPYR_RGBA8)
	}
	copied := image.NewNRGBA(flat)
	draw.Draw(copied, flat, picture, r.Min, draw.Src)
	return lookAt(copied.Pix, copied.Stride, flat, C.INSPYR_RGBA8)
}
