#!/usr/bin/env python3
"""The text of the registry, read by the OpenMetrics parser of the Prometheus project: every value is what was recorded.

usage: compare_text.py metrics_values
"""
import bisect
import math
import random
import re
import subprocess
import sys

try:
    from prometheus_client.openmetrics.parser import text_string_to_metric_families
    from prometheus_client.utils import floatToGoString
except ImportError:
    print("skipped: no prometheus_client here (python3-prometheus-client)")
    sys.exit(77)

# As docs/metrics.md promises them; nothing is read from the library's sources.
RESULTS = ["ok", "invalid", "limit", "deadline", "cancelled", "overload", "device", "internal"]
TIMED = {"ok", "deadline", "cancelled", "device", "internal"}
SOURCES = ["compute", "l1", "l2", "joined"]
STAGES = ["queue", "decode", "preprocess", "infer", "postprocess", "effect", "encode", "l2_get", "l2_put"]
EFFECTS = ["color", "enhancedblackwhite", "popart", "dithering"]  # the first ones
TIERS, POOLS = ["l1", "l2"], ["mask", "result"]
LOOKUPS = ["hit", "miss", "stale", "corrupt", "timeout"]
PHASES = ["device", "weights", "build", "warmup"]
MEMORIES = ["used", "reserved", "peak", "budget"]
ERRORS = ["memory", "lost", "hang", "absent", "other"]
RETRIES = ["freed", "halved", "waited", "cpu"]
FORMATS = ["png", "jpeg", "webp", "pam", "heif", "pixels"]
REASONS = ["load", "device", "memory", "precision"]
STATES = ["cold", "loading", "warming", "ready", "degraded", "draining", "failed"]
DEVICES = ["cpu", 'cuda:"0"\\\n']
SECONDS = [.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 25, 30, 50, 100]
BATCHES = [1, 2, 4, 8, 16, 32]
PIXELS = [1e5, 2.5e5, 5e5, 1e6, 2e6, 4e6, 8e6, 12e6, 16e6, 24e6, 50e6]
BYTES = [1e5, 2.5e5, 5e5, 1e6, 2e6, 3e6, 5e6, 7e6, 10e6, 20e6, 50e6]
PRICE = 0.001


class Expected:
    """What each sample has to be, added up in exact numbers."""

    def __init__(self):
        self.samples, self.times, self.exemplars = {}, {}, {}

    def add(self, name, value=1, **labels):
        key = (name, frozenset(labels.items()))
        self.samples[key] = self.samples.get(key, 0) + value

    def put(self, name, value, **labels):
        self.samples[(name, frozenset(labels.items()))] = value

    def observe(self, name, bounds, value, unit=1, **labels):
        """value: in units of 1 / unit."""
        for bound in bounds + [math.inf]:
            self.add(name + "_bucket", int(value / unit <= bound), le=repr(float(bound)), **labels)
        self.add(name + "_sum", value, **labels)
        self.add(name + "_count", 1, **labels)


def le_text(text):
    return repr(float(text))


