"""Takes the figures: subjects in turn, in an order that moves on by one each round, so that a slow moment of the
machine hits them alike and none always follows the same other one."""

import os
import resource
import statistics
import sys
from dataclasses import dataclass

from sidebyside import load
from sidebyside.machine import busy_seconds, wait_for, wait_listening

NOISY_SPREAD = 0.25
"""A peer's costs over the rounds lie this far apart, relative to their median: the machine was not quiet."""
NOISY_OTHERS = 0.05
"""Share of the CPU time of a slice, all cores, that went to strangers."""


@dataclass(frozen=True)
class Slice:
    """One subject's turn in one round."""

    cpu: float
    """Microseconds of user and system time per request, all programs of the subject."""
    per_second: float
    p50_ms: float
    p99_ms: float
    mb: float
    failed: int
    others: float
    """Share of the machine's capacity used by processes that are no part of the benchmark."""


@dataclass(frozen=True)
class Measured:
    name: str
    slices: list
    idle_mb: float
    log_lines: float
    """Access log lines per request over the whole row, mean of the subject's logs; 1 if nothing was dropped."""

    def median(self, figure):
        return self.idle_mb if figure == "idle MB" else statistics.median(self.values(figure))

    def values(self, figure):
        if figure == "idle MB":
            return [self.idle_mb]
        return [getattr(one, {"MB": "mb"}.get(figure, figure)) for one in self.slices]

    def failed(self):
        return sum(one.failed for one in self.slices)

    def spread(self):
        costs = self.values("cpu")
        return (max(costs) - min(costs)) / statistics.median(costs)


def take(subjects, backend, settings):
    """Warms every subject up, then measures it in every round. Gives Measured by name."""
    idle = {}
    for subject in subjects:
        for port in subject.inner_ports:
            wait_listening(port, subject.programs)
        wait_for(subject.url, subject.headers, subject.programs)
        idle[subject.name] = sum(program.resident_mb() for program in subject.programs)
    counted = {subject.name: [0, 0] for subject in subjects}
    for subject in subjects:
        seconds = settings.warm if subject.jvm else settings.warm_peers
        _say(f"warming {subject.name} with {seconds} s of load")
        _turn(subject, backend, seconds, settings.connections, counted[subject.name])
    slices = {subject.name: [] for subject in subjects}
    for number in range(settings.rounds):
        start = number % len(subjects)
        for subject in subjects[start:] + subjects[:start]:
            taken = _turn(subject, backend, settings.seconds, settings.connections, counted[subject.name])
            slices[subject.name].append(taken)
            _say(f"round {number + 1} of {settings.rounds}: {subject.name} {taken.cpu:.1f} us a request, "
                 f"{taken.per_second:.0f}/s" + (f", {taken.failed} FAILED" if taken.failed else ""))
    return {subject.name: Measured(subject.name, slices[subject.name], idle[subject.name],
                                   _per_request(subject, counted[subject.name])) for subject in subjects}


def _turn(subject, backend, seconds, connections, counted):
    ours = [*subject.programs, backend]
    before, busy, load_cpu = _cpu(subject.programs), busy_seconds(), _children_cpu()
    mine = _cpu(ours)
    answered = load.run(subject.url, subject.headers, seconds, connections)
    cost = _cpu(subject.programs) - before
    own = _cpu(ours) - mine + _children_cpu() - load_cpu
    now = busy_seconds()
    others = 0.0 if busy is None or now is None else max(0.0, (now - busy - own) / (seconds * (os.cpu_count() or 1)))
    for program in subject.programs:
        program.check_alive()
    mb = sum(program.resident_mb() for program in subject.programs)
    counted[0] += answered.requests
    counted[1] += _cut_logs(subject)
    return Slice(cost / answered.requests * 1e6, answered.per_second, answered.p50_ms, answered.p99_ms, mb,
                 answered.failed, others)


def noise(measured, peers):
    """Why the figures should not be trusted, in words; none when they may be."""
    words = []
    for name in sorted(peers & measured.keys()):
        if len(measured[name].slices) > 1 and measured[name].spread() > NOISY_SPREAD:
            words.append(f"the rounds of {name} lie {measured[name].spread():.0%} apart (bound {NOISY_SPREAD:.0%})")
    others = statistics.median(one.others for subject in measured.values() for one in subject.slices)
    if others > NOISY_OTHERS:
        words.append(f"other processes used {others:.0%} of the machine (bound {NOISY_OTHERS:.0%})")
    return words


def _cpu(programs):
    return sum(program.cpu_seconds() for program in programs)


def _children_cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _cut_logs(subject):
    """Counts the lines written so far and empties the files, which their writers append to."""
    lines = 0
    for path in subject.access_logs:
        try:
            with open(path, "r+b") as log:
                while chunk := log.read(1 << 20):
                    lines += chunk.count(b"\n")
                log.truncate(0)
        except FileNotFoundError:
            pass
    return lines


def _per_request(subject, counted):
    return counted[1] / counted[0] / len(subject.access_logs) if subject.access_logs else 0.0


def _say(text):
    print(f"  {text}", file=sys.stderr, flush=True)
