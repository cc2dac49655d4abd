#!/usr/bin/env python3
"""explain-layer: roofs that follow from the counts, and advice that is true when it is followed."""
import csv
import io
import math
import re
import unittest

from program import bitscale, main, output, result

# Machine, workload and more: idle positions, a narrow channel, narrow ports, ideal memory, compression.
CASES = (
    ("bit_fusion", "alexnet"),
    ("stripes_dram", "alexnet", "--profile", "stripes_100"),
    ("tpu_like", "tiny"),
    ("dadiannao", "lenet"),
    ("stripes", "convnet"),
    ("scaling_dvafs", "convnet", "--layers", "conv"),
    ("stripes_dram", "lenet", "--set", "machine.memory.dram.compression=bitmap"),
    ("dadiannao", "lenet", "--set", "machine.memory.weights.port_bits=512"),
)


def arguments(case):
    machine, workload, *more = case
    return ("--machine", machine, "--workload", workload, *more)


class ExplainLayer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.reports = {case: result("explain-layer", *arguments(case)) for case in CASES}

    def layers(self):
        for case, report in self.reports.items():
            for layer in report["layers"]:
                yield case, layer

    def test_cycles_and_traffic_are_those_of_a_run(self):
        for case, report in self.reports.items():
            run = result("run", *arguments(case))
            for layer, ran in zip(report["layers"], run["layers"], strict=True):
                for key in ("name", "macs", "cycles", "cycles_by_cause", "dram_bits"):
                    self.assertEqual(layer[key], ran[key], (case, ran["name"]))

    def test_figures_follow_from_the_counts(self):
        for _, layer in self.layers():
            if layer["macs"] == 0:
                self.assertIsNone(layer["share_of_roof"])
                continue
            self.assertTrue(math.isclose(layer["intensity_macs_per_byte"], 8 * layer["macs"] / layer["dram_bits"],
                                         rel_tol=1e-8))
            attained = layer["macs"] / layer["cycles"]
            self.assertTrue(math.isclose(layer["attained_macs_per_cycle"], attained, rel_tol=1e-8))
            bandwidth = layer["bandwidth_roof_macs_per_cycle"]
            roof = min(layer["peak_macs_per_cycle"], bandwidth if bandwidth is not None else math.inf)
            self.assertTrue(math.isclose(layer["share_of_roof"], attained / roof, rel_tol=1e-8))
            self.assertEqual(layer["bound"], "memory" if roof < layer["peak_macs_per_cycle"] else "compute")
            self.assertLessEqual(layer["share_of_roof"], 1 + 1e-9)

    def test_ideal_memory_has_no_bandwidth_roof(self):
        for layer in self.reports[CASES[3]]["layers"]:
            self.assertIsNone(layer["bandwidth_roof_macs_per_cycle"])

    def test_following_the_advice_gives_the_cycles_it_promises(self):
        followed = set()
        for case, layer in self.layers():
            if layer["change"] is None:
                continue
            self.assertLess(layer["cycles_after_change"], layer["cycles"])
            self.assertIn(f"{layer['cycles_after_change']:,}", layer["advice"])
            change = layer["change"].split(" and ")
            key = (case, change[0].split("=")[0])
            if key in followed:  # one layer per case and kind of change
                continue
            followed.add(key)
            sets = [word for assignment in change for word in ("--set", assignment)]
            run = result("run", *arguments(case), *sets)
            ran = next(other for other in run["layers"] if other["name"] == layer["name"])
            self.assertEqual(ran["cycles"], layer["cycles_after_change"], (case, layer["name"], change))
        kinds = {key for _, key in followed}
        self.assertIn("machine.memory.dram.bits_per_cycle", kinds)
        self.assertIn("machine.memory.weights.port_bits", kinds)
        self.assertTrue(any(key.startswith("machine.array.") for key in kinds), kinds)

    def test_the_largest_loss_is_what_the_sentence_is_about(self):
        fc6 = next(layer for layer in self.reports[CASES[0]]["layers"] if layer["name"] == "fc6")
        self.assertEqual(fc6["bound"], "memory")
        self.assertIn("DRAM channel makes the array wait for 86.9 %", fc6["advice"])
        conv1 = next(layer for layer in self.reports[CASES[0]]["layers"] if layer["name"] == "conv1")
        self.assertIn("R 11 takes 3 turns of 5 positions along rows, the last with 1", conv1["advice"])

    def test_a_batch_does_what_the_advice_promises(self):
        fc6 = next(layer for layer in self.reports[CASES[0]]["layers"] if layer["name"] == "fc6")
        promised = re.search(r"--batch 16 takes ([0-9,]+) cycles per image, ([0-9.]+)x faster", fc6["advice"])
        run = result("run", *arguments(CASES[0]), "--batch", "16", "--operands", "off")
        cycles = next(layer["cycles"] for layer in run["layers"] if layer["name"] == "fc6")
        self.assertEqual(int(promised[1].replace(",", "")), round(cycles / 16))
        self.assertAlmostEqual(float(promised[2]), 16 * fc6["cycles"] / cycles, delta=0.01)
        conv1 = next(layer for layer in self.reports[CASES[0]]["layers"] if layer["name"] == "conv1")
        self.assertNotIn("--batch", conv1["advice"])  # its weights are a hundredth of its traffic

    def test_every_layer_with_cycles_has_advice_in_one_line(self):
        for _, layer in self.layers():
            if layer["cycles"] == 0:
                self.assertEqual(layer["advice"], "")
                continue
            self.assertTrue(layer["advice"].endswith("."), layer["advice"])
            self.assertNotIn("\n", layer["advice"])

    def test_one_layer_is_the_same_as_among_all(self):
        alone = result("explain-layer", *arguments(CASES[0]), "--layer", "conv2")["layers"]
        among = [layer for layer in self.reports[CASES[0]]["layers"] if layer["name"] == "conv2"]
        self.assertEqual(alone, among)

    def test_text_and_csv_say_the_same(self):
        rows = list(csv.DictReader(io.StringIO(output("explain-layer", *arguments(CASES[0]), "--format", "csv"))))
        for row, layer in zip(rows, self.reports[CASES[0]]["layers"], strict=True):
            self.assertEqual((row["layer"], int(row["cycles"]), row["advice"]),
                             (layer["name"], layer["cycles"], layer["advice"]))
            self.assertEqual(int(row["compute_cycles"]), layer["cycles_by_cause"]["compute"])
        text = " ".join(output("explain-layer", *arguments(CASES[0])).split())
        for row in rows:
            self.assertIn(" ".join(row["advice"].split()), text)

    def test_every_key_is_explained(self):
        for key in self.reports[CASES[0]]["layers"][0]:
            if key not in ("name", "kind"):
                self.assertEqual(bitscale("explain", key).returncode, 0, key)


if __name__ == "__main__":
    main()
