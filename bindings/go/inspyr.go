// Package inspyr cuts the subject out of photographs, and draws effects on them, with libinspyr.
//
//	model, err := inspyr.LoadModel(ctx, "", nil)              // the built-in model
//	photo, err := inspyr.Decode(file, nil)                    // or any image.Image
//	cutout, err := model.RemoveBackground(ctx, photo, nil)
//	err = inspyr.Encode(out, cutout, nil)                     // or png.Encode(out, cutout.NRGBA())
//
// # Memory
//
// A Model, Pool, Image, Sandbox, Context, Job, Cache, Trace or Memory holds memory that the garbage collector does not see: Close gives it
// back. Close may be called any number of times, from any goroutine, and during calls on the object, which end as
// they would have; the memory goes with the last of them. What is forgotten is closed by a finaliser some day.
// After Close, calls fail with an error that is os.ErrClosed.
//
// # Goroutines
//
// Every type may be used by any number of goroutines at once, but for Options, which are read during the call.
// Calls keep one thread busy each, beside those of the Pool, and bind no goroutine to one; Job.Wait keeps none. A
// context.Context ends calls at their next report of progress, which is between stages: the error is ctx.Err(), too.
// Callbacks run on the goroutine of the call, where a panic ends the call and goes on in the caller. Those of objects (Log,
// Span, Request.Result and a Store) run on any thread of the library's.
//
// # Options
//
// A nil pointer and a zero field are the default. What each field means, its unit and its range stand in inspyr.h,
// under the name in C.
package inspyr

// #cgo pkg-config: inspyr
// #cgo CFLAGS: -std=c11
// #include "go_calls.h"
import "C"

import (
	"fmt"
	"strings"
)

// Version is that of the library that is running, "0.2.0". It fits this package where Fits says so.
func Version() string {
	return C.GoString(C.inspyr_version())
}

// Features are words for what was compiled into the library: "builtin", "jpeg", "build=1a2b3c4".
func Features() []string {
	return strings.Fields(C.GoString(C.inspyr_features()))
}

// Fits compares the library that is running with the header that this package was compiled with. Before 1.0 the
// minor version has to be the same, from then on the major version.
func Fits() error {
	var major, minor int
	if _, err := fmt.Sscanf(Version(), "%d.%d.", &major, &minor); err != nil {
		return fmt.Errorf("inspyr: a library of version %q", Version())
	}
	if major == C.INSPYR_VERSION_MAJOR && (major > 0 || minor == C.INSPYR_VERSION_MINOR) {
		return nil
	}
	return fmt.Errorf("inspyr: compiled with %d.%d, running with %s", C.INSPYR_VERSION_MAJOR,
		C.INSPYR_VERSION_MINOR, Version())
}
