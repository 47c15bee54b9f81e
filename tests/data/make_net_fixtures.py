#!/usr/bin/env python3
"""Writes net/operations.safetensors: what torch makes of small random inputs, for every operation of a plan.

    python3 make_net_fixtures.py [FOLDER]

Tensors are named `case/what`: inputs in the order of the letters a, b, c; `r` a residual; `y` the result, all
N x C x H x W; `NAME.conv.weight`, `NAME.conv.bias` and scalars as in a file of weights. Everything is computed in
float64 from float32 inputs and rounded once. Sources: the formulas of src/models/SPEC.md, and for *_raw cases the
reshapes of the InSPyReNet reference. Needs numpy and torch only.
"""
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F

from safetensors_io import write

generator = torch.Generator().manual_seed(20)
out = {}


def random(*shape, scale=1.0):
    return (torch.randn(*shape, generator=generator) * scale).float().double()


def keep(case, **tensors):
    for name, t in tensors.items():
        out[f"{case}/{name}"] = t
    return tensors


def weights(name, *shape, bias=True):
    w = random(*shape, scale=1 / np.sqrt(np.prod(shape[1:])))
    b = random(shape[0]) if bias else torch.zeros(shape[0], dtype=torch.float64)
    out[f"{name}.conv.weight"] = w
    if bias:
        out[f"{name}.conv.bias"] = b
    return w, b


def scalar(name, value):
    out[name] = torch.tensor([value], dtype=torch.float32).double()
    return out[name]


def sampled(x, size, corners=False):
    return F.interpolate(x, size, mode="bilinear", align_corners=corners)


def conv(case, x_shape, w_shape, padding, act=lambda x: x, bias=True, scale=1.0, **options):
    x = random(*x_shape, scale=scale)
    w, b = weights(f"{case}/w", *w_shape, bias=bias)
    keep(case, a=x, y=act(F.conv2d(x, w, b, padding=padding, **options)))


def convolutions():
    conv("conv_point", (2, 5, 6, 9), (7, 5, 1, 1), 0)
    conv("conv_3x3", (2, 5, 6, 9), (8, 5, 3, 3), 1, act=F.relu6, scale=6)
    conv("conv_stride", (1, 3, 7, 10), (4, 3, 3, 3), 1, act=F.relu, stride=2)
    conv("conv_dilated", (1, 4, 9, 16), (3, 4, 3, 3), 7, dilation=7)
    conv("conv_row", (1, 4, 3, 8), (4, 4, 1, 5), (0, 2))
    conv("conv_column", (1, 4, 8, 3), (4, 4, 7, 1), (3, 0))
    conv("conv_depthwise", (1, 6, 9, 9), (6, 1, 3, 3), 2, groups=6, dilation=2)
    conv("conv_depthwise_stride", (1, 6, 8, 6), (6, 1, 3, 3), 1, groups=6, stride=2)
    conv("conv_groups", (1, 6, 5, 5), (4, 3, 3, 3), 1, groups=2)
    conv("conv_no_bias", (1, 6, 5, 5), (1, 6, 3, 3), 1, bias=False)

    a, b, c = random(2, 5, 6, 8), random(2, 3, 3, 5), random(2, 4, 11, 9)
    r = random(2, 9, 3, 4)
    w, wb = weights("conv_joined/w", 3, 10, 3, 3)
    v, vb = weights("conv_joined/v", 4, 10, 3, 3)
    x = torch.cat([a[:, 1:4], sampled(b, (6, 8)), sampled(c, (6, 8), True)], 1)
    y = F.conv2d(x, torch.cat([w, 0.5 * v]), torch.cat([wb, 0.5 * vb]), padding=1, stride=2)
    keep("conv_joined", a=a, b=b, c=c, r=r, y=F.relu(y + r[:, 2:9]))


def samplings():
    out["copy.conv.weight"] = torch.eye(2).view(2, 2, 1, 1)
    for k, (size, to) in enumerate([((5, 7), (9, 4)), ((1, 1), (3, 5)), ((6, 8), (3, 1)), ((4, 6), (8, 12)),
                                    ((12, 16), (3, 4)), ((1, 9), (2, 5)), ((3, 2), (3, 7))]):
        x = random(1, 2, *size)
        keep(f"half_pixel_{k}", a=x, y=sampled(x, to))
        keep(f"corners_{k}", a=x, y=sampled(x, to, True))


def points():
    x = random(2, 5, 4, 3, scale=4)
    keep("softmax", a=x, y=torch.softmax(0.25 * x, 1))
    keep("mean", a=x, y=x.mean((2, 3), keepdim=True))


def stacked(n, d, qk, h, w, scale):
    return [random(n, c, h, w, scale=scale) for c in (qk, qk, d, qk, qk, d)]


