#!/usr/bin/env python3
"""The reference package in float64, for parity_full.sh: how much of a difference is its own rounding.

usage: parity_double.py FOLDER BASE      writes FOLDER/double_BASE.safetensors, or compares with it where it is there
"""
import os
import sys
import time
import warnings

import torch
from safetensors.torch import load_file, save_file

warnings.filterwarnings("ignore")
from transparent_background.InSPyReNet import InSPyReNet                  # noqa: E402
from transparent_background.backbones.SwinTransformer import SwinB        # noqa: E402


def load(folder, base):
    model = InSPyReNet(SwinB(pretrained=False), [128, 128, 256, 512, 1024], 64, [base, base], threshold=None).eval()
    model.load_state_dict(torch.load(f"{folder}/swinb_{base}.pth"))
    return model


def in_double(folder, base, x):
    model = load(folder, base).double()
    model.image_pyramid.kernel = model.image_pyramid.kernel.double()  # no parameter: double() does not reach it
    with torch.no_grad():
        parts, output = model.forward_inspyre(x.double()), model(x.double())
    maps = dict(zip(("d3", "d2", "d1", "d0"), parts["saliency"])) | dict(zip(("p2", "p1", "p0"), parts["laplacian"]))
    return {"square/output": output.float()} | {f"square/{name}": m.float() for name, m in maps.items()}


def main():
    folder, base = sys.argv[1], int(sys.argv[2])
    torch.set_num_threads(os.cpu_count())
    recorded = load_file(f"{folder}/swinb_{base}.safetensors")
    x, path = recorded["square/input"], f"{folder}/double_{base}.safetensors"
    if not os.path.exists(path):
        save_file({"square/input": x} | in_double(folder, base, x), path, {"base_size": str(base)})
        return
    exact = load_file(path)
    for name in ("d3", "p2", "p1", "p0", "d0"):
        a, b = recorded[f"square/{name}"], exact[f"square/{name}"]
        print(f"  {name}: {float((a - b).abs().max() / b.abs().max()):.1e} of the largest")
    off = (recorded["square/output"] - exact["square/output"]).abs()
    beyond = int((off > 1 / 255).sum())
    print(f"  alpha: off by more than 1/255 at {beyond} of {off.numel()} pixels ({100 * beyond / off.numel():.4f} %), "
          f"by {float(off.max()):.1e} at most, by {float(off.mean()):.1e} on average")
    model = load(folder, base)
    with torch.no_grad():
        model(x)
        start = time.time()
        model(x)
    print(f"  one pass: {time.time() - start:.2f} s, {torch.get_num_threads()} threads")
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        d0 = model.forward_inspyre(x)["saliency"][-1].float()
    off = (d0.sigmoid() - recorded["square/d0"].sigmoid()).abs()
    print(f"  bf16 autocast, sigmoid of d0: off by {float(off.max()):.1e} at most, {float(off.mean()):.1e} on average")


if __name__ == "__main__":
    main()
