"""Processes on this machine: started on a core, watched in /proc, and stopped whatever happens."""

import ctypes
import os
import re
import resource
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
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


def wait_listening(port, programs, seconds=60):
    """Until something accepts on the port, without a request: one through a half-started chain would open breakers."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for program in programs:
            program.check_alive()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    logs = "".join(f"\n  the end of {program.log}:\n{program.tail()}" for program in programs)
    raise Trouble(f"nothing listened on port {port} within {seconds} s{logs}")


def wait_for(url, headers, programs, seconds=60):
    """Until the URL answers 200 through the programs."""
    end = time.monotonic() + seconds
    last = "no answer"
    while time.monotonic() < end:
        for program in programs:
            program.check_alive()
        try:
            with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=5) as answer:
                if answer.status == 200 and len(answer.read()) == 1024:
                    return
                last = f"status {answer.status}, not the backend's 1 KiB"
        except urllib.error.HTTPError as error:
            last = f"status {error.code}: {error.read(300).decode(errors='replace')}"
        except OSError as error:
            last = str(error)
        time.sleep(0.1)
    logs = "".join(f"\n  the end of {program.log}:\n{program.tail()}" for program in programs)
    raise Trouble(f"{url} did not answer 200 within {seconds} s; the last word was: {last}{logs}")


def check_free(ports):
    """Before anything is started, so that no stranger is measured."""
    taken = []
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                taken.append(str(port))
    if taken:
        raise Trouble(f"taken on 127.0.0.1: port {', '.join(taken)}. Choose others with --base-port, now {min(ports)}.")


def wait_ready(port, programs, seconds=60):
    """Until /ready of an admin port answers 200, asked often: the moment it does is a figure."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if _answers_ready(port):
            return
        for program in programs:
            program.check_alive()
        time.sleep(0.002)
    raise Trouble(f"http://127.0.0.1:{port}/ready did not answer 200 within {seconds} s")


def _answers_ready(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return connection.recv(4096).split(b" ")[1:2] == [b"200"]
    except OSError:
        return False


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