def axials():
    for case, (n, d, qk, h, w) in {"axial": (2, 4, 2, 5, 3), "axial_one_row": (1, 3, 1, 1, 6),
                                   "axial_square": (1, 8, 3, 6, 6)}.items():
        t = random(n, d, h, w)
        qh, kh, vh, qw, kw, vw = s = stacked(n, d, qk, h, w, 0.7)
        gh, gw = scalar(f"{case}/gamma_h", 0.3), scalar(f"{case}/gamma_w", -0.8)
        ah = torch.softmax(torch.einsum("bcix,bcjx->bxij", qh, kh), -1)
        aw = torch.softmax(torch.einsum("bcyi,bcyj->byij", qw, kw), -1)
        oh, ow = torch.einsum("bxij,bcjx->bcix", ah, vh), torch.einsum("byij,bcyj->bcyi", aw, vw)
        keep(case, a=t, b=torch.cat(s, 1), y=gh * oh + t + gw * ow + t)

        def raw(q, k, v, length):
            q, k, v = (x.reshape(n, -1, length) for x in (q, k, v))
            attention = torch.softmax(torch.bmm(q.transpose(1, 2), k), -1)
            return torch.bmm(v, attention.transpose(1, 2)).reshape(n, d, h, w)

        small = [0.3 * x for x in s[:2]] + [s[2]] + [0.3 * x for x in s[3:5]] + [s[5]]
        small = [x.float().double() for x in small]
        gh, gw = scalar(f"{case}_raw/gamma_h", 0.4), scalar(f"{case}_raw/gamma_w", 0.9)
        y = gh * raw(*small[:3], h) + gw * raw(*small[3:], w) + 2 * t
        keep(f"{case}_raw", a=t, b=torch.cat(small, 1), y=y)


def sica():
    def clip(x):
        return x.clamp(0, 1)

    saliency, detail = random(2, 1, 4, 5, scale=3), random(2, 1, 5, 3, scale=3)
    t3, t5, l5 = scalar("maps_3/t", 0.46), scalar("maps_5/t", 0.55), scalar("maps_5/l", 0.41)
    size = (8, 7)
    s, q = torch.sigmoid(sampled(saliency, size)), torch.sigmoid(sampled(detail, size))
    m3 = torch.cat([clip(s - t3), clip(t3 - s), t3 - (s - t3).abs()], 1)
    m5 = torch.cat([clip(s - t5), clip(t5 - s), t5 - (s - t5).abs(), clip(q - l5), clip(l5 - q)], 1)
    keep("maps_3", a=saliency, y=m3)
    keep("maps_5", a=saliency, b=detail, y=m5)

    maps, f, g = m5.float().double(), random(2, 3, 8, 7), random(2, 4, 4, 4)
    x = torch.cat([f, sampled(g, size)], 1)
    sums = torch.einsum("bkn,bcn->bck", maps.flatten(2), x.flatten(2))
    mass = maps.abs().sum((2, 3))[:, None]
    keep("context", a=maps, b=f, c=g, y=sums[:, :, None])
    keep("context_mass", a=maps, b=f, c=g, y=(sums / (mass + 1))[:, :, None])
    grid = (6, 5)
    matrix = sampled(torch.cat([f, sampled(f, (8, 7))], 1), grid).reshape(2, 30, 6)
    context = torch.bmm(sampled(maps, grid).flatten(2), matrix)
    keep("context_raw", a=maps, b=f, y=context.transpose(1, 2)[:, :, None])

    query, keys, values = random(2, 6, 3, 5), random(2, 6, 1, 5), random(2, 4, 1, 5)
    a = torch.softmax(torch.einsum("bcyx,bck->byxk", query, keys[:, :, 0]) * 0.5, -1)
    keep("attend", a=query, b=keys, c=values, y=torch.einsum("byxk,bck->bcyx", a, values[:, :, 0]))


def pyramid():
    half = np.array([0.004433048175243746, 0.05400558262241448, 0.2420362293761143, 0.3990502796524549])
    line = np.concatenate([half, half[2::-1]])
    kernel = 4 * torch.from_numpy(np.outer(line, line).astype(np.float32)).double()
    for case, (h, w), (rh, rw) in [("expand", (4, 6), (8, 12)), ("expand_least", (2, 2), (4, 4)),
                                   ("expand_odd", (5, 3), (9, 5))]:
        x, r = random(2, 1, h, w), random(2, 1, rh, rw)
        stuffed = F.pixel_shuffle(torch.cat([x, 0 * x, 0 * x, 0 * x], 1), 2)
        y = F.conv2d(F.pad(stuffed, (3, 3, 3, 3), mode="reflect"), kernel[None, None])
        keep(case, a=x, b=r, y=y + sampled(r, (2 * h, 2 * w), True))


def vectors(name, channels):
    weight, bias = random(channels), random(channels)
    out[f"{name}.weight"], out[f"{name}.bias"] = weight, bias
    return weight, bias


