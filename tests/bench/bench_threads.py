#!/usr/bin/env python3
"""Do eight Python threads scale as the library does? Cut-outs a second of one model called by one thread and by eight,
from Python and from C, in turns.

usage: bench_threads.py BENCH_THREADS PHOTO       BENCH_THREADS: the program of this name; INSPYR_LIBRARY names the library,
PYTHONPATH the package"""
import statistics
import subprocess
import sys
import threading
import time

import inspyr

THREADS, SECONDS, ROUNDS = 8, 4, 5


def rate(model, photo, count):
    over = threading.Event()
    done = [0] * count

    def call(me):
        while not over.is_set():
            model.cutout(photo)
            done[me] += 1

    threads = [threading.Thread(target=call, args=(i,)) for i in range(count)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    time.sleep(SECONDS)
    over.set()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - start)


def main(program, path):
    photo = inspyr.Image.open(path)
    python, c = [], []
    with inspyr.Model(threads=1) as model:
        rate(model, photo, THREADS)
        for _ in range(ROUNDS):
            python.append((rate(model, photo, 1), rate(model, photo, THREADS)))
            line = subprocess.run([program, path], check=True, capture_output=True, text=True).stdout
            c.append(tuple(map(float, line.split())))
    for name, rates in (("C", c), ("Python", python)):
        one, many = (statistics.median(column) for column in zip(*rates))
        print(f"{name}: one thread {one:.2f} a second, {THREADS} threads {many:.2f}")
    ratios = [(p[1] / p[0]) / (q[1] / q[0]) for p, q in zip(python, c)]
    print(f"what {THREADS} threads gain, Python over C: {statistics.median(ratios):.3f} "
          f"({min(ratios):.3f} to {max(ratios):.3f}, {ROUNDS} rounds)")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
