"""Memory of a proxy that knows few or many services and calls one of them."""

import time

from sidebyside import counters
from sidebyside.figures import Measured
from sidebyside.machine import Trouble
from sidebyside.rounds import in_turn, say
from sidebyside.strangers import Strangers
from sidebyside.subjects import Chain

SETTLE = 2


def counts(settings):
    """How many services the subjects of each name know."""
    return {"few": 10, "more": min(1000, settings.services // 2), "many": settings.services}


def take(bench, by_program):
    """Subjects of each program that differ in the number of services alone, the fewest first."""
    into = {subject.name: Measured(subject.name) for group in by_program for subject in group}
    for number in range(bench.settings.fresh):
        for group in in_turn(by_program, number):
            for subject in group:
                if not into[subject.name].failed:
                    _hold(bench, subject, into[subject.name])
    few, *more = counts(bench.settings).values()
    for least, *others in by_program:
        for subject, count in zip(others, more):
            for whole, each in {"idle MB": "service", "heap MB": "service heap"}.items():
                for less, most in zip(into[least.name].of(whole), into[subject.name].of(whole)):
                    into[subject.name].add({each: (most - less) * 1024 / (count - few)})
    return list(into.values())


def how(settings):
    few, more, many = counts(settings).values()
    return [f"{settings.fresh} rounds with fresh processes. Few, more and many are {few}, {more} and {many} services in "
            f"plain text with one static endpoint each; resident memory {SETTLE} s after one of them answered a request. "
            "A program that failed with so many is not tried again.",
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
        lines = str(trouble).strip().split("\n")
        into.notes.append(f"{subject.name}: {' … '.join(dict.fromkeys([lines[0], lines[-1].strip()]))}")
        say(into.notes[-1])
    finally:
        chain.stop()