def start(e):
    """What is there before anything is recorded."""
    for r in RESULTS:
        for s in SOURCES:
            e.add("inspyr_requests_total", 0, result=r, source=s)
    durations = [(s, t) for s in ("compute", "joined") for t in ("cold", "warm")] + [("l1", "cache"), ("l2", "cache")]
    histograms = [("inspyr_request_duration_seconds", SECONDS, dict(source=s, temperature=t)) for s, t in durations]
    histograms += [("inspyr_stage_duration_seconds", SECONDS, dict(stage=s, device=d)) for s in STAGES for d in DEVICES]
    histograms += [("inspyr_batch_size", BATCHES, dict(device=d)) for d in DEVICES]
    for name, bounds, labels in histograms:
        for bound in bounds + [math.inf]:
            e.add(name + "_bucket", 0, le=repr(float(bound)), **labels)
        e.add(name + "_sum", 0, **labels)
        e.add(name + "_count", 0, **labels)
    for d in DEVICES:
        for name in ("inferences", "executions", "device_busy_seconds", "cost"):
            e.add(f"inspyr_{name}_total", 0, device=d)
        for k in MEMORIES:
            e.add("inspyr_device_memory_bytes", 0, device=d, kind=k)
        for k in ERRORS:
            e.add("inspyr_device_errors_total", 0, device=d, **{"class": k})
        for k in RETRIES:
            e.add("inspyr_oom_retries_total", 0, device=d, **{"class": k})
    for p in POOLS:
        e.add("inspyr_cache_evictions_total", 0, pool=p)
        e.add("inspyr_cache_rejections_total", 0, pool=p)
        for t in TIERS:
            for name in ("bytes", "entries", "limit_bytes"):
                e.add(f"inspyr_cache_{name}", 0, tier=t, pool=p)
            for k in LOOKUPS:
                e.add("inspyr_cache_requests_total", 0, tier=t, pool=p, result=k)
    for r in REASONS:
        e.add("inspyr_degraded_total", 0, reason=r)
    for name in ("queue_items", "queue_bytes", "inflight_requests", "inference_saved_seconds_total"):
        e.add(f"inspyr_{name}", 0)
    e.add("inspyr_client_requests_total", 0, client="other")
    e.add("inspyr_effect_set_requests_total", 0, effects="other")
    e.put("inspyr_price_per_second", PRICE)


def nanoseconds(chance):
    return int(10 ** chance.uniform(4, 11.3))


def request(chance, e):
    r, s, cold = chance.randrange(8), chance.randrange(4), chance.randrange(2)
    ns, end = nanoseconds(chance), 1_700_000_000_000_000_000 + chance.randrange(10**15)
    trace = f"{chance.getrandbits(128):032x}" if chance.randrange(2) else "-"
    client = chance.choice(["-", "phone", "desktop"])
    effects = chance.choice(["-", "classic", "color,popart"])
    source, result = SOURCES[s], RESULTS[r]
    e.add("inspyr_requests_total", 1, result=result, source=source)
    if client != "-":
        e.add("inspyr_client_requests_total", 1, client=client)
    if effects != "-":
        e.add("inspyr_effect_set_requests_total", 1, effects=effects)
    if result in TIMED:
        temperature = "cache" if source in ("l1", "l2") else "cold" if cold else "warm"
        e.observe("inspyr_request_duration_seconds", SECONDS, ns, 10**9, source=source, temperature=temperature)
        e.times.setdefault(temperature, []).append(ns / 1e9)
        if trace != "-":
            bound = repr(float((SECONDS + [math.inf])[bisect.bisect_left(SECONDS, ns / 1e9)]))
            e.exemplars[(source, temperature, bound)] = (trace, ns / 1e9, end / 1e9)
    return f"request {r} {s} {cold} {ns} {end} {trace} {client} {effects}"


def work(chance, e):
    kind, d, ns = chance.randrange(6), chance.randrange(2), nanoseconds(chance)
    device = DEVICES[d]
    if kind == 0:
        n = chance.randrange(len(STAGES))
        e.observe("inspyr_stage_duration_seconds", SECONDS, ns, 10**9, stage=STAGES[n], device=device)
        if STAGES[n] == "infer":
            e.times.setdefault("infer", []).append(ns / 1e9)
        return f"stage {n} {d} {ns}"
    if kind == 1:
        n = chance.randrange(len(EFFECTS))
        e.observe("inspyr_effect_duration_seconds", SECONDS, ns, 10**9, effect=EFFECTS[n])
        return f"effect {n} {ns}"
    if kind == 2:
        n = chance.randrange(1, 40)
        e.observe("inspyr_batch_size", BATCHES, n, device=device)
        e.add("inspyr_inferences_total", n, device=device)
        e.add("inspyr_executions_total", 1, device=device)
        e.add("inspyr_device_busy_seconds_total", ns, device=device)
        return f"batch {d} {n} {ns}"
    if kind == 3:
        e.add("inspyr_device_busy_seconds_total", ns, device=device)
        return f"busy {d} {ns}"
    if kind == 4:
        e.add("inspyr_inference_saved_seconds_total", ns)
        return f"saved {ns}"
    n, pixels, size = chance.randrange(6), chance.randrange(1, 10**8), chance.randrange(1, 6 * 10**7)
    e.observe("inspyr_input_pixels", PIXELS, pixels, format=FORMATS[n])
    e.observe("inspyr_input_bytes", BYTES, size, format=FORMATS[n])
    return f"input {n} {pixels} {size}"


