#!/usr/bin/env python3
"""Networks of other tools through the command line: ONNX models made on the spot, SCALE-Sim topologies there and back."""
import pathlib
import tempfile
import unittest

from program import bitscale, main, output, result

try:
    import numpy
    import onnx
    from onnx import TensorProto, helper, numpy_helper
except ImportError:  # Debian's python3-onnx is optional
    onnx = None


def without_onnx():
    """Why the ONNX tests cannot run, or None."""
    if onnx is None:
        return "python3-onnx is not installed"
    done = bitscale("import", "/nonexistent/net.onnx")
    if done.returncode != 5 or "no such file" not in done.stderr:
        raise AssertionError(done.stderr)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "net.onnx")
        path.write_bytes(b"x")
        if "built without ONNX" in bitscale("import", path).stderr:
            return "the program was built without ONNX"
    return None


def small_network(batch="N"):
    """A convolutional network as exporters write it, with random weights and a size computed on the way."""
    random = numpy.random.default_rng(1)
    weights = {"w1": (8, 3, 3, 3), "b1": (8,), "w2": (8, 1, 3, 3), "w3": (16, 8, 1, 1), "w4": (10, 16 * 8 * 8),
               "gamma": (8,), "beta": (8,), "mean": (8,)}
    constants = [numpy_helper.from_array(random.normal(0, 0.1, shape).astype(numpy.float32), name)
                 for name, shape in weights.items()]
    constants += [numpy_helper.from_array(numpy.abs(random.normal(1, 0.1, 8)).astype(numpy.float32), "variance"),
                  numpy_helper.from_array(numpy.array([0, -1], numpy.int64), "flat")]
    nodes = [
        helper.make_node("Conv", ["x", "w1", "b1"], ["c1"], name="conv1", pads=[1, 1, 1, 1], strides=[2, 2]),
        helper.make_node("BatchNormalization", ["c1", "gamma", "beta", "mean", "variance"], ["n1"], name="norm1"),
        helper.make_node("Relu", ["n1"], ["r1"], name="relu1"),
        helper.make_node("Conv", ["r1", "w2"], ["c2"], name="depthwise2", group=8, auto_pad="SAME_UPPER"),
        helper.make_node("Conv", ["c2", "w3"], ["c3"], name="pointwise3"),
        helper.make_node("MaxPool", ["c3"], ["p3"], name="pool3", kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Reshape", ["p3", "flat"], ["f"], name="flatten"),
        helper.make_node("Gemm", ["f", "w4"], ["y"], name="scores", transB=1)]
    graph = helper.make_graph(nodes, "small", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [batch, 3, 32, 32])],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, [batch, 10])], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    onnx.checker.check_model(model)
    return model


