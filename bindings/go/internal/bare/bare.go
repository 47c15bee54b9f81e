// Package bare makes calls of the library in C, many at a time: what benchmarks compare the package with.
package bare

// #cgo pkg-config: inspyr
// #cgo CFLAGS: -std=c11
// #include <stdlib.h>
// #include "bare.h"
import "C"

import "errors"

// Bare has what the calls need.
type Bare struct {
	c C.bare
}

// Open takes a picture's file, and the side of the network.
func Open(file []byte, side int) (*Bare, error) {
	b := &Bare{C.bare{file: C.CBytes(file), size: C.size_t(len(file)), side: C.int32_t(side)}}
	err := made(func(e *C.inspyr_error) C.inspyr_status { return C.bare_open(&b.c, e) })
	if err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

func (b *Bare) Close() {
	C.bare_close(&b.c)
	C.free(b.c.file)
}

func (b *Bare) States(n int) error {
	C.bare_states(&b.c, C.int(n))
	return nil
}

func (b *Bare) Cutouts(n int) error {
	return made(func(e *C.inspyr_error) C.inspyr_status { return C.bare_cutouts(&b.c, C.int(n), e) })
}

func (b *Bare) Refusals(n int) error {
	return made(func(e *C.inspyr_error) C.inspyr_status { return C.bare_refusals(&b.c, C.int(n), e) })
}

func (b *Bare) Hits(n int) error {
	return made(func(e *C.inspyr_error) C.inspyr_status { return C.bare_hits(&b.c, C.int(n), e) })
}

func made(what func(*C.inspyr_error) C.inspyr_status) error {
	var e C.inspyr_error
	if what(&e) != C.INSPYR_OK {
		return errors.New(C.GoString(&e.message[0]))
	}
	return nil
}
