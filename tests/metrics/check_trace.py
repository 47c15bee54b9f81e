#!/usr/bin/env python3
"""The Chrome trace of trace_values.c, by the rules of the Trace Event Format: rows with names, spans that lie within each
other or beside each other in a row, and an arrow from each request to the batch that it went through.

usage: check_trace.py trace_values
"""
import json
import subprocess
import sys

REQUESTS, BATCH = 10, 3


def overlaps(spans):
    """Pairs of one row that neither contain each other nor lie apart."""
    open_spans, wrong = [], []
    for start, end, name in sorted(spans, key=lambda s: (s[0], -s[1])):
        while open_spans and open_spans[-1][1] <= start:
            open_spans.pop()
        if open_spans and end > open_spans[-1][1] + 1e-6:
            wrong.append(f"{name} runs over the end of {open_spans[-1][2]}")
        open_spans.append((start, end, name))
    return wrong


def main():
    text = subprocess.run([sys.argv[1]], capture_output=True, check=True).stdout.decode("utf-8")
    trace = json.loads(text)
    events, wrong = trace["traceEvents"], []
    rows = {e["tid"]: e["args"]["name"] for e in events if e["ph"] == "M" and e["name"] == "thread_name"}
    spans = [e for e in events if e["ph"] == "X"]
    if len(spans) != 3 * REQUESTS + 4 + 1:
        wrong.append(f"{len(spans)} spans")
    if not {"worker 1", "worker 2", "worker 3", "batcher"} < set(rows.values()) or len(rows) != 4 + REQUESTS + 1:
        wrong.append(f"rows: {sorted(rows.values())}")
    for tid in rows:
        wrong += overlaps([(e["ts"], e["ts"] + e["dur"], e["name"]) for e in spans if e["tid"] == tid])
    for e in events:
        if e["pid"] != 1 or (e["ph"] != "M" and e["tid"] not in rows):
            wrong.append(f"a row without a name: {e}")
    if any(e["args"]["attributes"] != {"device": "cpu", "effect": 'a "b" \\ ä'} for e in spans):
        wrong.append("attributes differ from those that were given")
    batch = next(e for e in spans if e["name"] == "batch" and e["args"]["batch"] == 2)
    if (batch["ts"], batch["dur"]) != (120000.001, 30000):
        wrong.append(f"the second batch lies at {batch['ts']} for {batch['dur']} microseconds")
    starts = {e["id"]: e for e in events if e["ph"] == "s"}
    ends = {e["id"]: e for e in events if e["ph"] == "f"}
    if len(starts) != REQUESTS or set(starts) != set(ends):
        wrong.append(f"{len(starts)} arrows begin, {len(ends)} end")
    for number, start in starts.items():
        end = ends[number]
        source = [e for e in spans if e["tid"] == start["tid"] and e["name"] == "infer"][0]
        target = [e for e in spans if e["tid"] == end["tid"] and e["ts"] <= end["ts"] <= e["ts"] + e["dur"]]
        if not source["ts"] <= start["ts"] <= end["ts"] or end["bp"] != "e":
            wrong.append(f"arrow {number} goes back in time")
        if [e["args"]["batch"] for e in target] != [source["args"]["batch"]]:
            wrong.append(f"arrow {number} ends in the wrong batch")
    print("\n".join(wrong))
    print(f"{len(events)} events, {len(wrong)} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
