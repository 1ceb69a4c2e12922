"""The rows: what is measured of which subjects, and what Outrider must reach. A new row is a function that gives
Measured, and an entry in ROWS."""

from collections.abc import Callable
from dataclasses import dataclass

from sidebyside import ages, edges, exact, idle, latency, load, rounds, services, starts, subjects
from sidebyside.figures import Measured
from sidebyside.settings import Settings
from sidebyside.subjects import Bench


@dataclass(frozen=True)
class Target:
    """Outrider's figure must be at most so many times the peer's, or so much where there is no peer."""

    figure: str
    most: float
    peer: str | None = None
    subject: str = "outrider"
    stage: str = "goal"


@dataclass(frozen=True)
class Row:
    title: str
    work: str
    ports: list[str]
    measure: Callable[[Bench], list[Measured]]
    how: Callable[[Settings], list[str]]
    columns: list[str]
    targets: list[Target]
    charts: list[str]
    """Figures that are drawn. The first tells noise: the spread of a peer's."""
    peers: frozenset[str] = frozenset()
    """Subjects whose spread tells noise."""


PLAIN = ["nginx", "haproxy", "envoy", "envoy admin", "outrider", "outrider admin"]
MESH = [name + what for name in ("envoy", "outrider") for what in (" out", " out admin", " in", " in admin")]
WIRE = [name + what for name in ("http1", "http2") for what in (" out", " out admin", " in", " in admin")]
EDGE = [name + what for name in ("envoy", "outrider", "outrider bare", "envoy redis", "outrider redis")
        for what in ("", " admin")] + ["redis", "ratelimit", "ratelimit http", "ratelimit debug"]
PAIR = ["envoy", "envoy admin", "outrider", "outrider admin"]
LOADED = ["cpu", "rate", "p50", "p99", "idle MB", "MB", "PSS MB", "calls", "allocated"]
FEATURES = (
    "mutual TLS 1.3, RS256 token verified (cached), access rule on the SPIFFE id, XFCC, JSON access log of both, retries "
    "with budget, outlier detection, breaker or circuit breaker, metrics; figures are of both processes together")


def _age(bench):
    return ages.take(bench, subjects.plain(bench) + subjects.mesh(bench, called=" mesh"))


def _services(bench):
    return services.take(bench, subjects.knowing(bench, services.counts(bench.settings)))


