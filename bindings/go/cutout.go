package inspyr

// #include "go_calls.h"
import "C"

import (
	"context"
	"image"
)

// Output is what RemoveBackground makes: see inspyr_output.
type Output int32

const (
	OutputRGBA    Output = C.INSPYR_OUTPUT_RGBA
	OutputMap     Output = C.INSPYR_OUTPUT_MAP
	OutputColour  Output = C.INSPYR_OUTPUT_COLOUR
	OutputBlur    Output = C.INSPYR_OUTPUT_BLUR
	OutputOverlay Output = C.INSPYR_OUTPUT_OVERLAY
	OutputPicture Output = C.INSPYR_OUTPUT_PICTURE
)

// Resize is how a picture is brought to the network.
type Resize int32

const (
	ResizeStatic  Resize = C.INSPYR_RESIZE_STATIC
	ResizeDynamic Resize = C.INSPYR_RESIZE_DYNAMIC
)

// Report is how a call went: see inspyr_report. Ms are wall-clock milliseconds.
type Report struct {
	PrepareMs, NetworkMs, MatteMs, ForegroundMs, ComposeMs, TotalMs float64
	ResultBytes, WorkspaceBytes                                     uint64  // of the result's pixels, and of the network's pass
	LogitMin, LogitMax                                              float32 // of the network's output
	Coverage                                                        float32 // mean alpha, 0..1
	NoSubject                                                       bool
	Subject                                                         image.Rectangle // in the picture
	Result                                                          image.Point     // its first pixel in the picture
	NetworkWidth, NetworkHeight                                     int             // of the pass, pixels
}

func (r *Report) fill(c *C.inspyr_report) {
	x, y := int(c.subject_x), int(c.subject_y)
	*r = Report{PrepareMs: float64(c.prepare_ms), NetworkMs: float64(c.network_ms), MatteMs: float64(c.matte_ms),
		ForegroundMs: float64(c.foreground_ms), ComposeMs: float64(c.compose_ms), TotalMs: float64(c.total_ms),
		ResultBytes: uint64(c.result_bytes), WorkspaceBytes: uint64(c.workspace_bytes),
		LogitMin: float32(c.logit_min), LogitMax: float32(c.logit_max), Coverage: float32(c.coverage),
		NoSubject: c.no_subject != 0, Result: image.Pt(int(c.result_x), int(c.result_y)),
		Subject:      image.Rect(x, y, x+int(c.subject_width), y+int(c.subject_height)),
		NetworkWidth: int(c.network_width), NetworkHeight: int(c.network_height)}
}

// CutoutOptions: see inspyr_cutout_options. What is out of its range, or set where it has no meaning, is ErrArgument.
type CutoutOptions struct {
	Output                      Output
	Colour                      uint32      // 0xRRGGBB, for OutputColour
	Background                  image.Image // for OutputPicture: fills the picture, its ratio kept
	Crop                        bool        // to the subject's box and CropMargin
	CropMargin                  int         // pixels around the box, 0 or more
	KeepColours                 bool        // leave colours at soft edges as they are
	Reverse                     bool        // the background instead of the subject
	UseThreshold                bool        // alpha is 1 over Threshold and 0 elsewhere
	Threshold                   float32     // 0..1
	LinearLight                 bool        // mix and blur in linear light
	BlurSigma                   float32     // OutputBlur: 0.5..250 pixels; 0: 15
	NetworkWidth, NetworkHeight int         // pixels, multiples of Info.SizeMultiple, 32..4096; 0: the base size
	Resize                      Resize
	ShortSide                   int    // ResizeDynamic: 32 or more pixels; 0: 1280
	Compat, CompatArray         bool   // the arithmetic of the Python package: docs/migration.md
	Profile                     []byte // the picture's, as Image.Profile gives it
	Report                      *Report
	Progress                    func(Progress) // on the goroutine of the call
}

func (o *CutoutOptions) flags() (flags C.uint64_t) {
	for _, bit := range []struct {
		wanted bool
		flag   C.uint64_t
	}{
		{o.Crop, C.INSPYR_CUTOUT_CROP}, {o.KeepColours, C.INSPYR_CUTOUT_KEEP_COLOURS},
		{o.Reverse, C.INSPYR_CUTOUT_REVERSE}, {o.UseThreshold, C.INSPYR_CUTOUT_THRESHOLD},
		{o.LinearLight, C.INSPYR_CUTOUT_LINEAR_LIGHT}, {o.Compat, C.INSPYR_COMPAT},
		{o.CompatArray, C.INSPYR_COMPAT_ARRAY},
	} {
		if bit.wanted {
			flags |= bit.flag
		}
	}
	return flags
}

// fill enters everything but what a call brings along: pictures, report, profile and progress.
func (o *CutoutOptions) fill(c *C.inspyr_cutout_options) {
	C.inspyr_cutout_options_init(c)
	c.flags, c.output, c.colour = o.flags(), C.inspyr_output(o.Output), C.uint32_t(o.Colour)
	c.crop_margin = narrow(o.CropMargin)
	c.network_width, c.network_height = narrow(o.NetworkWidth), narrow(o.NetworkHeight)
	c.resize, c.short_side = C.inspyr_resize(o.Resize), narrow(o.ShortSide)
	c.threshold, c.blur_sigma = C.float(o.Threshold), C.float(o.BlurSigma)
}

// RemoveBackground cuts out the subject of a picture. NRGBA, Gray, opaque RGBA and Image are read where they are,
// others are converted.
func (m *Model) RemoveBackground(ctx context.Context, picture image.Image, options *CutoutOptions) (*Image, error) {
	var u uses
	var c C.inspyr_cutout_options
	var background C.inspyr_view
	var report C.inspyr_report
	var out *C.inspyr_image
	var e C.inspyr_error
	if options == nil {
		options = &CutoutOptions{}
	}
	defer func() { u.done() }()
	p, good := u.add(&m.handle)
	if !good {
		return nil, closed("model")
	}
	view, err := u.look(picture)
	if err == nil && options.Background != nil {
		background, err = u.look(options.Background)
	}
	if err != nil {
		return nil, err
	}
	options.fill(&c)
	C.inspyr_report_init(&report)
	call, err := begin(ctx, options.Progress)
	if err != nil {
		return nil, err
	}
	status := C.go_cutout(&out, (*C.inspyr_model)(p), view, background, &c, &report, borrow(options.Profile),
		call.token(), &e)
	if err = call.end(status, &e); err != nil {
		return nil, err
	}
	if options.Report != nil {
		options.Report.fill(&report)
	}
	return own(out, m.lend()), nil
}

// lend is what an image made by the model goes on to use: its memory, which the model holds.
func (m *Model) lend() (u uses) {
	if m.memory != nil {
		u.again(&m.memory.handle)
	}
	return u
}
