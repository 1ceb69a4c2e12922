"""How long and how often things are measured."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    rounds: int = 5
    seconds: int = 6
    warm: int = 45
    warm_peers: int = 5
    connections: int = 64
    fresh: int = 3
    """Rounds of the rows that start their proxies anew for every turn."""
    age: int = 30
    starts: int = 10
    idle: int = 10000
    services: int = 5000


QUICK = Settings(rounds=2, seconds=2, warm=6, warm_peers=2, fresh=1, age=12, starts=3, idle=1000, services=500)
"""Shows that everything works."""
