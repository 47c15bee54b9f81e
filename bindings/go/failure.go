package inspyr

// #include "go_calls.h"
import "C"

import (
	"context"
	"errors"
	"os"
)

// Status says what kind of failure an Error is. It is an error itself, so that errors.Is(err, inspyr.ErrLimit) asks
// for it. A newer library may have more of them.
type Status int32

const (
	ErrArgument     Status = C.INSPYR_ERR_ARGUMENT
	ErrMemory       Status = C.INSPYR_ERR_MEMORY
	ErrUnsupported  Status = C.INSPYR_ERR_UNSUPPORTED
	ErrCancelled    Status = C.INSPYR_ERR_CANCELLED
	ErrForked       Status = C.INSPYR_ERR_FORKED
	ErrThread       Status = C.INSPYR_ERR_THREAD
	ErrInternal     Status = C.INSPYR_ERR_INTERNAL
	ErrImage        Status = C.INSPYR_ERR_IMAGE
	ErrImageFormat  Status = C.INSPYR_ERR_IMAGE_FORMAT
	ErrLimit        Status = C.INSPYR_ERR_LIMIT
	ErrEncode       Status = C.INSPYR_ERR_ENCODE
	ErrFile         Status = C.INSPYR_ERR_FILE
	ErrWeights      Status = C.INSPYR_ERR_WEIGHTS
	ErrDevice       Status = C.INSPYR_ERR_DEVICE
	ErrDeviceMemory Status = C.INSPYR_ERR_DEVICE_MEMORY
	ErrTimeout      Status = C.INSPYR_ERR_TIMEOUT
	ErrDeadline     Status = C.INSPYR_ERR_DEADLINE
	ErrOverload     Status = C.INSPYR_ERR_OVERLOAD
	ErrNotReady     Status = C.INSPYR_ERR_NOT_READY
)

// Name is the status as in the header, without INSPYR_: "ERR_LIMIT".
func (s Status) Name() string {
	return C.GoString(C.inspyr_status_name(C.inspyr_status(s)))
}

// Error is the text of the header's list.
func (s Status) Error() string {
	return C.GoString(C.inspyr_status_text(C.inspyr_status(s)))
}

// Error is what calls fail with.
type Error struct {
	Status  Status
	Message string // about this very case, one line
	cause   error
}

func (e *Error) Error() string {
	return "inspyr: " + e.Message
}

// Unwrap makes errors.As find the Status.
func (e *Error) Unwrap() error {
	return e.Status
}

// Is knows the Status, and what lies behind it: context.Canceled, context.DeadlineExceeded, os.ErrClosed.
func (e *Error) Is(target error) bool {
	return e.cause != nil && errors.Is(e.cause, target)
}

func failed(status C.inspyr_status, e *C.inspyr_error) error {
	if status == C.INSPYR_OK {
		return nil
	}
	message := C.GoString(&e.message[0])
	if message == "" {
		message = Status(status).Error()
	}
	return fault(Status(status), message)
}

func fault(status Status, message string) *Error {
	e := &Error{Status: status, Message: message}
	if status == ErrDeadline || status == ErrTimeout {
		e.cause = context.DeadlineExceeded
	}
	return e
}

// because adds that a context had ended to what ended for it.
func because(ctx context.Context, err error) error {
	if e, ours := err.(*Error); ours && (e.Status == ErrCancelled || e.Status == ErrTimeout || e.Status == ErrDeadline) {
		if cause := ctx.Err(); cause != nil {
			e.cause = cause
		}
	}
	return err
}

func refused(status Status, message string) error {
	return &Error{Status: status, Message: message}
}

func closed(what string) error {
	return &Error{Status: ErrArgument, Message: "the " + what + " is closed", cause: os.ErrClosed}
}

// ended is what a call returns that did not begin, because its context had ended.
func ended(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return &Error{Status: ErrCancelled, Message: err.Error(), cause: err}
	}
	return nil
}
