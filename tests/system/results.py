"""What results promise: sums, agreement of the engines, determinism, honest labels. Every shipped preset runs."""
import csv
import io
import math
import unittest

from program import bitscale, main, names, output, result


def ideal(machine):
    return not machine.endswith("_dram") and machine not in ("tpu_like", "bit_fusion", "bit_fusion_stripes",
                                                             "stripes_bit_fusion", "eyeriss", "eyeriss_bit_fusion")


# What machines run that do not take integers, and where workloads run that are not made of them.
# What makes the energies of guarded machines need operands, switched off where there are none.
WITHOUT_GUARD = ("--set", "machine.unit.guard=none", "--set", "machine.memory.weights.skip_zeros=false",
                 "--set", "machine.memory.activations.skip_zeros=false")
UNGUARDED = {"moons40": WITHOUT_GUARD, "envision28": WITHOUT_GUARD}
QUANTISED = {"xnor": ("convnet_binary",), "add_sub": ("tiny", "--profile", "ternary_weights"),
             "shift_add": ("tiny", "--profile", "lognet"), "codebook": ("tiny", "--profile", "shared_weights")}
NARROW = {"mac8": ("alexnet", "--profile", "int8")}
MACHINES = {"convnet_binary": "xnor"}
# A 16-bit accumulator cut in two leaves too little above the low bits that these presets gate.
SUBWORDS = ("tiny", "--set", "machine.unit.alignment=lsb")
CHECKED = {**QUANTISED, "dvafs16": SUBWORDS, "envision28": SUBWORDS, "scaling_dvafs": SUBWORDS}


