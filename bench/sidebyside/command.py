"""The command line: which rows, how long, and where the results go."""

import argparse
import os
import resource
import shutil
import sys
from dataclasses import fields

from sidebyside import chart, install, machine, pki, ports, relays, report
from sidebyside.figures import noise
from sidebyside.rows import ROWS, Bench
from sidebyside.settings import QUICK, Settings

HERE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
OPEN_FILES = 4096
"""Beside the connections of the row idle."""

LEAST = {"age": 12, "services": 100}

EPILOG = """\
rows:
{rows}

examples:
  bench/run --install                  bring what is missing (apt-get, pip into bench/.venv, cargo, go)
  bench/run all                        every row, about 26 minutes; keep the machine quiet meanwhile
  bench/run plain mesh                 two of them, about 7 minutes
  bench/run all --quick                whether everything works, about 6 minutes; no figures to quote
  bench/run age --fresh 5 --age 60     more and longer lives
"""


def main(arguments):
    os.environ["PATH"] += ":/usr/sbin:/sbin:" + os.path.expanduser("~/.cargo/bin")
    options = _options(arguments)
    try:
        if options.install:
            install.install()
            return 0
        install.check(options.rows, options.without)
        _rows(options)
        return 0
    except machine.Trouble as trouble:
        print(f"bench: {trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("bench: stopped; everything it had started is stopped too", file=sys.stderr)
        return 130


def _options(arguments):
    rows = "\n".join(f"  {name:8s} {row.title}" for name, row in ROWS.items())
    parser = argparse.ArgumentParser(
        prog="bench/run", formatter_class=argparse.RawDescriptionHelpFormatter, epilog=EPILOG.format(rows=rows),
        description="CPU time per request, latency, memory and start of Outrider and its peers, doing equal work in turn.")
    parser.add_argument("rows", nargs="*", metavar="ROW", help="all, or some of " + ", ".join(ROWS))
    parser.add_argument("--quick", action="store_true", help="little of everything; the options below still count")
    for name, words in {
            "rounds": "times every warmed proxy takes its turn", "seconds": "length of a turn",
            "warm": "seconds of load before, for Outrider", "warm-peers": "the same for the others",
            "connections": "requests at a time", "fresh": "rounds of age, idle and services",
            "age": "seconds of a life, row age", "starts": "starts of each, row start",
            "idle": "connections, row idle", "services": "most services known, row services"}.items():
        default = getattr(Settings(), name.replace("-", "_"))
        parser.add_argument("--" + name, type=_at_least(LEAST.get(name, 1)), help=f"{words} (default {default})")
    parser.add_argument("--base-port", type=_at_least(1), default=18600, help="first of the ports used (default 18600)")
    parser.add_argument("--without", action="append", default=[], metavar="NAME", help="leave a proxy out; may repeat")
    parser.add_argument("--install", action="store_true", help="bring what is missing, then stop")
    options = parser.parse_args(arguments)
    unknown = [row for row in options.rows if row not in ROWS and row != "all"]
    if unknown:
        parser.error(f"there is no row '{unknown[0]}'; there are all, {', '.join(ROWS)}")
    if not options.rows and not options.install:
        parser.error(f"name a row: all, {', '.join(ROWS)}")
    if "all" in options.rows:
        options.rows = list(ROWS)
    return options


def _at_least(least):
    def positive(text):
        value = int(text)
        if value < least:
            raise argparse.ArgumentTypeError(f"must be {least} or more")
        return value
    return positive


def settings_of(options):
    defaults = QUICK if options.quick else Settings()
    return Settings(**{field.name: getattr(options, field.name) or getattr(defaults, field.name)
                       for field in fields(Settings)})


def _rows(options):
    settings = settings_of(options)
    _allow_open_files(settings.idle + OPEN_FILES if "idle" in options.rows else OPEN_FILES)
    peers, results = os.path.join(HERE, "peers"), os.path.join(HERE, "results")
    shutil.rmtree(peers, ignore_errors=True)
    os.makedirs(results, exist_ok=True)
    os.makedirs(peers)
    head = "\n".join(report.machine_lines(install.versions())) + "\n"
    print(f"# Side by side\n\n{head}", flush=True)
    identity = pki.make(os.path.join(peers, "pki"))
    verdicts, failed = [], []
    for name in options.rows:
        try:
            verdicts.append(_row(name, options, settings, peers, results, identity, head))
        except machine.Trouble as trouble:
            print(f"bench: row {name}: {trouble}", file=sys.stderr)
            failed.append(name)
    print(report.summary(verdicts), flush=True)
    _write(results, "targets.md", head + "\n" + report.summary(verdicts))
    if failed:
        raise machine.Trouble(f"not measured, see above: {', '.join(failed)}")


def _row(name, options, settings, peers, results, identity, head):
    """Measures a row and writes it down; gives its name, whether it was noisy, and its targets."""
    row = ROWS[name]
    measured = _measure(row, options, settings, peers, identity)
    noisy = noise(measured, row.peers, row.charts[0])
    if options.quick:
        noisy.insert(0, "a quick run shows that everything works and no more")
    text = report.markdown(row, measured, settings, noisy)
    print(text, flush=True)
    note = head.split("\n")[1].removeprefix("- ").partition(", wrk")[0] + ("; NOISY" if noisy else "")
    _write(results, name + ".md", head + "\n" + text)
    _write(results, name + ".svg", chart.svg(row, measured, note))
    _write(results, name + ".json", report.raw(name, measured, settings, noisy))
    return name, bool(noisy), report.targets(row, measured)


def _measure(row, options, settings, peers, identity):
    numbers = {key: options.base_port + place for place, key in enumerate(["backend", *row.ports])}
    ports.check_free(numbers.values())
    with machine.Machine(peers) as running:
        program = relays.backend(peers, numbers["backend"])
        backend = running.start(program.name, machine.LOAD_CORE, program.command)
        ports.wait_listening(program.port, [backend])
        measured = row.measure(Bench(running, identity, numbers, frozenset(options.without), settings, backend))
    if not measured:
        raise machine.Trouble("every proxy of the row was left out")
    return measured


def _allow_open_files(count):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        raise machine.Trouble(f"{count} open files are needed and {hard} allowed: raise ulimit -Hn, or lower --idle")
    if soft != resource.RLIM_INFINITY and soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


def _write(directory, name, text):
    with open(os.path.join(directory, name), "w") as file:
        file.write(text)
