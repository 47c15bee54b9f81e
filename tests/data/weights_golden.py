"""Prints the golden numbers of test_weights.c. Needs numpy and safetensors; run from the repository's root."""
import numpy as np
from safetensors.numpy import load_file


def fnv1a(data):
    digest = 0xCBF29CE484222325
    for byte in data:
        digest = ((digest ^ byte) * 0x100000001B3) & (2**64 - 1)
    return digest


tensors = {name: t.astype(np.float32) for name, t in load_file("src/models/nano.safetensors").items()}
for name in ("backbone.stem.conv.weight", "decoder.conv5.conv.weight", "attention0.threshold",
             "context5.branch3.Wattn.gamma", "context3.conv_cat.conv.bias"):
    t = tensors[name]
    f = t.ravel()
    print(name, t.shape, float(f[0]), float(f[f.size // 2]), float(f[-1]), float(t.astype(np.float64).sum()))
everything = np.concatenate([tensors[name].ravel() for name in sorted(tensors)])
print(len(tensors), everything.size, hex(fnv1a(everything.tobytes())))

halves = np.arange(65536, dtype=np.uint16).view(np.float16).astype(np.float32)
bits = halves.view(np.uint32).copy()
bits[np.isnan(halves)] = 0x7FC00000
print("half floats", hex(fnv1a(bits.tobytes())))
