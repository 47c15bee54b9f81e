#!/usr/bin/env python3
"""Writes net/tiny.safetensors: the built-in network's topology with a handful of channels and random weights, 32 x 32.

For tests that run the whole pipeline hundreds of times. Needs numpy only; the same numbers at every run.
"""
import json
import os
import struct

import numpy as np

QK, DEPTH, STEM, EXPANDED, OUT, HEAD, CLASSES = 2, 4, 4, 6, 4, 5, 3
random = np.random.RandomState(7)
tensors = {}


def conv(name, out, channels, kh=1, kw=1, gain=1.0, bias=True):
    spread = gain * (2.0 / (channels * kh * kw)) ** 0.5
    tensors[name + ".conv.weight"] = random.normal(0, spread, (out, channels, kh, kw))
    if bias:
        tensors[name + ".conv.bias"] = random.normal(0, 0.1, out)


def scalar(name, value):
    tensors[name] = np.array([value])


def axial(name):
    for axis in "HW":
        p = f"{name}.{axis}attn"
        scalar(p + ".gamma", 0.5)
        conv(p + ".query_conv", QK, DEPTH)
        conv(p + ".key_conv", QK, DEPTH)
        conv(p + ".value_conv", DEPTH, DEPTH)


conv("backbone.stem", STEM, 3, 3, 3)
channels = STEM
for i in range(17):
    p = f"backbone.blocks.{i}"
    if i:
        conv(p + ".expand", EXPANDED, channels)
    expanded = EXPANDED if i else STEM
    conv(p + ".depthwise", expanded, 1, 3, 3)
    conv(p + ".project", OUT, expanded)
    channels = OUT
conv("backbone.aspp", HEAD, OUT)
conv("backbone.pool", HEAD, OUT)
conv("backbone.projection", HEAD, 2 * HEAD)
conv("backbone.classes", CLASSES, HEAD)
for n, c in enumerate((OUT, OUT, OUT, CLASSES, CLASSES), 1):
    p = f"context{n}"
    conv(p + ".branch0", DEPTH, c)
    for b, r in ((1, 3), (2, 5), (3, 7)):
        q = f"{p}.branch{b}"
        conv(q + ".conv0", DEPTH, c)
        conv(q + ".conv1", DEPTH, DEPTH, 1, r)
        conv(q + ".conv2", DEPTH, DEPTH, r, 1)
        conv(q + ".conv3", DEPTH, DEPTH, 3, 3)
        if n > 2:
            axial(q)
    conv(p + ".conv_cat", DEPTH, 4 * DEPTH, 3, 3)
    conv(p + ".conv_res", DEPTH, c)
conv("decoder.conv1", DEPTH, 3 * DEPTH, 3, 3)
axial("decoder")
for k in (2, 3, 4):
    conv(f"decoder.conv{k}", DEPTH, DEPTH, 3, 3)
conv("decoder.conv5", 1, DEPTH, 3, 3, gain=3, bias=False)
for k, c in ((2, 2 * DEPTH), (1, 2 * DEPTH), (0, DEPTH)):
    p = f"attention{k}"
    scalar(p + ".threshold", 0.5)
    if k < 2:
        scalar(p + ".lthreshold", 0.45)
    conv(p + ".conv_query.0", DEPTH, c, 3, 3)
    conv(p + ".conv_query.1", DEPTH, DEPTH, 3, 3)
    for kind in ("key", "value"):
        conv(f"{p}.conv_{kind}.0", DEPTH, c)
        conv(f"{p}.conv_{kind}.1", DEPTH, DEPTH)
    conv(p + ".conv_out1", DEPTH, DEPTH, 3, 3)
    conv(p + ".conv_out2", DEPTH, c + DEPTH, 3, 3)
    conv(p + ".conv_out3", DEPTH, DEPTH, 3, 3)
    conv(p + ".conv_out4", 1, DEPTH, gain=2)

architecture = {
    "family": "inspyrenet", "variant": "tiny", "backbone": "mobilenet_v2_deeplab_v3", "base_size": [32, 32],
    "logit_scale": 0.25, "depth_context": [DEPTH] * 5, "depth_decoder": DEPTH, "depth_sica": [DEPTH] * 3,
    "axial_view": "true_axis", "axial_contexts": [False, False, True, True, True], "axial_decoder": True,
    "axial_qk": QK, "sica_grid": "feature", "sica_view": "transposed", "sica_norm": "mass_plus_one",
    "output": "sigmoid", "batch_norm": "folded", "mean": [128 / 255] * 3, "std": [128 / 255] * 3,
}
header, data = {"__metadata__": {"name": "tiny", "version": "1", "licence": "Apache-2.0",
                                 "architecture": json.dumps(architecture)}}, b""
for name in sorted(tensors):
    raw = tensors[name].astype("<f2").tobytes()
    header[name] = {"dtype": "F16", "shape": list(tensors[name].shape), "data_offsets": [len(data), len(data) + len(raw)]}
    data += raw
text = json.dumps(header, separators=(",", ":")).encode()
text += b" " * (-len(text) % 8)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "net", "tiny.safetensors"), "wb") as f:
    f.write(struct.pack("<Q", len(text)) + text + data)
