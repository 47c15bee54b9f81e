#!/usr/bin/env python3
"""Writes net/attention0.safetensors: the last attention module of a small InSPyReNet with what it sees and makes.

    python3 -m venv --system-site-packages ref && ref/bin/pip install --no-deps transparent-background
    ref/bin/python make_attention0.py PARITY [FOLDER]

PARITY holds tiny_swin.pth (random weights, depth 16, base size 64) and tiny_swin.safetensors (what the reference
computes with them). Of the cases `square` (64 x 64) and `wide` (64 x 128; its context is summed on 64 x 64) the file
has f1, d1 and p1, which go in, and p0 and d0, which come out; f1 is not in the fixture, so the network is run again.
`copy.conv.weight` is a convolution that changes nothing.
Its modules need torch only: what the package imports besides is replaced by stand-ins.
"""
import importlib.util
import os
import sys
import types

import numpy as np
import torch

from safetensors_io import read, write

CASES = ("square", "wide")
GAUSSIAN = [0.004433048175243746, 0.05400558262241448, 0.2420362293761143, 0.3990502796524549]


def stand_in(name, **members):
    module = types.ModuleType(name)
    module.__dict__.update(members)
    sys.modules[name] = module
    return module


def reference():
    """The package's network, without the parts that need image libraries."""
    folder = importlib.util.find_spec("transparent_background").submodule_search_locations
    stand_in("transparent_background").__path__ = list(folder)
    line = np.array(GAUSSIAN + GAUSSIAN[2::-1])[:, None]
    stand_in("cv2", getGaussianKernel=lambda size, sigma: line, MORPH_ELLIPSE=None,
             getStructuringElement=lambda shape, size: np.ones(size))  # for blending only
    stand_in("kornia")
    stand_in("kornia.morphology", dilation=None, erosion=None)
    stand_in("timm")
    stand_in("timm.layers", DropPath=torch.nn.Dropout, to_2tuple=lambda x: (x, x),
             trunc_normal_=torch.nn.init.trunc_normal_)
    from transparent_background.InSPyReNet import InSPyReNet
    from transparent_background.backbones.SwinTransformer import SwinTransformer

    backbone = SwinTransformer(embed_dim=32, depths=[2, 2, 2, 2], num_heads=[1, 2, 4, 8], window_size=12)
    return InSPyReNet(backbone, [32, 32, 64, 128, 256], 16, [64, 64], threshold=None).eval()


def folded(state):
    """The module's units with their batch norms folded in, in float64; and its scalars."""
    out = {}
    for name in state:
        if not name.startswith("attention0.") or ".bn." in name:
            continue
        if not name.endswith(".conv.weight"):
            out[name] = state[name].numpy()
            continue
        unit = name[:-len(".conv.weight")]
        g, b, m, v = (state[f"{unit}.bn.{k}"].double() for k in ("weight", "bias", "running_mean", "running_var"))
        scale = g / torch.sqrt(v + 1e-5)
        out[name] = (state[name].double() * scale[:, None, None, None]).float().numpy()
        out[f"{unit}.conv.bias"] = (b - m * scale).float().numpy()
    return out


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    folder = sys.argv[2] if len(sys.argv) > 2 else os.path.join(here, "net")
    recorded = read(os.path.join(sys.argv[1], "tiny_swin.safetensors"))
    state = torch.load(os.path.join(sys.argv[1], "tiny_swin.pth"))
    model = reference()
    model.load_state_dict(state)
    kept = {}
    model.attention1.register_forward_hook(lambda module, given, made: kept.update(f1=made[0]))
    out = folded(state)
    for case in CASES:
        with torch.no_grad():
            made = model.forward_inspyre(torch.from_numpy(recorded[f"{case}/input"].copy()))
        again, first = made["laplacian"][2].numpy(), recorded[f"{case}/p0"]
        assert np.abs(again - first).max() < 1e-5 * np.abs(first).max(), "not the network of the fixture"
        out[f"{case}/f1"] = kept["f1"].numpy()
        for name in ("d1", "p1", "p0", "d0"):
            out[f"{case}/{name}"] = recorded[f"{case}/{name}"]
    out["copy.conv.weight"] = np.eye(16, dtype=np.float32)[:, :, None, None]
    write(os.path.join(folder, "attention0.safetensors"), out,
          {"origin": "make_attention0.py", "code": "InSPyReNet and transparent-background, MIT", "weights": "random"})


if __name__ == "__main__":
    main()
