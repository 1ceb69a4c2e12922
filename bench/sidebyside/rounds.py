"""Rows under full load: warmed subjects in turn, in an order that moves on by one each round, so that a slow
moment of the machine hits them alike and none always follows the same other one."""

import contextlib
import sys

from sidebyside import counters, load
from sidebyside.figures import Measured, public
from sidebyside.machine import Trouble
from sidebyside.strangers import Strangers
from sidebyside.subjects import Chain


def take(bench, subjects):
    chains = start(bench, subjects)
    into = {chain: Measured(chain.subject.name, {"idle MB": [chain.resident_mb()]}) for chain in chains}
    warm(bench, chains)
    for number in range(bench.settings.rounds):
        for chain in in_turn(chains, number):
            _turn(bench, chain, into[chain])
            say(f"round {number + 1} of {bench.settings.rounds}: {chain.subject.name} "
                f"{into[chain].of('cpu')[-1]:.1f} us a request, {into[chain].of('rate')[-1]:.0f}/s")
    for chain in chains:
        say(f"counting system calls and allocations of {chain.subject.name}")
        _count(bench, chain, into[chain])
    return list(into.values())


def start(bench, subjects):
    chains = [Chain(bench.machine, subject) for subject in subjects]
    for chain in chains:
        chain.wait()
    return chains


def warm(bench, chains):
    for chain in chains:
        seconds = bench.settings.warm if chain.subject.jvm else bench.settings.warm_peers
        say(f"warming {chain.subject.name} with {seconds} s of load")
        load.closed(chain.subject, seconds, bench.settings.connections)


def in_turn(things, number):
    first = number % len(things)
    return things[first:] + things[:first]


def say(text):
    print(f"  {text}", file=sys.stderr, flush=True)


def how(settings):
    return [f"{settings.rounds} rounds of {settings.seconds} s, {settings.connections} requests at a time.",
            f"Warmed before the first round: Outrider by {settings.warm} s of load, the others by "
            f"{settings.warm_peers} s."]


def _turn(bench, chain, into):
    settings = bench.settings
    _cut_logs(chain)
    strangers = Strangers([*chain.programs, bench.backend])
    before = chain.cpu_seconds()
    answered = load.closed(chain.subject, settings.seconds, settings.connections)
    cost = chain.cpu_seconds() - before
    into.strangers.append(strangers.share())
    chain.check_alive()
    into.count_failed(answered)
    into.add({"cpu": cost / answered.requests * 1e6, "rate": answered.per_second, "p50": answered.p50_ms,
              "p99": answered.p99_ms, "MB": chain.resident_mb(), "PSS MB": chain.proportional_mb()})
    if chain.subject.access_logs:
        into.add({"log lines": _cut_logs(chain) / answered.requests / len(chain.subject.access_logs)})


def _count(bench, chain, into):
    settings = bench.settings
    try:
        calls, often = counters.system_calls(chain, bench.ports["backend"], min(4, settings.seconds), settings.connections)
        into.add({"calls": calls})
        into.notes.append(f"System calls a request of {public(into.name)}: {often}.")
        if chain.subject.jvm:
            into.add({"allocated": counters.allocated(chain, settings.seconds, settings.connections)})
    except Trouble as trouble:
        into.notes.append(f"Not all was counted of {public(into.name)}: {trouble}")


def _cut_logs(chain):
    """Counts the lines written so far and empties the files, which their writers append to."""
    lines = 0
    for path in chain.subject.access_logs:
        with contextlib.suppress(FileNotFoundError), open(path, "r+b") as log:
            while chunk := log.read(1 << 20):
                lines += chunk.count(b"\n")
            log.truncate(0)
    return lines
