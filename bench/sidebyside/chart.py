"""Charts as SVG: bars for the median with a whisker from the lowest to the highest round, or lines by age."""

import math
import statistics
from html import escape

from sidebyside.figures import FIGURES, public

WIDTH, LEFT, RIGHT, BAR, GAP, TOP = 720, 130, 170, 24, 10, 36
PLOT_HEIGHT, PLOT_RIGHT = 300, 130
OURS, THEIRS, INK, FAINT, GRID = "#0b7285", "#adb5bd", "#212529", "#868e96", "#e9ecef"


def svg(row, measured, note):
    """A panel for each of the row's charts, or one of lines where ages were measured."""
    top, parts = 52, []
    if any(one.ages for one in measured):
        parts, top = _by_age(measured, top), top + PLOT_HEIGHT
    for figure in [] if parts else row.charts:
        panel, height = _bars(figure, [one for one in measured if one.of(figure)], top)
        parts, top = parts + panel, top + height
    height = top + 30
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'font-family="system-ui, sans-serif" role="img" aria-label="{escape(row.title, quote=True)}">',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        _text(16, 26, row.title, 16, INK, weight="600"), *parts, _text(16, height - 10, note, 11, FAINT), "</svg>"]) + "\n"


def _bars(figure, measured, top):
    """The least first; the panel and its height."""
    title = f"{FIGURES[figure].title}: median of the rounds; whisker: lowest to highest"
    parts = [_text(16, top + 14, title, 12, FAINT)]
    measured = sorted(measured, key=lambda one: one.median(figure))
    scale = (WIDTH - LEFT - RIGHT) / max((max(one.of(figure)) for one in measured), default=1)
    for place, one in enumerate(measured):
        parts += _bar(one, figure, top + TOP - 8 + place * (BAR + GAP), scale)
    return parts, TOP + len(measured) * (BAR + GAP)


def _bar(one, figure, top, scale):
    middle = top + BAR / 2
    low, high = LEFT + min(one.of(figure)) * scale, LEFT + max(one.of(figure)) * scale
    line = f'stroke="{INK}" stroke-width="1.5"'
    return [
        _text(LEFT - 10, middle + 5, public(one.name), 13, INK, anchor="end"),
        f'<rect x="{LEFT}" y="{top}" width="{one.median(figure) * scale:.1f}" height="{BAR}" fill="{_colour(one)}"/>',
        f'<line x1="{low:.1f}" y1="{middle}" x2="{high:.1f}" y2="{middle}" {line}/>',
        *(f'<line x1="{x:.1f}" y1="{middle - 5}" x2="{x:.1f}" y2="{middle + 5}" {line}/>' for x in (low, high)),
        _text(high + 10, middle + 5, FIGURES[figure].text(one.median(figure)), 13, INK)]


def _by_age(measured, top):
    """Cost by age, median of the lives, on a logarithmic scale: a cold JVM costs many times what a warm one does."""
    lines = [(one, {age: statistics.median(costs) for age, costs in sorted(one.ages.items())}) for one in measured]
    lines.sort(key=lambda line: -line[1][max(line[1])])
    every = [cost for _, costs in lines for cost in costs.values()]
    low, high = math.floor(math.log10(min(every))), math.ceil(math.log10(max(every)) + 1e-9)
    oldest = max(age for _, costs in lines for age in costs)
    bottom = top + PLOT_HEIGHT - 40
    across = lambda age: LEFT - 60 + age / oldest * (WIDTH - LEFT + 60 - PLOT_RIGHT)
    up = lambda cost: bottom - (math.log10(cost) - low) / max(1, high - low) * (bottom - top - 20)
    parts = [_text(16, top + 4, "CPU µs a request by age in seconds under load, compilation included; median", 12, FAINT)]
    for power in range(low, high + 1):
        parts += _guide(across(0), up(10 ** power), across(oldest), up(10 ** power), f"{10 ** power:g}")
    for age in range(0, oldest + 1, 10):
        parts.append(_text(across(age), bottom + 18, str(age), 12, FAINT, anchor="middle"))
    label = 0.0
    for one, costs in lines:
        dash = "" if len(one.name.split()) == 1 else ' stroke-dasharray="6 3"'
        points = " ".join(f"{across(age):.1f},{up(cost):.1f}" for age, cost in costs.items())
        parts.append(f'<polyline points="{points}" fill="none" stroke="{_colour(one)}" stroke-width="2.5"{dash}/>')
        label = max(label + 16, up(costs[max(costs)]) + 4)
        parts.append(_text(across(oldest) + 8, label, public(one.name), 13, INK))
    return parts


def _guide(x1, y1, x2, y2, words):
    return [f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{GRID}"/>',
            _text(x1 - 8, y1 + 4, words, 12, FAINT, anchor="end")]


def _colour(one):
    return OURS if one.name.startswith("outrider") else THEIRS


def _text(x, y, text, size, colour, anchor="start", weight="400"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}" '
            f'font-weight="{weight}">{escape(text)}</text>')
