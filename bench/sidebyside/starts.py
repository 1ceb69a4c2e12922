"""From nothing to ready: time, CPU and memory of one process that starts."""

import time

from sidebyside.figures import Measured
from sidebyside.ports import wait_ready
from sidebyside.rounds import in_turn, say
from sidebyside.strangers import Strangers
from sidebyside.subjects import Chain


def take(bench, subjects):
    into = {subject.name: Measured(subject.name) for subject in subjects}
    for subject in subjects:
        _start(bench, subject, Measured("the first one, which finds its files on disk"))
    for number in range(bench.settings.starts):
        for subject in in_turn(subjects, number):
            _start(bench, subject, into[subject.name])
            say(f"start {number + 1} of {bench.settings.starts}: {subject.name} "
                f"{into[subject.name].of('ready')[-1]:.0f} ms")
    return list(into.values())


def how(settings):
    return [f"{settings.starts} starts of each, in turn, after one that is not counted. From the start of the command "
            "(for Outrider the launcher) until /ready answers 200, asked every 2 ms; CPU of all its processes until then."]


def _start(bench, subject, into):
    strangers = Strangers([bench.backend])
    began = time.monotonic()
    chain = Chain(bench.machine, subject)
    wait_ready(subject.programs[0].admin, chain.programs)
    ready = time.monotonic() - began
    cpu = chain.cpu_seconds()
    strangers.programs += chain.programs
    into.strangers.append(strangers.share())
    into.add({"ready": ready * 1000, "ready cpu": cpu, "ready MB": chain.resident_mb()})
    chain.stop()
