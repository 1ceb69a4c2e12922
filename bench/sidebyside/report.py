"""Writes a row down: a table of figures, a line for each target, and what must be known to judge them."""

import json
import os
import platform
import re
import statistics
import subprocess
from dataclasses import asdict

FIGURES = {"cpu": "CPU a request", "MB": "memory under load", "idle MB": "memory idle"}
PUBLIC = {"nginx": "nginx", "haproxy": "HAProxy", "envoy": "Envoy", "outrider": "Outrider"}


def markdown(row, measured, settings, noisy):
    lines = [f"## {row.title}", "", row.work[0].upper() + row.work[1:] + ".", ""]
    lines += _table(measured)
    lines += ["", *_targets(row, measured), ""]
    lines += [f"- {line}" for line in _circumstances(measured, settings)]
    if noisy:
        lines.append(f"- **NOISY**: {'; '.join(noisy)}. Take it again on a quiet machine before quoting it.")
    else:
        lines.append("- Noise: within bounds.")
    return "\n".join(lines) + "\n"


def _table(measured):
    lines = ["| proxy | CPU µs a request (min to max) | requests/s | p50 ms | p99 ms | MB idle | MB under load | failed |",
             "|---|---|---|---|---|---|---|---|"]
    for name, figures in measured.items():
        costs = figures.values("cpu")
        lines.append(
            f"| {PUBLIC.get(name, name)} | {figures.median('cpu'):.1f} ({min(costs):.1f} to {max(costs):.1f}) "
            f"| {figures.median('per_second'):.0f} | {figures.median('p50_ms'):.2f} | {figures.median('p99_ms'):.2f} "
            f"| {figures.idle_mb:.0f} | {figures.median('MB'):.0f} | {figures.failed()} |")
    return lines


def _targets(row, measured):
    lines = ["| target | ratio (min to max over the rounds) | |", "|---|---|---|"]
    for target in row.targets:
        what = f"{FIGURES[target.figure]}, {target.stage}: at most {target.most:g} x {PUBLIC[target.peer]}"
        if target.subject not in measured or target.peer not in measured:
            lines.append(f"| {what} | not measured | not met |")
            continue
        ratios = paired(measured[target.subject], measured[target.peer], target.figure)
        ratio = statistics.median(ratios)
        failed = measured[target.subject].failed() + measured[target.peer].failed()
        verdict = "met" if ratio <= target.most and not failed else "not met"
        lines.append(f"| {what} | {ratio:.2f} ({min(ratios):.2f} to {max(ratios):.2f}) | {verdict} |")
    return lines


def paired(subject, peer, figure):
    """Ratios within each round: what slows the whole machine down for a while cancels out."""
    return [ours / theirs for ours, theirs in zip(subject.values(figure), peer.values(figure), strict=True)]


def _circumstances(measured, settings):
    logs = [f"{PUBLIC.get(name, name)} {one.log_lines:.3f}" for name, one in measured.items() if one.log_lines]
    lines = [
        f"{settings.rounds} rounds of {settings.seconds} s, {settings.connections} keep-alive connections, GET with a "
        "1 KiB answer; proxies pinned to core 1, one worker each; load generator and backend on core 0.",
        f"Warmed before the first round: Outrider by {settings.warm} s of load, the others by {settings.warm_peers} s.",
        "Median of the rounds. Only ratios within one run count; a figure in microseconds is this machine's."]
    if logs:
        lines.append("Access log lines written per request and process: " + ", ".join(logs) + ".")
    if any(one.failed() for one in measured.values()):
        lines.append("**Requests failed**: the row does not count.")
    return lines


def machine_lines(versions):
    with open("/proc/cpuinfo") as info:
        model = re.search(r"model name\s*:\s*(.*)", info.read())
    where = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    commit = subprocess.run(["git", "-C", where, "describe", "--always", "--dirty"], capture_output=True, text=True)
    return [f"- {model.group(1) if model else platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}",
            f"- Outrider {commit.stdout.strip() or 'of a release'}; " + ", ".join(versions)]


def raw(row, measured, settings, noisy):
    """Everything that was measured, for other tools."""
    return json.dumps({"row": row, "settings": asdict(settings), "noisy": noisy,
                       "subjects": {name: asdict(one) for name, one in measured.items()}}, indent=2) + "\n"
