"""The structs of inspyr.h as ctypes sees them, under their names in C. A test compares each field with the compiler's
table. Pointers are addresses: whoever fills a struct keeps alive what they lead to."""
from __future__ import annotations

import ctypes
import re
from ctypes import Structure
from typing import Any, Dict, List, Tuple

_TYPES: Dict[str, Any] = {
    "i32": ctypes.c_int32, "u32": ctypes.c_uint32, "i64": ctypes.c_int64, "u64": ctypes.c_uint64,
    "size": ctypes.c_size_t, "f32": ctypes.c_float, "f64": ctypes.c_double, "char": ctypes.c_char,
    "text": ctypes.c_char_p, "pointer": ctypes.c_void_p,
}


def fields(text: str) -> List[Tuple[str, Any]]:
    """Fields as declared in C: "i32 width, char[16] device"."""
    found: List[Tuple[str, Any]] = []
    for kind, count, name in re.findall(r"(\w+)(?:\[(\d+)\])? (\w+)", text):
        found.append((name, _TYPES[kind] * int(count) if count else _TYPES[kind]))
    return found


class inspyr_error(Structure):
    _fields_ = fields("i32 status, char[252] message")


class inspyr_view(Structure):
    _fields_ = fields("pointer data, i64 stride, i32 width, i32 height, i32 format, u32 reserved")


class inspyr_bytes(Structure):
    _fields_ = fields("pointer data, size size, pointer release, pointer owner")


class inspyr_pool_options(Structure):
    _fields_ = fields("size struct_size, u64 flags, pointer allocator")


class inspyr_progress(Structure):
    _fields_ = fields("size struct_size, i32 state, i32 stage, f32 fraction, u32 reserved")


class inspyr_decode_report(Structure):
    _fields_ = fields("""
        size struct_size, i32 stored_width, i32 stored_height, i32 file, i32 orientation, i32 shrunk, i32 warnings,
        char[160] warning""")


class inspyr_decode_options(Structure):
    _fields_ = fields("""
        size struct_size, u64 flags, pointer allocator, u64 max_bytes, u64 max_pixels, i32 max_side, i32 format,
        pointer report, pointer sandbox""")


class inspyr_probe(Structure):
    _fields_ = fields("size struct_size, i32 width, i32 height, i32 file, i32 orientation, i32 has_alpha, i32 bits")


class inspyr_sandbox_options(Structure):
    _fields_ = fields("""
        size struct_size, u64 flags, pointer allocator, text helper, u64 max_memory, i32 deadline_ms, u32 reserved""")


class inspyr_load_options(Structure):
    _fields_ = fields("""
        size struct_size, u64 flags, text device, i32 precision, i32 device_need, pointer pool, pointer allocator,
        pointer progress, pointer progress_user, pointer log, pointer log_user, pointer bytes, size bytes_size,
        text engine, text cache_dir, i32 base_width, i32 base_height, i32 blend_size, i32 device_timeout_ms,
        u64 device_memory, u64 device_reserve, u64 workspace_limit""")


class inspyr_device(Structure):
    _fields_ = fields("""
        size struct_size, char[16] engine, char[16] device, char[96] name, char[32] instructions, char[32] precisions,
        char[160] reason, u64 free_bytes, u64 total_bytes""")


class inspyr_warmup_options(Structure):
    _fields_ = fields("""
        size struct_size, u64 flags, i32 network_width, i32 network_height, i32 batch, i32 concurrency,
        pointer progress, pointer progress_user""")


class inspyr_info(Structure):
    _fields_ = fields("""
        size struct_size, text name, text version, text licence, text architecture, text engine, text device,
        text instructions, text precision, text note, text build, u64 parameters, u64 packed_bytes,
        u64 workspace_bytes, i32 base_width, i32 base_height, i32 size_multiple, i32 pool_width, text container,
        f64 read_ms, f64 pack_ms, f64 load_ms, i32 cache, i32 blend_size""")


class inspyr_report(Structure):
    _fields_ = fields("""
        size struct_size, f64 prepare_ms, f64 network_ms, f64 matte_ms, f64 foreground_ms, f64 compose_ms,
        f64 total_ms, u64 result_bytes, u64 workspace_bytes, f32 logit_min, f32 logit_max, f32 coverage,
        i32 no_subject, i32 subject_x, i32 subject_y, i32 subject_width, i32 subject_height, i32 result_x,
        i32 result_y, i32 network_width, i32 network_height""")


class inspyr_matte_options(Structure):
    _fields_ = fields("""
        size struct_size, u64 flags, i32 network_width, i32 network_height, pointer progress, pointer progress_user,
        pointer reports, i32 resize, i32 short_side, pointer profiles""")


class inspyr_cutout_options(Structure):
    _fields_ = fields("""
        size struct_size, u64 flags, i32 output, u32 colour, i32 crop_margin, i32 network_width, i32 network_height,
        u32 reserved, pointer progress, pointer progress_user, pointer report, i32 resize, i32 short_side,
        f32 threshold, f32 blur_sigma, pointer background, pointer profile""")


class inspyr_effect(Structure):
    _fields_ = fields("""
        size struct_size, text name, text text, i32 version, i32 newest, u64 bytes_per_pixel, i32 parameters,
        i32 reserved""")


class inspyr_parameter(Structure):
    _fields_ = fields("""
        size struct_size, text name, text text, text unit, text words, f64 least, f64 most, f64 preset, i32 kind,
        i32 no_effect""")


class inspyr_effect_set(Structure):
    _fields_ = fields("size struct_size, text name, text effects")


class inspyr_effect_values(Structure):
    _fields_ = fields("size struct_size, i32 effect, i32 version, f32[16] values")


class inspyr_effect_result(Structure):
    _fields_ = fields("""
        size struct_size, size index, pointer image, text message, i32 status, f32 scale, text device, text note""")


class inspyr_effect_options(Structure):
    _fields_ = fields("""
        size struct_size, u64 flags, pointer pool, pointer allocator, u64 seed, i32 quality, i32 preview_side,
        pointer result, pointer result_user, pointer progress, pointer progress_user, text device, i32 device_need,
        u32 reserved""")


class inspyr_encode_options(Structure):
    _fields_ = fields("""
        size struct_size, u64 flags, pointer allocator, i32 file, i32 quality, i32 compression, u32 reserved,
        pointer pool, pointer profile""")
