"""Envoy's way to count in Redis: a service of its own that Envoy asks about every request over gRPC."""

import os
import shutil

from sidebyside.machine import Program, Trouble

MODULE = "github.com/envoyproxy/ratelimit/src/service_cmd@v1.4.1-0.20260122083618-3fb702589d36"
HERE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
TOOLS = os.path.join(HERE, ".tools")
DOMAIN = "edge"

# Never reached: what is measured is the counting.
LIMITS = """\
domain: edge
descriptors:
  - key: remote_address
    rate_limit: {unit: second, requests_per_unit: 100000000}
"""


def binary():
    """Where --install puts it, or None."""
    return shutil.which("service_cmd", path=TOOLS)


def service(directory, port, http, debug, redis):
    """Started with what its README names; one core, as all others have."""
    found = binary()
    if not found:
        raise Trouble("Envoy's rate limit service is missing; bench/run --install brings it, or leave it out: "
                      "--without 'envoy redis'")
    limits = os.path.join(directory, "ratelimit", "config")
    os.makedirs(limits, exist_ok=True)
    with open(os.path.join(limits, "edge.yaml"), "w") as output:
        output.write(LIMITS)
    settings = {
        "REDIS_SOCKET_TYPE": "tcp", "REDIS_URL": f"127.0.0.1:{redis}", "USE_STATSD": "false", "LOG_LEVEL": "error",
        "RUNTIME_ROOT": directory, "RUNTIME_SUBDIRECTORY": "ratelimit", "RUNTIME_WATCH_ROOT": "false",
        "RUNTIME_IGNOREDOTFILES": "true", "HOST": "127.0.0.1", "PORT": http, "GRPC_HOST": "127.0.0.1", "GRPC_PORT": port,
        "DEBUG_HOST": "127.0.0.1", "DEBUG_PORT": debug, "GOMAXPROCS": 1}
    return Program("ratelimit", ["env", *(f"{name}={value}" for name, value in settings.items()), found], port)
