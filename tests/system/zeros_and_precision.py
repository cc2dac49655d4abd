#!/usr/bin/env python3
"""What zeros and narrow operands save: mechanisms add up, and compare what they say they compare."""
import math
import pathlib
import tempfile
import unittest

from program import main, output, result

RUN = ("run", "--machine", "moons40", "--workload", "tiny")
COMPRESSED = ("--set", "machine.memory.dram.compression=bitmap")


class Savings(unittest.TestCase):
    def test_mechanisms_sum_to_the_energies_of_two_runs(self):
        with_savings = result(*RUN, *COMPRESSED, "--energy-model", "structure", "--guard-savings")
        without = result(*RUN, "--energy-model", "structure", "--set", "machine.unit.guard=none",
                         "--set", "machine.memory.activations.skip_zeros=false",
                         "--set", "machine.memory.weights.skip_zeros=false")
        for entry in with_savings["guard_savings"][:-1]:
            for run, key in ((with_savings, "with_pJ"), (without, "without_pJ")):
                layer = next(layer for layer in run["layers"] if layer["name"] == entry["layer"])
                whole = math.fsum(part[key] for part in entry["mechanisms"].values())
                self.assertTrue(math.isclose(whole, layer["energy_pJ"], rel_tol=1e-7), entry["layer"])

    def test_every_mechanism_of_a_machine_that_has_all_saves(self):
        total = result(*RUN, *COMPRESSED, "--energy-model", "structure", "--guard-savings")["guard_savings"][-1]
        self.assertEqual(total["layer"], "total")
        for name in ("logic", "clocks", "sram", "dram"):
            self.assertGreater(total["mechanisms"][name]["saved_pJ"], 0, name)
        self.assertLess(total["mechanisms"]["logic"]["saved_pJ"], total["held_at_active_cost_pJ"])

    def test_the_run_itself_is_the_one_without_the_comparison(self):
        run = result(*RUN, "--guard-savings")
        del run["guard_savings"]
        alone = result(*RUN)
        for document in (run, alone):
            del document["provenance"]["command"]
        self.assertEqual(run, alone)

    def test_compression_changes_traffic_and_leaves_buffers_and_values(self):
        machine = ("run", "--machine", "stripes_dram", "--workload", "tiny", "--check")
        raw, coded = result(*machine), result(*machine, *COMPRESSED)
        self.assertIs(coded["totals"]["check_matched"], True)
        self.assertLess(coded["totals"]["dram_bits"], raw["totals"]["dram_bits"])
        self.assertLessEqual(coded["totals"]["cycles"], raw["totals"]["cycles"])
        for before, after in zip(raw["layers"], coded["layers"]):
            if before["macs"] == 0:
                continue
            for operand in ("activations", "weights"):
                self.assertEqual(after["dram_raw_bits_by_operand"][operand], before["dram_bits_by_operand"][operand])
                self.assertLessEqual(after["dram_bits_by_operand"][operand], before["dram_bits_by_operand"][operand])
            self.assertEqual(after["dram_bits_by_operand"]["outputs"], before["dram_bits_by_operand"]["outputs"])


class PrecisionSweep(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sweep = result("compare", "--precision-sweep", "4,16,8", "--workload", "convnet", "--layers", "conv")
        cls.points = {(point["machine"][8:], point["bits"]): point for point in cls.sweep["points"]}

    def test_every_shipped_machine_has_every_point(self):
        self.assertEqual(len(self.points), 15)
        self.assertEqual([point["bits"] for point in self.sweep["points"][:3]], [16, 8, 4])
        for point in self.sweep["points"]:
            self.assertIsNone(point["failure"], point["machine"])

    def test_every_point_has_the_throughput_that_the_first_one_sets(self):
        required = self.sweep["required_frames_per_s"]
        for point in self.sweep["points"]:
            self.assertGreaterEqual(point["frames_per_s"], required * (1 - 1e-8))
            self.assertLessEqual(point["frames_per_s"], required * (1 + 1e-5))
        self.assertEqual(self.points["fixed", 16]["clock_Hz"], 204e6)

    def test_a_fixed_supply_stays_and_the_others_fall(self):
        self.assertEqual(len({self.points["fixed", bits]["highest_V"] for bits in (16, 8, 4)}), 1)
        for machine in ("dvas", "dvafs", "serial", "fusion"):
            supplies = [self.points[machine, bits]["highest_V"] for bits in (16, 8, 4)]
            self.assertEqual(supplies, sorted(supplies, reverse=True), machine)
            self.assertLess(supplies[-1], supplies[0], machine)

    def test_scaling_the_supply_changes_nothing_else_of_the_same_array(self):
        for bits in (16, 8, 4):
            fixed, scaled = self.points["fixed", bits], self.points["dvas", bits]
            self.assertEqual(fixed["cycles"], scaled["cycles"])
            self.assertEqual(fixed["memories_pJ"], scaled["memories_pJ"])
            square = (scaled["highest_V"] / fixed["highest_V"]) ** 2
            self.assertTrue(math.isclose(scaled["array_pJ"], square * fixed["array_pJ"], rel_tol=1e-6), bits)

    def test_subwords_need_less_than_gated_words(self):
        for bits in (8, 4):
            self.assertLess(self.points["dvafs", bits]["array_pJ"], self.points["dvas", bits]["array_pJ"])

    def test_energies_sum_and_relate_to_the_first_point(self):
        first = self.sweep["points"][0]
        for point in self.sweep["points"]:
            parts = sum(point[key] for key in ("array_pJ", "memories_pJ", "dram_pJ", "declared_pJ"))
            self.assertTrue(math.isclose(parts, point["energy_per_frame_pJ"], rel_tol=1e-7))
            relative = point["energy_per_frame_pJ"] / first["energy_per_frame_pJ"]
            self.assertTrue(math.isclose(relative, point["relative_energy"], rel_tol=1e-7))

    def test_a_point_that_a_unit_refuses_is_kept_with_its_reason(self):
        rows = self.narrow_unit()
        failures = [point["failure"] for point in rows]
        self.assertIn("8", failures[2] or "")
        self.assertIsNone(failures[3])

    @staticmethod
    def narrow_unit():
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "narrow.yaml")
            path.write_text("schema_version: 1\nkind: machine\ninclude: scaling_serial\nname: narrow\n"
                            "unit: {max_activation_bits: 8}\n", encoding="utf-8")
            return result("compare", "--precision-sweep", "16,8", "--workload", "convnet", "--layers", "conv",
                          "--machines", f"scaling_fixed,{path}")["points"]

    def test_the_table_for_programs_has_a_row_per_point(self):
        table = output("compare", "--precision-sweep", "8,4", "--workload", "convnet", "--layers", "conv", "--quiet",
                       "--format", "csv", "--machines", "scaling_fixed,scaling_dvas")
        self.assertEqual(len(table.splitlines()), 5)


if __name__ == "__main__":
    main()
