package inspyr

// #include "go_context.h"
import "C"

// MetricsType is the type of what MetricsText writes, for HTTP.
const MetricsType = C.INSPYR_METRICS_TYPE

// Percentiles of times, in seconds.
type Percentiles struct {
	P50, P90, P95, P99 float64
}

func percentiles(c [C.INSPYR_PERCENTILES]C.double) Percentiles {
	return Percentiles{float64(c[C.INSPYR_P50]), float64(c[C.INSPYR_P90]), float64(c[C.INSPYR_P95]),
		float64(c[C.INSPYR_P99])}
}

// Metrics are what a context counts and times since it was opened: see inspyr_metrics. Refused requests are not timed.
type Metrics struct {
	Requests                                 uint64    // that ended, in any way: the sum of the next eight
	OK, Invalid, Limit, Overload             uint64    // delivered; refused for the picture, its size, or want of room
	Deadline, Cancelled, Device, Internal    uint64    // not in time; by the caller; the device, or anything else failed
	Computed, FromMemory, FromStore, Joined  uint64    // of OK: where results came from
	Cold, Cached, Warm                       uint64    // timed requests: waited for a load, answered by the cache, all others
	Classes                                  [4]uint64 // timed requests: up to 1 s, 5 s, 30 s, and longer
	Inferences, Executions                   uint64    // pictures through the network, and passes
	CacheHits, CacheLookups, CacheBytes      uint64
	Evictions, Rejections                    uint64 // of the cache
	Degraded                                 uint64 // requests that were given less than they asked for
	DeviceErrors, OOMRetries                 uint64
	QueueItems, QueueBytes, InFlight         uint64 // now, as all of the next two lines
	DeviceUsedBytes, DeviceBudgetBytes       uint64
	ResidentBytes                            uint64 // of the process; 0: not known
	MajorFaults                              uint64
	AllSeconds, ColdSeconds, WarmSeconds     Percentiles
	CacheSeconds, InferSeconds               Percentiles
	ErrorShare, ColdShare, HitShare          float64 // of requests, of timed ones, of OK; 0..1
	LoadSeconds, WarmupSeconds               float64
	FirstResultSeconds                       float64 // from opening to the first result; 0: there is none yet
	DeviceBusySeconds, InferenceSecondsSaved float64
	Cost, CostPerRequest                     float64 // at ContextOptions.PricePerHour
	State                                    State
}

// Metrics holds nobody up.
func (c *Context) Metrics() (Metrics, error) {
	var m C.inspyr_metrics
	C.inspyr_metrics_init(&m)
	err := c.do(func(p *C.inspyr_context, e *C.inspyr_error) C.inspyr_status {
		return C.inspyr_context_metrics(p, &m, e)
	})
	if err != nil {
		return Metrics{}, err
	}
	out := Metrics{State: State(m.state)}
	out.count(&m)
	out.time(&m)
	return out, nil
}

func (out *Metrics) count(m *C.inspyr_metrics) {
	for _, row := range []struct {
		out *uint64
		in  C.uint64_t
	}{
		{&out.Requests, m.requests}, {&out.OK, m.ok}, {&out.Invalid, m.invalid}, {&out.Limit, m.limit},
		{&out.Overload, m.overload}, {&out.Deadline, m.deadline}, {&out.Cancelled, m.cancelled},
		{&out.Device, m.device}, {&out.Internal, m.internal}, {&out.Computed, m.computed},
		{&out.FromMemory, m.from_memory}, {&out.FromStore, m.from_store}, {&out.Joined, m.joined},
		{&out.Cold, m.cold}, {&out.Cached, m.cached}, {&out.Warm, m.warm}, {&out.Classes[0], m.classes[0]},
		{&out.Classes[1], m.classes[1]}, {&out.Classes[2], m.classes[2]}, {&out.Classes[3], m.classes[3]},
		{&out.Inferences, m.inferences}, {&out.Executions, m.executions}, {&out.CacheHits, m.cache_hits},
		{&out.CacheLookups, m.cache_lookups}, {&out.CacheBytes, m.cache_bytes}, {&out.Evictions, m.evictions},
		{&out.Rejections, m.rejections}, {&out.Degraded, m.degraded}, {&out.DeviceErrors, m.device_errors},
		{&out.OOMRetries, m.oom_retries}, {&out.QueueItems, m.queue_items}, {&out.QueueBytes, m.queue_bytes},
		{&out.InFlight, m.inflight}, {&out.DeviceUsedBytes, m.device_used_bytes},
		{&out.DeviceBudgetBytes, m.device_budget_bytes}, {&out.ResidentBytes, m.resident_bytes},
		{&out.MajorFaults, m.major_faults},
	} {
		*row.out = uint64(row.in)
	}
}

func (out *Metrics) time(m *C.inspyr_metrics) {
	out.AllSeconds, out.ColdSeconds = percentiles(m.all_seconds), percentiles(m.cold_seconds)
	out.WarmSeconds, out.CacheSeconds = percentiles(m.warm_seconds), percentiles(m.cache_seconds)
	out.InferSeconds = percentiles(m.infer_seconds)
	for _, row := range []struct {
		out *float64
		in  C.double
	}{
		{&out.ErrorShare, m.error_share}, {&out.ColdShare, m.cold_share}, {&out.HitShare, m.hit_share},
		{&out.LoadSeconds, m.load_seconds}, {&out.WarmupSeconds, m.warmup_seconds},
		{&out.FirstResultSeconds, m.first_result_seconds}, {&out.DeviceBusySeconds, m.device_busy_seconds},
		{&out.InferenceSecondsSaved, m.inference_seconds_saved}, {&out.Cost, m.cost},
		{&out.CostPerRequest, m.cost_per_request},
	} {
		*row.out = float64(row.in)
	}
}

// MetricsText is OpenMetrics 1.0, to be served as MetricsType; docs/metrics.md has every name.
func (c *Context) MetricsText() ([]byte, error) {
	var bytes C.inspyr_bytes
	err := c.do(func(p *C.inspyr_context, e *C.inspyr_error) C.inspyr_status {
		return C.inspyr_context_metrics_text(&bytes, p, e)
	})
	if err != nil {
		return nil, err
	}
	return taken(&bytes), nil
}
