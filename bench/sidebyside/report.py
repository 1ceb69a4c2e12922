"""Writes a row down: a table of figures, a line for each target, and what must be known to judge them."""

import json
import os
import platform
import re
import statistics
import subprocess
from dataclasses import asdict

from sidebyside import outrider
from sidebyside.figures import FIGURES, Figure, public

RATIO = Figure("ratio", 2)


def markdown(row, measured, settings, noisy):
    lines = [f"## {row.title}", "", row.work[0].upper() + row.work[1:] + ".", "", *_table(row.columns, measured), ""]
    lines += _by_age(measured)
    if row.targets:
        lines += ["| target | reached (min to max over the rounds) | |", "|---|---|---|",
                  *(f"| {' | '.join(words)} |" for words in targets(row, measured)), ""]
    lines += [f"- {line}" for line in row.how(settings)]
    lines += ["- Proxies pinned to core 1, one worker each; load generator and backend on core 0. Median of the rounds. "
              "Only ratios within one run count; a figure in microseconds is this machine's."]
    lines += [f"- {note}" for one in measured for note in one.notes]
    if any(one.failed for one in measured):
        lines.append("- **Requests failed**: the row does not count.")
    lines.append(f"- **NOISY**: {'; '.join(noisy)}. Take it again on a quiet machine before quoting it." if noisy
                 else "- Noise: within bounds.")
    return "\n".join(lines) + "\n"


def _table(columns, measured):
    columns = [figure for figure in columns if any(one.of(figure) for one in measured)]
    lines = ["| | " + " | ".join(FIGURES[figure].title for figure in columns) + " | failed |",
             "|---" * (len(columns) + 2) + "|"]
    for one in measured:
        cells = [_cell(FIGURES[figure], one.of(figure)) for figure in columns]
        lines.append(f"| {public(one.name)} | " + " | ".join(cells) + f" | {one.failed} |")
    return lines


def _cell(figure, values):
    """The median, and the range where there is one."""
    if not values:
        return ""
    middle, low, high = (figure.text(value) for value in (statistics.median(values), min(values), max(values)))
    return middle if low == high else f"{middle} ({low} to {high})"


def _by_age(measured):
    ages = sorted({age for one in measured for age in one.ages})
    if not ages:
        return []
    lines = ["CPU µs a request in the slice that ended at an age of", "",
             "| | " + " | ".join(f"{age} s" for age in ages) + " |", "|---" * (len(ages) + 1) + "|"]
    for one in measured:
        cells = [f"{statistics.median(one.ages[age]):.0f}" if age in one.ages else "" for age in ages]
        lines.append(f"| {public(one.name)} | " + " | ".join(cells) + " |")
    return [*lines, ""]


def targets(row, measured):
    """For each target: what it asks, what was reached, and whether that is enough."""
    known = {one.name: one for one in measured}
    return [_target(target, known.get(target.subject), known.get(target.peer)) for target in row.targets]


def _target(target, subject, peer):
    words = f"{FIGURES[target.figure].title}, {public(target.subject)}, {target.stage}: at most {target.most:g}"
    if target.peer:
        words += f" x {public(target.peer)}"
    parties = [subject, peer] if target.peer else [subject]
    if not all(one and one.of(target.figure) for one in parties):
        return words, "not measured", "not met"
    values = paired(subject, peer, target.figure) if target.peer else subject.of(target.figure)
    met = statistics.median(values) <= target.most and not any(one.failed for one in parties)
    return words, _cell(RATIO if target.peer else FIGURES[target.figure], values), "met" if met else "not met"


def paired(subject, peer, figure):
    """Ratios within each round: what slows the whole machine down for a while cancels out."""
    return [ours / theirs for ours, theirs in zip(subject.of(figure), peer.of(figure), strict=True)]


def summary(verdicts):
    """Every target of the run in one table; verdicts are rows' names with what targets gave, and whether noisy."""
    lines = ["## Targets", "", "| row | target | reached (min to max) | |", "|---|---|---|---|"]
    for name, noisy, reached in verdicts:
        lines += [f"| {name}{', NOISY' if noisy else ''} | {' | '.join(words)} |" for words in reached]
    return "\n".join(lines) + "\n"


def machine_lines(versions):
    with open("/proc/cpuinfo") as info:
        model = re.search(r"model name\s*:\s*(.*)", info.read())
    where = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    commit = subprocess.run(["git", "-C", where, "describe", "--always", "--dirty"], capture_output=True, text=True)
    cache = "with" if outrider.aot_cache() else "without"
    return [f"- {model.group(1) if model else platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}",
            f"- Outrider {commit.stdout.strip() or 'of a release'} {cache} an AOT cache; " + ", ".join(versions)]


def raw(row, measured, settings, noisy):
    """Everything that was measured, for other tools."""
    return json.dumps({"row": row, "settings": asdict(settings), "noisy": noisy,
                       "subjects": {one.name: asdict(one) for one in measured}}, indent=2) + "\n"
