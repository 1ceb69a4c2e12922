"""Tests of the benchmark's own arithmetic: python3 -m unittest discover bench. Starts no proxy."""

import dataclasses
import json
import os
import sys
import unittest
import xml.etree.ElementTree as ElementTree

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

from sidebyside import ages, chart, command, counters, figures, load, report, services  # noqa: E402
from sidebyside.figures import FIGURES, Measured  # noqa: E402
from sidebyside.machine import Trouble  # noqa: E402
from sidebyside.rows import ROWS  # noqa: E402
from sidebyside.settings import QUICK, Settings  # noqa: E402

WRK = """\
Running 2s test @ http://127.0.0.1:1/
  1 threads and 64 connections
  Latency Distribution
     50%  500.00us
     75%    2.00ms
     99%    1.20s
  2000 requests in 2.00s, 2.29MB read
{more}Requests/sec:   1000.50
"""

H2LOAD = """\
finished in 2.00s, 1500.50 req/s, 1.57MB/s
requests: 4 total, 4 started, 4 done, 3 succeeded, 1 failed, {errored} errored, 0 timeout
status codes: 3 2xx, 0 3xx, 0 4xx, 1 5xx
"""

STRACE = """\
% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 52.49    0.108137           5     20012           writev
 47.51    0.097875           2     40023        12 recvfrom
  0.00    0.000000           0         1           restart_syscall
------ ----------- ----------- --------- --------- ----------------
100.00    0.206012           3     60036        12 total
"""


def measured(name, *costs, failed=0, figure="cpu"):
    return Measured(name, {figure: list(costs)}, failed)


class LoadTest(unittest.TestCase):
    def test_reads_requests_rate_and_percentiles_in_milliseconds(self):
        answered = load.read_wrk(WRK.format(more=""), "")
        self.assertEqual(load.Answered(2000, 1000.5, 0.5, 1200.0, 0), answered)

    def test_counts_bad_statuses_and_socket_errors_as_failed(self):
        more = "  Socket errors: connect 1, read 2, write 3, timeout 4\n  Non-2xx or 3xx responses: 7\n"
        answered = load.read_wrk(WRK.format(more=more), "")
        self.assertEqual(17, answered.failed)
        self.assertIn("responses: 7", answered.why)

    def test_refuses_a_run_without_an_answer(self):
        for read in (lambda: load.read_wrk("unable to connect", ""), lambda: load.read_h2load("", [], ""),
                     lambda: load.read_oha("", "")):
            with self.assertRaises(Trouble):
                read()

    def test_takes_percentiles_of_http2_from_the_good_requests_of_the_log(self):
        log = ["1\t200\t1000", "2\t200\t3000", "3\t503\t9", "4\t204\t2000"]
        answered = load.read_h2load(H2LOAD.format(errored=0), log, "")
        self.assertEqual((3, 1500.5, 2.0, 3.0, 1), dataclasses.astuple(answered)[:5])

    def test_reads_seconds_as_milliseconds_and_counts_errors_of_the_open_load(self):
        said = {"summary": {"requestsPerSec": 100.0}, "latencyPercentiles": {"p50": 0.001, "p99": 0.25},
                "statusCodeDistribution": {"200": 98, "503": 2}, "errorDistribution": {"connection closed": 3}}
        self.assertEqual((98, 100.0, 1.0, 250.0, 5), dataclasses.astuple(load.read_oha(json.dumps(said), ""))[:5])

    def test_a_percentile_is_one_of_the_values(self):
        hundred = list(range(1, 101))
        self.assertEqual([50, 99, 100], [load.percentile(hundred, which) for which in (50, 99, 100)])
        self.assertEqual(7, load.percentile([7], 50))


class CountersTest(unittest.TestCase):
    def test_reads_the_calls_with_and_without_errors_and_leaves_out_the_total(self):
        self.assertEqual({"writev": 20012, "recvfrom": 40023, "restart_syscall": 1}, counters.read_strace(STRACE))


class AgesTest(unittest.TestCase):
    def test_the_cost_of_a_slice_is_its_time_by_its_requests(self):
        self.assertAlmostEqual(250.0, ages.cost((0.0, 1.0, 1000), (2.0, 1.5, 3000)))

    def test_a_slice_without_an_answer_is_no_cost(self):
        with self.assertRaises(Trouble):
            ages.cost((0.0, 1.0, 1000), (2.0, 1.5, 1000))


