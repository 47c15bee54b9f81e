#!/usr/bin/env python3
"""Which entries of a cache go, beside a model written from the paper alone: equal at every step of random traces.

usage: compare_steps.py cache_steps [seed]
"""
import itertools
import random
import subprocess
import sys
from collections import OrderedDict

GHOSTS = 4096


class S3Fifo:
    """Yang et al., "FIFO queues are all you need for cache eviction", algorithm 1, with bytes for counts."""

    def __init__(self):
        self.limit = 0
        self.small, self.main, self.ghost = OrderedDict(), OrderedDict(), OrderedDict()  # the oldest first
        self.freq, self.cost = {}, {}

    def bytes_of(self, queue):
        return sum(self.cost[key] for key in queue)

    def used(self):
        return self.bytes_of(self.small) + self.bytes_of(self.main)

    def trim(self):
        while self.ghost and (sum(self.ghost.values()) > self.limit - self.limit // 10 or len(self.ghost) > GHOSTS):
            self.ghost.popitem(last=False)

    def evict_small(self):
        key, _ = self.small.popitem(last=False)
        if self.freq[key] > 1:
            self.main[key], self.freq[key] = None, 0
            return None
        self.ghost.pop(key, None)
        self.ghost[key] = self.cost[key]
        self.trim()
        return key

    def evict_main(self):
        while True:
            key, _ = self.main.popitem(last=False)
            if not self.freq[key]:
                return key
            self.freq[key] -= 1
            self.main[key] = None

    def make_room(self, most):
        gone = []
        while self.used() > most:
            if self.small and (self.bytes_of(self.small) >= self.limit // 10 or not self.main):
                key = self.evict_small()
            else:
                key = self.evict_main()
            if key is not None:
                gone.append(key)
        return gone

    def resize(self, limit):
        self.limit = limit
        self.trim()
        return "L", self.make_room(limit)

    def get(self, key, cost):
        if key in self.small or key in self.main:
            self.freq[key] = min(self.freq[key] + 1, 3)
            return "H", []
        if cost > self.limit // 8:
            return "M", []
        gone = self.make_room(self.limit - cost)
        returns = self.ghost.pop(key, None) is not None
        self.freq[key], self.cost[key] = 0, cost
        (self.main if returns else self.small)[key] = None
        return "M", gone


def zipf(chance, keys, alpha):
    weights = list(itertools.accumulate(1 / (i + 1) ** alpha for i in range(keys)))
    return lambda: chance.choices(range(keys), cum_weights=weights)[0]


def traces(seed):
    chance = random.Random(seed)
    size = [64 * chance.randint(9, 200) for _ in range(100000)]
    for alpha in (0.6, 0.9, 1.2):
        draw = zipf(chance, 2000, alpha)
        yield f"zipf {alpha}", [(draw(), None) for _ in range(3000)], size
    yield "scan", [(i % 300, None) for i in range(2000)], size
    draw, fresh = zipf(chance, 500, 1.0), itertools.count(5000)
    yield "mixed", [(next(fresh) if i % 400 > 250 else draw(), None) for i in range(4000)], size
    draw = zipf(chance, 500, 0.8)
    yield "limits", [(draw(), chance.randint(0, 2 * 10**6) if i % 100 == 99 else None) for i in range(3000)], size
    yield "ghosts", [(chance.randint(0, 9000), None) for i in range(30000)], [576] * 100000


def main():
    seed, wrong = int(sys.argv[2]) if len(sys.argv) > 2 else 1, 0
    for name, requests, size in traces(seed):
        model, lines, want = S3Fifo(), [], []
        for limit in [300000 if name != "ghosts" else 576 * 6000]:
            lines.append(f"limit {limit}")
            want.append(model.resize(limit))
        if name == "ghosts":  # a model that is quick enough for many entries of one size
            model.bytes_of = lambda queue: 576 * len(queue)
        for key, limit in requests:
            if limit is not None:
                lines.append(f"limit {limit}")
                want.append(model.resize(limit))
            lines.append(f"get {key} {size[key]}")
            want.append(model.get(key, size[key]))
        done = subprocess.run([sys.argv[1]], input="\n".join(lines) + "\n", check=True, capture_output=True, text=True)
        got = done.stdout.splitlines()
        text = [" ".join([word, *map(str, gone)]) for word, gone in want]
        first = next((i for i, (a, b) in enumerate(zip(got, text)) if a != b), None)
        hits, gone = sum(w == "H" for w, _ in want), sum(len(g) for _, g in want)
        print(f"{name}: {len(requests)} requests, {hits} hits, {gone} evictions"
              + (f"; step {first} is {got[first]!r}, not {text[first]!r}" if first is not None else ""))
        wrong += first is not None or len(got) != len(text)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
