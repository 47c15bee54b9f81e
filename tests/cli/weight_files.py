"""Reads and writes safetensors files with nothing but Python's own library, as the format's description says."""
import json
import math
import struct

WIDTHS = {"F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I8": 1}


def read(path):
    """(metadata, {name: (dtype, shape, bytes)}) in the order of the file; what does not tile the data fails."""
    with open(path, "rb") as f:
        data = f.read()
    length, = struct.unpack("<Q", data[:8])
    assert length % 8 == 0, "the data are not aligned"
    header, at = json.loads(data[8:8 + length].decode("utf-8")), 8 + length
    metadata, tensors, end = header.pop("__metadata__", {}), {}, 0
    for name, about in header.items():
        begin, stop = about["data_offsets"]
        assert begin == end, f"{name}: a gap or an overlap"
        assert stop - begin == math.prod(about["shape"]) * WIDTHS[about["dtype"]], name
        tensors[name] = about["dtype"], about["shape"], data[at + begin:at + stop]
        end = stop
    assert at + end == len(data), "bytes behind the last tensor"
    return metadata, tensors


def write(path, metadata, tensors):
    header, at = {"__metadata__": metadata}, 0
    for name, (dtype, shape, data) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + len(data)]}
        at += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(data for _, _, data in tensors.values()))


def floats(dtype, data):
    if dtype == "BF16":
        data = b"".join(b"\0\0" + data[i:i + 2] for i in range(0, len(data), 2))
    return struct.unpack(f"<{len(data) // (2 if dtype == 'F16' else 4)}{'e' if dtype == 'F16' else 'f'}", data)


def as_float32(tensor):
    dtype, shape, data = tensor
    numbers = floats(dtype, data)
    return "F32", shape, struct.pack(f"<{len(numbers)}f", *numbers)