class ReportTest(unittest.TestCase):
    def test_the_ratio_is_taken_within_a_round(self):
        ours, theirs = measured("outrider", 10, 40), measured("envoy", 20, 80)
        self.assertEqual([0.5, 0.5], report.paired(ours, theirs, "cpu"))

    def test_a_target_is_met_at_its_bound_and_not_above(self):
        self.assertEqual("met", self.verdict("at most 1.3 x HAProxy", measured("haproxy", 10, 10), measured("outrider", 13, 13)))
        self.assertEqual("not met",
                         self.verdict("at most 1.3 x HAProxy", measured("haproxy", 10, 10), measured("outrider", 13.1, 13.1)))

    def test_a_target_without_a_peer_bounds_the_figure_itself(self):
        self.assertEqual("met", self.verdict("at most 4.5", measured("outrider", 4.5, figure="calls")))
        self.assertEqual("not met", self.verdict("at most 4.5", measured("outrider", 4.6, figure="calls")))

    def test_a_failed_request_meets_no_target(self):
        self.assertEqual("not met", self.verdict("x HAProxy", measured("haproxy", 10), measured("outrider", 1, failed=1)))

    def test_a_peer_that_was_left_out_meets_no_target(self):
        self.assertEqual("not met", self.verdict("x HAProxy", measured("outrider", 1)))

    def test_shows_median_and_range_and_nothing_where_nothing_was_measured(self):
        lines = report._table(["cpu", "rate", "allocated"], [measured("nginx", 3, 1, 2), Measured("outrider", {"rate": [5]})])
        self.assertEqual(["| nginx | 2.0 (1.0 to 3.0) |  | 0 |", "| Outrider |  | 5 | 0 |"], lines[2:])

    def verdict(self, words, *subjects):
        return next(last for what, _, last in report.targets(ROWS["plain"], subjects) if words in what)


class NoiseTest(unittest.TestCase):
    def test_a_peer_whose_rounds_lie_apart_is_noise(self):
        subjects = [measured("envoy", 100, 130), measured("outrider", 50, 50)]
        self.assertEqual(1, len(figures.noise(subjects, frozenset({"envoy"}), "cpu")))

    def test_outriders_own_spread_is_not(self):
        subjects = [measured("envoy", 100, 101), measured("outrider", 50, 90)]
        self.assertEqual([], figures.noise(subjects, frozenset({"envoy"}), "cpu"))

    def test_strangers_are(self):
        subjects = [Measured("envoy", {"cpu": [1]}, strangers=[0.2, 0.2, 0.0])]
        self.assertEqual(1, len(figures.noise(subjects, frozenset({"envoy"}), "cpu")))


class RowsTest(unittest.TestCase):
    def test_speak_of_known_figures_only(self):
        for name, row in ROWS.items():
            used = {*row.columns, *row.charts, *(target.figure for target in row.targets)}
            self.assertEqual(set(), used - FIGURES.keys(), name)

    def test_have_a_port_for_each_name(self):
        for name, row in ROWS.items():
            self.assertEqual(len(set(row.ports)), len(row.ports), name)


class ServicesTest(unittest.TestCase):
    def test_each_subject_knows_more_services_than_the_one_before(self):
        for settings in (Settings(), QUICK, Settings(services=command.LEAST["services"])):
            few, more, many = services.counts(settings).values()
            self.assertTrue(0 < few < more < many)


class CommandTest(unittest.TestCase):
    def test_all_is_every_row(self):
        self.assertEqual(list(ROWS), command._options(["all"]).rows)

    def test_a_quick_run_still_takes_what_is_said(self):
        settings = command.settings_of(command._options(["plain", "--quick", "--rounds", "4"]))
        self.assertEqual((4, QUICK.seconds), (settings.rounds, settings.seconds))
        self.assertEqual(Settings(), command.settings_of(command._options(["plain"])))


class ChartTest(unittest.TestCase):
    def test_is_well_formed_and_shows_every_subject(self):
        text = chart.svg(ROWS["plain"], [measured("envoy", 1, 3), measured("x", 2)], "A <note> & more")
        words = "".join(ElementTree.fromstring(text).itertext())
        self.assertIn("Envoy", words)
        self.assertIn("A <note> & more", words)

    def test_draws_a_line_through_every_age(self):
        subjects = [Measured("envoy", ages={2: [100.0], 4: [90.0, 110.0]}), Measured("outrider mesh", ages={2: [999.0]})]
        lines = [part for part in ElementTree.fromstring(chart.svg(ROWS["age"], subjects, "")).iter()
                 if part.tag.endswith("polyline")]
        self.assertEqual([1, 2], sorted(len(line.get("points").split()) for line in lines))


if __name__ == "__main__":
    unittest.main()
