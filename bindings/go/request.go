package inspyr

// #include "go_context.h"
import "C"

// Priority of a job.
type Priority int32

const (
	PriorityInteractive Priority = C.INSPYR_PRIORITY_INTERACTIVE
	PriorityBatch       Priority = C.INSPYR_PRIORITY_BATCH
	PriorityWarmup      Priority = C.INSPYR_PRIORITY_WARMUP
)

// Request is what to make of one picture: see inspyr_request. Options in it that belong to a call are refused: Report, Progress,
// Memory, Pool, and an effect's Alpha and Result.
type Request struct {
	Decode      *DecodeOptions
	Cutout      *CutoutOptions
	Sizes       []int          // sides of square networks, up to 8, each a result of its own; nil: one, as Cutout says
	Effects     string         // drawn on the last size's: "color,popart:contrast=2"
	Effect      *EffectOptions // Seed, Preview and PreviewSide
	Encode      *EncodeOptions // of every result; nil: results are images
	Priority    Priority
	NoLookup    bool // compute it, whatever the cache has
	NoStore     bool // the cache learns nothing from it
	Separate    bool // shares its computation with no other job
	FullQuality bool // whatever level is in effect
	// Result is called for each result, on a thread of the library's or, for what the cache has, before Submit returns;
	// those of one job never at once. An Image is good during the call. It must not wait for the context, nor close it;
	// it may close the job.
	Result      func(JobResult)
	ClientClass string // counted in metrics: "phone"
	Traceparent string // W3C's, for spans; what is not well-formed is as ""
}

// ofCall says whether an option is set that a request has no use for.
func (r *Request) ofCall() bool {
	d, c, e, n := r.Decode, r.Cutout, r.Effect, r.Encode
	return d != nil && (d.Report != nil || d.Memory != nil) || c != nil && (c.Report != nil || c.Progress != nil) ||
		e != nil && (e.Alpha != nil || e.Pool != nil || e.Memory != nil || e.Result != nil || e.Progress != nil) ||
		n != nil && (n.Pool != nil || n.Memory != nil)
}

// parts puts a request together for one call. What it points to is Go's, and C's that t frees.
func (r *Request) parts(c *C.inspyr_request, u *uses, t *texts) (parts C.go_request, err error) {
	if r.ofCall() {
		return parts, refused(ErrArgument, "a request takes no option that belongs to a call: report, progress, memory, pool")
	}
	C.inspyr_request_init(c)
	parts.request = c
	if r.Decode != nil {
		parts.decode = new(C.inspyr_decode_options)
		if err = r.Decode.fill(parts.decode, u); err != nil {
			return parts, err
		}
	}
	if r.Cutout != nil {
		parts.cutout = new(C.inspyr_cutout_options)
		r.Cutout.fill(parts.cutout)
		parts.profile = borrow(r.Cutout.Profile)
		if r.Cutout.Background != nil {
			if parts.background, err = u.look(r.Cutout.Background); err != nil {
				return parts, err
			}
		}
	}
	if r.Effect != nil {
		parts.effect = new(C.inspyr_effect_options)
		r.Effect.fill(parts.effect, t)
	}
	if r.Encode != nil {
		parts.encode = new(C.inspyr_encode_options)
		r.Encode.fill(parts.encode)
		parts.encode_profile = borrow(r.Encode.Profile)
	}
	if len(r.Sizes) > 0 {
		sizes := make([]C.int32_t, len(r.Sizes))
		for i, size := range r.Sizes {
			sizes[i] = narrow(size)
		}
		parts.sizes, c.size_count = &sizes[0], C.size_t(len(sizes))
	}
	for flag, wanted := range map[C.uint64_t]bool{C.INSPYR_REQUEST_NO_LOOKUP: r.NoLookup,
		C.INSPYR_REQUEST_NO_STORE: r.NoStore, C.INSPYR_REQUEST_SEPARATE: r.Separate,
		C.INSPYR_REQUEST_FULL_QUALITY: r.FullQuality} {
		if wanted {
			c.flags |= flag
		}
	}
	c.effects, c.priority = t.add(r.Effects), C.inspyr_priority(r.Priority)
	c.client_class, c.traceparent = t.add(r.ClientClass), t.add(r.Traceparent)
	return parts, nil
}

// Estimate is what a job of a picture of this size would take at most, in bytes.
func (c *Context) Estimate(width, height int, request *Request) (uint64, error) {
	var u uses
	var t texts
	var r C.inspyr_request
	var bytes C.uint64_t
	if request == nil {
		request = &Request{}
	}
	defer func() { t.free(); u.done() }()
	parts, err := request.parts(&r, &u, &t)
	if err != nil {
		return 0, err
	}
	err = c.do(func(p *C.inspyr_context, e *C.inspyr_error) C.inspyr_status {
		return C.go_estimate(&bytes, p, narrow(width), narrow(height), parts, e)
	})
	return uint64(bytes), err
}
