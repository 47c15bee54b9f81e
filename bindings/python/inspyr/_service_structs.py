"""The structs of inspyr_context.h, inspyr_cache.h and inspyr_metrics.h, as _structs has those of inspyr.h."""
from __future__ import annotations

from ctypes import Structure

from ._structs import fields


class inspyr_level(Structure):
    _fields_ = fields("""
        size struct_size, i32 network_width, i32 network_height, text source, i32 precision, i32 delay_ms""")


class inspyr_context_options(Structure):
    _fields_ = fields("""
        size struct_size, u64 flags, pointer allocator, text source, pointer load, pointer cache, i32 workers,
        i32 max_batch, i32 max_wait_ms, i32 queue_items, u64 queue_bytes, u64 memory_budget, i32 load_attempts,
        i32 retry_ms, i64 idle_release_ms, pointer levels, size level_count, text history, f64 price_per_hour,
        pointer span, pointer span_user, pointer log, pointer log_user""")


class inspyr_context_status(Structure):
    _fields_ = fields("""
        size struct_size, i32 state, i32 reason_status, char[256] reason, f32 progress, f32 estimate_s, f64 elapsed_s,
        f64[4] phase_s, i32 attempt, i32 level, i32 queue_items, i32 running, u64 queue_bytes, u64 memory_reserved,
        i64 queue_delay_ms""")


class inspyr_job_result(Structure):
    _fields_ = fields("""
        size struct_size, size index, size count, pointer image, pointer bytes, size bytes_size, text effect,
        text message, i32 status, i32 origin, i32 level, i32 network_width, i32 network_height, f32 scale""")


class inspyr_request(Structure):
    _fields_ = fields("""
        size struct_size, u64 flags, pointer decode, pointer cutout, pointer sizes, size size_count, text effects,
        pointer effect, pointer encode, i32 priority, u32 reserved, i64 deadline_ms, pointer result, pointer done,
        pointer user, text client_class, text traceparent""")


class inspyr_job_status(Structure):
    _fields_ = fields("""
        size struct_size, i32 state, i32 status, f32 progress, i32 results_ready, size result_count, f64 queued_s,
        f64 run_s""")


class inspyr_cache_hooks(Structure):
    _fields_ = fields("""
        size struct_size, pointer user, pointer get, pointer put, pointer remove, pointer close""")


class inspyr_cache_options(Structure):
    _fields_ = fields("""
        size struct_size, u64 flags, pointer allocator, u64 matte_bytes, u64 result_bytes, i64 ttl_ms, pointer secret,
        pointer clock, pointer clock_user, pointer hooks, u64 queue_bytes, i32 get_timeout_ms, i32 breaker_failures,
        i32 breaker_pause_ms, u32 reserved, pointer log, pointer log_user""")


class inspyr_cache_stats(Structure):
    _fields_ = fields("""
        size struct_size, u64 limit, u64 bytes, u64 pinned_bytes, u64 entries, u64 hits, u64 misses, u64 stale,
        u64 evictions, u64 rejections, u64 store_hits, u64 store_misses, u64 store_stale, u64 store_corrupt,
        u64 store_timeouts, u64 store_failures, u64 store_skipped, u64 store_puts, u64 store_dropped, u64 queue_bytes,
        i32 breaker_open, u32 reserved""")


class inspyr_cache_directory_options(Structure):
    _fields_ = fields("""
        size struct_size, u64 flags, pointer allocator, u64 max_bytes, u64 max_entry_bytes""")


class inspyr_cache_redis_options(Structure):
    _fields_ = fields("""
        size struct_size, u64 flags, pointer allocator, text prefix, i32 connect_timeout_ms, i32 command_timeout_ms,
        u64 max_entry_bytes""")


class inspyr_metrics(Structure):
    _fields_ = fields("""
        size struct_size, u64 requests, u64 ok, u64 invalid, u64 limit, u64 overload, u64 deadline, u64 cancelled,
        u64 device, u64 internal, u64 computed, u64 from_memory, u64 from_store, u64 joined, u64 cold, u64 cached,
        u64 warm, u64[4] classes, u64 inferences, u64 executions, u64 cache_hits, u64 cache_lookups, u64 cache_bytes,
        u64 evictions, u64 rejections, u64 degraded, u64 device_errors, u64 oom_retries, u64 queue_items,
        u64 queue_bytes, u64 inflight, u64 device_used_bytes, u64 device_budget_bytes, u64 resident_bytes,
        u64 major_faults, f64[4] all_seconds, f64[4] cold_seconds, f64[4] warm_seconds, f64[4] cache_seconds,
        f64[4] infer_seconds, f64 error_share, f64 cold_share, f64 hit_share, f64 load_seconds, f64 warmup_seconds,
        f64 first_result_seconds, f64 device_busy_seconds, f64 inference_seconds_saved, f64 cost,
        f64 cost_per_request, i32 state, u32 reserved""")


class inspyr_span(Structure):
    _fields_ = fields("""
        size struct_size, u64 flags, text name, text thread, text trace_id, text span_id, text parent_id,
        pointer attributes, size attribute_count, u64 batch, i64 start_ns, i64 end_ns, i64 start_unix_ns,
        i64 end_unix_ns""")


class inspyr_trace_options(Structure):
    _fields_ = fields("size struct_size, u64 flags, pointer allocator, u64 bytes")
