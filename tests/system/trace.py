#!/usr/bin/env python3
"""Traces of runs: strictly the Trace Event Format, and the same cycles as the report."""
import collections
import json
import pathlib
import resource
import subprocess
import tempfile
import unittest

from program import BINARY, ROOT, bitscale, environment, main

MOST_EVENTS = 200000
RUNS = (
    ("--machine", "bit_fusion", "--workload", "bitfusion_lenet5", "--operands", "off"),
    ("--machine", "stripes_dram", "--workload", "alexnet", "--profile", "stripes_100", "--operands", "off"),
    ("--machine", "tpu_like", "--workload", "tiny"),
    ("--machine", "dadiannao", "--workload", "tiny"),
    ("--machine", "scaling_dvafs", "--workload", "convnet", "--layers", "conv"),
)


def refuse(text):
    raise ValueError(f"not JSON: {text}")


def trace_of(*arguments):
    """The trace and the report of one run."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "trace.json")
        done = bitscale("run", *arguments, "--trace", path, "--format", "json", "--quiet")
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        if [entry.name for entry in pathlib.Path(folder).iterdir()] != ["trace.json"]:
            raise AssertionError("files beside the trace")
        return json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse), json.loads(done.stdout), done.stderr


def threads(trace):
    """Complete events by the name of their row; fails on anything that is not one."""
    names, rows = {}, collections.defaultdict(list)
    for event in trace["traceEvents"]:
        if event["ph"] == "M":
            if event["name"] == "thread_name":
                names[event["tid"]] = event["args"]["name"]
            continue
        if event["ph"] != "X" or set(event) - {"ph", "pid", "tid", "cat", "name", "ts", "dur", "args"}:
            raise AssertionError(event)
        if not (type(event["ts"]) is int and type(event["dur"]) is int and event["ts"] >= 0 and event["dur"] > 0):
            raise AssertionError(event)
        rows[names[event["tid"]]].append(event)
    return rows


class Trace(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.traces = {run: trace_of(*run) for run in RUNS}

    def each(self):
        for run, (trace, report, _) in self.traces.items():
            with self.subTest(run=" ".join(run)):
                yield trace, report

    def test_events_of_a_row_come_in_order_and_nest(self):
        for trace, _ in self.each():
            for name, events in threads(trace).items():
                open_until, last = [], 0
                for event in events:
                    begin, end = event["ts"], event["ts"] + event["dur"]
                    self.assertGreaterEqual(begin, last, name)
                    last = begin
                    while open_until and open_until[-1] <= begin:
                        open_until.pop()
                    if open_until:
                        self.assertLessEqual(end, open_until[-1], (name, event))
                    open_until.append(end)
                    if name not in ("array", "vector unit"):
                        self.assertEqual(len(open_until), 1, (name, event))

    def test_causes_of_each_layer_are_those_of_the_report(self):
        for trace, report in self.each():
            rows = threads(trace)
            causes = [event for name in ("array", "vector unit") for event in rows[name] if event["cat"] == "cause"]
            layers = {event["name"]: event for event in rows["layers"]}
            for layer in report["layers"]:
                if layer["cycles"] == 0:
                    self.assertNotIn(layer["name"], layers)
                    continue
                event = layers.pop(layer["name"])
                self.assertEqual(event["dur"], layer["cycles"])
                found = collections.Counter()
                for cause in causes:
                    if event["ts"] <= cause["ts"] < event["ts"] + event["dur"]:
                        found[cause["name"]] += cause["dur"]
                expected = {name: count for name, count in layer["cycles_by_cause"].items() if count > 0}
                self.assertEqual(dict(found), expected, layer["name"])
            self.assertEqual(layers, {})

    def test_layers_fill_the_axis(self):
        for trace, report in self.each():
            end = 0
            for event in threads(trace)["layers"]:
                self.assertEqual(event["ts"], end)
                end += event["dur"]
            self.assertEqual(end, report["totals"]["cycles"])
            self.assertEqual(trace["otherData"]["cycles"], end)

    def test_the_file_says_its_unit_limit_and_digest(self):
        for trace, report in self.each():
            about = trace["otherData"]
            self.assertEqual(about["time_unit"], "1 us in this file = 1 array cycle")
            self.assertEqual(about["most_events"], MOST_EVENTS)
            self.assertEqual(about["result_digest"], report["provenance"]["result_digest"])

    def test_a_trace_changes_no_result(self):
        run = RUNS[2]
        alone = json.loads(bitscale("run", *run, "--format", "json", "--quiet").stdout)
        traced = self.traces[run][1]
        self.assertEqual(alone["provenance"]["config_sha256"], traced["provenance"]["config_sha256"])
        self.assertEqual(alone["layers"], traced["layers"])

    def test_pin_level_and_tile_engine_have_one_timeline(self):
        pin, _, _ = trace_of("--machine", "moons40", "--workload", "tiny", "--layers", "conv", "--fidelity", "pin")
        tile, _, _ = trace_of("--machine", "moons40", "--workload", "tiny", "--layers", "conv")
        self.assertEqual(pin["traceEvents"], tile["traceEvents"])


class Limits(unittest.TestCase):
    def test_a_long_run_is_merged_and_says_so(self):
        # Tiles of eight pixels of one filter.
        trace, report, errors = trace_of("--machine", "bit_fusion", "--workload", "alexnet", "--operands", "off",
                                         "--layers", "array", "--set", "machine.memory.tiling.P=1",
                                         "--set", "machine.memory.tiling.Q=8",
                                         "--set", "machine.memory.tiling.K=1")
        rows = threads(trace)
        count = sum(len(events) for name, events in rows.items() if name != "layers")
        self.assertLessEqual(count, MOST_EVENTS)
        self.assertGreater(count, MOST_EVENTS // 4)
        self.assertIn("a slice stands for several tiles", errors)
        self.assertIn("a slice stands for several tiles", trace["otherData"]["note"])
        causes = collections.Counter()
        for event in rows["array"]:
            if event["cat"] == "cause":
                causes[event["name"]] += event["dur"]
        expected = {name: count for name, count in report["totals"]["cycles_by_cause"].items() if count > 0}
        self.assertEqual(dict(causes), expected)

    def test_a_full_disk_is_noticed_and_leaves_nothing(self):
        def small_files():
            resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048))

        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "trace.json")
            path.write_text("before", encoding="utf-8")
            done = subprocess.run([BINARY, "run", "--machine", "stripes", "--workload", "tiny", "--trace", str(path)],
                                  cwd=ROOT, env=environment(), capture_output=True, text=True, check=False, timeout=60,
                                  preexec_fn=small_files, restore_signals=False)
            self.assertEqual((done.returncode, done.stdout), (5, ""))
            self.assertIn("trace.json': File too large", done.stderr)
            self.assertEqual(path.read_text(encoding="utf-8"), "before")
            self.assertEqual(len(list(pathlib.Path(folder).iterdir())), 1)


if __name__ == "__main__":
    main()
