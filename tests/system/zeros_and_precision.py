#!/usr/bin/env python3
"""What zeros and narrow operands save: mechanisms add up, and compare what they say they compare."""
import math

from program import bitscale, main, output, result
import unittest

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


if __name__ == "__main__":
    main()
