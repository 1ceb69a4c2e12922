"""Holds the queries of dashboards and alerts against what is really exported: queries.py CHART OUT METRICS….

OUT gets the dashboards' queries as a file of rules, for promtool to parse. METRICS are lists of what a test has seen
exported, a line each: the name, then its labels."""

import json
import pathlib
import re
import sys

import yaml

# Not ours: Prometheus's own, and labels that Prometheus, the monitors and recording give.
FOREIGN = {"up": {"job"}}
ADDED = {"namespace", "pod", "job", "instance", "container", "le"}
VARIABLES = {"$__rate_interval": "5m", "$__interval": "1m", "$__range": "1h"}
STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
METRIC = re.compile(r"(?<![\w:$])([a-zA-Z_:][\w:]*)\s*(\{[^}]*\})?")
GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")
WORDS = {
    "and", "or", "unless", "by", "without", "on", "ignoring", "group_left", "group_right", "bool", "offset", "sum", "min",
    "max", "avg", "count", "count_values", "topk", "bottomk", "quantile", "rate", "increase", "irate", "histogram_quantile",
    "absent", "vector", "time", "sort", "sort_desc", "clamp_max", "clamp_min", "label_replace", "label_values", "inf", "nan",
}


def exported(files: list[str]) -> dict[str, set[str]]:
    known = {name: set(labels) for name, labels in FOREIGN.items()}
    for file in files:
        for line in pathlib.Path(file).read_text().splitlines():
            name, *labels = line.split()
            known.setdefault(name, set()).update(labels)
    return known


def variables(query: str) -> str:
    for name, value in VARIABLES.items():
        query = query.replace(name, value)
    return re.sub(r"\$\{?\w+\}?", "any", query)


def breaches(query: str, known: dict[str, set[str]]) -> list[str]:
    """Names that nobody exports, and labels that a metric of the query has not."""
    found, labels, metrics = [], set(), set()
    bare = STRING.sub('""', query)
    for match in GROUPING.finditer(bare):
        labels |= {each.strip() for each in match[1].split(",") if each.strip()}
    bare = re.sub(r"\[[^\]]*\]", "", GROUPING.sub("", bare))
    for name, selector in METRIC.findall(bare):
        if name in WORDS:
            continue
        if name not in known:
            found.append(f"nobody exports {name}")
            continue
        metrics.add(name)
        for label in re.findall(r"([a-zA-Z_]\w*)\s*(?:=|!=|=~|!~)", selector or ""):
            if label not in known[name] | ADDED:
                found.append(f"{name} has no label {label}")
    everything = set().union(*(known[name] for name in metrics)) | ADDED
    found += [f"it groups by {label}, which none of its metrics has" for label in sorted(labels - everything)]
    if not metrics and not found:
        found.append("it asks for no metric")
    return found


def dashboard(file: pathlib.Path):
    """Where a query stands, the query, and the labels that its legend names."""
    board = json.loads(file.read_text())
    for variable in board["templating"]["list"]:
        if variable["type"] == "query":
            # label_values(series, label)
            series = re.fullmatch(r"label_values\((.*), *(\w+)\)", variable["definition"])
            yield f"{file.name}: variable {variable['name']}", f"count by ({series[2]}) ({series[1]})", set()
    for panel in board["panels"]:
        for target in panel.get("targets", []):
            legend = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
            yield f"{file.name}: {panel['title']}", target["expr"], legend


def overlaps(file: pathlib.Path) -> list[str]:
    """Panels that lie over each other, or out of Grafana's 24 columns."""
    taken: dict[tuple[int, int], str] = {}
    found = []
    for panel in json.loads(file.read_text())["panels"]:
        at = panel["gridPos"]
        if at["x"] + at["w"] > 24:
            found.append(f"{file.name}: {panel['title']}: out of the page")
        for cell in ((x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])):
            if taken.setdefault(cell, panel["title"]) != panel["title"]:
                found.append(f"{file.name}: {panel['title']}: lies over {taken[cell]}")
                break
    return found


def kept_labels(query: str) -> set[str] | None:
    """The labels of a query's result, when its outermost aggregation says them."""
    match = re.match(r"(?:histogram_quantile\([\d.]+, )?(?:sum|max|min|avg|count) by \(([^)]*)\)", query)
    return {each.strip() for each in match[1].split(",")} if match else None


def main(chart: str, out: str, *metrics: str) -> int:
    known, found, rules = exported(list(metrics)), [], []
    for file in sorted(pathlib.Path(chart, "files/dashboards").glob("*.json")):
        found += overlaps(file)
        for place, query, legend in dashboard(file):
            plain = variables(query)
            rules.append({"record": f"dashboard:query:{len(rules)}", "expr": plain, "labels": {"place": place}})
            found += [f"{place}: {each}: {query}" for each in breaches(plain, known)]
            kept = kept_labels(plain)
            if kept is not None and legend - kept:
                found.append(f"{place}: its legend names {sorted(legend - kept)}, which the query drops: {query}")
    alerts = yaml.safe_load(pathlib.Path(chart, "files/alerts.yaml").read_text())
    for group in alerts["groups"]:
        for rule in group["rules"]:
            found += [f"{rule['alert']}: {each}" for each in breaches(rule["expr"], known)]
            words = json.dumps(rule["annotations"])
            kept = kept_labels(rule["expr"])
            named = set(re.findall(r"\$labels\.(\w+)", words))
            if kept is not None and named - kept:
                found.append(f"{rule['alert']}: it speaks of {sorted(named - kept)}, which the query drops")
    pathlib.Path(out).write_text(yaml.safe_dump({"groups": [{"name": "dashboards", "rules": rules}]}))
    print("\n".join(found) or f"{len(rules)} queries of dashboards, {sum(len(g['rules']) for g in alerts['groups'])} alerts")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