def trouble(chance, e):
    kind, d, n = chance.randrange(6), chance.randrange(2), chance.randrange(1, 5)
    pool, device = POOLS[d], DEVICES[d]
    if kind == 0:
        t, k = chance.randrange(2), chance.randrange(5)
        e.add("inspyr_cache_requests_total", 1, tier=TIERS[t], pool=pool, result=LOOKUPS[k])
        return f"cache {t} {d} {k}"
    if kind in (1, 2):
        e.add(f"inspyr_cache_{'evictions' if kind == 1 else 'rejections'}_total", n, pool=pool)
        return f"{'evict' if kind == 1 else 'reject'} {d} {n}"
    if kind == 3:
        e.add("inspyr_device_errors_total", 1, device=device, **{"class": ERRORS[n]})
        return f"error {d} {n}"
    if kind == 4:
        e.add("inspyr_oom_retries_total", 1, device=device, **{"class": RETRIES[n - 1]})
        return f"retry {d} {n - 1}"
    e.add("inspyr_degraded_total", 1, reason=REASONS[n - 1])
    return f"degraded {n - 1}"


def gauge(chance, e):
    kind, a, b, n = chance.randrange(7), chance.randrange(2), chance.randrange(2), chance.randrange(1, 1 << 40)
    if kind == 0:
        e.put("inspyr_queue_items", a)
        e.put("inspyr_queue_bytes", n)
        e.put("inspyr_inflight_requests", b)
        return f"queue {a} {n} {b}"
    if kind == 1:
        for name, value in ("bytes", n), ("entries", n + 1), ("limit_bytes", n + 2):
            e.put(f"inspyr_cache_{name}", value, tier=TIERS[a], pool=POOLS[b])
        return f"size {a} {b} {n} {n + 1} {n + 2}"
    if kind == 2:
        state = chance.randrange(len(STATES))
        for i, name in enumerate(STATES):
            e.put("inspyr_state", int(i == state), state=name)
        return f"state {state}"
    if kind == 3:
        phase = chance.randrange(4)
        e.put("inspyr_load_duration_seconds", n, phase=PHASES[phase])
        return f"load {phase} {n}"
    if kind == 4:
        e.put("inspyr_first_result_seconds", n)
        return f"first {n}"
    if kind == 5:
        k = chance.randrange(4)
        e.put("inspyr_device_memory_bytes", n, device=DEVICES[a], kind=MEMORIES[k])
        return f"memory {a} {k} {n}"
    model = chance.choice(["builtin", "base"])
    e.samples = {k: v for k, v in e.samples.items() if k[0] != "inspyr_build_info"}
    e.put("inspyr_build_info", 1, version="0.2.0", torch="2.1", cuda='a"b\\c\nd', model=model)
    return f"model {model}"


def finish(e):
    """Nanoseconds become seconds, and busy seconds money."""
    for (name, labels), value in list(e.samples.items()):
        if name.endswith(("_seconds_total", "_seconds_sum")) or name in ("inspyr_load_duration_seconds",
                                                                         "inspyr_first_result_seconds"):
            e.samples[(name, labels)] = value / 1e9
        if name == "inspyr_device_busy_seconds_total":
            e.samples[("inspyr_cost_total", labels)] = value / 1e9 * PRICE


