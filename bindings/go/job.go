package inspyr

// #include "go_context.h"
import "C"

import (
	"context"
	"errors"
	"image"
	"io"
	"runtime"
	"runtime/cgo"
	"sync"
	"time"
	"unsafe"
)

// Origin is where a result came from.
type Origin int32

const (
	OriginCompute Origin = C.INSPYR_ORIGIN_COMPUTE
	OriginL1      Origin = C.INSPYR_ORIGIN_L1
	OriginL2      Origin = C.INSPYR_ORIGIN_L2
	OriginJoined  Origin = C.INSPYR_ORIGIN_JOINED
)

// JobResult is one result of a job: see inspyr_job_result.
type JobResult struct {
	Index, Count                int
	Image                       *Image // without Request.Encode; to be closed
	Bytes                       []byte // with Request.Encode
	Effect                      string // "" for a cut-out
	Err                         error
	Origin                      Origin
	Level                       int
	NetworkWidth, NetworkHeight int // of its pass; 0: from the cache
	Scale                       float32
}

// Job is a picture on its way.
type Job struct {
	handle handle
	ears   *ears
}

// ears are what the library tells of a job's life; they know nothing of the Job, so that a forgotten one is closed.
type ears struct {
	ctx    context.Context
	done   chan struct{}
	once   sync.Once
	result func(JobResult)
}

func (e *ears) end() {
	e.once.Do(func() { close(e.done) })
}

// Submit takes a picture's file. The deadline of ctx is the job's, and the job is cancelled when ctx is. Refused with
// ErrOverload, ErrDeadline or ErrNotReady, without waiting.
func (c *Context) Submit(ctx context.Context, file []byte, request *Request) (*Job, error) {
	return c.submit(ctx, file, nil, request)
}

// SubmitFrom reads a picture's file to its end, or up to Request.Decode.MaxBytes, and submits it.
func (c *Context) SubmitFrom(ctx context.Context, r io.Reader, request *Request) (*Job, error) {
	var decode *DecodeOptions
	if request != nil {
		decode = request.Decode
	}
	file, err := decode.read(r)
	if err != nil {
		return nil, err
	}
	return c.Submit(ctx, file, request)
}

// SubmitImage takes a picture in memory.
func (c *Context) SubmitImage(ctx context.Context, picture image.Image, request *Request) (*Job, error) {
	if picture == nil {
		return nil, refused(ErrArgument, "no picture")
	}
	return c.submit(ctx, nil, picture, request)
}

func (c *Context) submit(ctx context.Context, file []byte, picture image.Image, request *Request) (*Job, error) {
	var during, kept uses
	var t texts
	var r C.inspyr_request
	var view C.inspyr_view
	var job *C.inspyr_job
	if request == nil {
		request = &Request{}
	}
	if err := ended(ctx); err != nil {
		return nil, err
	}
	defer func() { t.free(); during.done() }()
	parts, err := request.parts(&r, &during, &t)
	if err == nil && picture != nil {
		view, err = during.look(picture)
	}
	if err != nil {
		return nil, err
	}
	r.deadline_ms = remaining(ctx, 0)
	j := &Job{ears: &ears{ctx: ctx, done: make(chan struct{}), result: request.Result}}
	ears := j.ears
	token := cgo.NewHandle(ears)
	parts.job = C.uintptr_t(token)
	if request.Result != nil {
		parts.listens = 1
	}
	err = c.do(func(p *C.inspyr_context, e *C.inspyr_error) C.inspyr_status {
		status := C.go_submit(&job, p, borrow(file), view, parts, e)
		if status == C.INSPYR_OK { // while the context still has them
			c.lend(&kept, request)
		}
		return status
	})
	if err != nil {
		token.Delete()
		return nil, err
	}
	j.handle = handle{pointer: unsafe.Pointer(job), free: func(p unsafe.Pointer) {
		C.inspyr_job_free((*C.inspyr_job)(p))
		ears.end() // where it was freed before the library said so
		token.Delete()
		kept.done()
	}}
	runtime.SetFinalizer(j, (*Job).Close)
	select {
	case <-ears.done: // what the cache has is there
	default:
		if ctx.Done() != nil {
			go j.follow()
		}
	}
	return j, nil
}

// follow cancels the job with its context.
func (j *Job) follow() {
	select {
	case <-j.ears.ctx.Done():
		j.Cancel()
	case <-j.ears.done:
	}
}

//export inspyrGoJobDone
func inspyrGoJobDone(token C.uintptr_t) {
	cgo.Handle(token).Value().(*ears).end()
}

//export inspyrGoJobResult
func inspyrGoJobResult(token C.uintptr_t, r *C.inspyr_job_result) {
	defer endProcess()
	e := cgo.Handle(token).Value().(*ears)
	result := e.resultOf(r)
	if r.image != nil {
		result.Image = borrowed(r.image)
		defer result.Image.Close()
	}
	e.result(result)
}

