"""The load: wrk on the load core, keep-alive connections, as fast as the proxy answers (closed loop)."""

import re
import subprocess
from dataclasses import dataclass

from sidebyside.machine import LOAD_CORE, Trouble

UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60000.0}


@dataclass(frozen=True)
class Answered:
    requests: int
    per_second: float
    p50_ms: float
    p99_ms: float
    failed: int
    """Answers other than 2xx and 3xx, and socket errors."""


def run(url, headers, seconds, connections):
    command = ["taskset", "-c", str(LOAD_CORE), "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s",
               "--latency"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    done = subprocess.run([*command, url], capture_output=True, text=True, timeout=seconds + 60)
    return read(done.stdout, f"{url}\n{done.stdout}{done.stderr}")


def read(text, context):
    requests = re.search(r"(\d+) requests in", text)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
    if not requests or not rate or int(requests.group(1)) == 0:
        raise Trouble(f"the load generator got no answer from {context}")
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    failed = (int(bad.group(1)) if bad else 0) + sum(map(int, errors.groups()) if errors else [])
    return Answered(int(requests.group(1)), float(rate.group(1)), _percentile(text, 50), _percentile(text, 99), failed)


def _percentile(text, which):
    found = re.search(rf"^\s+{which}%\s+([\d.]+)(us|ms|s|m)\s*$", text, re.M)
    if not found:
        raise Trouble(f"the load generator printed no {which}th percentile:\n{text}")
    return float(found.group(1)) * UNITS[found.group(2)]
