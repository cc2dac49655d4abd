#!/usr/bin/env python3
"""The command line: help, names, exit codes, where output goes and what it looks like there."""
import json
import os
import pathlib
import pty
import signal
import subprocess
import tempfile
import time
import unittest

from program import BINARY, ROOT, bitscale, environment, main, names, output, result

RUN = ("run", "--machine", "stripes", "--workload", "tiny")


class Help(unittest.TestCase):
    def test_version_names_the_program(self):
        self.assertRegex(output("--version"), r"^bitscale \d+\.\d+\.\d+\n$")

    def test_every_command_has_help(self):
        for command in ("run", "compare", "accuracy", "reproduce", "import", "export", "check", "list", "explain", "schema", "completion"):
            self.assertIn("Usage: bitscale " + command, output(command, "--help"))

    def test_options_that_a_command_refuses_are_not_offered(self):
        for option in ("--check", "--widths", "--show-mapping"):
            self.assertIn(option, output("run", "--help"))
            self.assertNotIn(option, output("explain-layer", "--help"))

    def test_every_metric_is_explained(self):
        for name in names("metrics"):
            self.assertIn(name, output("explain", name))

    def test_the_metrics_page_is_what_the_program_prints(self):
        self.assertEqual((ROOT / "docs/metrics.md").read_text(encoding="utf-8"), output("explain", "--markdown"))


class Names(unittest.TestCase):
    def test_every_preset_file_is_listed(self):
        folders = {"machines": "configs/machines", "technologies": "configs/technologies",
                   "experiments": "configs/experiments", "workloads": "workloads", "sweeps": "configs/sweeps"}
        for kind, folder in folders.items():
            self.assertEqual(names(kind), sorted(path.stem for path in (ROOT / folder).glob("*.yaml")))

    def test_every_unit_has_a_folder(self):
        for name in names("units"):
            self.assertTrue((ROOT / "arch" / name).is_dir(), name)

    def test_the_list_for_programs_has_the_same_names(self):
        listed = json.loads(output("list", "machines", "--format", "json"))
        self.assertEqual([entry["name"] for entry in listed], names("machines"))
        self.assertTrue(all(entry["description"] for entry in listed))

    def test_name_and_path_mean_the_same_file(self):
        by_path = result("run", "--machine", "configs/machines/stripes.yaml", "--workload", "workloads/tiny.yaml")
        self.assertEqual(by_path["provenance"]["config_sha256"], result(*RUN)["provenance"]["config_sha256"])

    def test_presets_are_found_from_any_folder(self):
        with tempfile.TemporaryDirectory() as elsewhere:
            self.assertEqual(output(*RUN, cwd=elsewhere), output(*RUN))

    def test_a_folder_of_ones_own_comes_first(self):
        with tempfile.TemporaryDirectory() as root:
            machines = pathlib.Path(root, "configs/machines")
            machines.mkdir(parents=True)
            (machines / "stripes.yaml").write_text(
                "schema_version: 1\nkind: machine\ninclude: dadiannao\nname: mine\n", encoding="utf-8")
            self.assertEqual(result(*RUN, BITSCALE_PATH=root)["provenance"]["machine"], "mine")

    def test_an_override_changes_what_the_file_says(self):
        slower = result(*RUN, "--set", "machine.array.rows.loops=K 1", "--set", "machine.array.rows.size=1")
        self.assertGreater(slower["totals"]["cycles"], result(*RUN)["totals"]["cycles"])


class Output(unittest.TestCase):
    def test_results_and_resolved_input_go_to_the_folder(self):
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch, "new/results")
            text = output(*RUN, "--output", folder)
            self.assertEqual(sorted(p.name for p in folder.iterdir()), ["resolved.yaml", "run.csv", "run.json", "run.txt"])
            self.assertEqual((folder / "run.txt").read_text(encoding="utf-8"), text)

    def test_the_resolved_input_gives_the_same_result_again(self):
        with tempfile.TemporaryDirectory() as folder:
            first = result(*RUN, "--set", "machine.array.columns.size=8", "--set", "machine.array.columns.loops=PQ 8",
                           "--output", folder)
            again = result("run", pathlib.Path(folder, "resolved.yaml"))
            self.assertEqual(first["totals"], again["totals"])
            self.assertEqual(first["provenance"]["result_digest"], again["provenance"]["result_digest"])

    def test_a_failed_run_leaves_the_results_before_it_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            output(*RUN, "--output", folder)
            before = {p.name: p.read_bytes() for p in pathlib.Path(folder).iterdir()}
            failed = bitscale("run", "--machine", "tpu_like", "--workload", "alexnet", "--output", folder)
            self.assertEqual(failed.returncode, 3)
            self.assertEqual(before, {p.name: p.read_bytes() for p in pathlib.Path(folder).iterdir()})

    def test_a_full_disk_is_an_error(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([BINARY, *RUN], stdout=full, stderr=subprocess.PIPE, text=True, check=False,
                                  env=environment(), timeout=60)
        self.assertEqual(done.returncode, 5)
        self.assertIn("standard output", done.stderr)

    def test_colour_is_for_terminals_only(self):
        self.assertNotIn("\x1b", output(*RUN))
        self.assertIn("\x1b[", self.on_terminal({}))
        self.assertNotIn("\x1b[", self.on_terminal({"NO_COLOR": "1"}))

    def on_terminal(self, changes):
        try:
            parent, child = pty.openpty()
        except OSError as error:  # a chroot or container without /dev/pts
            self.skipTest(str(error))
        done = subprocess.Popen([BINARY, *RUN, "--quiet"], stdout=child, stderr=subprocess.DEVNULL,
                                stdin=subprocess.DEVNULL, env=environment(**changes))
        os.close(child)
        text = b""
        while True:
            try:
                block = os.read(parent, 65536)
            except OSError:  # the other side is closed
                break
            if not block:
                break
            text += block
        os.close(parent)
        if done.wait(timeout=60) != 0:
            raise AssertionError("the run failed")
        return text.decode("utf-8")


class Waveforms(unittest.TestCase):
    def test_a_units_waveforms_leave_the_standard_output_to_the_report(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(result("unit", "dvafs", "--vcd", "w.vcd", cwd=folder), result("unit", "dvafs"))
            self.assertEqual(os.listdir(folder), ["w.vcd"])

    def test_a_run_that_is_interrupted_leaves_no_half_written_waveforms(self):
        for ending in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(ending), tempfile.TemporaryDirectory() as folder:
                running = subprocess.Popen([BINARY, *RUN, "--fidelity", "pin", "--vcd", "waves"], cwd=folder,
                                           env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                # A layer takes seconds; its first kilobytes are soon there.
                while running.poll() is None and not any(p.stat().st_size > 0 for p in pathlib.Path(folder).iterdir()):
                    time.sleep(0.01)
                self.assertTrue(all(p.name.endswith(".tmp.vcd") for p in pathlib.Path(folder).iterdir()))
                running.send_signal(ending)
                self.assertEqual(running.wait(timeout=60), -ending)
                self.assertEqual(os.listdir(folder), [])


class Check(unittest.TestCase):
    def test_every_shipped_file_is_valid(self):
        folders = ("configs/machines", "configs/technologies", "configs/experiments", "configs/sweeps", "workloads")
        files = [path for folder in folders for path in sorted((ROOT / folder).glob("*.yaml"))]
        self.assertEqual(output("check", *files), "".join(f"{path}: ok\n" for path in files))


if __name__ == "__main__":
    main()
