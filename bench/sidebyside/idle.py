"""Memory of connections that do nothing: each has carried one request and is kept."""

import contextlib
import select
import socket
import time

from sidebyside import counters, load
from sidebyside.figures import Measured
from sidebyside.machine import Trouble
from sidebyside.rounds import in_turn, say
from sidebyside.strangers import Strangers
from sidebyside.subjects import Chain

SOURCES = 8
"""Addresses the connections come from: one has too few ports for all."""
SETTLE = 3


def take(bench, subjects):
    into = {subject.name: Measured(subject.name) for subject in subjects}
    for number in range(bench.settings.fresh):
        for subject in in_turn(subjects, number):
            chain = Chain(bench.machine, subject)
            chain.wait()
            _hold(bench, chain, into[subject.name])
            chain.stop()
            say(f"round {number + 1} of {bench.settings.fresh}: {subject.name} "
                f"{into[subject.name].of('connection')[-1]:.2f} KiB a connection")
    return list(into.values())


def how(settings):
    return [f"{settings.fresh} rounds, each with fresh processes that are loaded with {settings.connections} connections "
            f"first (Outrider {settings.warm // 3} s, the others {settings.warm_peers} s), so that what every process "
            "grows by under any load is not laid to the connections.",
            f"Then {settings.idle} connections, each with one request; growth of the resident memory by their number, "
            f"{SETTLE} s after the last. A JVM may hold them in heap that is resident already: what a full collection "
            "leaves of them is shown beside it."]


def _hold(bench, chain, into):
    settings, jvm = bench.settings, chain.subject.jvm
    load.closed(chain.subject, settings.warm // 3 if jvm else settings.warm_peers, settings.connections)
    program = chain.programs[0]
    heap = counters.live_heap_bytes(program) if jvm else 0
    before = chain.resident_mb()
    strangers = Strangers([*chain.programs, bench.backend])
    with contextlib.ExitStack() as connections:
        held = [connections.enter_context(_connection(chain.subject, number)) for number in range(settings.idle)]
        time.sleep(SETTLE)
        grown = chain.resident_mb() - before
        into.strangers.append(strangers.share())
        into.failed += _closed(held)
        into.add({"before MB": before, "connection": grown * 1024 / settings.idle})
        if jvm:
            into.add({"connection heap": (counters.live_heap_bytes(program) - heap) / 1024 / settings.idle})


def _connection(subject, number):
    """Open, with one request answered on it."""
    connection = socket.socket()
    try:
        connection.settimeout(10)
        connection.bind((f"127.0.0.{2 + number % SOURCES}", 0))
        connection.connect(("127.0.0.1", subject.port))
        connection.sendall(f"GET / HTTP/1.1\r\nHost: {subject.headers['Host']}\r\n\r\n".encode())
        answer = b""
        while len(head := answer.partition(b"\r\n\r\n")) and len(head[2]) < 1024:
            chunk = connection.recv(65536)
            if not chunk:
                break
            answer += chunk
        if not answer.startswith(b"HTTP/1.1 200"):
            raise Trouble(f"{subject.name}, connection {number}: {answer[:300]!r}")
        return connection
    except BaseException:
        connection.close()
        raise


def _closed(connections):
    """How many the proxy has closed: they are readable although nothing was asked."""
    poll = select.poll()
    for connection in connections:
        poll.register(connection, select.POLLIN)
    return len(poll.poll(0))
