#!/usr/bin/env python3
"""Makes a checkpoint of the same function whose activations have outliers, as those of large trained transformers have.

    python tests/bench/inject_outliers.py swin_small.pth OUT.pth --base-size 192

In each block of the Swin backbone a few channels that leave a layer norm are multiplied by a factor and the columns of
the linear layer that reads them are divided by it: norm1 before attn.qkv, norm2 before mlp.fc1. Then both networks run
in float64 and in float32 on the same picture, and the largest difference of their logits is printed; the program fails
where float64 shows more than rounding.
"""
import argparse
import re
import sys

import torch
from safetensors.torch import load_file, save_file
from transparent_background.InSPyReNet import InSPyReNet
from transparent_background.backbones.SwinTransformer import SwinTransformer

PAIRS = (("norm1", "attn.qkv"), ("norm2", "mlp.fc1"))


def inject(state, channels, factor, generator):
    """A changed copy, and how many layer norms were changed."""
    state, count = {name: value.clone() for name, value in state.items()}, 0
    for block in sorted({m[0] for m in (re.match(r"backbone\.layers\.\d+\.blocks\.\d+\.", n) for n in state) if m}):
        for norm, linear in PAIRS:
            width = len(state[f"{block}{norm}.weight"])
            chosen = torch.randperm(width, generator=generator)[:channels]
            state[f"{block}{norm}.weight"][chosen] *= factor
            state[f"{block}{norm}.bias"][chosen] *= factor
            state[f"{block}{linear}.weight"][:, chosen] /= factor
            count += 1
    return state, count


def network(state, base, kind):
    """The reference package's network of the sizes that the tensors have, in numbers of the kind."""
    embed = len(state["backbone.patch_embed.proj.bias"])
    tables = [state[f"backbone.layers.{i}.blocks.0.attn.relative_position_bias_table"] for i in range(4)]
    depths = [len([n for n in state if re.fullmatch(rf"backbone\.layers\.{i}\.blocks\.\d+\.norm1\.bias", n)])
              for i in range(4)]
    swin = SwinTransformer(embed_dim=embed, depths=depths, num_heads=[t.shape[1] for t in tables],
                           window_size=(int(len(tables[0]) ** 0.5) + 1) // 2)
    model = InSPyReNet(swin, [embed << i for i in (0, 0, 1, 2, 3)], len(state["decoder.conv2.conv.weight"]),
                       [base, base], threshold=None).to(kind)
    model.load_state_dict(state)
    return model.eval()


@torch.no_grad()
def logits(state, base, picture, kind):
    return network(state, base, kind).forward_inspyre(picture.to(kind))["saliency"][-1]


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("source")
    a.add_argument("target", help="a .pth or .safetensors file")
    a.add_argument("--base-size", type=int, required=True)
    a.add_argument("--channels", type=int, default=3, help="of each layer norm")
    a.add_argument("--factor", type=float, default=30)
    a.add_argument("--seed", type=int, default=1)
    args = a.parse_args()

    safe = args.source.endswith(".safetensors")
    source = load_file(args.source) if safe else torch.load(args.source, map_location="cpu", weights_only=True)
    generator = torch.Generator().manual_seed(args.seed)
    target, count = inject(source, args.channels, args.factor, generator)
    coarse = torch.randn(1, 3, 12, 12, generator=generator)
    picture = torch.nn.functional.interpolate(coarse, (args.base_size, args.base_size), mode="bicubic")
    print(f"{count} layer norms, {args.channels} channels of each times {args.factor:g}")
    for kind in (torch.float64, torch.float32):
        # The files hold float32, so the division is rounded; the float64 proof of the function changes a float64 copy.
        wide = {n: v.to(kind) if v.is_floating_point() else v for n, v in source.items()}
        same = torch.Generator().manual_seed(args.seed)
        changed = inject(wide, args.channels, args.factor, same)[0]
        before, after = (logits(state, args.base_size, picture, kind) for state in (wide, changed))
        apart = ((after - before).abs().max() / before.abs().max()).item()
        print(f"{str(kind)[6:]}: logits apart by at most {apart:.1e} of the largest")
        if kind == torch.float64 and apart > 1e-9:
            sys.exit("inject_outliers: the function has changed")
    save_file(target, args.target) if args.target.endswith(".safetensors") else torch.save(target, args.target)


if __name__ == "__main__":
    main()
