"""What takes a turn: a chain of programs that does the work of a row. The functions write the configurations and
say how to start the programs and reach the chain; nothing runs yet."""

import contextlib
import os
from dataclasses import dataclass, field

from sidebyside import envoy, outrider, ratelimit, relays
from sidebyside.machine import PROXY_CORE, Program
from sidebyside.pki import Pki
from sidebyside.ports import wait_for, wait_listening, wait_ready
from sidebyside.settings import Settings


@dataclass(frozen=True)
class Bench:
    """What a row may use."""

    machine: object
    pki: Pki
    ports: dict
    without: frozenset
    settings: Settings
    backend: object


@dataclass(frozen=True)
class Subject:
    name: str
    programs: list[Program]
    port: int
    headers: dict
    http2: bool = False
    """Whether the load speaks HTTP/2."""
    access_logs: list = field(default_factory=list)
    secure: bool = False
    """Whether the load speaks TLS; nobody looks at the certificate."""

    @property
    def url(self):
        return f"{'https' if self.secure else 'http'}://127.0.0.1:{self.port}/"

    @property
    def jvm(self):
        return any(program.jvm for program in self.programs)


class Chain:
    """A subject's programs, running."""

    def __init__(self, machine, subject):
        self.machine, self.subject = machine, subject
        self.programs = [machine.start(program.name, PROXY_CORE, program.command) for program in subject.programs]

    def wait(self):
        """Until it answers. The last one first: a request through a half-started chain would open breakers."""
        for program in reversed(self.subject.programs):
            if program.admin:
                wait_ready(program.admin, self.programs)
            wait_listening(program.port, self.programs)
        wait_for(self.subject.url, self.subject.headers, self.programs)

    def cpu_seconds(self):
        return sum(program.cpu_seconds() for program in self.programs)

    def resident_mb(self):
        return sum(program.resident_mb() for program in self.programs)

    def proportional_mb(self):
        return sum(program.proportional_mb() for program in self.programs)

    def check_alive(self):
        for program in self.programs:
            program.check_alive()

    def stop(self):
        self.machine.stop(self.programs)
        for log in self.subject.access_logs:
            with contextlib.suppress(FileNotFoundError):
                os.remove(log)


def plain(bench):
    """One proxy, no TLS, no access log."""
    at, backend, directory = bench.ports, bench.ports["backend"], bench.machine.directory
    makers = {
        "nginx": lambda: relays.nginx(directory, at["nginx"], backend),
        "haproxy": lambda: relays.haproxy(directory, at["haproxy"], backend),
        "envoy": lambda: envoy.plain(directory, at["envoy"], at["envoy admin"], backend),
        "outrider": lambda: outrider.plain(directory, at["outrider"], at["outrider admin"], backend),
    }
    return [Subject(name, [make()], at[name], {"Host": outrider.SERVICE})
            for name, make in makers.items() if name in at and name not in bench.without]


def mesh(bench, http2=False, called=""):
    """Two proxies joined by mutual TLS, every feature on; called is added to the subjects' names."""
    at, backend, directory, pki = bench.ports, bench.ports["backend"], bench.machine.directory, bench.pki
    makers = {
        "envoy": lambda: [envoy.outbound(directory, at["envoy out"], at["envoy out admin"], at["envoy in"], pki, http2),
                          envoy.inbound(directory, at["envoy in"], at["envoy in admin"], backend, pki, http2)],
        "outrider": lambda: [
            outrider.outbound(directory, at["outrider out"], at["outrider out admin"], at["outrider in"], pki,
                              "http2" if http2 else "http1"),
            outrider.inbound(directory, at["outrider in"], at["outrider in admin"], backend, pki)],
    }
    headers = {"Host": outrider.SERVICE, envoy.TOKEN_HEADER: pki.token}
    return [Subject(name + called, make(), at[name + " out"], headers, http2, _logs(directory, name))
            for name, make in makers.items() if name not in bench.without]


def wire(bench):
    """Outrider's mesh twice, for HTTP/1.1 load: its own connections over HTTP/1.1, and over HTTP/2."""
    at, directory = bench.ports, bench.machine.directory
    return [Subject(name, [
                outrider.outbound(directory, at[name + " out"], at[name + " out admin"], at[name + " in"], bench.pki,
                                  name, name),
                outrider.inbound(directory, at[name + " in"], at[name + " in admin"], at["backend"], bench.pki, name)],
            at[name + " out"], {"Host": outrider.SERVICE}, access_logs=_logs(directory, name))
            for name in ("http1", "http2")]


def edge(bench):
    """One front door: TLS, a client's token, a limit here or in Redis; Outrider once without the last two. To count in
    Redis Envoy needs a second program, whose cost is counted with its own."""
    at, backend, directory, pki = bench.ports, bench.ports["backend"], bench.machine.directory, bench.pki

    def own(name, guards):
        return [outrider.edge(directory, at[name], at[name + " admin"], backend, pki, guards, at["redis"])]

    makers = {
        "envoy": lambda: [envoy.edge(directory, at["envoy"], at["envoy admin"], backend, pki)],
        "outrider": lambda: own("outrider", "local"),
        "outrider bare": lambda: own("outrider bare", "none"),
        "envoy redis": lambda: [
            envoy.edge(directory, at["envoy redis"], at["envoy redis admin"], backend, pki, at["ratelimit"]),
            ratelimit.service(directory, at["ratelimit"], at["ratelimit http"], at["ratelimit debug"], at["redis"])],
        "outrider redis": lambda: own("outrider redis", "redis"),
    }
    headers = {"Host": outrider.SERVICE, "Authorization": "Bearer " + pki.token}
    return [Subject(name, make(), at[name], headers, secure=True,
                    access_logs=[f"{directory}/{name.replace(' ', '-')}-edge.access"])
            for name, make in makers.items() if name in at and name not in bench.without]


def sidecar(bench):
    """One process with both directions of the mesh, as a pod has it."""
    at, backend, directory, pki = bench.ports, bench.ports["backend"], bench.machine.directory, bench.pki
    makers = {"envoy": envoy.sidecar, "outrider": outrider.sidecar}
    return [Subject(name, [make(directory, at[name], at[name + " in"], at[name + " admin"], backend, pki)], at[name],
                    {"Host": outrider.SERVICE})
            for name, make in makers.items() if name not in bench.without]


def knowing(bench, counts):
    """One proxy in plain text for each name and number of services in counts, grouped by program."""
    at, backend, directory = bench.ports, bench.ports["backend"], bench.machine.directory
    makers = {"envoy": envoy.many_services, "outrider": outrider.many_services}
    return [[Subject(f"{name} {word}", [make(directory, at[name], at[name + " admin"], backend, count)], at[name],
                     {"Host": outrider.SERVICE}) for word, count in counts.items()]
            for name, make in makers.items() if name not in bench.without]


def _logs(directory, name):
    return [f"{directory}/{name}-{side}.access" for side in ("outbound", "inbound")]
