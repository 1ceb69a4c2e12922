"""The first seconds of a life: proxies started anew, loaded from the moment when they are ready."""

import time

from sidebyside import load, relays
from sidebyside.figures import Measured
from sidebyside.machine import Trouble
from sidebyside.rounds import in_turn, say
from sidebyside.strangers import Strangers
from sidebyside.subjects import Chain

SLICE = 2
YOUNG = 10
"""Seconds that a target speaks of."""


def take(bench, subjects):
    into = {subject.name: Measured(subject.name) for subject in subjects}
    for number in range(bench.settings.fresh):
        for subject in in_turn(subjects, number):
            chain = Chain(bench.machine, subject)
            chain.wait()
            _life(bench, chain, into[subject.name])
            chain.stop()
            say(f"life {number + 1} of {bench.settings.fresh}: {subject.name} "
                f"{into[subject.name].of('young cpu')[-1]:.0f} us a request in its first {YOUNG} s")
    return list(into.values())


def how(settings):
    return [f"{settings.fresh} lives of each, {settings.age} s of load with {settings.connections} connections, begun "
            f"within a tenth of a second after it answered its first request; slices of {SLICE} s. The requests of a "
            "slice are counted by the backend.",
            f"Cost of the first and last {YOUNG} s: all CPU time in them, compilation included, by the requests answered."]


def _life(bench, chain, into):
    settings = bench.settings
    strangers = Strangers([*chain.programs, bench.backend])
    with load.Load(chain.subject, settings.age, settings.connections) as generator:
        samples = _watch(chain, bench.ports["backend"], settings.age)
        answered = generator.finish()
    into.strangers.append(strangers.share())
    into.count_failed(answered)
    for earlier, later in zip(samples, samples[1:]):
        into.ages.setdefault(round(later[0]), []).append(cost(earlier, later))
    young = next(sample for sample in samples if sample[0] >= YOUNG - SLICE / 2)
    old = next(sample for sample in samples if sample[0] >= settings.age - YOUNG - SLICE / 2)
    into.add({"young cpu": cost(samples[0], young), "old cpu": cost(old, samples[-1]),
              "young rate": (young[2] - samples[0][2]) / young[0], "MB": chain.resident_mb()})


def _watch(chain, backend, seconds):
    """Samples at the slices' bounds: age, CPU seconds so far, requests so far."""
    began = time.monotonic()
    samples = []
    for bound in range(0, seconds + 1, SLICE):
        time.sleep(max(0.0, began + bound - time.monotonic()))
        chain.check_alive()
        samples.append((time.monotonic() - began, chain.cpu_seconds(), relays.answered(backend)))
    return samples


def cost(earlier, later):
    """Microseconds a request between two samples."""
    requests = later[2] - earlier[2]
    if requests <= 0:
        raise Trouble(f"no request was answered between second {earlier[0]:.0f} and {later[0]:.0f}")
    return (later[1] - earlier[1]) / requests * 1e6
