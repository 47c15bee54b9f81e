package inspyr

// #include "go_calls.h"
import "C"

import (
	"fmt"
	"image"
	"io"
	"unsafe"
)

// EncodeOptions: see inspyr_encode_options.
type EncodeOptions struct {
	File        File // PNG, JPEG, WebP or PAM
	Quality     int  // JPEG and WebP: 1..100; 0: 90
	Compression int  // PNG: 1 (fast) to 9 (small); 0: fast
	Lossless    bool // WebP
	Profile     []byte
	Pool        *Pool // PNG: its threads share the rows
	Memory      *Memory
}

// fill enters everything but pool, memory and profile.
func (o *EncodeOptions) fill(c *C.inspyr_encode_options) {
	C.inspyr_encode_options_init(c)
	c.file, c.quality, c.compression = C.inspyr_file(o.File), narrow(o.Quality), narrow(o.Compression)
	if o.Lossless {
		c.flags |= C.INSPYR_ENCODE_LOSSLESS
	}
}

// Encode writes a picture as a file.
func Encode(w io.Writer, picture image.Image, options *EncodeOptions) error {
	var u uses
	var c C.inspyr_encode_options
	var bytes C.inspyr_bytes
	var e C.inspyr_error
	var err error
	if options == nil {
		options = &EncodeOptions{}
	}
	defer func() { u.done() }()
	options.fill(&c)
	if c.allocator, err = u.memory(options.Memory); err != nil {
		return err
	}
	if c.pool, err = u.pool(options.Pool); err != nil {
		return err
	}
	view, err := u.look(picture)
	if err != nil {
		return err
	}
	if err = failed(C.go_encode(&bytes, view, &c, borrow(options.Profile), &e), &e); err != nil {
		return err
	}
	defer C.inspyr_bytes_free(&bytes)
	if _, err = w.Write(unsafe.Slice((*byte)(bytes.data), int(bytes.size))); err != nil {
		return fmt.Errorf("inspyr: writing a picture: %w", err)
	}
	return nil
}
