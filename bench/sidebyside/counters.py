"""What is counted in turns of their own, because counting slows the counted: system calls, bytes allocated, and
the heap that is still reachable."""

import contextlib
import os
import re
import signal
import subprocess
import tempfile
import time

from sidebyside import load, relays
from sidebyside.machine import LOAD_CORE, Trouble

ALLOCATED = os.path.join(os.path.dirname(os.path.realpath(__file__)), "Allocated.java")


def system_calls(chain, backend, seconds, connections):
    """Of all programs and threads in the midst of a load, for each request that the backend answered; and the most
    frequent ones by name."""
    with tempfile.TemporaryDirectory() as directory, load.Load(chain.subject, seconds + 3, connections):
        time.sleep(1)
        summary = os.path.join(directory, "summary")
        pids = [pid for program in chain.programs for pid in program.pids()]
        strace = subprocess.Popen(["strace", "-c", "-f", "-o", summary, *(f"-p{pid}" for pid in pids)],
                                  stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            _await_attached(strace, len(pids))
            before = relays.answered(backend)
            time.sleep(seconds)
            requests = relays.answered(backend) - before
        finally:
            strace.send_signal(signal.SIGINT)
            strace.communicate(timeout=30)
        with open(summary) as text:
            calls = read_strace(text.read())
    if not requests:
        raise Trouble("no request was answered while strace watched")
    often = sorted(calls.items(), key=lambda call: -call[1])[:5]
    return (sum(calls.values()) / requests, ", ".join(f"{name} {count / requests:.2f}" for name, count in often))


def _await_attached(strace, count):
    """strace says so for each process, and nothing before."""
    for _ in range(count):
        line = strace.stderr.readline()
        if "attached" not in line:
            raise Trouble(f"strace cannot watch the proxies, which needs root or the right to trace: {line}")


def read_strace(text):
    """Calls by name. Columns: % time, seconds, usecs/call, calls, errors (may be blank), syscall."""
    rows = re.findall(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)\s*$", text, re.M)
    return {name: int(calls) for calls, name in rows if name != "total"}


def allocated(chain, seconds, connections):
    """Bytes that the JVMs of a chain allocate for each answered request, with what they allocate besides."""
    pids = [program.process.pid for program, what in zip(chain.programs, chain.subject.programs) if what.jvm]
    with contextlib.ExitStack() as stack:
        sums = [stack.enter_context(_Allocated(pid)) for pid in pids]
        before = sum(one.bytes() for one in sums)
        answered = load.closed(chain.subject, seconds, connections)
        return (sum(one.bytes() for one in sums) - before) / answered.requests


class _Allocated:
    """Asks a JVM over its own management interface; exact, and dead threads count too."""

    def __init__(self, pid):
        command = ["taskset", "-c", str(LOAD_CORE), _of_jdk(pid, "java"), ALLOCATED, str(pid)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True)

    def bytes(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        said = self.process.stdout.readline()
        if not said.strip().isdigit():
            raise Trouble(f"cannot ask the JVM what it allocated: {said}{self.process.stderr.read()[-1000:]}")
        return int(said)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()


def live_heap_bytes(program):
    """What a full collection leaves."""
    pid = program.process.pid
    said = subprocess.run([_of_jdk(pid, "jcmd"), str(pid), "GC.class_histogram"], capture_output=True, text=True, timeout=60)
    total = re.search(r"^Total\s+\d+\s+(\d+)", said.stdout, re.M)
    if not total:
        raise Trouble(f"jcmd counted no heap of process {pid}: {said.stdout[-300:]}{said.stderr[-300:]}")
    return int(total.group(1))


def _of_jdk(pid, tool):
    """From the JDK that the process runs on."""
    path = os.path.join(os.path.dirname(os.readlink(f"/proc/{pid}/exe")), tool)
    if not os.path.exists(path):
        raise Trouble(f"{path} is missing: Outrider must run on a whole JDK here, see OUTRIDER_JAVA_HOME")
    return path