class Onnx(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        reason = without_onnx()
        if reason is not None:
            raise unittest.SkipTest(reason)

    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.scratch.name)
        self.addCleanup(self.scratch.cleanup)

    def save(self, model, name="small.onnx"):
        onnx.save(model, str(self.folder / name))
        return self.folder / name

    def test_a_model_runs_bit_true_with_its_own_weights(self):
        self.save(small_network())
        text = output("import", "small.onnx", "-o", "small.yaml", "--weights", "weights", "--bits", "6x4", cwd=self.folder)
        self.assertIn("small.yaml: 6 layers, 4 of them with", text)
        run = result("run", "--machine", "stripes", "--workload", self.folder / "small.yaml", "--check")
        self.assertIs(run["totals"]["check_matched"], True)
        macs = 16 * 16 * 8 * 27 + 16 * 16 * 8 * 9 + 16 * 16 * 16 * 8 + 1024 * 10
        self.assertEqual(run["totals"]["macs"], macs)

    def test_weights_are_the_models_times_a_power_of_two(self):
        self.save(small_network())
        output("import", "small.onnx", "-o", "small.yaml", "--weights", "weights", "--bits", "8x8", cwd=self.folder)
        integers = numpy.load(self.folder / "weights/pointwise3.npy")
        real = numpy_helper.to_array(next(c for c in small_network().graph.initializer if c.name == "w3"))
        exponent = numpy.floor(numpy.log2(127 / numpy.abs(real).max()))
        self.assertEqual(integers.shape, real.shape)
        numpy.testing.assert_array_equal(integers, numpy.floor(real * 2.0 ** exponent + 0.5))

    def test_the_workload_moves_with_its_weights(self):
        source, elsewhere = self.folder / "a", self.folder / "b"
        source.mkdir()
        self.save(small_network(), "a/small.onnx")
        output("import", "a/small.onnx", "-o", "a/small.yaml", "--weights", "a/weights", cwd=self.folder)
        source.rename(elsewhere)
        self.assertIn("small on", output("run", "--machine", "stripes", "--workload", elsewhere / "small.yaml"))

    def test_shapes_alone_make_a_workload_too(self):
        self.save(small_network(batch=4))
        text = output("import", "small.onnx", cwd=self.folder)
        self.assertIn("batch: 4\n", text)
        self.assertNotIn(".npy", text)

    def test_an_import_says_what_it_left_out(self):
        self.save(small_network())
        text = output("import", "small.onnx", "-o", "small.yaml", cwd=self.folder)
        self.assertIn("left out: BatchNormalization (norm1)", text)
        self.assertIn("left out: bias (conv1)", text)

    def test_unsupported_operators_are_all_named_and_nothing_is_written(self):
        model = small_network()
        model.graph.node.insert(3, helper.make_node("Resize", ["r1"], ["q1"], name="grow"))
        model.graph.node.insert(4, helper.make_node("Elu", ["r1"], ["q2"], name="bend"))
        path = self.save(model)
        done = bitscale("import", path, "-o", self.folder / "out.yaml", "--weights", self.folder / "weights")
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stderr, f"{path}: error: node 'grow' (Resize): an operator that is not supported; "
                                      "--leave-out Resize skips it if it keeps the tensor's shape\n"
                                      f"{path}: error: node 'bend' (Elu): an operator that is not supported; "
                                      "--leave-out Elu skips it if it keeps the tensor's shape\n")
        self.assertEqual([p.name for p in self.folder.iterdir()], ["small.onnx"])

    def test_a_file_cut_short_is_an_error_of_input(self):
        path = self.save(small_network())
        path.write_bytes(path.read_bytes()[:-1000])
        done = bitscale("import", path, "-o", self.folder / "out.yaml")
        self.assertEqual(done.returncode, 5)
        self.assertIn("cut short", done.stderr)
        self.assertFalse((self.folder / "out.yaml").exists())

    def test_weights_in_a_file_of_their_own_are_found(self):
        path = self.folder / "small.onnx"
        onnx.save_model(small_network(), str(path), save_as_external_data=True, location="small.bin", size_threshold=16)
        output("import", path, "-o", self.folder / "small.yaml", "--weights", self.folder / "weights")
        self.assertTrue((self.folder / "weights/scores.npy").exists())


class ScaleSim(unittest.TestCase):
    def test_a_network_survives_the_way_there_and_back(self):
        with tempfile.TemporaryDirectory() as folder:
            for network in ("alexnet", "mobilenet_v1", "bitfusion_lstm"):
                with self.subTest(network):
                    output("export", network, "-o", "net.csv", cwd=folder)
                    output("import", "net.csv", "-o", "net.yaml", cwd=folder)
                    back = result("run", "--machine", "stripes", "--workload", "net.yaml", "--operands", "off", cwd=folder)
                    original = result("run", "--machine", "stripes", "--workload", network, "--operands", "off")
                    self.assertEqual(back["totals"]["macs"], original["totals"]["macs"])

    def test_an_imported_topology_runs_bit_true(self):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "two.csv").write_text(
                "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,\r\n"
                "Conv 1, 12, 12, 3, 3, 5, 7, 2,\r\nFC, 1, 1, 1, 1, 20, 10, 1,\r\n", encoding="utf-8")
            text = output("import", "two.csv", "-o", "two.yaml", "--bits", "5x3", cwd=folder)
            self.assertIn("each stands on its own", text)
            run = result("run", "--machine", "stripes", "--workload", "two.yaml", "--check", cwd=folder)
            self.assertIs(run["totals"]["check_matched"], True)
            self.assertEqual([layer["name"] for layer in run["layers"]], ["Conv_1", "FC"])

    def test_an_import_says_who_chose_the_widths(self):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "one.csv").write_text("FC, 1, 1, 1, 1, 20, 10, 1,\n", encoding="utf-8")
            self.assertIn("8 bits of activations and 8 of weights, chosen by the import without --bits",
                          output("import", "one.csv", cwd=folder))
            self.assertIn("8 bits of activations and 8 of weights, given at the import",
                          output("import", "one.csv", "--bits", "8x8", cwd=folder))

    def test_an_export_says_what_the_format_cannot(self):
        with tempfile.TemporaryDirectory() as folder:
            text = output("export", "alexnet", "-o", "net.csv", cwd=folder)
        self.assertIn("a row per group: conv2, conv4, conv5", text)
        done = bitscale("export", "alexnet")
        self.assertTrue(done.stdout.startswith("Layer name,IFMAP Height"))
        self.assertIn("left out: relu_conv1", done.stderr)


if __name__ == "__main__":
    main()
