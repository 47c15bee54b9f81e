package inspyr

// #include "go_calls.h"
import "C"

import (
	"fmt"
	"io"
	"math"
)

// File is a kind of picture file.
type File int32

const (
	PNG  File = C.INSPYR_FILE_PNG
	JPEG File = C.INSPYR_FILE_JPEG
	WebP File = C.INSPYR_FILE_WEBP
	PAM  File = C.INSPYR_FILE_PAM
	HEIF File = C.INSPYR_FILE_HEIF
)

// DecodeReport is how a file was read: see inspyr_decode_report.
type DecodeReport struct {
	StoredWidth, StoredHeight int // before it was turned and shrunk
	File                      File
	Orientation               int // EXIF: 1..8
	Shrunk                    bool
	Warnings                  int    // damage that was passed over
	Warning                   string // the first one
}

// DecodeOptions: see inspyr_decode_options.
type DecodeOptions struct {
	MaxBytes  uint64 // of the file; 0: 32 MiB
	MaxPixels uint64 // 0: 50 000 000
	MaxSide   int    // pixels; 0: 32 767
	AsStored  bool   // ignore the EXIF orientation
	Shrink    bool   // what is over MaxPixels or MaxSide is shrunk while it is read
	HEIF      bool   // HEIC and AVIF too
	Report    *DecodeReport
	Sandbox   *Sandbox
	Memory    *Memory
}

const maxBytes = 32 << 20

// Decode reads a JPEG, PNG, WebP or PNM file to its end, or up to MaxBytes, and turns it upright.
func Decode(r io.Reader, options *DecodeOptions) (*Image, error) {
	bytes, err := options.read(r)
	if err != nil {
		return nil, err
	}
	return DecodeBytes(bytes, options)
}

// read is a file's bytes, up to the limit of the options, which may be nil.
func (o *DecodeOptions) read(r io.Reader) ([]byte, error) {
	limit := uint64(maxBytes)
	if o != nil && o.MaxBytes > 0 {
		limit = o.MaxBytes
	}
	if limit >= math.MaxInt64 {
		limit = math.MaxInt64 - 1
	}
	bytes, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	if err != nil {
		return nil, fmt.Errorf("inspyr: reading a picture: %w", err)
	}
	if uint64(len(bytes)) > limit {
		return nil, refused(ErrLimit, fmt.Sprintf("a file of more than %d bytes", limit))
	}
	return bytes, nil
}

// fill enters everything but report and memory.
func (o *DecodeOptions) fill(c *C.inspyr_decode_options, u *uses) error {
	C.inspyr_decode_options_init(c)
	if o.Sandbox != nil {
		sandbox, good := u.add(&o.Sandbox.handle)
		if !good {
			return closed("sandbox")
		}
		c.sandbox = (*C.inspyr_sandbox)(sandbox)
	}
	c.max_bytes, c.max_pixels, c.max_side = C.uint64_t(o.MaxBytes), C.uint64_t(o.MaxPixels), narrow(o.MaxSide)
	if o.AsStored {
		c.flags |= C.INSPYR_DECODE_AS_STORED
	}
	if o.Shrink {
		c.flags |= C.INSPYR_DECODE_SHRINK
	}
	if o.HEIF {
		c.flags |= C.INSPYR_DECODE_HEIF
	}
	return nil
}

// DecodeBytes decodes a file in memory.
func DecodeBytes(bytes []byte, options *DecodeOptions) (*Image, error) {
	var kept, during uses
	var c C.inspyr_decode_options
	var report C.inspyr_decode_report
	var image *C.inspyr_image
	var e C.inspyr_error
	var err error
	if options == nil {
		options = &DecodeOptions{}
	}
	defer func() { during.done() }()
	C.inspyr_decode_report_init(&report)
	if err = options.fill(&c, &during); err != nil {
		return nil, err
	}
	if c.allocator, err = kept.memory(options.Memory); err != nil {
		return nil, err
	}
	file := borrow(bytes)
	if err = failed(C.go_decode(&image, file.data, file.size, &c, &report, &e), &e); err != nil {
		kept.done()
		return nil, err
	}
	if options.Report != nil {
		*options.Report = DecodeReport{int(report.stored_width), int(report.stored_height), File(report.file),
			int(report.orientation), report.shrunk != 0, int(report.warnings), C.GoString(&report.warning[0])}
	}
	return own(image, kept), nil
}

// Facts are what the header of a file says.
type Facts struct {
	Width, Height int // upright
	File          File
	Orientation   int // EXIF: 1..8
	HasAlpha      bool
	Bits          int // per sample, as stored
}

// Probe reads the header of a file in memory.
func Probe(bytes []byte) (Facts, error) {
	var probe C.inspyr_probe
	var e C.inspyr_error
	file := borrow(bytes)
	if err := failed(C.go_probe(&probe, file.data, file.size, &e), &e); err != nil {
		return Facts{}, err
	}
	return Facts{int(probe.width), int(probe.height), File(probe.file), int(probe.orientation),
		probe.has_alpha != 0, int(probe.bits)}, nil
}
