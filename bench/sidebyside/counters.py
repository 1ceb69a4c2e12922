"""What is counted in turns of their own, because counting slows the counted: system calls, bytes allocated, and
the heap that is still reachable."""

import os
import re
import signal
import subprocess
import tempfile
import time

from sidebyside import load, relays
from sidebyside.machine import Trouble

COLLECTIONS, EDEN_SIZE, EDEN_USED = "YGC", "EC", "EU"


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
    before = [_jstat(pid) for pid in pids]
    answered = load.closed(chain.subject, seconds, connections)
    after = [_jstat(pid) for pid in pids]
    return sum(map(eden_bytes, before, after)) / answered.requests


def eden_bytes(before, after):
    """A young collection comes when eden is full and leaves it empty."""
    full = (after[COLLECTIONS] - before[COLLECTIONS]) * after[EDEN_SIZE]
    return (full + after[EDEN_USED] - before[EDEN_USED]) * 1024


def live_heap_bytes(program):
    """What a full collection leaves."""
    said = _jdk_tool(program.process.pid, "jcmd", str(program.process.pid), "GC.class_histogram")
    return int(re.search(r"^Total\s+\d+\s+(\d+)", said, re.M).group(1))


def _jstat(pid):
    names, values = _jdk_tool(pid, "jstat", "-gc", str(pid)).split("\n")[:2]
    return {name: float(value) for name, value in zip(names.split(), values.split()) if name != "CGC" and value != "-"}


def _jdk_tool(pid, tool, *arguments):
    """From the JDK that the process runs on."""
    path = os.path.join(os.path.dirname(os.readlink(f"/proc/{pid}/exe")), tool)
    if not os.path.exists(path):
        raise Trouble(f"{path} is missing: Outrider must run on a whole JDK here, see OUTRIDER_JAVA_HOME")
    done = subprocess.run([path, *arguments], capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise Trouble(f"{' '.join([tool, *arguments])}: {done.stdout}{done.stderr}")
    return done.stdout
