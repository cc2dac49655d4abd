#!/usr/bin/env python3
"""Fair comparisons: what is held equal is, sizes come back from their settings, and figures follow from the runs."""
import csv
import math
import pathlib
import shlex
import tempfile
import unittest

from program import bitscale, main, output, result

MACHINES = ("--machines", "dadiannao,stripes,bit_fusion", "--operands", "off")


def compared(*arguments):
    return result("compare", *MACHINES, *arguments)


class EqualArrays(unittest.TestCase):
    def assert_equal_arrays(self, document, most):
        asked = document["iso"]["asked_value"]
        for array in document["arrays"]:
            self.assertTrue(math.isclose(array["held_value"] / asked - 1, array["held_deviation"], abs_tol=1e-8))
            self.assertLessEqual(abs(array["held_deviation"]), most, array["machine"])

    def test_each_quantity_is_held_to_what_steps_leave(self):
        for held in ("macs", "area", "power", "throughput"):
            with self.subTest(held):
                document = compared("--workload", "lenet", "--iso", held)
                self.assertEqual(document["iso"]["held"], held)
                self.assertEqual(document["iso"]["asked_by"], "dadiannao")
                self.assertEqual(document["arrays"][0]["held_deviation"], 0)
                self.assertEqual(document["arrays"][0]["resize_settings"], [])
                self.assert_equal_arrays(document, 0.1)

    def test_a_given_area_is_that_of_every_array(self):
        document = compared("--workload", "lenet", "--iso", "area=2mm2")
        self.assertEqual(document["iso"]["asked_by"], "the command line")
        for array in document["arrays"]:
            self.assertTrue(math.isclose(array["array_area_um2"], array["held_value"], rel_tol=1e-8))
        self.assert_equal_arrays(document, 0.1)

    def test_settings_give_the_same_machine_to_run(self):
        document = compared("--workload", "lenet", "--iso", "area")
        for array, run in zip(document["arrays"], document["runs"]):
            settings = [f"--set=machine.{setting}" for setting in array["resize_settings"]]
            alone = result("run", "--machine", array["machine"], "--workload", "lenet", "--operands", "off", *settings)
            self.assertEqual(alone["machine"]["positions"], array["positions"])
            self.assertEqual(alone["provenance"]["result_digest"], run["result"]["provenance"]["result_digest"])

    def test_one_size_serves_all_networks(self):
        document = compared("--workload", "lenet,convnet", "--iso", "throughput", "--iso-bits", "8x8")
        positions = {array["machine"]: array["positions"] for array in document["arrays"]}
        self.assertEqual(len(positions), 3)
        for run in document["runs"]:
            self.assertEqual(run["result"]["machine"]["positions"], positions[run["machine"]])


