#!/usr/bin/env python3
"""Trains a small InSPyReNet with a Swin backbone, so that reduced precisions meet weights that mean something.

    python tests/bench/train_swin.py --minutes 45 --out OUT   # needs torch, transparent-background, safetensors, Pillow

The classes are the reference package's own with smaller arguments, so the tensors have the names and the order of an
official checkpoint and `inspyr cutout --model OUT/swin_small.pth --base-size 192` reads them. Heads have 32 channels
and windows 12 x 12 tokens, as the official ones. The data are the pairs of INSPYR_SHARED/data/train/people; every
twentieth is held back for the figures that are logged. One thread learns to find a person in 45 minutes; it does not
learn fine edges, nor other subjects.
"""
import argparse
import math
import os
import time

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import save_file
from transparent_background.InSPyReNet import InSPyReNet
from transparent_background.backbones.SwinTransformer import SwinTransformer

MEAN, STD = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])


def build(size, embed=64, depths=(2, 2, 4, 2), depth=32):
    heads = [(embed << stage) // 32 for stage in range(4)]
    backbone = SwinTransformer(embed_dim=embed, depths=list(depths), num_heads=heads, window_size=12,
                               drop_path_rate=0.0)
    return InSPyReNet(backbone, [embed << stage for stage in (0, 0, 1, 2, 3)], depth, [size, size], threshold=None)


def read(folder, size):
    """All pairs, squeezed to squares as the input is; uint8: pictures (n, 3, size, size), masks (n, 1, ...)."""
    pictures, masks = [], []
    for name in sorted(n for n in os.listdir(folder) if n.endswith(".jpg")):
        photo = Image.open(os.path.join(folder, name)).convert("RGB").resize((size, size), Image.BILINEAR)
        mask = Image.open(os.path.join(folder, name[:-4] + ".png")).convert("L").resize((size, size), Image.BOX)
        pictures.append(np.asarray(photo).transpose(2, 0, 1))
        masks.append(np.asarray(mask)[None])
    return torch.from_numpy(np.stack(pictures)), torch.from_numpy(np.stack(masks))


def normalised(pictures):
    return (pictures / 255.0 - MEAN.view(3, 1, 1)) / STD.view(3, 1, 1)


def augmented(picture, mask, size, generator):
    """One pair: a window of 40 to 130 % of each side, mirrored beyond the edges; flips; other light and colour cast."""
    def draw(low, high):
        return low + (high - low) * torch.rand(1, generator=generator).item()

    pair = torch.cat([picture, mask]).float()[None]
    scale, stretch = math.exp(draw(math.log(0.4), math.log(1.3))), math.exp(draw(-0.2, 0.2))
    wide, tall = scale * stretch, scale / stretch
    slack_x, slack_y = abs(1 - wide), abs(1 - tall)
    flip = -1.0 if draw(0, 1) < 0.5 else 1.0
    where = torch.tensor([[[flip * wide, 0, draw(-slack_x, slack_x)], [0, tall, draw(-slack_y, slack_y)]]])
    grid = F.affine_grid(where, [1, 4, size, size], align_corners=False)
    pair = F.grid_sample(pair, grid, mode="bilinear", padding_mode="reflection", align_corners=False)[0]
    cast = torch.tensor([draw(0.85, 1.15) for _ in range(3)]).view(3, 1, 1) * draw(0.7, 1.3)
    return (pair[:3] * cast).clamp(0, 255), pair[3:]


def loss_of(pyramid, mask):
    """Binary cross entropy and soft IoU of every level against the mask, averaged down to the level's size."""
    total = 0
    for logit in pyramid:
        logit = logit.float()
        want = F.adaptive_avg_pool2d(mask, logit.shape[-2:])
        got = torch.sigmoid(logit)
        both = (got * want).sum((1, 2, 3))
        either = (got + want - got * want).sum((1, 2, 3))
        total = total + F.binary_cross_entropy_with_logits(logit, want) + (1 - (both + 1) / (either + 1)).mean()
    return total / len(pyramid)


@torch.no_grad()
def held_back_iou(model, pictures, masks, size):
    model.eval()
    scores = []
    for start in range(0, len(pictures), 8):
        x = F.interpolate(pictures[start:start + 8].float(), (size, size), mode="bilinear", antialias=True)
        want = F.adaptive_avg_pool2d(masks[start:start + 8].float(), size) > 127
        got = model.forward_inspyre(normalised(x))["saliency"][-1] > 0
        scores.append((got & want).sum((1, 2, 3)) / (got | want).sum((1, 2, 3)).clamp(min=1))
    model.train()
    return torch.cat(scores).mean().item()


def save(model, folder, size):
    state = {name: value.detach().contiguous().clone() for name, value in model.state_dict().items()}
    torch.save(state, os.path.join(folder, "swin_small.pth.part"))
    save_file(state, os.path.join(folder, "swin_small.safetensors.part"), {"base_size": str(size)})
    for kind in ("pth", "safetensors"):
        os.replace(os.path.join(folder, f"swin_small.{kind}.part"), os.path.join(folder, f"swin_small.{kind}"))


def main():
    shared = os.environ.get("INSPYR_SHARED", "../shared")
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--minutes", type=float, default=45)
    a.add_argument("--threads", type=int, default=1)
    a.add_argument("--out", required=True, help="folder of the checkpoints and the log")
    a.add_argument("--data", default=os.path.join(shared, "data/train/people"))
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--size", type=int, default=192, help="base size: side of the network's input")
    a.add_argument("--batch", type=int, default=4)
    a.add_argument("--rate", type=float, default=1e-3, help="highest learning rate")
    a.add_argument("--exact", action="store_true", help="train without bf16 autocast")
    args = a.parse_args()

    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    generator = torch.Generator().manual_seed(args.seed)
    os.makedirs(args.out, exist_ok=True)
    pictures, masks = read(args.data, args.size * 4 // 3)
    held = torch.arange(len(pictures)) % 20 == 10
    train, kept = torch.where(~held)[0], torch.where(held)[0]

    model = build(args.size)
    model.backbone.init_weights()
    model.train()
    decayed = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() <= 1]
    optimiser = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.05}, {"params": others, "weight_decay": 0.0}])
    begin = saved = time.time()
    order, step, mean_loss = [], 0, 0.0
    with open(os.path.join(args.out, "log.tsv"), "w", buffering=1) as log:
        log.write("minutes\tsteps\tloss\tiou\n")
        while True:
            done = (time.time() - begin) / (60 * args.minutes)
            if time.time() - saved > 180 or done >= 1:
                iou = held_back_iou(model, pictures[kept], masks[kept], args.size)
                log.write(f"{done * args.minutes:.1f}\t{step}\t{mean_loss:.4f}\t{iou:.4f}\n")
                save(model, args.out, args.size)
                saved = time.time()
            if done >= 1:
                break
            falling = 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done))
            for group in optimiser.param_groups:
                group["lr"] = args.rate * min(1, (step + 1) / 100) * falling
            if len(order) < args.batch:
                order = train[torch.randperm(len(train), generator=generator)].tolist()
            batch = [augmented(pictures[i], masks[i], args.size, generator) for i in order[:args.batch]]
            order = order[args.batch:]
            x = normalised(torch.stack([p for p, _ in batch]))
            with torch.autocast("cpu", torch.bfloat16, enabled=not args.exact):
                pyramid = model.forward_inspyre(x)["saliency"]
            loss = loss_of(pyramid, torch.stack([m for _, m in batch]) / 255.0)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            step += 1
            mean_loss = loss.item() if step == 1 else 0.98 * mean_loss + 0.02 * loss.item()


if __name__ == "__main__":
    main()