def tokens():
    x = random(2, 5, 4, 6, scale=3)
    w, b = weights("conv_gelu/w", 7, 5, 1, 1)
    keep("conv_gelu", a=x, y=F.gelu(F.conv2d(x, w, b)))
    x = random(2, 7, 3, 4, scale=2)
    w, b = vectors("norm/n", 7)
    keep("norm", a=x, y=F.layer_norm(x.permute(0, 2, 3, 1), (7,), w, b, 1e-5).permute(0, 3, 1, 2))
    for case, size in {"merge": (4, 6), "merge_odd": (5, 3)}.items():
        x = random(2, 3, *size)
        p = F.pad(x, (0, size[1] % 2, 0, size[0] % 2))
        keep(case, a=x, y=torch.cat([p[..., i::2, j::2] for j in (0, 1) for i in (0, 1)], 1))


def window(case, n, heads, each, h, w, side, shift):
    """One query after the other, by the definition: no partition, no roll."""
    c = heads * each
    x, table, bias = random(n, 3 * c, h, w), random((2 * side - 1) ** 2, heads), random(3 * c)
    out[f"{case}/p.relative_position_bias_table"], out[f"{case}/p.qkv.bias"] = table, bias
    rows, columns = -(-h // side) * side, -(-w // side) * side
    whole = bias[None, :, None, None].repeat(n, 1, rows, columns)
    whole[..., :h, :w] = x
    part = whole.view(n, 3, heads, each, rows, columns)
    y = torch.zeros(n, heads, each, h, w, dtype=torch.float64)
    for v in range(h):
        for u in range(w):
            mv, mu = (v - shift) % rows, (u - shift) % columns  # in the moved grid, where windows are
            scores, values = [], []
            for kv in range(mv // side * side, mv // side * side + side):
                for ku in range(mu // side * side, mu // side * side + side):
                    sv, su = (kv + shift) % rows, (ku + shift) % columns
                    # Apart: one of the two has come around an edge.
                    apart = (kv >= rows - shift) != (mv >= rows - shift) or \
                        (ku >= columns - shift) != (mu >= columns - shift)
                    score = (part[:, 0, :, :, v, u] * part[:, 1, :, :, sv, su]).sum(-1) * each ** -0.5
                    score = score + table[(mv - kv + side - 1) * (2 * side - 1) + mu - ku + side - 1]
                    scores.append(score - 100 if apart else score)
                    values.append(part[:, 2, :, :, sv, su])
            a = torch.softmax(torch.stack(scores, -1), -1)
            y[..., v, u] = (torch.stack(values, -1) * a[:, :, None]).sum(-1)
    keep(case, a=x, y=y.view(n, c, h, w))


def windows():
    window("window", 2, 2, 4, 8, 4, 4, 0)
    window("window_moved", 1, 3, 2, 6, 9, 3, 1)
    window("window_filled", 2, 1, 5, 5, 7, 4, 2)
    window("window_larger", 1, 2, 3, 2, 3, 4, 2)


def grids():
    x = random(2, 3, 7, 10)
    keep("pool_max", a=x, y=F.max_pool2d(x, 3, 2, 1))
    x = random(2, 3, 7, 10)
    keep("pool_counted", a=x, y=F.avg_pool2d(x, 3, 2, 1))
    x = random(2, 3, 7, 9)
    keep("pool_inside", a=x, y=F.avg_pool2d(x, 2, 2, 0, ceil_mode=True, count_include_pad=False))
    a, b = random(2, 5, 4, 6), random(2, 3, 3, 5)
    keep("add", a=a, b=b, y=a[:, 1:4] + sampled(b, (4, 6)))
    a, b = random(2, 1, 4, 6), random(2, 1, 3, 5)
    keep("multiply", a=a, b=b, y=a * sampled(b, (4, 6)))
    x = random(1, 3, 4, 6)
    keep("resize", a=x, y=sampled(x[:, 1:], (7, 5), True))


# Ones of the ellipses in the reference, per row, from the middle one upwards.
ELLIPSES = {5: (5, 5, 1), 9: (9, 9, 7, 7, 1), 17: (17, 17, 17, 15, 15, 13, 11, 9, 1)}


def transitions():
    for k, ones in ELLIPSES.items():
        x, r = random(2, 1, 11, 14, scale=0.6), k // 2
        x[:, :, 3:5, 2:4] += 1.5
        s, y = torch.sigmoid(x), torch.zeros_like(x)
        for v in range(11):
            for u in range(14):
                seen = [s[:, 0, i, max(u - ones[abs(i - v)] // 2, 0):u + ones[abs(i - v)] // 2 + 1]
                        for i in range(max(v - r, 0), min(v + r + 1, 11))]
                seen = torch.cat(seen, 1)
                y[:, 0, v, u] = (seen.amax(1) - seen.amin(1) > 0.5).double()
        keep(f"transition_{k}", a=x.float().double(), y=y)


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "net")
    convolutions(), samplings(), points(), axials(), sica(), pyramid()
    tokens(), windows(), grids(), transitions()
    write(os.path.join(folder, "operations.safetensors"), {k: v.float().numpy() for k, v in out.items()},
          {"origin": "make_net_fixtures.py", "licence": "CC0-1.0"})


if __name__ == "__main__":
    main()
