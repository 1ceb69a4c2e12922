"""The front door, with a Redis of its own beside the load generator."""

from sidebyside import rounds, subjects
from sidebyside.machine import LOAD_CORE
from sidebyside.ports import wait_listening

REDIS = "Redis has the load generator's core: it takes from the load, and not from the proxy, whose own cost is shown."


def take(bench, measure=rounds.take):
    redis = bench.machine.start("redis", LOAD_CORE, [
        "redis-server", "--port", str(bench.ports["redis"]), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
    wait_listening(bench.ports["redis"], [redis])
    try:
        return measure(bench, subjects.edge(bench))
    finally:
        bench.machine.stop([redis])


def how(settings):
    return [*rounds.how(settings), REDIS]
