"""Processes on this machine: started on a core, watched in /proc, and stopped whatever happens."""

import ctypes
import os
import re
import signal
import subprocess
import time
from dataclasses import dataclass

LOAD_CORE, PROXY_CORE = 0, 1
TICKS = os.sysconf("SC_CLK_TCK")
PR_SET_PDEATHSIG = 1


class Trouble(Exception):
    """Something the reader of the message can mend; ends the run without a stack trace."""


@dataclass(frozen=True)
class Program:
    """How to start a program that listens on a port."""

    name: str
    command: list
    port: int
    admin: int | None = None
    """Where /ready tells its readiness."""
    jvm: bool = False


class Started:
    """One program with its children. Its output goes to a log file that is shown when it dies."""

    def __init__(self, name, process, log):
        self.name, self.process, self.log = name, process, log

    def pids(self):
        return _tree(self.process.pid)

    def cpu_seconds(self):
        """User and system time so far, of the program and its children, living and dead."""
        ticks = 0
        for pid in self.pids():
            with open(f"/proc/{pid}/stat") as stat:
                fields = stat.read().rsplit(")", 1)[1].split()
            ticks += sum(map(int, fields[11:15]))
        return ticks / TICKS

    def resident_mb(self):
        return self._memory_mb("status", "VmRSS")

    def proportional_mb(self):
        """Resident memory in which a page shared by n processes counts as 1/n."""
        return self._memory_mb("smaps_rollup", "Pss")

    def _memory_mb(self, file, field):
        kib = 0
        for pid in self.pids():
            with open(f"/proc/{pid}/{file}") as text:
                kib += int(re.search(rf"^{field}:\s+(\d+)", text.read(), re.M).group(1))
        return kib / 1024

    def check_alive(self):
        if self.process.poll() is not None:
            raise Trouble(f"{self.name} ended with status {self.process.returncode}. The end of its log:\n{self.tail()}")

    def tail(self):
        with open(self.log, errors="replace") as log:
            return "".join("    " + line for line in log.readlines()[-15:])


class Machine:
    """Starts programs and stops all of them at the end; use it in a with statement."""

    def __init__(self, directory):
        self.directory = directory
        self.started = []

    def __enter__(self):
        signal.signal(signal.SIGTERM, _end)
        signal.signal(signal.SIGHUP, _end)
        return self

    def __exit__(self, *_):
        self.stop(self.started)

    def start(self, name, core, command, environment=None):
        log = os.path.join(self.directory, name.replace(" ", "-") + ".log")
        with open(log, "wb") as output:
            process = subprocess.Popen(
                ["taskset", "-c", str(core), *command], stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                cwd=self.directory, env={**os.environ, **(environment or {})}, start_new_session=True,
                preexec_fn=_die_with_parent)
        started = Started(name, process, log)
        self.started.append(started)
        return started

    def stop(self, programs):
        programs = list(programs)
        for program in programs:
            if program.process.poll() is None:
                program.process.terminate()
        end = time.monotonic() + 10
        for program in programs:
            try:
                program.process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                for pid in reversed(program.pids()):
                    os.kill(pid, signal.SIGKILL)
                program.process.wait()
        self.started = [program for program in self.started if program not in programs]


def _tree(pid):
    pids = [pid]
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as children:
            for child in children.read().split():
                pids += _tree(int(child))
    except OSError:
        pass
    return pids


def _die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _end(number, _):
    raise SystemExit(128 + number)
