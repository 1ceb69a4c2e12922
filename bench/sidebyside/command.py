"""The command line: which rows, how long, and where the results go."""

import argparse
import os
import shutil
import sys
from dataclasses import dataclass

from sidebyside import chart, install, machine, pki, relays, report, rounds
from sidebyside.rows import ROWS, Bench

HERE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))

EPILOG = """\
rows:
{rows}

examples:
  bench/run --install                  bring what is missing (apt-get, pip into bench/.venv)
  bench/run plain mesh                 the figures of docs/benchmarks.md, about 10 minutes
  bench/run plain --rounds 1 --seconds 2 --warm 5
                                       a quick look whether everything works; no figures to quote
"""


@dataclass(frozen=True)
class Settings:
    rounds: int
    seconds: int
    warm: int
    warm_peers: int
    connections: int


def main(arguments):
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    options = _options(arguments)
    try:
        if options.install:
            install.install()
            return 0
        install.check(options.rows)
        _rows(options)
        return 0
    except machine.Trouble as trouble:
        print(f"bench: {trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("bench: stopped; everything it had started is stopped too", file=sys.stderr)
        return 130


def _options(arguments):
    rows = "\n".join(f"  {name:8s} {row.title}: {row.work}" for name, row in ROWS.items())
    parser = argparse.ArgumentParser(
        prog="bench/run", formatter_class=argparse.RawDescriptionHelpFormatter, epilog=EPILOG.format(rows=rows),
        description="CPU time per request, latency and memory of Outrider and its peers, doing equal work in turn.")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(ROWS))
    parser.add_argument("--rounds", type=_positive, default=5, help="times every proxy takes its turn (default 5)")
    parser.add_argument("--seconds", type=_positive, default=6, help="length of a turn (default 6)")
    parser.add_argument("--warm", type=_positive, default=45, help="seconds of load before, for Outrider (default 45)")
    parser.add_argument("--warm-peers", type=_positive, default=5, help="the same for the others (default 5)")
    parser.add_argument("--connections", type=_positive, default=64, help="keep-alive connections (default 64)")
    parser.add_argument("--base-port", type=_positive, default=18600, help="first of the ports used (default 18600)")
    parser.add_argument("--without", action="append", default=[], metavar="NAME", help="leave a proxy out; may repeat")
    parser.add_argument("--install", action="store_true", help="bring what is missing, then stop")
    options = parser.parse_args(arguments)
    unknown = [row for row in options.rows if row not in ROWS]
    if unknown:
        parser.error(f"there is no row '{unknown[0]}'; there are {', '.join(ROWS)}")
    if not options.rows and not options.install:
        parser.error(f"name a row: {', '.join(ROWS)}")
    return options


def _positive(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


def _rows(options):
    settings = Settings(options.rounds, options.seconds, options.warm, options.warm_peers, options.connections)
    peers, results = os.path.join(HERE, "peers"), os.path.join(HERE, "results")
    shutil.rmtree(peers, ignore_errors=True)
    os.makedirs(results, exist_ok=True)
    os.makedirs(peers)
    known = install.versions()
    print("# Side by side\n\n" + "\n".join(report.machine_lines(known)) + "\n", flush=True)
    identity = pki.make(os.path.join(peers, "pki"))
    for name in options.rows:
        row = ROWS[name]
        ports = {key: options.base_port + place for place, key in enumerate(["backend", *row.ports])}
        machine.check_free(ports.values())
        with machine.Machine(peers) as running:
            measured = _measure(row, Bench(running, identity, ports, frozenset(options.without)), settings)
        noisy = rounds.noise(measured, row.peers)
        text = report.markdown(row, measured, settings, noisy)
        print(text, flush=True)
        note = f"{known[0]}, {known[1]}, {known[2]}; in brackets resident memory" + ("; NOISY" if noisy else "")
        _write(results, name + ".md", "\n".join(report.machine_lines(known)) + "\n\n" + text)
        _write(results, name + ".svg", chart.svg(row.title, measured, note))
        _write(results, name + ".json", report.raw(name, measured, settings, noisy))


def _measure(row, bench, settings):
    backend = relays.start_backend(bench.machine, bench.ports["backend"])
    subjects = row.start(bench)
    if not subjects:
        raise machine.Trouble("every proxy of the row was left out")
    return rounds.take(subjects, backend, settings)


def _write(directory, name, text):
    with open(os.path.join(directory, name), "w") as file:
        file.write(text)