class Presets(unittest.TestCase):
    def assert_sums(self, run):
        totals, layers = run["totals"], run["layers"]
        for part in [totals, *layers]:
            self.assertEqual(sum(part["cycles_by_cause"].values()), part["cycles"])
            energy = math.fsum(part["energy_by_component_pJ"].values())
            # Every figure is printed to 9 digits.
            self.assertTrue(math.isclose(energy, part["energy_pJ"], rel_tol=1e-7, abs_tol=1e-6), part)
            if part["cycles"] > 0:
                self.assertTrue(0 <= part["utilization"] <= 1)
        for layer in layers:
            positions = run["machine"]["positions"]
            # One slot per position and cycle, or as many as the layer's precision gives a position.
            slots = sum(layer["slots"].values())
            products = max(1, slots // max(1, positions * layer["cycles"]))
            self.assertEqual(slots, positions * products * layer["cycles"])
        for key in ("macs", "cycles", "dram_bits", "overflow_events"):
            # null: not computed (overflows without values), or no operands at all
            self.assertEqual(totals[key] or 0, sum(layer[key] or 0 for layer in layers), key)

    def test_every_machine_computes_what_the_reference_does(self):
        for machine in names("machines"):
            with self.subTest(machine):
                workload = CHECKED.get(machine, ("tiny",))
                run = result("run", "--machine", machine, "--workload", *workload, "--check")
                self.assertIs(run["totals"]["check_matched"], True)
                self.assert_sums(run)

    def test_every_workload_runs(self):
        for workload in names("workloads"):
            with self.subTest(workload):
                machine = MACHINES.get(workload, "stripes_dram")
                self.assert_sums(result("run", "--machine", machine, "--workload", workload))

    def test_every_experiment_runs(self):
        for experiment in names("experiments"):
            with self.subTest(experiment):
                self.assert_sums(result("run", experiment))

    def test_every_ideal_machine_agrees_with_the_closed_form(self):
        for machine in filter(ideal, names("machines")):
            with self.subTest(machine):
                workload = QUANTISED.get(machine, NARROW.get(machine, ("alexnet",)))
                arguments = ("run", "--machine", machine, "--workload", *workload, "--layers", "array",
                             "--operands", "off", *UNGUARDED.get(machine, ()))
                tile = result(*arguments)
                formula = result(*arguments, "--fidelity", "closed_form")
                for one, other in zip(tile["layers"], formula["layers"]):
                    self.assertEqual(one["cycles_by_cause"], other["cycles_by_cause"], one["name"])


class Determinism(unittest.TestCase):
    def test_two_runs_print_the_same_bytes(self):
        arguments = ("run", "--machine", "stripes", "--workload", "lenet", "--format", "json")
        self.assertEqual(output(*arguments), output(*arguments))

    def test_checking_changes_no_cycle_and_no_count(self):
        plain = result("run", "--machine", "stripes", "--workload", "tiny")
        checked = result("run", "--machine", "stripes", "--workload", "tiny", "--check")
        for one, other in zip(plain["layers"], checked["layers"]):
            self.assertEqual(one["cycles_by_cause"], other["cycles_by_cause"])
            self.assertEqual(one["energy_pJ"], other["energy_pJ"])

    def test_another_seed_gives_other_operands_but_the_same_cycles(self):
        arguments = ("run", "--machine", "stripes", "--workload", "convnet", "--layers", "conv")
        one = result(*arguments)
        other = result(*arguments, "--set", "workload.defaults.activation.source.seed=7")
        self.assertNotEqual(one["totals"]["effectual_macs"], other["totals"]["effectual_macs"])
        self.assertEqual(one["totals"]["cycles"], other["totals"]["cycles"])


class Models(unittest.TestCase):
    def test_memory_stalls_where_it_limits(self):
        limited = result("run", "--machine", "stripes_dram", "--workload", "alexnet", "--layers", "conv")
        free = result("run", "--machine", "stripes", "--workload", "alexnet", "--layers", "conv")
        waits = sum(count for cause, count in limited["totals"]["cycles_by_cause"].items() if cause.startswith("wait"))
        self.assertGreater(waits, 0)
        self.assertGreaterEqual(limited["totals"]["cycles"], free["totals"]["cycles"] + waits // 2)

    def test_no_run_is_faster_than_its_memory_traffic(self):
        run = result("run", "--machine", "stripes_dram", "--workload", "vgg_m", "--layers", "conv")
        seconds_of_traffic = run["totals"]["dram_bits"] / (128 * 1.6e9)
        self.assertGreaterEqual(run["totals"]["seconds"], seconds_of_traffic)

    def test_serial_time_follows_the_precision(self):
        arguments = ("run", "--machine", "stripes", "--workload", "vgg_19", "--layers", "conv", "--operands", "off")
        full = result(*arguments)
        narrow = result(*arguments, "--profile", "stripes_100")
        for one, other in zip(full["layers"], narrow["layers"]):
            bits = other["activation_bits"]
            self.assertEqual(one["cycles_by_cause"]["compute"] * bits, other["cycles_by_cause"]["compute"] * 16)

    def test_real_images_are_called_real(self):
        run = result("run", "lenet_real_images")
        self.assertEqual(run["layers"][0]["operands"]["activations"], "real")
        self.assertEqual(run["totals"]["operands"], "real")
        self.assertIs(run["totals"]["check_matched"], True)
        self.assertEqual(run["totals"]["images"], 100)
        self.assertGreater(run["totals"]["accuracy"], 0.88)

    def test_a_narrow_accumulator_overflows_and_says_so(self):
        run = result("run", "--machine", "stripes", "--workload", "tiny", "--check",
                     "--set", "machine.unit.accumulator.bits=8", "--set", "machine.unit.accumulator.overflow=saturate")
        self.assertGreater(run["totals"]["overflow_events"], 0)


class Gates(unittest.TestCase):
    """Energies from what gates switch, beside the table's."""
    ARGUMENTS = ("run", "--workload", "lenet", "--profile", "stripes_100", "--layers", "array", "--machine")

    def both(self, machine, *more):
        return result(*self.ARGUMENTS, machine, "--energy-model", "both", *more)

    def test_the_table_does_not_notice_that_gates_are_followed(self):
        plain, run = result(*self.ARGUMENTS, "stripes"), self.both("stripes")
        for one, other in zip(plain["layers"], run["layers"]):
            self.assertEqual({**one, "structure": None}, {**other, "structure": None})

    def test_counts_times_unit_costs_are_the_energies(self):
        for layer in self.both("dadiannao")["layers"]:
            structure = layer["structure"]
            energy = math.fsum(action["count"] * (action["unit_pJ"] or 0) for action in structure["actions"])
            self.assertTrue(math.isclose(energy, structure["energy_pJ"], rel_tol=1e-7), layer["name"])

    def test_one_model_alone_gives_the_same_energies(self):
        run = self.both("dadiannao")
        alone = result(*self.ARGUMENTS, "dadiannao", "--energy-model", "structure")
        for one, other in zip(alone["layers"], run["layers"]):
            self.assertEqual(one["energy_by_component_pJ"], other["structure"]["energy_by_component_pJ"])
        self.assertEqual(alone["totals"]["energy_pJ"], run["totals"]["structure"]["energy_pJ"])

    def test_another_glitch_gain_changes_no_count(self):
        run = self.both("stripes")
        gained = self.both("stripes", "--set", "machine.technology.costs.structure.glitches.gain=1")
        structure = gained["totals"]["structure"]
        self.assertEqual(structure["energy_pJ"], structure["energy_gain_1_pJ"])
        self.assertEqual(structure["energy_pJ"], run["totals"]["structure"]["energy_gain_1_pJ"])
        self.assertEqual(run["provenance"]["result_digest"], gained["provenance"]["result_digest"])

    def test_the_interval_asked_for_is_reached_or_said_not_to_be(self):
        structure = self.both("stripes")["totals"]["structure"]
        self.assertTrue(structure["interval_reached"])
        self.assertLessEqual(structure["switching"]["relative_half_width"], 0.01)
        limited = self.both("stripes", "--set", "simulation.sampling={interval: 0.0001, max_transitions: 1024}")
        self.assertFalse(limited["totals"]["structure"]["interval_reached"])

    def test_every_machine_has_gates_that_can_be_followed(self):
        for machine in names("machines"):
            with self.subTest(machine):
                workload = CHECKED.get(machine, ("tiny",))
                run = result("run", "--machine", machine, "--workload", *workload, "--energy-model", "structure")
                self.assertGreater(run["totals"]["structure"]["energy_by_component_pJ"]["datapath"], 0)
                self.assertGreater(run["totals"]["area_um2"], 0)

    def test_chained_operands_are_followed_too(self):
        run = result("run", "--machine", "stripes", "--workload", "tiny", "--operands", "chained",
                     "--energy-model", "structure")
        self.assertGreater(run["totals"]["structure"]["energy_by_component_pJ"]["datapath"], 0)


class Comparison(unittest.TestCase):
    def test_speed_up_is_the_ratio_of_times(self):
        compared = result("compare", "--machines", "dadiannao,stripes", "--workload", "lenet,convnet")
        base = {}
        for row in compared["runs"]:
            totals = row["result"]["totals"]
            base.setdefault(row["workload"], totals)
            ratio = base[row["workload"]]["seconds"] / totals["seconds"]
            self.assertTrue(math.isclose(row["speedup"], ratio, rel_tol=1e-7))

    def test_a_compared_run_is_the_run_alone(self):
        compared = result("compare", "--machines", "dadiannao,stripes", "--workload", "lenet")
        alone = result("run", "--machine", "stripes", "--workload", "lenet")
        self.assertEqual(compared["runs"][1]["result"]["provenance"]["result_digest"],
                         alone["provenance"]["result_digest"])

    def test_the_table_for_programs_has_a_row_per_machine_and_layer(self):
        text = output("compare", "--machines", "dadiannao,stripes", "--workload", "lenet", "--format", "csv")
        rows = list(csv.DictReader(io.StringIO(text)))
        layers = result("run", "--machine", "stripes", "--workload", "lenet")["layers"]
        self.assertEqual([(row["machine"], row["layer"]) for row in rows],
                         [(machine, layer["name"]) for machine in ("dadiannao", "stripes") for layer in layers])
        self.assertTrue(all(None not in row and None not in row.values() for row in rows))


class Reproduction(unittest.TestCase):
    def test_every_check_says_what_it_rests_on(self):
        checks = result("reproduce", "all")["checks"]
        self.assertTrue(checks)
        for check in checks:
            for key in ("experiment", "name", "unit", "source"):
                self.assertTrue(check[key], check)
            self.assertTrue(check["inputs"])
            self.assertIn(check["verdict"], ("reproduced", "deviates", "calibrated", "information"))
            self.assertEqual(check["published"] is None, check["verdict"] == "information")
            if check["verdict"] in ("reproduced", "deviates"):
                error = abs(check["simulated"] / check["published"] - 1)
                self.assertEqual(error <= check["tolerance"], check["verdict"] == "reproduced")

    def test_recalled_inputs_are_named(self):
        for check in result("reproduce", "stripes")["checks"]:
            self.assertTrue(any("recalled" in text for text in check["inputs"]), check["name"])

    def test_a_deviation_is_no_failure_unless_asked(self):
        verdicts = [check["verdict"] for check in result("reproduce", "all")["checks"]]
        self.assertEqual(bitscale("reproduce", "all", "--strict").returncode, int("deviates" in verdicts))


if __name__ == "__main__":
    main()
