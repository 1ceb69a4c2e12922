"""Tests of the benchmark's own arithmetic: python3 -m unittest discover bench. Starts no proxy."""

import os
import sys
import unittest
import xml.etree.ElementTree as ElementTree

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

from sidebyside import chart, load, report, rounds  # noqa: E402
from sidebyside.machine import Trouble  # noqa: E402
from sidebyside.rows import ROWS  # noqa: E402

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


def slices(*costs, failed=0, mb=10.0):
    return [rounds.Slice(cost, 1000.0, 1.0, 2.0, mb, failed, 0.0) for cost in costs]


def measured(name, *costs, failed=0, mb=10.0):
    return rounds.Measured(name, slices(*costs, failed=failed, mb=mb), 5.0, 0.0)


class LoadTest(unittest.TestCase):
    def test_reads_requests_rate_and_percentiles_in_milliseconds(self):
        answered = load.read(WRK.format(more=""), "")
        self.assertEqual(load.Answered(2000, 1000.5, 0.5, 1200.0, 0), answered)

    def test_counts_bad_statuses_and_socket_errors_as_failed(self):
        more = "  Socket errors: connect 1, read 2, write 3, timeout 4\n  Non-2xx or 3xx responses: 7\n"
        self.assertEqual(17, load.read(WRK.format(more=more), "").failed)

    def test_refuses_a_run_without_an_answer(self):
        with self.assertRaises(Trouble):
            load.read("unable to connect", "")


class ReportTest(unittest.TestCase):
    def test_the_ratio_is_taken_within_a_round(self):
        ours, theirs = measured("outrider", 10, 40), measured("envoy", 20, 80)
        self.assertEqual([0.5, 0.5], report.paired(ours, theirs, "cpu"))

    def test_a_target_is_met_at_its_bound_and_not_above(self):
        lines = self.target_lines(measured("haproxy", 10, 10), measured("outrider", 13, 13))
        self.assertIn("| met |", self.line(lines, "goal: at most 1.3 x HAProxy"))
        lines = self.target_lines(measured("haproxy", 10, 10), measured("outrider", 13.1, 13.1))
        self.assertIn("| not met |", self.line(lines, "goal: at most 1.3 x HAProxy"))

    def test_a_failed_request_meets_no_target(self):
        lines = self.target_lines(measured("haproxy", 10), measured("outrider", 1, failed=1))
        self.assertNotIn("| met |", "\n".join(lines))

    def test_a_peer_that_was_left_out_meets_no_target(self):
        self.assertNotIn("| met |", "\n".join(self.target_lines(measured("outrider", 1))))

    def target_lines(self, *subjects):
        return report._targets(ROWS["plain"], {one.name: one for one in subjects})

    def line(self, lines, words):
        return next(line for line in lines if words in line)


class NoiseTest(unittest.TestCase):
    def test_a_peer_whose_rounds_lie_apart_is_noise(self):
        subjects = {"envoy": measured("envoy", 100, 130), "outrider": measured("outrider", 50, 50)}
        self.assertEqual(1, len(rounds.noise(subjects, frozenset({"envoy"}))))

    def test_outriders_own_spread_is_not(self):
        subjects = {"envoy": measured("envoy", 100, 101), "outrider": measured("outrider", 50, 90)}
        self.assertEqual([], rounds.noise(subjects, frozenset({"envoy"})))


class ChartTest(unittest.TestCase):
    def test_is_well_formed_and_shows_every_subject(self):
        text = chart.svg("A <title> & more", {"envoy": measured("envoy", 1, 3), "x": measured("x", 2)}, "note")
        words = "".join(ElementTree.fromstring(text).itertext())
        self.assertIn("Envoy", words)
        self.assertIn("A <title> & more", words)


if __name__ == "__main__":
    unittest.main()
