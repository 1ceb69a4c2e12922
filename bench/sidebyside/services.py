"""Memory of a proxy that knows few or many services and calls one of them."""

import time

from sidebyside import counters
from sidebyside.figures import Measured
from sidebyside.machine import Trouble
from sidebyside.rounds import in_turn, say
from sidebyside.strangers import Strangers
from sidebyside.subjects import Chain

FEW = 10
SETTLE = 2


def take(bench, few, many):
    """Pairs of subjects that differ in the number of services alone."""
    pairs = list(zip(few, many))
    into = {subject.name: Measured(subject.name) for subject in few + many}
    for number in range(bench.settings.fresh):
        for pair in in_turn(pairs, number):
            for subject in pair:
                _hold(bench, subject, into[subject.name])
    more = bench.settings.services - FEW
    for small, large in pairs:
        for whole, each in {"idle MB": "service", "heap MB": "service heap"}.items():
            for less, most in zip(into[small.name].of(whole), into[large.name].of(whole)):
                into[large.name].add({each: (most - less) * 1024 / more})
    return [into[subject.name] for pair in pairs for subject in pair]


def how(settings):
    return [f"{settings.fresh} rounds with fresh processes, {FEW} or {settings.services} services in plain text with one "
            f"static endpoint each; resident memory {SETTLE} s after one of them answered a request.",
            "A JVM's resident memory depends on how far its heap was used since the start; what a full collection leaves "
            "is shown beside it."]


def _hold(bench, subject, into):
    strangers = Strangers([bench.backend])
    chain = Chain(bench.machine, subject)
    try:
        chain.wait()
        time.sleep(SETTLE)
        values = {"idle MB": chain.resident_mb()}
        if subject.jvm:
            values["heap MB"] = counters.live_heap_bytes(chain.programs[0]) / 1024 / 1024
        strangers.programs += chain.programs
        into.strangers.append(strangers.share())
        into.add(values)
        say(f"{subject.name} services: {values['idle MB']:.1f} MB")
    except Trouble as trouble:
        # A result too: so many services may be more than it bears.
        into.failed += 1
        into.notes.append(str(trouble).strip().replace("\n", " "))
        say(into.notes[-1])
    finally:
        chain.stop()
