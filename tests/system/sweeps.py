#!/usr/bin/env python3
"""Sweeps from the command line: presets run, kills cost only what was in flight, shards and workers change no byte."""
import csv
import io
import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest

from program import BINARY, ROOT, bitscale, environment, main, names, output

SLOW = """
schema_version: 1
kind: sweep
name: slow
experiment: {machine: stripes_dram, workload: alexnet, profile: stripes_100, simulation: {layers: conv}}
axes: [{key: machine.clock, from: 300MHz, to: 1.2GHz, steps: 600, integer: true}]
"""
SMALL = """
schema_version: 1
kind: sweep
name: small
experiment: {machine: stripes, workload: lenet}
axes:
  - {key: machine.unit.max_weight_bits, values: [4, 16]}
  - {key: profile, values: [stripes_100, int8]}
constraints: [cycles > 0]
"""


class Sweeps(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.folder = pathlib.Path(self.scratch.name)

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def sweep(self, *arguments):
        return bitscale("sweep", *arguments, cwd=self.folder)

    def table(self, store, *arguments):
        return output("query", store, "--format", "csv", *arguments, cwd=self.folder)

    def test_every_preset_runs(self):
        for name in names("sweeps"):
            with self.subTest(name):
                done = self.sweep(name, "--csv", f"{name}.csv")
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                rows = list(csv.DictReader(io.StringIO((self.folder / f"{name}.csv").read_text(encoding="utf-8"))))
                self.assertTrue(rows)
                self.assertEqual({row["status"] for row in rows}, {"ok"})

    def test_a_kill_costs_only_what_was_in_flight(self):
        self.file("slow.yaml", SLOW)
        whole = self.sweep("slow.yaml", "--store", "whole.sqlite", "--csv", "whole.csv")
        self.assertEqual(whole.returncode, 0, whole.stderr)
        kills = 0
        for _ in range(100):
            running = subprocess.Popen([BINARY, "sweep", "slow.yaml", "-j", "2", "--store", "cut.sqlite", "--quiet"],
                                       cwd=self.folder, env=environment(), stdout=subprocess.DEVNULL)
            time.sleep(0.15 + 0.01 * kills)
            if running.poll() is not None:
                break
            os.kill(running.pid, signal.SIGKILL)
            running.wait()
            kills += 1
        self.assertGreater(kills, 0)
        last = self.sweep("slow.yaml", "--store", "cut.sqlite", "--csv", "cut.csv")
        self.assertEqual(last.returncode, 0, last.stderr)
        self.assertEqual((self.folder / "cut.csv").read_bytes(), (self.folder / "whole.csv").read_bytes())

    def test_two_sweeps_into_one_store_lose_nothing(self):
        self.file("slow.yaml", SLOW)
        self.file("small.yaml", SMALL)
        command = [BINARY, "sweep", "--store", "both.sqlite", "--quiet"]
        processes = [subprocess.Popen([*command, name], cwd=self.folder, env=environment(), stdout=subprocess.DEVNULL)
                     for name in ("slow.yaml", "slow.yaml", "small.yaml")]
        self.assertEqual([process.wait(timeout=120) for process in processes], [0, 0, 1])
        counts = json.loads(bitscale("status", "both.sqlite", "--format", "json", cwd=self.folder).stdout)
        self.assertEqual({entry["sweep"]: entry["done"] for entry in counts}, {"slow": 600, "small": 4})

    def test_refused_points_are_rows_and_the_exit_status_says_so(self):
        self.file("small.yaml", SMALL)
        done = self.sweep("small.yaml")
        self.assertEqual(done.returncode, 1)
        self.assertIn("2 ok, 2 refused", done.stdout)
        self.assertIn("layer 'conv1'", done.stdout)
        rows = list(csv.DictReader(io.StringIO(self.table("small.sqlite"))))
        self.assertEqual([row["status"] for row in rows], ["refused", "refused", "ok", "ok"])
        self.assertEqual([row["feasible"] for row in rows], ["0", "0", "1", "1"])
        again = bitscale("sweep", "retry", "small.yaml", cwd=self.folder)
        self.assertEqual(again.returncode, 1)
        self.assertIn("this time: 2 run", again.stdout)
        self.assertEqual(list(csv.DictReader(io.StringIO(self.table("small.sqlite")))), rows)

    def test_constraints_that_nothing_meets_are_said(self):
        self.file("none.yaml", SMALL.replace("cycles > 0", "machine.unit.max_weight_bits > 99"))
        self.assertIn("the constraints exclude all 4 candidates", self.sweep("none.yaml").stdout)

    def test_a_point_over_its_time_is_a_row(self):
        self.file("slow.yaml", SLOW.replace("steps: 600", "steps: 2") + "limits: {time: 1ms}\n")
        done = self.sweep("slow.yaml")
        self.assertEqual(done.returncode, 1)
        self.assertIn("2 timeout", done.stdout)

    def test_shards_merge_to_the_bytes_of_one_run(self):
        self.assertEqual(self.sweep("lenet_tiles", "--store", "whole.sqlite").returncode, 0)
        parts = []
        for i in (1, 2, 3):
            parts.append(f"part{i}.sqlite")
            self.assertEqual(self.sweep("lenet_tiles", "--shard", f"{i}/3", "--store", parts[-1]).returncode, 0)
        output("merge", "all.sqlite", *reversed(parts), cwd=self.folder)
        self.assertEqual(self.table("all.sqlite"), self.table("whole.sqlite"))

    def test_a_part_in_a_store_of_more_counts_all_of_it(self):
        self.assertEqual(self.sweep("lenet_tiles").returncode, 0)
        self.assertIn("12 of 12 points", self.sweep("lenet_tiles", "--shard", "1/2").stdout)

    def test_a_report_has_the_newest_sweep_of_a_name(self):
        for seed in (1, 2):
            self.assertEqual(self.sweep("lenet_tiles", "--set", f"seed={seed}").returncode, 0)
        self.assertEqual(len(json.loads(output("status", "lenet_tiles.sqlite", "--format", "json", cwd=self.folder))), 2)
        output("report", "lenet_tiles.sqlite", "-o", "page.html", cwd=self.folder)
        self.assertEqual((self.folder / "page.html").read_text(encoding="utf-8").count('"kind": "sweep"'), 1)

    def test_answers_over_several_networks_say_so(self):
        self.file("two.yaml", "schema_version: 1\nkind: sweep\nname: two\nexperiment: {machine: stripes, workload: lenet}\n"
                              "axes: [{key: workload, values: [lenet, tiny]}]\n")
        self.assertEqual(self.sweep("two.yaml").returncode, 0)
        self.assertIn("results of 2 networks", output("query", "two.sqlite", "--pareto", cwd=self.folder))
        self.assertNotIn("networks", output("query", "two.sqlite", "--pareto", "--where", "workload_name = 'lenet'", cwd=self.folder))

    def test_a_dry_run_counts_and_estimates_without_a_store(self):
        done = self.sweep("lenet_tiles", "--dry-run")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("12 points of 12 candidates", done.stdout)
        self.assertIn("timed points took", done.stdout)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_progress_for_programs_is_a_json_object_a_line(self):
        done = self.sweep("lenet_tiles", "--progress", "json")
        last = [json.loads(line) for line in done.stderr.splitlines()][-1]
        self.assertEqual((last["finished"], last["done"], last["total"], last["failed"]), (True, 12, 12, 0))
        self.assertEqual(last["best"]["metric"], "cycles")

    def test_progress_knows_the_best_of_earlier_calls(self):
        self.assertEqual(self.sweep("lenet_tiles", "--shard", "1/2").returncode, 0)
        self.assertEqual(self.sweep("lenet_tiles", "--shard", "2/2").returncode, 0)
        whole = json.loads(output("query", "lenet_tiles.sqlite", "--best", "--format", "json", cwd=self.folder))[0]
        again = self.sweep("lenet_tiles", "--progress", "json")
        best = json.loads(again.stderr.splitlines()[-1])["best"]
        self.assertEqual((best["value"], best["index"]), (whole["cycles"], whole["index"]))

    def test_a_read_only_store_says_so(self):
        self.assertEqual(self.sweep("lenet_tiles", "--store", "a.sqlite").returncode, 0)
        if os.geteuid() == 0:
            self.skipTest("root may write anywhere")
        os.chmod(self.folder / "a.sqlite", 0o444)
        done = self.sweep("lenet_tiles", "--set", "seed=2", "--store", "a.sqlite")
        self.assertEqual(done.returncode, 5)
        self.assertIn("may not be written", done.stderr)

    def reader(self, *arguments):
        """bitscale as a user who may read the folder and its files only."""
        for path in self.folder.iterdir():
            path.chmod(0o444)
        self.folder.chmod(0o555)
        self.addCleanup(self.folder.chmod, 0o755)
        nobody = 65534 if os.geteuid() == 0 else None
        try:
            return subprocess.run([BINARY, *arguments], cwd=self.folder, env=environment(), user=nobody, capture_output=True,
                                  text=True, timeout=60, check=False)
        except PermissionError:
            self.skipTest("others may not run the program here")

    def test_whoever_may_read_a_store_gets_its_answers(self):
        self.assertEqual(self.sweep("lenet_tiles", "--store", "a.sqlite").returncode, 0)
        expected = self.table("a.sqlite")
        done = self.reader("query", "a.sqlite", "--format", "csv")
        self.assertEqual((done.returncode, done.stderr, done.stdout), (0, "", expected))
        self.assertEqual([path.name for path in self.folder.iterdir()], ["a.sqlite"])
        self.assertEqual(self.reader("status", "a.sqlite").returncode, 0)
        with tempfile.TemporaryDirectory() as other:
            os.chmod(other, 0o777)
            merged = self.reader("merge", f"{other}/all.sqlite", "a.sqlite")
            self.assertEqual((merged.returncode, merged.stderr), (0, ""))
            self.assertIn("12 points more", merged.stdout)

    def test_a_reader_sees_what_a_writer_has_only_in_its_log(self):
        self.assertEqual(self.sweep("lenet_tiles", "--store", "a.sqlite").returncode, 0)
        writer = sqlite3.connect(self.folder / "a.sqlite")
        self.addCleanup(writer.close)
        writer.execute("UPDATE sweeps SET name = 'renamed'")
        writer.commit()
        done = self.reader("status", "a.sqlite")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("renamed", done.stdout)

    def test_a_sweep_that_a_signal_stops_says_which(self):
        self.file("slow.yaml", SLOW.replace("steps: 600", "steps: 100000"))
        for name, code in (("SIGINT", 130), ("SIGTERM", 143)):
            with self.subTest(name):
                running = subprocess.Popen([BINARY, "sweep", "slow.yaml", "-j", "1", "--store", "cut.sqlite", "--progress", "json"],
                                           cwd=self.folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                running.stderr.readline()  # it runs
                running.send_signal(getattr(signal, name))
                said, _ = running.communicate(timeout=60)
                self.assertEqual(running.returncode, code)
                self.assertIn("stopped; the same command goes on from here", said)

    def test_objectives_are_read_even_where_they_are_of_no_use(self):
        self.assertEqual(self.sweep("lenet_tiles", "--store", "a.sqlite").returncode, 0)
        done = bitscale("query", "a.sqlite", "--objectives", "min cycle", cwd=self.folder)
        self.assertEqual((done.returncode, done.stdout), (64, ""))
        self.assertIn("did you mean 'cycles'", done.stderr)
        done = bitscale("query", "a.sqlite", "--objectives", "min cycles", cwd=self.folder)
        self.assertEqual((done.returncode, done.stdout), (64, ""))
        self.assertIn("needs --pareto, --best or --sensitivity", done.stderr)

    def test_a_condition_is_quoted_as_it_was_written(self):
        self.assertEqual(self.sweep("lenet_tiles", "--store", "a.sqlite").returncode, 0)
        done = bitscale("query", "a.sqlite", "--best", "--where", "columns = 2", cwd=self.folder)
        self.assertEqual(done.returncode, 2)
        self.assertIn("'columns = 2': column 1:", done.stderr)

    def test_a_key_that_does_not_exist_is_shown_where_it_stands(self):
        for axis, place in (("{key: profil, values: [int8]}", "7:11"), ("{key: machine.clok, from: 1GHz, to: 2GHz, steps: 2}", "7:11"),
                            ("{keys: [profil], values: [int8]}", "7:12"), ("{points: [{profil: int8}]}", "7:16")):
            with self.subTest(axis):
                self.file("bad.yaml", SMALL.split("axes:")[0] + f"axes:\n  - {axis}\n")
                done = self.sweep("bad.yaml")
                self.assertEqual(done.returncode, 2)
                self.assertTrue(done.stderr.startswith(f"bad.yaml:{place}: "), done.stderr)

    def test_a_store_in_a_folder_that_is_not_there_says_so(self):
        done = self.sweep("lenet_tiles", "--store", "nowhere/a.sqlite")
        self.assertEqual(done.returncode, 5)
        self.assertIn("its folder must exist", done.stderr)

    def test_a_full_disk_says_so_and_keeps_what_was_stored(self):
        self.file("slow.yaml", SLOW.replace("steps: 600", "steps: 6000"))
        script = f"mount -t tmpfs -o size=300k none disk && {BINARY} sweep slow.yaml --store disk/a.sqlite --quiet; " \
                 f"echo code $? && {BINARY} status disk/a.sqlite --format json"
        (self.folder / "disk").mkdir()
        done = subprocess.run(["unshare", "--mount", "--map-root-user", "sh", "-c", script], cwd=self.folder,
                              env=environment(), capture_output=True, text=True, timeout=120, check=False)
        if "code" not in done.stdout or "mount:" in done.stderr:
            self.skipTest(f"no file system of one's own: {done.stderr.strip()}")
        self.assertIn("code 5", done.stdout)
        self.assertIn("what was stored before is kept: make room and run again", done.stderr)
        self.assertIn('"failed": 0', done.stdout)

    def test_answers_agree_with_the_table(self):
        self.assertEqual(self.sweep("lenet_tiles", "--store", "a.sqlite").returncode, 0)
        rows = list(csv.DictReader(io.StringIO(self.table("a.sqlite"))))
        best = json.loads(output("query", "a.sqlite", "--best", "--objectives", "min energy_pJ", "--format", "json",
                                 cwd=self.folder))
        self.assertEqual(best[0]["energy_pJ"], min(float(row["energy_pJ"]) for row in rows))
        front = json.loads(output("query", "a.sqlite", "--pareto", "--objectives", "min cycles,min area_um2",
                                  "--format", "json", cwd=self.folder))
        points = [(float(row["cycles"]), float(row["area_um2"])) for row in rows]
        expected = [p for p in points
                    if not any(q != p and q[0] <= p[0] and q[1] <= p[1] for q in points)]
        self.assertEqual(sorted((row["cycles"], row["area_um2"]) for row in front), sorted(expected))


if __name__ == "__main__":
    main()
