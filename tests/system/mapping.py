#!/usr/bin/env python3
"""--show-mapping: loops that can be read, and tiles that can be stated in a machine file and give the same result."""
import pathlib
import tempfile
import textwrap
import unittest

from program import main, output, result

RUNS = {"bit_fusion": "lenet", "stripes_dram": "tiny", "tpu_like": "tiny"}


def run_arguments(machine, workload):
    return ("run", "--machine", machine, "--workload", workload, "--operands", "off", "--profile",
            "stripes_100" if workload == "lenet" else "narrow")


class Mapping(unittest.TestCase):
    def stated_tiles(self, machine, workload):
        text = output(*run_arguments(machine, workload), "--show-mapping")
        start = text.index("for a machine file:\n") + len("for a machine file:\n")
        return textwrap.dedent(text[start:text.index("\n\n", start)]) + "\n"

    def test_printed_tiles_pasted_into_a_machine_give_the_same_result(self):
        for machine, workload in RUNS.items():
            with self.subTest(machine), tempfile.TemporaryDirectory() as folder:
                own = pathlib.Path(folder, "own.yaml")
                own.write_text(f"schema_version: 1\nkind: machine\ninclude: {machine}\n"
                               + self.stated_tiles(machine, workload), encoding="utf-8")
                chosen = result(*run_arguments(machine, workload), "--show-mapping")
                stated = result(*run_arguments(own, workload), "--show-mapping")
                self.assertEqual(chosen["layers"], stated["layers"])
                self.assertEqual(chosen["provenance"]["result_digest"], stated["provenance"]["result_digest"])

    def test_nests_of_programs_agree_with_the_run(self):
        run = result(*run_arguments("bit_fusion", "lenet"), "--show-mapping")
        nests = [(layer, layer["loop_nest"]) for layer in run["layers"] if layer["macs"] > 0]
        self.assertGreater(len(nests), 3)
        for layer, nest in nests:
            moved = sum(buffer["dram_bits"] for buffer in nest["buffers"].values())
            self.assertEqual(moved, layer["dram_bits"])
            for buffer in nest["buffers"].values():
                self.assertLessEqual(buffer["tile_bits"] * buffer["places"], buffer["capacity_bits"] or moved * 2)

    def test_nests_are_there_only_where_asked_for(self):
        run = result(*run_arguments("bit_fusion", "lenet"))
        self.assertFalse(any("loop_nest" in layer for layer in run["layers"]))

    def test_ideal_memory_has_no_tiles_to_state(self):
        text = output("run", "--machine", "stripes", "--workload", "tiny", "--operands", "off", "--show-mapping")
        self.assertIn("parallel for", text)
        self.assertNotIn("for a machine file:", text)

    def test_each_objective_is_no_worse_at_its_own_figure(self):
        def totals(objective):
            return result("run", "--machine", "bit_fusion", "--workload", "resnet_18", "--operands", "off", "--layers",
                          "array", "--set", f"machine.memory.tiling.objective={objective}")["totals"]
        by = {objective: totals(objective) for objective in ("cycles", "traffic", "energy")}
        self.assertLess(by["traffic"]["dram_bits"], by["cycles"]["dram_bits"])
        self.assertLess(by["cycles"]["cycles"], by["traffic"]["cycles"])
        self.assertLess(by["energy"]["energy_pJ"], by["cycles"]["energy_pJ"])
        self.assertLessEqual(by["energy"]["energy_pJ"], by["traffic"]["energy_pJ"])

    def test_a_comparison_prints_the_nests_of_every_machine(self):
        text = output("compare", "--machines", "stripes_dram,bit_fusion", "--workload", "tiny", "--operands", "off",
                      "--show-mapping")
        for machine in ("stripes_dram", "bit_fusion"):
            self.assertIn(f"Loop nests of tiny on {machine}", text)


if __name__ == "__main__":
    main()