class Figures(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.document = compared("--workload", "lenet,convnet")
        cls.areas = {array["machine"]: array["array_area_um2"] for array in cls.document["arrays"]}

    def test_arrays_as_declared_hold_nothing_equal(self):
        self.assertIsNone(self.document["iso"])
        self.assertEqual(self.document["iso_task"], [])

    def test_densities_follow_from_the_runs(self):
        for run in self.document["runs"]:
            totals = run["result"]["totals"]
            tops = 2 * totals["macs"] / totals["seconds"] * 1e-12
            one_bit = sum(2 * layer["macs"] * layer["activation_bits"] * layer["weight_bits"]
                          for layer in run["result"]["layers"])
            for key, value in (("tops", tops), ("tops_per_W", 2 * totals["macs"] / totals["energy_pJ"]),
                               ("tops_per_mm2", tops / (self.areas[run["machine"]] * 1e-6)),
                               ("tops_1b", one_bit / totals["seconds"] * 1e-12),
                               ("tops_per_W_1b", one_bit / totals["energy_pJ"]),
                               ("edp_gain", run["speedup"] * run["energy_gain"])):
                self.assertTrue(math.isclose(run[key], value, rel_tol=1e-7), key)

    def test_means_are_geometric(self):
        for mean in self.document["geometric_means"]:
            runs = [run for run in self.document["runs"] if run["machine"] == mean["machine"]]
            for key in ("speedup", "energy_gain", "edp_gain", "tops", "tops_per_W", "tops_per_mm2", "tops_1b"):
                self.assertTrue(math.isclose(mean[key] ** 2, runs[0][key] * runs[1][key], rel_tol=1e-7), key)

    def test_the_summary_for_programs_has_a_row_per_run_and_mean(self):
        with tempfile.TemporaryDirectory() as folder:
            done = bitscale("compare", *MACHINES, "--workload", "lenet,convnet", "--output", folder, "--quiet")
            self.assertEqual(done.returncode, 0, done.stderr)
            with open(pathlib.Path(folder, "compare_summary.csv"), encoding="utf-8") as file:
                rows = list(csv.DictReader(file))
        self.assertEqual(len(rows), 6 + 3)
        self.assertEqual([row["task"] for row in rows[-3:]], ["geometric mean"] * 3)
        for row, run in zip(rows, self.document["runs"]):
            self.assertEqual((row["machine"], row["workload"]), (run["machine"], run["workload"]))
            self.assertTrue(math.isclose(float(row["tops_per_mm2"]), run["tops_per_mm2"], rel_tol=1e-7))


class OneTask(unittest.TestCase):
    OTHER = ("--workload", "lenet", "--workload-for", "bit_fusion=bitfusion_lenet5")

    def test_different_work_is_refused(self):
        done = bitscale("compare", *MACHINES, *self.OTHER)
        self.assertEqual(done.returncode, 64)
        self.assertIn("different work", done.stderr)

    def test_one_task_says_which_machine_ran_what(self):
        document = compared(*self.OTHER, "--iso-task")
        self.assertEqual([run["workload"] for run in document["runs"]], ["lenet", "lenet", "bitfusion_lenet5"])
        self.assertEqual([run["task"] for run in document["runs"]], ["lenet"] * 3)
        self.assertEqual({run["baseline"] for run in document["runs"]}, {"dadiannao"})
        self.assertEqual(len(document["iso_task"]), 1)
        self.assertIn("layers, operands and precisions", document["free"])

    def test_a_network_without_a_name_is_refused_with_its_option(self):
        for given in ("", ":int8", "lenet:"):
            done = bitscale("compare", *MACHINES, "--workload", "lenet", "--workload-for", f"stripes={given}")
            self.assertEqual(done.returncode, 64)
            self.assertEqual(done.stderr, "error: --workload-for: expected a network, or NETWORK:PROFILE, for 'stripes', "
                                          f"got '{given}'\n")


class NextCommands(unittest.TestCase):
    """The first command that a report suggests runs, and is about the same experiment."""

    def suggested(self, *arguments):
        text = output(*arguments)
        return shlex.split(text[text.index("\nNext\n"):].splitlines()[2])[1:]

    def test_a_comparison_suggests_the_run_of_its_last_machine(self):
        options = ("--workload", "lenet", "--profile", "int8", "--batch", "2", "--iso", "area")
        run = result(*self.suggested("compare", *MACHINES, *options))
        document = compared(*options)
        self.assertEqual(run["provenance"]["result_digest"],
                         document["runs"][-1]["result"]["provenance"]["result_digest"])

    def test_a_run_suggests_a_comparison_in_its_technology(self):
        for machine in ("bit_fusion", "scaling_fixed"):
            alone = result("run", "--machine", machine, "--workload", "lenet", "--operands", "off")
            document = result(*self.suggested("run", "--machine", machine, "--workload", "lenet", "--operands", "off"))
            self.assertEqual(document["runs"][-1]["result"]["provenance"]["result_digest"],
                             alone["provenance"]["result_digest"])


if __name__ == "__main__":
    main()
