#!/usr/bin/env python3
"""Makes net/quantised.safetensors: convolutions of int8 as PyTorch's fake quantisation computes them.

usage: make_quantised.py [FILE]        needs torch and safetensors
A 3 x 3 convolution whose inputs have one range, and a 1 x 1 convolution where each pixel has its own, both with
kernels of bytes and a scale for each output channel, in float64.
"""
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

FILE = Path(__file__).resolve().parent / "net/quantised.safetensors"
HEADER = '{"version":1,"alpha_error":0.001,"mask_error":0.002,"bound":0.005,"pictures":1}'


def kernel(out, *shape):
    """The bytes, the scales, and what they mean."""
    w = torch.randn(out, *shape)
    scale = w.flatten(1).abs().amax(1) / 127
    zero = torch.zeros(out, dtype=torch.int32)
    fake = torch.fake_quantize_per_channel_affine(w, scale, zero, 0, -127, 127)
    column = scale.view(-1, *[1] * len(shape))
    return torch.round(fake / column).to(torch.int8), scale, fake.double()


def rounded(x, low, high):
    scale = float(torch.tensor((high - low) / 255))
    return torch.fake_quantize_per_tensor_affine(x, scale, round(-low / scale), 0, 255)


def main():
    torch.manual_seed(5)
    x = torch.randn(1, 32, 9, 7) * torch.logspace(-1, 1, 32).view(1, -1, 1, 1)
    low, high = -7.5, 11.25  # some numbers lie beyond
    conv, conv_scale, conv_fake = kernel(12, 32, 3, 3)
    point, point_scale, point_fake = kernel(24, 32, 1, 1)
    bias = torch.randn(12)
    conv_out = torch.nn.functional.conv2d(rounded(x, low, high).double(), conv_fake, bias.double(), padding=1)
    pixels = torch.empty_like(x)
    for r in range(x.shape[2]):
        for c in range(x.shape[3]):
            p = x[0, :, r, c]
            pixels[0, :, r, c] = rounded(p, min(0.0, p.min().item()), max(0.0, p.max().item()))
    point_out = torch.nn.functional.conv2d(pixels.double(), point_fake)
    save_file({"conv.conv.weight": conv, "conv.conv.weight.scale": conv_scale, "conv.conv.bias": bias,
               "conv.conv.weight.range": torch.tensor([low, high]), "point.conv.weight": point,
               "point.conv.weight.scale": point_scale, "x": x, "conv_out": conv_out.float(),
               "point_out": point_out.float()},
              sys.argv[1] if len(sys.argv) > 1 else FILE, {"int8": HEADER})


main()
