"""Outrider as a user runs it, through the launcher: one event loop, like the one worker of each peer."""

import os
import subprocess

from sidebyside import pki as identities
from sidebyside.machine import PROXY_CORE, Trouble

LAUNCHER = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__)))), "outrider")
SERVICE = "billing"

PLAIN = """\
# A plain relay. Deadlines, breaker, retry budget, outlier ejection, metrics and trace headers stay on.
profile: sidecar
name: relay
namespace: bench
outbound:
  listen: 127.0.0.1:{port}
  services:
    billing:
      hosts: [billing]
      endpoints: {{static: ["127.0.0.1:{backend}"]}}
      mtls: false
accessLog: {{output: "off"}}
tracing: {{sampling: 0%}}
admin: {{listen: "127.0.0.1:{admin}"}}
runtime: {{loops: 1, spread: 0s, drain: 1s}}
"""

OUTBOUND = """\
profile: sidecar
name: orders
namespace: bench
identity:
  trustDomain: cluster.local
  id: {caller}
  files: {{certificate: "{certificate}", key: "{key}", bundle: "{bundle}"}}
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
accessLog: {{output: "{log}"}}
tracing: {{sampling: 0%}}
admin: {{listen: "127.0.0.1:{admin}"}}
runtime: {{loops: 1, spread: 0s, drain: 1s}}
"""

INBOUND = """\
profile: sidecar
name: billing
namespace: bench
identity:
  trustDomain: cluster.local
  id: {called}
  files: {{certificate: "{certificate}", key: "{key}", bundle: "{bundle}"}}
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
accessLog: {{output: "{log}"}}
tracing: {{sampling: 0%}}
admin: {{listen: "127.0.0.1:{admin}"}}
runtime: {{loops: 1, spread: 0s, drain: 1s}}
"""


def start_plain(machine, port, admin, backend):
    return _start(machine, "outrider-plain", PLAIN.format(port=port, admin=admin, backend=backend))


def start_outbound(machine, port, admin, inbound, pki, protocol="auto", name="outrider"):
    return _start(machine, name + "-outbound", OUTBOUND.format(
        port=port, admin=admin, inbound=inbound, log=f"{machine.directory}/{name}-outbound.access", protocol=protocol,
        audience=identities.AUDIENCE, token=pki.token_file, **_identity(pki, "orders")))


def start_inbound(machine, port, admin, backend, pki, name="outrider"):
    return _start(machine, name + "-inbound", INBOUND.format(
        port=port, admin=admin, backend=backend, log=f"{machine.directory}/{name}-inbound.access",
        audience=identities.AUDIENCE, issuer=identities.ISSUER, jwks=pki.jwks_file, **_identity(pki, "billing")))


def _identity(pki, who):
    return {"caller": identities.CALLER, "called": identities.CALLED, "certificate": pki.certificate(who),
            "key": pki.key(who), "bundle": pki.bundle}


def _start(machine, name, config):
    file = os.path.join(machine.directory, name + ".yaml")
    with open(file, "w") as output:
        output.write(config)
    # Checked apart: it builds what is not built yet, and says what is wrong with the configuration.
    checked = subprocess.run([LAUNCHER, "check", "--config", file], stdin=subprocess.DEVNULL, capture_output=True,
                             text=True)
    if checked.returncode != 0:
        raise Trouble(f"Outrider does not accept {file}:\n{checked.stdout[-3000:]}{checked.stderr[-3000:]}")
    return machine.start(name, PROXY_CORE, [LAUNCHER, "sidecar", "--config", file])
