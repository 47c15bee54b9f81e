#!/usr/bin/env python3
"""The engine torch in a Python program with a torch of its own, by scripts/torch.sh.

usage: torch_host.py before|after LIBRARY         whether torch is imported before or after the library loads its plug-in
"""
import ctypes
import sys


class LoadOptions(ctypes.Structure):
    """As far as `engine`, which is as much as the library is told of."""
    _fields_ = [("struct_size", ctypes.c_size_t), ("flags", ctypes.c_uint64), ("device", ctypes.c_char_p),
                ("precision", ctypes.c_int), ("device_need", ctypes.c_int),
                ("between", ctypes.c_void_p * 8), ("engine", ctypes.c_char_p)]


def warmed_up(path):
    library = ctypes.CDLL(path)
    error = ctypes.create_string_buffer(256)
    model = ctypes.c_void_p()
    options = LoadOptions(struct_size=ctypes.sizeof(LoadOptions), engine=b"torch", device_need=1)
    if library.inspyr_model_load(ctypes.byref(model), None, ctypes.byref(options), error):
        sys.exit("torch_host: " + error.raw[4:].split(b"\0")[0].decode())
    library.inspyr_model_warmup.argtypes = [ctypes.c_void_p] * 3
    if library.inspyr_model_warmup(model, None, error):
        sys.exit("torch_host: " + error.raw[4:].split(b"\0")[0].decode())


def convolved():
    import torch
    return tuple(torch.nn.functional.conv2d(torch.ones(1, 8, 32, 32), torch.ones(8, 8, 3, 3)).shape)


def main():
    order, path = sys.argv[1:]
    if order == "before":
        convolved()
    warmed_up(path)
    if convolved() != (1, 8, 30, 30):
        sys.exit("torch_host: torch convolves no more")
    print(f"torch {order}: well")


main()
