"""What an exact limit in Redis adds to an edge that has time: the latency with the limit here and with it in Redis, and
the round trip of the very command that the edge sends."""

import os
import re
import socket
import time

from sidebyside import edges, load
from sidebyside.figures import Measured
from sidebyside.machine import PROXY_CORE, Trouble
from sidebyside.rounds import in_turn, say, start, warm
from sidebyside.strangers import Strangers

RATE, CONNECTIONS = 500, 8
PATIENCE = 5
"""Seconds that Redis may take for one answer."""


def take(bench, subjects):
    chains = start(bench, subjects)
    warm(bench, chains)
    into = {chain.subject.name: Measured(chain.subject.name) for chain in chains}
    wire = Measured("round trip")
    command = _sent(bench, next(chain for chain in chains if chain.subject.name == "outrider redis"))
    for number in range(bench.settings.rounds):
        for chain in in_turn(chains, number):
            strangers = Strangers([*chain.programs, bench.backend])
            answered = load.at_rate(chain.subject, bench.settings.seconds, CONNECTIONS, RATE)
            measured = into[chain.subject.name]
            measured.strangers.append(strangers.share())
            measured.count_failed(answered)
            measured.add({"calm p50": answered.p50_ms})
        p50 = _round_trip(bench.ports["redis"], command, bench.settings.seconds)
        wire.add({"calm p50": p50, "added": p50})
        for name in ("envoy", "outrider"):
            if name in into and name + " redis" in into:
                there = into[name + " redis"]
                there.add({"added": there.of("calm p50")[-1] - into[name].of("calm p50")[-1]})
        say(f"round {number + 1} of {bench.settings.rounds}: Redis adds {into['outrider redis'].of('added')[-1]:.3f} ms, "
            f"its round trip is {p50:.3f} ms")
    return [wire, *into.values()]


def how(settings):
    return [f"{settings.rounds} rounds of {settings.seconds} s with {RATE} requests a second on {CONNECTIONS} connections, "
            "counted from the moment when a request was due (open loop, oha --latency-correction). 'added' is the p50 with "
            "the limit in Redis less that with the limit in the process, of the same round.",
            "'round trip' is a bare client (blocking socket, Python) on the proxy's core that sends, as often, the EVALSHA "
            f"that the edge was seen to send. Warmed before by {settings.warm} s of load; {edges.REDIS}"]


def _sent(bench, chain):
    """The command with which the edge asks, as Redis is told it."""
    with _Client(bench.ports["redis"]) as client:
        client.ask(b"MONITOR\r\n")
        load.at_rate(chain.subject, 1, 1, 20)
        seen = client.receive()
        while b"EVALSHA" not in seen.upper() or not seen.endswith(b"\r\n"):
            seen += client.receive()
    line = next(line for line in seen.decode().split("\r\n") if '"EVALSHA"' in line.upper())
    words = [word.encode() for word in re.findall(r'"([^"]*)"', line)]
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


def _round_trip(port, command, seconds):
    """The median in milliseconds."""
    cores, took = os.sched_getaffinity(0), []
    os.sched_setaffinity(0, {PROXY_CORE})
    try:
        with _Client(port) as client:
            for _ in range(seconds * RATE):
                begin = time.perf_counter()
                client.ask(command)
                took.append(time.perf_counter() - begin)
                time.sleep(1 / RATE)
    finally:
        os.sched_setaffinity(0, cores)
    took.sort()
    return load.percentile(took, 50) * 1000


class _Client:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, command):
        self.socket.sendall(command)
        answer = self.receive()
        if answer.startswith(b"-"):
            raise Trouble(f"Redis refuses {command[:60]!r}: {answer[:200]!r}")

    def receive(self):
        received = self.socket.recv(65536)
        if not received:
            raise Trouble("Redis has closed the connection")
        return received

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