ROWS = {
    "plain": Row(
        "Plain HTTP/1.1 proxying", "one proxy, no TLS, no access log", PLAIN,
        lambda bench: rounds.take(bench, subjects.plain(bench)), rounds.how, LOADED,
        [Target("cpu", 1.3, "haproxy"), Target("cpu", 0.4, "envoy"), Target("calls", 4.5), Target("allocated", 2048)],
        ["cpu"], frozenset({"nginx", "haproxy", "envoy"})),
    "mesh": Row(
        "Two-hop mesh over HTTP/1.1", "two proxies: " + FEATURES, MESH,
        lambda bench: rounds.take(bench, subjects.mesh(bench)), rounds.how, [*LOADED, "log lines"],
        [Target("cpu", 0.4, "envoy"), Target("idle MB", 1.0, "envoy"), Target("MB", 1.3, "envoy")],
        ["cpu", "MB"], frozenset({"envoy"})),
    "mesh-h2": Row(
        "Two-hop mesh over HTTP/2",
        "HTTP/2 in plain text (prior knowledge) to the first proxy, HTTP/2 between the two, HTTP/1.1 to the backend; "
        f"{load.STREAMS} requests at a time on each of the load's connections. Two proxies: " + FEATURES, MESH,
        lambda bench: rounds.take(bench, subjects.mesh(bench, http2=True)), rounds.how, [*LOADED, "log lines"],
        [Target("cpu", 0.5, "envoy"), Target("MB", 1.3, "envoy")], ["cpu", "MB"], frozenset({"envoy"})),
    "wire": Row(
        "HTTP/1.1 or HTTP/2 between two sidecars",
        "the mesh row twice, the load HTTP/1.1, the connections between the two proxies HTTP/1.1 or HTTP/2 (one per loop)",
        WIRE, lambda bench: rounds.take(bench, subjects.wire(bench)), rounds.how, [*LOADED, "log lines"], [], ["cpu"]),
    "edge": Row(
        "The front door",
        "one proxy: TLS 1.3 from the client, RS256 token verified (cached), a rate limit by client address that is never "
        "reached, JSON access log, plain text to the backend. 'outrider bare' does neither token nor limit; 'redis' has the "
        "limit counted exactly in Redis, which runs beside the load: Outrider by itself, Envoy through its rate limit "
        "service (Go) on the proxy's core, whose cost is counted with Envoy's", EDGE,
        edges.take, edges.how, [*LOADED, "log lines"],
        [Target("cpu", 0.5, "envoy"), Target("cpu", 1.15, "outrider bare"),
         Target("cpu", 0.5, "envoy redis", "outrider redis")], ["cpu", "MB"], frozenset({"envoy"})),
    "exact": Row(
        "What an exact limit adds, not saturated",
        "the front door with token and limit, the limit counted in the process and in Redis, as in the row edge",
        [port for port in EDGE if not port.startswith("outrider bare")], lambda bench: edges.take(bench, exact.take),
        exact.how, ["calm p50", "added"], [Target("added", 1.0, "round trip", "outrider redis")], ["calm p50"],
        frozenset({"envoy"})),
    "latency": Row(
        "Latency of the two-hop mesh, not saturated", "the mesh row's two proxies over HTTP/1.1", MESH,
        lambda bench: latency.take(bench, subjects.mesh(bench)), latency.how,
        ["one p50", "one p99", "open p50", "open p99"],
        [Target(figure, 0.5, "envoy") for figure in ("one p50", "one p99", "open p50", "open p99")],
        ["one p50", "one p99", "open p50", "open p99"], frozenset({"envoy"})),
    "age": Row(
        "The first seconds after a start", "the subjects of plain and of mesh, started anew", PLAIN[2:] + MESH, _age,
        ages.how, ["young cpu", "old cpu", "young rate", "MB"],
        [Target("young cpu", 1.5, "envoy"), Target("young cpu", 1.5, "envoy mesh", "outrider mesh")],
        ["young cpu"], frozenset({"envoy", "envoy mesh"})),
    "edge-age": Row(
        "The first seconds of the front door",
        "the edge row's proxies, started anew, but for the one without token and limit",
        [name for name in EDGE if "bare" not in name],
        lambda bench: edges.take(bench, ages.take), lambda settings: [*ages.how(settings), edges.REDIS],
        ["young cpu", "old cpu", "young rate", "MB"],
        [Target("young cpu", 1.5, "envoy"), Target("young cpu", 1.5, "envoy redis", "outrider redis")],
        ["young cpu"], frozenset({"envoy", "envoy redis"})),
    "start": Row(
        "Start", "one process with both directions of the mesh configured, as a pod has it",
        ["envoy", "envoy in", "envoy admin", "outrider", "outrider in", "outrider admin"],
        lambda bench: starts.take(bench, subjects.sidecar(bench)), starts.how, ["ready", "ready cpu", "ready MB"],
        [Target("ready", 600)], ["ready"]),
    "idle": Row(
        "Idle keep-alive connections", "one proxy in plain text", PAIR,
        lambda bench: idle.take(bench, subjects.plain(bench)), idle.how,
        ["before MB", "connection", "connection heap"], [Target("connection", 8)], ["connection"]),
    "services": Row(
        "Memory by the number of services known", "one proxy in plain text with static endpoints", PAIR, _services,
        services.how, ["idle MB", "heap MB", "service", "service heap"],
        [Target("idle MB", 1.1, "outrider few", "outrider many")], ["idle MB"]),
}
