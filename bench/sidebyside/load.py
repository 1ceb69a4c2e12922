"""The load generators, all on the load core: wrk and h2load as fast as the proxy answers (closed loop), oha at a
rate that does not depend on the answers (open loop)."""

import json
import os
import re
import subprocess
import tempfile
from dataclasses import dataclass

from sidebyside.machine import LOAD_CORE, Trouble

UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60000.0}
STREAMS = 8
"""Requests at a time on each HTTP/2 connection."""


@dataclass(frozen=True)
class Answered:
    requests: int
    per_second: float
    p50_ms: float
    p99_ms: float
    failed: int
    """Answers other than 2xx and 3xx, and socket errors."""
    why: str = ""
    """What the load generator says of them."""


def closed(subject, seconds, connections):
    """So many requests at a time; over HTTP/2 they share an eighth of the connections."""
    with Load(subject, seconds, connections) as load:
        return load.finish()


class Load:
    """Runs from now on; the caller may watch meanwhile and then calls finish. Use it in a with statement."""

    def __init__(self, subject, seconds, connections):
        self.subject, self.seconds = subject, seconds
        self.directory = tempfile.TemporaryDirectory()
        self.log = os.path.join(self.directory.name, "requests")
        command = self._h2load(connections // STREAMS) if subject.http2 else self._wrk(connections)
        self.process = subprocess.Popen(_pinned(*command, subject.url), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def finish(self):
        said = self.process.communicate(timeout=self.seconds + 60)[0]
        if not self.subject.http2:
            return read_wrk(said, self.subject.url)
        with open(self.log) as log:
            return read_h2load(said, log, self.subject.url)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.directory.cleanup()

    def _wrk(self, connections):
        return ["wrk", "-t1", f"-c{connections}", f"-d{self.seconds}s", "--timeout", "10s", "--latency",
                *_headers(self.subject.headers)]

    def _h2load(self, connections):
        headers = {":authority" if name == "Host" else name: value for name, value in self.subject.headers.items()}
        return ["h2load", "-t1", f"-c{max(1, connections)}", f"-m{STREAMS}", f"-D{self.seconds}",
                f"--log-file={self.log}", *_headers(headers)]


def at_rate(subject, seconds, connections, rate):
    """Latency counts from the moment a request was due, so that a pause of the proxy is not left out."""
    done = subprocess.run(
        _pinned("oha", "--insecure", "--no-tui", "--output-format", "json", "--latency-correction", "-w", "-t", "10s",
                "-z", f"{seconds}s", "-c", str(connections), "-q", str(rate), *_headers(subject.headers), subject.url),
        capture_output=True, text=True, timeout=seconds + 60)
    return read_oha(done.stdout, f"{subject.url}\n{done.stderr}")


def read_wrk(text, context):
    requests = re.search(r"(\d+) requests in", text)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
    if not requests or not rate or int(requests.group(1)) == 0:
        raise Trouble(f"wrk got no answer from {context}:\n{text}")
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    failed = (int(bad.group(1)) if bad else 0) + sum(map(int, errors.groups()) if errors else [])
    return Answered(int(requests.group(1)), float(rate.group(1)), _wrk_percentile(text, 50), _wrk_percentile(text, 99),
                    failed, "; ".join(found.group(0) for found in (bad, errors) if found))


def read_h2load(text, log, context):
    """The log has a line for each request: start, status, microseconds. Status -1 is a stream that failed."""
    finished = re.search(r"finished in \S+, ([\d.]+) req/s", text)
    sums = re.search(r"(\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout", text)
    lines = [line.split("\t") for line in log]
    took = sorted(int(line[2]) for line in lines if line[1].startswith(("2", "3")))
    if not finished or not sums or not took:
        raise Trouble(f"h2load got no answer from {context}:\n{text}")
    # h2load counts a stream that errored as failed too.
    failed = max(len(lines) - len(took), int(sums.group(2)) + int(sums.group(4)))
    return Answered(len(took), float(finished.group(1)), percentile(took, 50) / 1000, percentile(took, 99) / 1000, failed,
                    sums.group(0) if failed else "")


def read_oha(text, context):
    try:
        said = json.loads(text)
    except json.JSONDecodeError:
        raise Trouble(f"oha got no answer from {context}:\n{text}") from None
    statuses = {int(status): count for status, count in said["statusCodeDistribution"].items()}
    good = sum(count for status, count in statuses.items() if 200 <= status < 400)
    if not good:
        raise Trouble(f"oha got no good answer from {context}: {statuses} {said['errorDistribution']}")
    failed = sum(statuses.values()) - good + sum(said["errorDistribution"].values())
    at = said["latencyPercentiles"]
    why = f"{statuses} {said['errorDistribution']}" if failed else ""
    return Answered(good, said["summary"]["requestsPerSec"], at["p50"] * 1000, at["p99"] * 1000, failed, why)


def percentile(ordered, which):
    """The least of the ordered values that so many in a hundred do not exceed."""
    return ordered[max(0, -(-len(ordered) * which // 100) - 1)]


def _wrk_percentile(text, which):
    found = re.search(rf"^\s+{which}%\s+([\d.]+)(us|ms|s|m)\s*$", text, re.M)
    if not found:
        raise Trouble(f"wrk printed no {which}th percentile:\n{text}")
    return float(found.group(1)) * UNITS[found.group(2)]


def _pinned(*command):
    return ["taskset", "-c", str(LOAD_CORE), *command]


def _headers(headers):
    return [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
