"""What is measured: the figures by their short names, and the values that one subject reached."""

import statistics
from dataclasses import dataclass, field

NOISY_SPREAD = 0.25
"""A peer's values over the rounds lie this far apart, relative to their median: the machine was not quiet."""
NOISY_STRANGERS = 0.05
"""Share of the machine's CPU time, all cores, that went to strangers."""


@dataclass(frozen=True)
class Figure:
    title: str
    digits: int

    def text(self, value):
        return f"{value:.{self.digits}f}"


FIGURES = {
    "cpu": Figure("CPU µs a request", 1),
    "rate": Figure("requests/s", 0),
    "p50": Figure("p50 ms", 2),
    "p99": Figure("p99 ms", 2),
    "idle MB": Figure("MB idle", 0),
    "MB": Figure("MB under load", 0),
    "PSS MB": Figure("of it PSS", 0),
    "log lines": Figure("log lines a request", 3),
    "calls": Figure("system calls a request", 2),
    "allocated": Figure("bytes allocated a request", 0),
    "one p50": Figure("one connection, p50 ms", 3),
    "one p99": Figure("one connection, p99 ms", 3),
    "open p50": Figure("open loop, p50 ms", 3),
    "open p99": Figure("open loop, p99 ms", 3),
    "calm p50": Figure("p50 ms", 3),
    "added": Figure("added to p50, ms", 3),
    "young cpu": Figure("CPU µs a request, first 10 s", 0),
    "old cpu": Figure("CPU µs a request, last 10 s", 0),
    "young rate": Figure("requests/s, first 10 s", 0),
    "ready": Figure("ms to ready", 0),
    "ready cpu": Figure("CPU s until ready", 2),
    "ready MB": Figure("MB at ready", 0),
    "before MB": Figure("MB before", 0),
    "connection": Figure("KiB a connection", 2),
    "connection heap": Figure("KiB of heap a connection", 2),
    "heap MB": Figure("MB of live heap", 1),
    "service": Figure("KiB a service", 2),
    "service heap": Figure("KiB of heap a service", 2),
}

_PUBLIC = {"nginx": "nginx", "haproxy": "HAProxy", "envoy": "Envoy", "outrider": "Outrider", "direct": "no proxy"}


def public(name):
    """A subject's name as it is printed; its first word may be a program's."""
    first, *rest = name.split(" ")
    return " ".join([_PUBLIC.get(first, first), *rest])


@dataclass
class Measured:
    """What one subject reached, collected turn by turn."""

    name: str
    values: dict[str, list[float]] = field(default_factory=dict)
    """By figure: one for each round, or one alone."""
    failed: int = 0
    strangers: list[float] = field(default_factory=list)
    """Share of the machine that processes used which are no part of the benchmark, for each turn."""
    notes: list[str] = field(default_factory=list)
    ages: dict[int, list[float]] = field(default_factory=dict)
    """CPU microseconds a request by the age in seconds at which a slice ended, one for each round."""

    def add(self, values):
        for figure, value in values.items():
            self.values.setdefault(figure, []).append(value)

    def count_failed(self, answered):
        self.failed += answered.failed
        if answered.failed:
            self.notes.append(f"Failed through {public(self.name)}: {answered.why}.")

    def of(self, figure):
        return self.values.get(figure, [])

    def median(self, figure):
        return statistics.median(self.of(figure))

    def spread(self, figure):
        values = self.of(figure)
        return (max(values) - min(values)) / statistics.median(values)


def noise(measured, peers, figure):
    """Why the values should not be trusted, in words; none when they may be."""
    words = []
    for one in measured:
        if one.name in peers and len(one.of(figure)) > 1 and one.spread(figure) > NOISY_SPREAD:
            words.append(f"the rounds of {public(one.name)} lie {one.spread(figure):.0%} apart (bound {NOISY_SPREAD:.0%})")
    shares = [share for one in measured for share in one.strangers]
    if shares and statistics.median(shares) > NOISY_STRANGERS:
        words.append(f"other processes used {statistics.median(shares):.0%} of the machine (bound {NOISY_STRANGERS:.0%})")
    return words
