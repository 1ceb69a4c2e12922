"""How much of the machine goes to processes that are no part of the benchmark."""

import os
import resource
import time

from sidebyside.machine import TICKS


class Strangers:
    """Who else uses the machine: what all processes used since this was made, less the programs, the benchmark
    itself and its ended children (the load generators). Ask before a program is stopped, which makes it such a child."""

    def __init__(self, programs):
        self.programs = programs
        self.began, self.busy, self.ours = time.monotonic(), busy_seconds(), self._ours()

    def share(self):
        """Of the CPU time of all cores."""
        now = busy_seconds()
        if now is None or self.busy is None:
            return 0.0
        capacity = (time.monotonic() - self.began) * (os.cpu_count() or 1)
        return max(0.0, (now - self.busy - (self._ours() - self.ours)) / capacity)

    def _ours(self):
        used = sum(program.cpu_seconds() for program in self.programs)
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
            usage = resource.getrusage(who)
            used += usage.ru_utime + usage.ru_stime
        return used


def busy_seconds():
    """CPU time of every process on the machine, all cores; None where the kernel does not say."""
    try:
        with open("/proc/stat") as stat:
            user, nice, system = stat.readline().split()[1:4]
        return (int(user) + int(nice) + int(system)) / TICKS
    except (OSError, ValueError):
        return None
