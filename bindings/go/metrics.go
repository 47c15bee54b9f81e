package inspyr

// #include "go_context.h"
import "C"

import "unsafe"

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

// Metrics are what a context counts and times: see inspyr_metrics. MetricsText has more.
type Metrics struct {
	Requests, OK, Invalid, Limit, Overload, Deadline, Cancelled, Device, Internal uint64
	Computed, FromMemory, FromStore, Joined                                       uint64
	Cold, Cached, Warm                                                            uint64
	Inferences, Executions, CacheHits, CacheLookups, CacheBytes, Degraded         uint64
	QueueItems, QueueBytes, InFlight, ResidentBytes                               uint64
	AllSeconds, ColdSeconds, WarmSeconds, CacheSeconds, InferSeconds              Percentiles
	LoadSeconds, WarmupSeconds, FirstResultSeconds, Cost                          float64
	State                                                                         State
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
	return Metrics{Requests: uint64(m.requests), OK: uint64(m.ok), Invalid: uint64(m.invalid),
		Limit: uint64(m.limit), Overload: uint64(m.overload), Deadline: uint64(m.deadline),
		Cancelled: uint64(m.cancelled), Device: uint64(m.device), Internal: uint64(m.internal),
		Computed: uint64(m.computed), FromMemory: uint64(m.from_memory), FromStore: uint64(m.from_store),
		Joined: uint64(m.joined), Cold: uint64(m.cold), Cached: uint64(m.cached), Warm: uint64(m.warm),
		Inferences: uint64(m.inferences), Executions: uint64(m.executions), CacheHits: uint64(m.cache_hits),
		CacheLookups: uint64(m.cache_lookups), CacheBytes: uint64(m.cache_bytes), Degraded: uint64(m.degraded),
		QueueItems: uint64(m.queue_items), QueueBytes: uint64(m.queue_bytes), InFlight: uint64(m.inflight),
		ResidentBytes: uint64(m.resident_bytes), AllSeconds: percentiles(m.all_seconds),
		ColdSeconds: percentiles(m.cold_seconds), WarmSeconds: percentiles(m.warm_seconds),
		CacheSeconds: percentiles(m.cache_seconds), InferSeconds: percentiles(m.infer_seconds),
		LoadSeconds: float64(m.load_seconds), WarmupSeconds: float64(m.warmup_seconds),
		FirstResultSeconds: float64(m.first_result_seconds), Cost: float64(m.cost), State: State(m.state)}, nil
}

// MetricsText is OpenMetrics 1.0, to be served as MetricsType.
func (c *Context) MetricsText() ([]byte, error) {
	var bytes C.inspyr_bytes
	err := c.do(func(p *C.inspyr_context, e *C.inspyr_error) C.inspyr_status {
		return C.inspyr_context_metrics_text(&bytes, p, e)
	})
	if err != nil {
		return nil, err
	}
	defer C.inspyr_bytes_free(&bytes)
	return append([]byte(nil), unsafe.Slice((*byte)(bytes.data), int(bytes.size))...), nil
}
