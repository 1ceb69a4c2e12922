"""What a request waits: on one quiet connection, and under a load well below saturation that does not wait for
the answers."""

from sidebyside import load
from sidebyside.figures import Measured
from sidebyside.rounds import in_turn, say, start, warm
from sidebyside.strangers import Strangers
from sidebyside.subjects import Subject

ALONE = 200
"""Requests a second on the one connection."""
SHARE = 3
"""The open load is this part of what the slowest subject can answer."""
OPEN = 16
"""Its connections: more than are ever needed at once, few enough that opening them is below the 99th percentile."""


def take(bench, subjects):
    settings = bench.settings
    chains = start(bench, subjects)
    warm(bench, chains)
    capacity = min(load.closed(chain.subject, settings.seconds, settings.connections).per_second for chain in chains)
    rate = max(1, int(capacity / SHARE))
    direct = Measured("direct", notes=[f"The open load was {rate} requests a second, the same for all."])
    turns = [(Subject("direct", [], bench.ports["backend"], subjects[0].headers), [], direct)]
    turns += [(chain.subject, chain.programs, Measured(chain.subject.name)) for chain in chains]
    for number in range(settings.rounds):
        for subject, programs, into in in_turn(turns, number):
            strangers = Strangers([*programs, bench.backend])
            one = load.at_rate(subject, settings.seconds, 1, ALONE)
            many = load.at_rate(subject, settings.seconds, OPEN, rate)
            into.strangers.append(strangers.share())
            into.count_failed(one)
            into.count_failed(many)
            into.add({"one p50": one.p50_ms, "one p99": one.p99_ms, "open p50": many.p50_ms, "open p99": many.p99_ms})
            say(f"round {number + 1} of {settings.rounds}: {subject.name} p50 {one.p50_ms:.3f} ms alone, "
                f"{many.p50_ms:.3f} ms at {rate}/s")
    return [into for _, _, into in turns]


def how(settings):
    return [f"{settings.rounds} rounds of {settings.seconds} s on one connection with {ALONE} requests a second, and "
            f"{settings.seconds} s with 1/{SHARE} of what the slowest proxy can answer, on {OPEN} connections. "
            "Latency counts from the moment when a request was due (open loop, oha --latency-correction). "
            "'no proxy' is what load generator and backend take themselves.",
            f"Warmed before the first round: Outrider by {settings.warm} s of load, the others by "
            f"{settings.warm_peers} s."]