def quantile(times, share):
    """As histogram_quantile() of Prometheus does it."""
    counts = [sum(t <= bound for t in times) for bound in SECONDS]
    rank = share * len(times)
    if not times:
        return 0
    for i, count in enumerate(counts):
        if count >= rank:
            lower, below = (SECONDS[i - 1], counts[i - 1]) if i else (0, 0)
            return lower + (SECONDS[i] - lower) * (rank - below) / (count - below)
    return SECONDS[-1]


def check(program, seed, steps):
    chance, e, wrong = random.Random(seed), Expected(), []
    start(e)
    script = [gauge(chance, e) for _ in range(200)]
    script += [chance.choice([request, request, work, trouble])(chance, e) for _ in range(steps)]
    finish(e)
    done = subprocess.run([program], input="\n".join(script) + "\n", capture_output=True, text=True, check=True)
    if not done.stdout.endswith("# EOF\n"):
        wrong.append("the text does not end with # EOF")
    found, exemplars = {}, {}
    for family in text_string_to_metric_families(done.stdout):
        if not re.fullmatch(r"inspyr_[a-z0-9_]+", family.name) or not family.documentation:
            wrong.append(f"{family.name}: name or help")
        for s in family.samples:
            if "le" in s.labels and s.labels["le"] != floatToGoString(s.labels["le"]):
                wrong.append(f'{s.name}: le="{s.labels["le"]}" is {floatToGoString(s.labels["le"])} in Prometheus')
            labels = {k: le_text(v) if k == "le" else v for k, v in s.labels.items()}
            found[(s.name, frozenset(labels.items()))] = s.value
            if s.exemplar:
                exemplars[(labels.get("source"), labels.get("temperature"), labels["le"])] = (
                    s.exemplar.labels["trace_id"], s.exemplar.value, float(s.exemplar.timestamp))
    for name in "inspyr_resident_memory_bytes", "inspyr_major_page_faults_total":  # of the process: nobody recorded it
        found.pop((name, frozenset()), None)
    for key in sorted(set(found) | set(e.samples), key=str):
        ours, theirs = e.samples.get(key), found.get(key)
        if ours is None or theirs is None or not math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-11):
            wrong.append(f"{key}: recorded {ours}, read {theirs}")
    if set(exemplars) != set(e.exemplars):
        wrong.append(f"exemplars: {set(exemplars) ^ set(e.exemplars)}")
    for key in set(exemplars) & set(e.exemplars):
        (trace, value, end), (our_trace, our_value, our_end) = exemplars[key], e.exemplars[key]
        if trace != our_trace or not math.isclose(value, our_value) or not math.isclose(end, our_end):
            wrong.append(f"exemplar {key}: recorded {e.exemplars[key]}, read {exemplars[key]}")
    numbers = [float(word) for word in done.stderr.split()]
    everything = sum((e.times.get(k, []) for k in ("cold", "warm", "cache")), [])
    for i, times in enumerate([everything] + [e.times.get(k, []) for k in ("cold", "warm", "cache", "infer")]):
        for j, share in enumerate([.5, .9, .95, .99]):
            if not math.isclose(numbers[4 * i + j], quantile(times, share), rel_tol=1e-9):
                wrong.append(f"percentile {share} of {len(times)}: {numbers[4 * i + j]}, not {quantile(times, share)}")
    return len(found), len(exemplars), wrong


def main():
    faults = 0
    for seed, steps in (1, 0), (2, 20), (3, 400), (4, 4000):
        samples, exemplars, wrong = check(sys.argv[1], seed, steps)
        faults += len(wrong)
        print("\n".join(wrong[:20]))
        print(f"{steps} recorded: {samples} samples and {exemplars} exemplars read, {len(wrong)} wrong")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
