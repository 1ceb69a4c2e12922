"""A bar chart as SVG: a bar for the median, a whisker from the lowest to the highest round."""

from html import escape

from sidebyside.report import PUBLIC

WIDTH, LEFT, RIGHT, BAR, GAP, TOP = 720, 110, 150, 26, 14, 64
OURS, THEIRS, INK, FAINT = "#0b7285", "#adb5bd", "#212529", "#868e96"


def svg(title, measured, note):
    """CPU time per request of every subject, the cheapest first."""
    subjects = sorted(measured.values(), key=lambda one: one.median("cpu"))
    most = max(max(one.values("cpu")) for one in subjects)
    scale = (WIDTH - LEFT - RIGHT) / most
    height = TOP + len(subjects) * (BAR + GAP) + 34
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'font-family="system-ui, sans-serif" role="img" aria-label="{escape(title, quote=True)}">',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        _text(16, 26, title, 16, INK, weight="600"),
        _text(16, 46, "CPU microseconds per request, median of the rounds; whisker: lowest to highest", 12, FAINT)]
    for place, one in enumerate(subjects):
        parts += _bar(one, TOP + place * (BAR + GAP), scale)
    parts.append(_text(16, height - 12, note, 11, FAINT))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _bar(one, top, scale):
    middle = top + BAR / 2
    low, high = LEFT + min(one.values("cpu")) * scale, LEFT + max(one.values("cpu")) * scale
    colour = OURS if one.name == "outrider" else THEIRS
    line = f'stroke="{INK}" stroke-width="1.5"'
    return [
        _text(LEFT - 10, middle + 5, PUBLIC.get(one.name, one.name), 13, INK, anchor="end"),
        f'<rect x="{LEFT}" y="{top}" width="{one.median("cpu") * scale:.1f}" height="{BAR}" fill="{colour}"/>',
        f'<line x1="{low:.1f}" y1="{middle}" x2="{high:.1f}" y2="{middle}" {line}/>',
        *(f'<line x1="{x:.1f}" y1="{middle - 5}" x2="{x:.1f}" y2="{middle + 5}" {line}/>' for x in (low, high)),
        _text(high + 10, middle + 5, f'{one.median("cpu"):.1f}  ({one.median("MB"):.0f} MB)', 13, INK)]


def _text(x, y, text, size, colour, anchor="start", weight="400"):
    return (f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour}" text-anchor="{anchor}" '
            f'font-weight="{weight}">{escape(text)}</text>')
