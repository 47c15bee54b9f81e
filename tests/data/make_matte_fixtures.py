#!/usr/bin/env python3
"""Writes matte/matte.safetensors: what other people's programs make of the same inputs.

    python3 make_matte_fixtures.py [FOLDER]

alpha/N/logits, alpha/N/alpha       torch: sigmoid, then bilinear interpolation with aligned corners
colours/NAME/picture, alpha, truth, reference
                                    a picture mixed from two known ones, and pymatting's estimate_foreground_ml
measure/N/matte, mask, expected     pysodmetrics (S, F), OpenCV's morphology (mBA) and numpy (IoU, MAE); expected:
                                    iou, mae, s, mba (-1: none), then the F curve; without matte and mask: see scene()

Needs numpy, torch, opencv-python-headless, pymatting and pysodmetrics.
"""
import os
import sys

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from py_sod_metrics import Fmeasure, Smeasure
from pymatting import estimate_foreground_ml

from safetensors_io import write

rng = np.random.default_rng(7)
out = {}


def numbers(tensor):
    return np.array(tensor.tolist(), np.float32)


def alphas():
    sizes = [((13, 17), (61, 40)), ((17, 13), (5, 9)), ((8, 8), (8, 8)), ((1, 1), (7, 3)), ((6, 5), (1, 1)),
             ((1, 9), (4, 30)), ((9, 2), (33, 1)), ((40, 30), (41, 31))]
    for i, (small, large) in enumerate(sizes):
        logits = (rng.standard_normal(small) * 6).astype(np.float32)
        logits.flat[0] = -100
        p = torch.sigmoid(torch.tensor(logits.tolist()))[None, None]
        out[f"alpha/{i}/logits"] = logits
        out[f"alpha/{i}/alpha"] = numbers(F.interpolate(p, large, mode="bilinear", align_corners=True)[0, 0])


def texture(h, w, base, swing):
    coarse = cv2.resize(rng.uniform(-1, 1, (5, 6, 3)), (w, h), interpolation=cv2.INTER_CUBIC)
    fine = rng.uniform(-0.15, 0.15, (h, w, 1))
    return np.clip(np.array(base) + swing * (coarse + fine), 0, 255)


def colours():
    h, w = 48, 60
    for name in ("hair", "soft"):
        front, back = texture(h, w, (190, 120, 60), 50), texture(h, w, (50, 110, 190), 50)
        disc = np.zeros((h * 4, w * 4), np.uint8)
        cv2.circle(disc, (w * 2, h * 2), 44, 255, -1)
        if name == "hair":
            for angle in rng.uniform(0, 2 * np.pi, 60):
                ends = [(int(w * 2 + r * np.cos(angle + t)), int(h * 2 + r * np.sin(angle + t)))
                        for r, t in ((40, 0), (rng.uniform(58, 88), 0.15))]
                cv2.line(disc, *ends, int(rng.uniform(120, 255)), 4, cv2.LINE_AA)
            alpha = cv2.resize(disc, (w, h), interpolation=cv2.INTER_AREA)
        else:
            alpha = cv2.GaussianBlur(cv2.resize(disc, (w, h), interpolation=cv2.INTER_AREA), (0, 0), 5)
        a = alpha[..., None] / 255.0
        picture = np.rint(a * front + (1 - a) * back).astype(np.uint8)
        reference = estimate_foreground_ml(picture / 255.0, alpha / 255.0) * 255
        for key, image in (("picture", picture), ("truth", front), ("reference", reference)):
            out[f"colours/{name}/{key}"] = np.moveaxis(image, 2, 0).astype(np.float32)
        out[f"colours/{name}/alpha"] = alpha.astype(np.float32)


def boundary(levels, mask, keep):
    h, w = mask.shape
    scores = []
    for i in range(5):
        size = 2 * (1 + int(((w + h) / 300 - 1) / 5 * i)) + 1
        ellipse = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
        band = cv2.morphologyEx((mask > 128).astype(np.uint8), cv2.MORPH_GRADIENT, ellipse).astype(bool) & keep
        if band.any():
            scores.append(((levels > 128) == (mask > 128))[band].mean())
    return np.mean(scores) if scores else -1


class PopulationSmeasure(Smeasure):
    """The published evaluation takes the deviation of the population; the package that of a sample."""

    def s_object(self, x):
        return 2 * x.mean() / (x.mean() ** 2 + 1 + x.std() + 1e-16)


def expected(matte, mask):
    keep = mask != 128
    levels = (matte * np.float32(255)).astype(np.uint8)
    subject, found = mask > 128, matte > 0.5
    union = ((subject | found) & keep).sum()
    iou = (subject & found & keep).sum() / union if union else 1
    mae = np.abs(matte.astype(np.float64) - subject)[keep].mean()
    s, f = PopulationSmeasure(), Fmeasure()
    if keep.all():
        s.step(levels, mask)
        f.step(levels, mask)
        s, curve = s.get_results()["sm"], f.get_results()["fm"]["curve"]
        curve = curve[::-1]  # there the first threshold is 255
    else:
        s, curve = -1, np.full(256, -1)
    return np.concatenate([[iou, mae, s, boundary(levels, mask, keep)], curve]).astype(np.float64)


def scene(w, h):
    """An ellipse and a matte that misses it here and there, from integers alone, so that a test can make it too."""
    y, x = np.mgrid[:h, :w].astype(np.int64)
    mask = np.where(((2 * x - w) * h) ** 2 + ((2 * y - h) * w) ** 2 < (w * h) ** 2 // 4, 255, 0).astype(np.uint8)
    noise = (x * 7919 + y * 104729 + (x * y) % 251 * 31) % 256
    levels = np.where(noise < 24, noise, np.where(mask > 0, 255 - noise // 4, noise // 3))
    return (levels / 255).astype(np.float32), mask


def measures():
    h, w = 30, 44
    y, x = np.mgrid[:h, :w]
    blob = np.where((x - 20) ** 2 + (y - 13) ** 2 < 80, 255, 0).astype(np.uint8)
    good = np.clip(1.2 - np.hypot(x - 22, y - 14) / 16, 0, 1).astype(np.float32)
    noise = rng.uniform(0.1, 0.8, (h, w)).astype(np.float32)
    band = blob.copy()
    band[cv2.morphologyEx(blob, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0] = 128
    cases = [(good, blob), (noise, blob), (good, 0 * blob), (good, 0 * blob + 255), (0 * good, blob),
             (0 * good + np.float32(0.25), blob), (good, band)]
    for i, (matte, mask) in enumerate(cases):
        out[f"measure/{i}/matte"], out[f"measure/{i}/mask"] = matte, mask.astype(np.float32)
        out[f"measure/{i}/expected"] = expected(matte, mask)
    out["measure/scene/expected"] = expected(*scene(1601, 1200))


alphas()
colours()
measures()
folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "matte")
write(os.path.join(folder, "matte.safetensors"), {k: np.asarray(v) for k, v in out.items()},
      {"description": "see make_matte_fixtures.py"})
