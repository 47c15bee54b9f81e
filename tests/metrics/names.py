#!/usr/bin/env python3
"""Alert rules, dashboard and docs/metrics.md speak of metrics, labels and label values that the library writes, and the page
leaves none out.

usage: names.py metrics_values
"""
import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TRACE = "0" * 31 + "1"
# One of each, so that every family has a sample.
SCRIPT = f"""request 0 0 1 1 1 {TRACE} phone classic
stage 0 0 1
effect 0 1
batch 0 1 1
input 0 1 1
load 0 1
load 1 1
load 2 1
load 3 1
first 1
model builtin
"""
SAMPLE = re.compile(r'^(inspyr_\w+)(?:\{((?:\w+="(?:[^"\\]|\\.)*",?)*)\})? ')
PAIR = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')
OPEN = {"instance", "job"}  # labels that Prometheus adds


def emitted(program):
    """Sample: label: values; family: type."""
    text = subprocess.run([program], input=SCRIPT, capture_output=True, text=True, check=True).stdout
    samples, types = {}, {}
    for line in text.splitlines():
        found = SAMPLE.match(line)
        if found:
            labels = samples.setdefault(found.group(1), {})
            for name, value in PAIR.findall(found.group(2) or ""):
                labels.setdefault(name, set()).add(value)
        elif line.startswith("# TYPE "):
            types[line.split()[2]] = line.split()[3]
    return samples, types


def check_query(wrong, where, query, samples):
    names = re.findall(r"\binspyr_\w+", query)
    wrong += [f"{where}: there is no {name}" for name in names if name not in samples]
    for name, selector in re.findall(r"\b(inspyr_\w+)\{([^}]*)\}", query):
        for label, how, value in MATCHER.findall(selector):
            known = samples.get(name, {}).get(label)
            if label in OPEN or "$" in value:
                continue
            if known is None:
                wrong.append(f"{where}: {name} has no label {label}")
            elif how in ("=", "!=") and value not in known:
                wrong.append(f'{where}: {name} never has {label}="{value}"')
            elif how in ("=~", "!~"):
                wrong += [f'{where}: {name} never has {label}="{v}"' for v in value.split("|") if v not in known]
    return len(names)


def rule_queries():
    """Expressions of alerts.yml, without a YAML library: from expr: to the next key of its level."""
    text = (ROOT / "docs/deploy/alerts.yml").read_text(encoding="utf-8")
    return re.findall(r"^        expr: >-\n((?:          .*\n)+)", text, re.M)


def dashboard_queries():
    board = json.loads((ROOT / "docs/deploy/dashboard.json").read_text(encoding="utf-8"))
    variables = [v["query"]["query"] for v in board["templating"]["list"] if v["type"] == "query"]
    return [t["expr"] for p in board["panels"] for t in p["targets"]] + variables


def check_page(wrong, samples, types):
    page = (ROOT / "docs/metrics.md").read_text(encoding="utf-8")
    rows = {}
    for name, kind, labels in re.findall(r"^\| `(inspyr_\w+)` \| (\w+) \|([^|]*)\|", page, re.M):
        rows[name] = (kind, set(re.findall(r"`(\w+)`", labels)))
    for family, kind in types.items():
        name = {"counter": family + "_total", "info": family + "_info"}.get(kind, family)
        labels = set(samples.get(name, samples.get(name + "_bucket", {}))) - {"le"}
        if name not in rows:
            wrong.append(f"docs/metrics.md: {name} is missing")
        elif rows[name] != (kind, labels):
            wrong.append(f"docs/metrics.md: {name} is a {kind} with the labels {sorted(labels)}, not {rows[name]}")
    api = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "include").glob("*.h"))
    known = set(samples) | set(types) | set(re.findall(r"\binspyr_\w+", api))
    wrong += [f"docs/metrics.md: there is no {name}" for name in re.findall(r"\binspyr_\w+", page)
              if name not in known and not name.startswith("inspyr_context_o")]
    return len(rows)


def main():
    samples, types = emitted(sys.argv[1])
    wrong = []
    rules, charts = rule_queries(), dashboard_queries()
    if len(rules) < 7 or len(charts) < 15:
        wrong.append("the queries are not where this test looks for them")
    used = sum(check_query(wrong, "alerts.yml", query, samples) for query in rules)
    used += sum(check_query(wrong, "dashboard.json", query, samples) for query in charts)
    page = ROOT / "docs/deploy/alerts_test.yml"
    for series in re.findall(r"series: '([^']*)'", page.read_text(encoding="utf-8")):
        selector = re.sub(r'device="cuda:[01]"', 'device="cpu"', series)  # the program's second device has another name
        used += check_query(wrong, page.name, selector, samples)
    rows = check_page(wrong, samples, types)
    print("\n".join(wrong))
    print(f"{len(types)} families, {rows} in the page, {used} uses in rules and charts, {len(wrong)} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
