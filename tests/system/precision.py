#!/usr/bin/env python3
"""How many bits: criteria beside registers at work, assignments that other commands take, columns."""
import math
import pathlib
import tempfile
import unittest

from program import main, output, result

ACCUMULATOR = ("precision", "accumulator", "lenet_fashion", "--batch", "4")


class Accumulator(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.report = result(*ACCUMULATOR)
        cls.layers = {layer["name"]: layer for layer in cls.report["layers"]}

    def choice(self, layer, criterion):
        return next(c for c in self.layers[layer]["choices"] if c["criterion"] == criterion)

    def test_every_layer_with_products_has_every_criterion(self):
        self.assertEqual(list(self.layers), ["conv1", "conv2", "fc1", "fc2", "fc3"])
        for layer in self.layers.values():
            self.assertEqual(len(layer["choices"]), 10)
            self.assertEqual(layer["operands"], "real")

    def test_guaranteed_widths_never_overflow(self):
        for name in self.layers:
            for criterion in ("bit_growth", "worst_case", "known_weights"):
                choice = self.choice(name, criterion)
                self.assertEqual(choice["finished_overflow_rate"], 0)
                for mode in ("wrap", "saturate"):
                    self.assertIsNone(choice[mode]["sqnr_dB"], f"{name} {criterion}")
                    self.assertEqual(choice[mode]["overflow_rate"], 0)

    def test_the_searched_clip_reaches_its_target(self):
        for name in self.layers:
            choice = self.choice(name, "searched_clip")
            self.assertGreaterEqual(choice["predicted_sqnr_dB"], 40)
            # Clamping partial sums may cost what the finished sums alone do not show.
            self.assertGreater(choice["saturate"]["sqnr_dB"], 35)

    def test_a_search_that_partial_sums_undo_says_so(self):
        layer = result("precision", "accumulator", "lenet", "--layer", "fc2", "--machine", "stripes")["layers"][0]
        choice = next(c for c in layer["choices"] if c["criterion"] == "searched_clip")
        self.assertLess(choice["saturate"]["sqnr_dB"], choice["predicted_sqnr_dB"] - 1)
        self.assertIn("clamped partial sums", choice["warnings"][0])

    def test_a_register_without_overflow_is_the_same_wrapping_or_saturating(self):
        for layer in self.layers.values():
            for choice in layer["choices"]:
                if choice["saturate"]["overflow_rate"] == 0:
                    self.assertEqual(choice["wrap"]["sqnr_dB"], choice["saturate"]["sqnr_dB"])

    def test_wider_registers_take_more_energy_and_time(self):
        sweep = result(*ACCUMULATOR, "--layer", "conv2", "--sweep")["layers"][0]["sweep"]
        held = [choice for choice in sweep if choice["finished_overflow_rate"] == 0]
        self.assertGreater(len(held), 3)
        for narrow, wide in zip(held, held[1:]):
            self.assertEqual(wide["register_bits"], narrow["register_bits"] + 1)
            for mode in ("wrap", "saturate"):
                self.assertLess(narrow[mode]["pJ_per_mac"], wide[mode]["pJ_per_mac"] * 1.002)
                self.assertLess(narrow[mode]["path_units"], wide[mode]["path_units"])

    def test_gated_words_hold_the_same_sums(self):
        gated = result(*ACCUMULATOR, "--layer", "conv2", "--machine", "moons40")["layers"][0]
        for ours, theirs in zip(self.layers["conv2"]["choices"], gated["choices"]):
            self.assertEqual(ours["register_bits"], theirs["register_bits"])
            self.assertEqual(ours["wrap"]["sqnr_dB"], theirs["wrap"]["sqnr_dB"])

    def test_a_machine_that_refuses_a_layer_says_so_once(self):
        text = output("precision", "accumulator", "alexnet", "--layer", "conv5")
        self.assertEqual(text.count("the unit takes 2 to 8"), 1)
        self.assertEqual(text.count("heavier"), 2)  # of the criteria with a clip, and of the statistical one

    def test_the_table_for_programs_has_a_row_per_choice(self):
        rows = output(*ACCUMULATOR, "--layer", "fc3", "--format", "csv").splitlines()
        self.assertEqual(len(rows), 11)
        self.assertEqual(len({row.count(",") for row in rows}), 1)


class Assignment(unittest.TestCase):
    ASSIGN = ("precision", "assign", "lenet_fashion", "--images", "50")

    @classmethod
    def setUpClass(cls):
        cls.report = result(*cls.ASSIGN, "--mismatch", "0.05")
        cls.settings = {setting["setting"]: setting for setting in cls.report["settings"]}

    def test_the_assignment_keeps_its_bound(self):
        for figure in ("mismatch_bound", "mismatch_capped"):
            self.assertLessEqual(self.settings["assigned"][figure], 0.05)

    def test_estimates_stand_in_their_order(self):
        for setting in self.settings.values():
            self.assertLessEqual(setting["mismatch_gaussian"], setting["mismatch_capped"])

    def test_wider_uniform_bits_have_less_noise(self):
        bounds = [self.settings[f"uniform_{bits}"]["mismatch_bound"] for bits in (8, 7, 6, 5, 4, 3)]
        self.assertEqual(bounds, sorted(bounds))
        self.assertGreater(self.settings["uniform_3"]["mismatch_measured"], self.settings["uniform_8"]["mismatch_measured"])

    def test_serial_cycles_follow_the_bits_of_activations(self):
        cycles = {name: setting["machines"][0]["cycles_per_image"] for name, setting in self.settings.items() if setting["machines"]}
        bits = {name: sum(setting["tensor_bits"][:5]) for name, setting in self.settings.items() if setting["machines"]}
        self.assertEqual(min(cycles, key=cycles.get), min(bits, key=bits.get))

    def test_the_written_network_runs_and_compares(self):
        with tempfile.TemporaryDirectory() as folder:
            path = str(pathlib.Path(folder, "assigned.yaml"))
            output(*self.ASSIGN, "--mismatch", "0.05", "--machines", "stripes", "--write", path)
            output("check", path)
            run = result("run", "--machine", "stripes", "--workload", path, "--profile", "assigned", "--operands",
                         "chained", "--check", "--batch", "2")
            self.assertIs(run["totals"]["check_matched"], True)
            tensors = {(tensor["layer"], tensor["tensor"]): tensor["bits"] for tensor in self.report["tensors"]}
            for layer in run["layers"]:
                if layer["macs"]:
                    self.assertEqual(layer["activation_bits"], tensors[layer["name"], "activations"])
                    self.assertEqual(layer["weight_bits"], tensors[layer["name"], "weights"])
            compared = result("compare", "--machines", "dadiannao,stripes", "--workload", path, "--profile", "assigned")
            self.assertGreater(compared["runs"][1]["speedup"], 1)


    def test_the_next_command_finds_a_file_of_any_name(self):
        with tempfile.TemporaryDirectory() as folder:
            text = output(*self.ASSIGN[:3], "--images", "2", "--machines", "stripes", "--write", "assigned", cwd=folder)
            self.assertIn("--workload ./assigned --profile assigned", text)


class Column(unittest.TestCase):
    def test_more_mismatch_is_less_signal(self):
        snr = [result("precision", "imc", "--trials", "0", "--mismatch", str(m))["memory_columns"][2]["compute_snr_dB"]
               for m in (0.02, 0.1, 0.4)]
        self.assertEqual(snr, sorted(snr, reverse=True))

    def test_draws_agree_with_the_formula(self):
        for column in result("precision", "imc", "--rows", "64", "--trials", "2000")["memory_columns"]:
            self.assertTrue(math.isclose(column["compute_snr_dB"], column["drawn_snr_dB"], abs_tol=0.7), column["cells"])

    def test_draws_agree_with_the_formula_where_columns_clip(self):
        for headroom in ("2", "16", "18"):
            column = result("precision", "imc", "--rows", "64", "--trials", "2000", "--headroom", headroom)["memory_columns"][2]
            self.assertTrue(math.isclose(column["compute_snr_dB"], column["drawn_snr_dB"], abs_tol=0.7), headroom)

    def test_clipping_decides_below_its_headroom(self):
        column = result("precision", "imc", "--trials", "0")["memory_columns"][2]
        below = str(column["clipping_from"] - 1)
        clipped = result("precision", "imc", "--trials", "0", "--headroom", below)["memory_columns"][2]
        self.assertGreaterEqual(clipped["clipping_noise_power"], clipped["analogue_noise_power"] / 2)

    def test_the_same_seed_draws_the_same_columns(self):
        self.assertEqual(result("precision", "imc", "--rows", "32"), result("precision", "imc", "--rows", "32"))


if __name__ == "__main__":
    main()
