"""Outrider as a user runs it, through the launcher: one event loop, like the one worker of each peer."""

import glob
import os
import subprocess

from sidebyside import pki as identities
from sidebyside.machine import Program, Trouble

LAUNCHER = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__)))), "outrider")
SERVICE = "billing"

HEAD = """\
profile: sidecar
name: {name}
namespace: bench
accessLog: {{output: "{log}"}}
tracing: {{sampling: 0%}}
admin: {{listen: "127.0.0.1:{admin}"}}
runtime: {{loops: 1, spread: 0s, drain: 1s}}
"""

IDENTITY = """\
identity:
  trustDomain: cluster.local
  id: {id}
  files: {{certificate: "{certificate}", key: "{key}", bundle: "{bundle}"}}
"""

# Deadlines, breaker, retry budget, outlier ejection, metrics and trace headers stay on.
PLAIN = """\
outbound:
  listen: 127.0.0.1:{port}
  connections: 50000
  services:
"""

PLAIN_SERVICE = """\
    {name}:
      hosts: [{name}]
      endpoints: {{static: ["127.0.0.1:{backend}"]}}
      mtls: false
"""

OUTBOUND = """\
outbound:
  listen: 127.0.0.1:{port}
  services:
    billing:
      hosts: [billing]
      endpoints: {{static: ["127.0.0.1:{inbound}"]}}
      identity: ["{called}"]
      audience: {audience}
      mtls: true
      protocol: {protocol}
      timeout: 15s
      retry: {{attempts: 2, backoff: {{base: 25ms, max: 250ms}}}}
      breaker: {{failureRate: 50%, window: 10s, minimumRequests: 20, openFor: 5s, probes: 3}}
  tokenFiles: {{{audience}: "{token}"}}
"""

INBOUND = """\
inbound:
  listen: 127.0.0.1:{port}
  app: 127.0.0.1:{backend}
  mtls: strict
  jwt:
    audience: [{audience}]
    issuers: ["{issuer}"]
    jwks: {{file: "{jwks}"}}
    algorithms: [RS256]
  access:
    - allow: {{from: ["{caller}"], methods: [GET]}}
"""


EDGE = """\
profile: edge
name: edge
namespace: bench
accessLog: {{output: "{log}"}}
tracing: {{sampling: 0%}}
admin: {{listen: "127.0.0.1:{admin}"}}
runtime: {{loops: 1, spread: 0s, drain: 1s}}
edge:
  https:
    listen: 127.0.0.1:{port}
    tls:
      minVersion: 1.3
      certificates: [{{certificate: "{certificate}", key: "{key}"}}]
  services:
    billing:
      hosts: [billing]
      endpoints: {{static: ["127.0.0.1:{backend}"]}}
      mtls: false
{guards}
"""

EDGE_OPEN = """\
  routes:
    - {{name: all, match: {{methods: [GET]}}, service: billing, auth: {{anonymous: true}}}}
"""

# The quota is never reached: what is measured is the counting.
EDGE_GUARDED = """\
  {redis}
  auth:
    jwt:
      issuers:
        bench: {{issuer: "{issuer}", audience: [{audience}], jwks: {{file: "{jwks}"}}, algorithms: [RS256]}}
  limits:
    named:
      all: {{algorithm: token-bucket, quotas: {{second: 100000000}}, policy: {policy}}}
  routes:
    - {{name: all, match: {{methods: [GET]}}, service: billing, auth: {{jwt: [bench]}}, limits: [all]}}
"""


def plain(directory, port, admin, backend):
    return many_services(directory, port, admin, backend, 1)


def many_services(directory, port, admin, backend, count):
    """One is the service that is called."""
    names = [SERVICE, *(f"service-{number}" for number in range(1, count))]
    services = "".join(PLAIN_SERVICE.format(name=name, backend=backend) for name in names)
    config = HEAD.format(name="relay", log="off", admin=admin) + PLAIN.format(port=port) + services
    return _program(directory, f"outrider-plain-{count}", port, admin, config)


def outbound(directory, port, admin, inbound_port, pki, protocol, name="outrider"):
    head = HEAD.format(name="orders", log=f"{directory}/{name}-outbound.access", admin=admin)
    return _program(directory, name + "-outbound", port, admin,
                    head + _identity(pki, "orders") + _outbound(port, inbound_port, pki, protocol))


def inbound(directory, port, admin, backend, pki, name="outrider"):
    head = HEAD.format(name="billing", log=f"{directory}/{name}-inbound.access", admin=admin)
    return _program(directory, name + "-inbound", port, admin,
                    head + _identity(pki, "billing") + _inbound(port, backend, pki))


def sidecar(directory, port, inbound_port, admin, backend, pki):
    """Both directions in one process, as a pod has it. It is started and asked nothing, so the backend may stand for
    the other workload."""
    head = HEAD.format(name="billing", log=f"{directory}/outrider-sidecar.access", admin=admin)
    return _program(directory, "outrider-sidecar", port, admin,
                    head + _identity(pki, "billing") + _inbound(inbound_port, backend, pki)
                    + _outbound(port, backend, pki, "http1"))


def edge(directory, port, admin, backend, pki, guards, redis):
    """The front door, with a client's token and a limit, or without ("none"); the limit in Redis, or here."""
    name = "outrider" + {"none": "-bare", "redis": "-redis", "local": ""}[guards]
    guarded = EDGE_OPEN.format() if guards == "none" else EDGE_GUARDED.format(
        redis=f'redis: {{addresses: ["127.0.0.1:{redis}"], budget: 1s}}' if guards == "redis" else "", policy=guards,
        issuer=identities.ISSUER, audience=identities.AUDIENCE, jwks=pki.jwks_file)
    config = EDGE.format(log=f"{directory}/{name}-edge.access", admin=admin, port=port, backend=backend, guards=guarded,
                         certificate=pki.certificate("edge"), key=pki.key("edge"))
    return _program(directory, name + "-edge", port, admin, config)


def aot_cache():
    """Whether the launcher finds an AOT cache beside the jars."""
    home = os.path.dirname(LAUNCHER)
    return bool(glob.glob(home + "/lib/outrider.aot") + glob.glob(home + "/examples/target/outrider-*/lib/outrider.aot"))


def _outbound(port, inbound_port, pki, protocol):
    return OUTBOUND.format(port=port, inbound=inbound_port, called=identities.CALLED, audience=identities.AUDIENCE,
                           protocol=protocol, token=pki.token_file)


def _inbound(port, backend, pki):
    return INBOUND.format(port=port, backend=backend, audience=identities.AUDIENCE, issuer=identities.ISSUER,
                          jwks=pki.jwks_file, caller=identities.CALLER)


def _identity(pki, who):
    return IDENTITY.format(id=identities.CALLED if who == "billing" else identities.CALLER,
                           certificate=pki.certificate(who), key=pki.key(who), bundle=pki.bundle)


def _program(directory, name, port, admin, config):
    file = os.path.join(directory, name + ".yaml")
    with open(file, "w") as output:
        output.write(config)
    # Checked apart: it builds what is not built yet, and says what is wrong with the configuration.
    checked = subprocess.run([LAUNCHER, "check", "--config", file], stdin=subprocess.DEVNULL, capture_output=True,
                             text=True)
    if checked.returncode != 0:
        raise Trouble(f"Outrider does not accept {file}:\n{checked.stdout[-3000:]}{checked.stderr[-3000:]}")
    return Program(name, [LAUNCHER, "sidecar", "--config", file], port, admin, jvm=True)