func (e *ears) resultOf(r *C.inspyr_job_result) JobResult {
	result := JobResult{Index: int(r.index), Count: int(r.count), Effect: C.GoString(r.effect),
		Origin: Origin(r.origin), Level: int(r.level), NetworkWidth: int(r.network_width),
		NetworkHeight: int(r.network_height), Scale: float32(r.scale)}
	if r.bytes_size > 0 {
		result.Bytes = append([]byte(nil), unsafe.Slice((*byte)(r.bytes), int(r.bytes_size))...)
	}
	if r.status != C.INSPYR_OK {
		result.Err = because(e.ctx, fault(Status(r.status), C.GoString(r.message)))
	}
	return result
}

// Done is closed when the job has ended.
func (j *Job) Done() <-chan struct{} {
	return j.ears.done
}

// Wait returns when the job has ended, or ctx has; the job then goes on, unless it is that of Submit. It keeps no thread
// busy. The error is that of the job's first failure; where the job ended with its own context, it is ctx.Err(), too.
func (j *Job) Wait(ctx context.Context) error {
	var e C.inspyr_error
	p := j.handle.use()
	if p == nil {
		return closed("job")
	}
	defer j.handle.done()
	select {
	case <-j.ears.done:
	case <-ctx.Done():
		select {
		case <-j.ears.done: // at the same time
		default:
			return ended(ctx)
		}
	}
	return because(j.ears.ctx, failed(C.inspyr_job_wait((*C.inspyr_job)(p), -1, &e), &e))
}

// Results are those that are there, in order of their Index. Images and the job share their memory: each is to be
// closed, and stays good after the job is.
func (j *Job) Results() []JobResult {
	p := j.handle.use()
	if p == nil {
		return nil
	}
	defer j.handle.done()
	var results []JobResult
	for i, count := 0, 1; i < count; i++ {
		var r C.inspyr_job_result
		C.inspyr_job_result_init(&r)
		if C.inspyr_job_result_get((*C.inspyr_job)(p), C.size_t(i), &r, nil) != C.INSPYR_OK {
			if count = j.count(p); i >= count {
				break
			}
			continue
		}
		count = int(r.count)
		result := j.ears.resultOf(&r)
		if r.image != nil {
			result.Image = j.share(r.image)
		}
		results = append(results, result)
	}
	return results
}

func (j *Job) count(p unsafe.Pointer) int {
	var s C.inspyr_job_status
	C.inspyr_job_status_init(&s)
	if C.inspyr_job_poll((*C.inspyr_job)(p), &s, nil) != C.INSPYR_OK {
		return 0
	}
	return int(s.result_count)
}

// share makes an Image of one of the job's, which uses the job.
func (j *Job) share(image *C.inspyr_image) *Image {
	var u uses
	u.again(&j.handle)
	i := &Image{handle: handle{pointer: unsafe.Pointer(image), free: func(unsafe.Pointer) { u.done() }}}
	C.inspyr_image_view(image, &i.view)
	runtime.SetFinalizer(i, (*Image).Close)
	return i
}

// JobState is where a job stands.
type JobState int32

const (
	JobQueued  JobState = C.INSPYR_JOB_QUEUED
	JobRunning JobState = C.INSPYR_JOB_RUNNING
	JobDone    JobState = C.INSPYR_JOB_DONE
)

// JobStatus: see inspyr_job_status.
type JobStatus struct {
	State                     JobState
	Progress                  float32 // 0..1, never goes back
	ResultsReady, ResultCount int
	Queued, Run               time.Duration
}

// Poll never waits.
func (j *Job) Poll() (JobStatus, error) {
	var s C.inspyr_job_status
	var e C.inspyr_error
	p := j.handle.use()
	if p == nil {
		return JobStatus{}, closed("job")
	}
	defer j.handle.done()
	C.inspyr_job_status_init(&s)
	if err := failed(C.inspyr_job_poll((*C.inspyr_job)(p), &s, &e), &e); err != nil {
		return JobStatus{}, err
	}
	return JobStatus{JobState(s.state), float32(s.progress), int(s.results_ready), int(s.result_count),
		seconds(s.queued_s), seconds(s.run_s)}, nil
}

// Cancel lets the job end with ErrCancelled soon; what other jobs wait for goes on.
func (j *Job) Cancel() {
	if p := j.handle.use(); p != nil {
		C.inspyr_job_cancel((*C.inspyr_job)(p))
		j.handle.done()
	}
}

// Close cancels the job, and frees it when nobody waits for it and its images are closed.
func (j *Job) Close() error {
	runtime.SetFinalizer(j, nil)
	j.Cancel()
	j.handle.close()
	return nil
}

// Process submits a job for each file and waits for all; those that do not fit the queue are submitted as others end.
// A file that is refused has an error and no job.
func (c *Context) Process(ctx context.Context, files [][]byte, request *Request) (jobs []*Job, errs []error) {
	jobs, errs = make([]*Job, len(files)), make([]error, len(files))
	first := 0
	for i, file := range files {
		jobs[i], errs[i] = c.Submit(ctx, file, request)
		for errors.Is(errs[i], ErrOverload) && first < i {
			if jobs[first] != nil {
				errs[first] = jobs[first].Wait(ctx)
			}
			first++
			jobs[i], errs[i] = c.Submit(ctx, file, request)
		}
	}
	for ; first < len(files); first++ {
		if jobs[first] != nil {
			errs[first] = jobs[first].Wait(ctx)
		}
	}
	return jobs, errs
}
