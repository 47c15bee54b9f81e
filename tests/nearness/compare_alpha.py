#!/usr/bin/env python3
"""SAD, MSE, gradient and connectivity against an implementation in numpy, written from the paper's formulas alone.

usage: compare_alpha.py alpha_values
"""
import math
import subprocess
import sys

try:
    import numpy as np
except ImportError:
    print("skipped: no numpy here")
    sys.exit(77)


def gradient_length(plane):
    """First derivatives of a Gaussian of 1.4 in 9 x 9 taps of unit energy, by whole kernels; edges repeated."""
    sigma, half = 1.4, math.ceil(1.4 * math.sqrt(-2 * math.log(math.sqrt(2 * math.pi) * 1.4 * 0.01)))
    assert half == 4
    axis = np.arange(-half, half + 1, dtype=float)
    y, x = np.meshgrid(axis, axis, indexing="ij")
    kernel = -x / sigma**2 * np.exp(-(x * x + y * y) / (2 * sigma * sigma)) / (2 * math.pi * sigma**2)
    kernel /= math.sqrt((kernel**2).sum())
    padded = np.pad(plane, half, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape)
    return np.hypot((windows * kernel).sum((2, 3)), (windows * kernel.T).sum((2, 3)))


def largest_region(mask):
    """Four neighbours, by spreading the smallest number until nothing changes."""
    numbers = np.where(mask, np.arange(1, mask.size + 1).reshape(mask.shape), 0)
    big = mask.size + 1
    while True:
        around = np.pad(np.where(mask, numbers, big), 1, constant_values=big)
        least = np.minimum.reduce([around[1:-1, 1:-1], around[:-2, 1:-1], around[2:, 1:-1], around[1:-1, :-2],
                                   around[1:-1, 2:]])
        least = np.where(mask, least, 0)
        if (least == numbers).all():
            break
        numbers = least
    found, counts = np.unique(numbers[mask], return_counts=True)
    return numbers == found[counts.argmax()] if len(found) else np.zeros_like(mask)


def connectivity(found, known):
    left = np.full(found.shape, -1.0)
    for k in range(1, 11):
        region = largest_region((found >= k / 10) & (known >= k / 10))
        left[(left == -1) & ~region] = (k - 1) / 10
    left[left == -1] = 1
    phi = [1 - (a - left) * (a - left >= 0.15) for a in (found, known)]
    return np.abs(phi[0] - phi[1]).sum()


def wanted(matte, alpha):
    found = np.clip(matte, 0, 1).astype(float)
    known = (alpha.astype(np.float32) / np.float32(255)).astype(float)
    return (np.abs(found - known).sum() / 1000, ((found - known)**2).mean(),
            ((gradient_length(found) - gradient_length(known))**2).sum() / 1000, connectivity(found, known) / 1000)


def cases():
    random = np.random.default_rng(5)
    for width, height in ((1, 1), (1, 9), (7, 3), (40, 31), (64, 64)):
        alpha = random.integers(0, 256, (height, width)).astype(np.uint8)
        yield random.random((height, width), dtype=np.float32) * 1.4 - 0.2, alpha
        y, x = np.mgrid[:height, :width]
        disc = np.clip((height / 3 - np.hypot(x - width / 2, y - height / 2)) / 4 + 0.5, 0, 1)
        islands = np.clip(disc + ((x // 5 + y // 7) % 4 == 0) * 0.55, 0, 1)
        yield islands.astype(np.float32), (disc * 255).round().astype(np.uint8)
        yield (disc * 255).round().astype(np.float32) / np.float32(255), (islands * 255).round().astype(np.uint8)


def main():
    wrong = count = 0
    for matte, alpha in cases():
        height, width = matte.shape
        data = np.array([width, height], np.int32).tobytes() + matte.tobytes() + alpha.tobytes()
        done = subprocess.run([sys.argv[1]], input=data, stdout=subprocess.PIPE, check=True)
        got = [float(word) for word in done.stdout.split()]
        for name, ours, theirs in zip(("SAD", "MSE", "gradient", "connectivity"), got, wanted(matte, alpha)):
            count += 1
            if abs(ours - theirs) > 1e-9 * max(1, abs(theirs)):
                wrong += 1
                print(f"{width} x {height}, {name}: {ours} here, {theirs} in numpy")
    print(f"{count} measures, {wrong} differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
