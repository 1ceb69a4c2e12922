"""The rows: which subjects do equal work, and what Outrider must reach against each of them. A new row is a
function that starts its subjects, and an entry in ROWS."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sidebyside import envoy, outrider, relays
from sidebyside.pki import Pki


@dataclass(frozen=True)
class Subject:
    """What takes a turn: one or more programs in a chain, reached at a URL."""

    name: str
    programs: list
    url: str
    headers: dict = field(default_factory=dict)
    access_logs: list = field(default_factory=list)
    jvm: bool = False
    inner_ports: tuple = ()
    """Of programs further down the chain, which must listen before the first request is sent."""


@dataclass(frozen=True)
class Target:
    """Outrider's figure must be at most so many times the peer's."""

    figure: str
    subject: str
    peer: str
    most: float
    stage: str = "goal"


@dataclass(frozen=True)
class Bench:
    """What a row may use."""

    machine: object
    pki: Pki
    ports: dict
    without: frozenset


@dataclass(frozen=True)
class Row:
    title: str
    work: str
    ports: list
    start: Callable[[Bench], list]
    targets: list
    peers: frozenset


def _plain(bench):
    port, backend = bench.ports.__getitem__, bench.ports["backend"]
    makers = {
        "nginx": lambda: relays.start_nginx(bench.machine, port("nginx"), backend),
        "haproxy": lambda: relays.start_haproxy(bench.machine, port("haproxy"), backend),
        "envoy": lambda: envoy.start_plain(bench.machine, port("envoy"), backend),
        "outrider": lambda: outrider.start_plain(bench.machine, port("outrider"), port("outrider admin"), backend),
    }
    return [Subject(name, [make()], f"http://127.0.0.1:{port(name)}/", headers={"Host": outrider.SERVICE},
                    jvm=name == "outrider")
            for name, make in makers.items() if name not in bench.without]


def _mesh(bench):
    machine, port, pki = bench.machine, bench.ports.__getitem__, bench.pki
    backend = port("backend")
    headers = {"Host": outrider.SERVICE, envoy.TOKEN_HEADER: pki.token}
    makers = {
        "envoy": lambda: [envoy.start_outbound(machine, port("envoy"), port("envoy in"), pki),
                          envoy.start_inbound(machine, port("envoy in"), backend, pki)],
        "outrider": lambda: [
            outrider.start_outbound(machine, port("outrider"), port("outrider admin"), port("outrider in"), pki),
            outrider.start_inbound(machine, port("outrider in"), port("outrider in admin"), backend, pki)],
    }
    return [Subject(name, make(), f"http://127.0.0.1:{port(name)}/", headers=headers, jvm=name == "outrider",
                    inner_ports=(port(name + " in"),),
                    access_logs=[f"{machine.directory}/{name}-{side}.access" for side in ("outbound", "inbound")])
            for name, make in makers.items() if name not in bench.without]


def _wire(bench):
    machine, port, pki = bench.machine, bench.ports.__getitem__, bench.pki
    headers = {"Host": outrider.SERVICE}
    return [Subject(name, [
                outrider.start_outbound(machine, port(name), port(name + " admin"), port(name + " in"), pki, name, name),
                outrider.start_inbound(machine, port(name + " in"), port(name + " in admin"), port("backend"), pki, name)],
            f"http://127.0.0.1:{port(name)}/", headers=headers, jvm=True, inner_ports=(port(name + " in"),),
            access_logs=[f"{machine.directory}/{name}-{side}.access" for side in ("outbound", "inbound")])
            for name in ("http1", "http2")]


ROWS = {
    "plain": Row(
        "Plain HTTP/1.1 proxying",
        "one proxy, no TLS, no access log",
        ["nginx", "haproxy", "envoy", "outrider", "outrider admin"], _plain,
        [Target("cpu", "outrider", "haproxy", 1.8, "first release"), Target("cpu", "outrider", "haproxy", 1.3),
         Target("cpu", "outrider", "envoy", 0.4)],
        frozenset({"nginx", "haproxy", "envoy"})),
    "mesh": Row(
        "Two-hop mesh over HTTP/1.1",
        "two proxies: mutual TLS 1.3, RS256 token verified (cached), access rule on the SPIFFE id, XFCC, JSON access log "
        "of both, retries with budget, outlier detection, breaker or circuit breaker, metrics; figures are of both "
        "processes together",
        ["envoy", "envoy in", "outrider", "outrider admin", "outrider in", "outrider in admin"], _mesh,
        [Target("cpu", "outrider", "envoy", 0.7, "first release"), Target("cpu", "outrider", "envoy", 0.4),
         Target("idle MB", "outrider", "envoy", 1.0), Target("MB", "outrider", "envoy", 1.3)],
        frozenset({"envoy"})),
    "wire": Row(
        "HTTP/1.1 or HTTP/2 between two sidecars",
        "the mesh row twice, the load HTTP/1.1, the connections between the two proxies HTTP/1.1 or HTTP/2 (one per loop)",
        [name + what for name in ("http1", "http2") for what in ("", " admin", " in", " in admin")], _wire,
        [], frozenset()),
}
