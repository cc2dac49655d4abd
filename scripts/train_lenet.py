#!/usr/bin/env python3
"""Trains LeNet-5 on Fashion-MNIST, quantises it, and writes workloads/lenet_fashion.yaml with its tensors.

  scripts/train_lenet.py [--epochs N] [--seed N]   train, quantise, write the workload (needs its packages only)
  scripts/train_lenet.py --reference N             classes of the first N test images by integer arithmetic, as a
                                                   text for tests/unit/real_operands/lenet_fashion_expected.txt

Debian packages: python3-numpy, python3-yaml, dataset-fashion-mnist. The reference reads the committed workload and
tensors, and shares no code with bitscale. Training is repeatable on one machine; another BLAS rounds
differently, which is why the tensors are committed.
"""
import argparse
import gzip
import os
import pathlib
import textwrap
import time

import numpy as np
import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORKLOAD = ROOT / "workloads" / "lenet_fashion.yaml"
TENSORS = ROOT / "workloads" / "data" / "lenet_fashion"
DATASET = pathlib.Path(os.environ.get("BITSCALE_DATASETS", "/usr/share/datasets")) / "fashion-mnist"

# LeNet-5's shapes (LeCun et al., 1998) with max pools and ReLUs, and every filter on every channel.
# limit: weights stay inside +-limit while training, so that the full scale of the integers is used.
CONVOLUTIONS = [{"name": "conv1", "filters": 6, "channels": 1, "pad": 2, "limit": 0.5},
                {"name": "conv2", "filters": 16, "channels": 6, "pad": 0, "limit": 0.25}]
CONNECTED = [{"name": "fc1", "filters": 120, "channels": 400, "limit": 0.125},
             {"name": "fc2", "filters": 84, "channels": 120, "limit": 0.25},
             {"name": "fc3", "filters": 10, "channels": 84, "limit": 0.25}]
LAYERS = CONVOLUTIONS + CONNECTED
KERNEL = 5
BITS = 8          # of activations and weights
SUM_BITS = 16     # of what a layer writes before its ReLU, and of the biases
BATCH = 64
WEIGHT_DECAY = 1e-4


def read_idx(name, offset):
    with gzip.open(DATASET / name) as file:
        return np.frombuffer(file.read(), np.uint8, offset=offset)


def images_and_labels(part):
    images = read_idx(f"{part}-images-idx3-ubyte.gz", 16).reshape(-1, 1, 28, 28)
    return images, read_idx(f"{part}-labels-idx1-ubyte.gz", 8)


def windows(x, pad):
    """[n][c][h][w] -> [n p q][c r s]: one row per output pixel."""
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    view = np.lib.stride_tricks.sliding_window_view(x, (KERNEL, KERNEL), (2, 3))
    n, c, p, q = view.shape[:4]
    return view.transpose(0, 2, 3, 1, 4, 5).reshape(n * p * q, c * KERNEL * KERNEL), p, q


def pool(x):
    n, c, h, w = x.shape
    return x.reshape(n, c, h // 2, 2, w // 2, 2).max((3, 5))


# ---- floating point: forward, backward, Adam


def forward(weights, x):
    """Scores, and what the backward pass needs of each layer."""
    kept = []
    for layer in CONVOLUTIONS:
        w, b = weights[layer["name"]]
        rows, p, q = windows(x, layer["pad"])
        y = rows @ w.reshape(len(w), -1).T + b
        y = np.maximum(y.reshape(len(x), p, q, -1).transpose(0, 3, 1, 2), 0)
        pooled = pool(y)
        kept.append((x, rows, y, pooled))
        x = pooled
    x = x.reshape(len(x), -1)
    for layer in CONNECTED:
        w, b = weights[layer["name"]]
        y = x @ w.T + b
        if layer is not CONNECTED[-1]:
            y = np.maximum(y, 0)
        kept.append((x, y))
        x = y
    return x, kept


def backward(weights, kept, gradient):
    """Gradients of all weights and biases from that of the scores."""
    gradients = {}
    for layer, (x, y) in reversed(list(zip(CONNECTED, kept[len(CONVOLUTIONS):]))):
        if layer is not CONNECTED[-1]:
            gradient = gradient * (y > 0)
        gradients[layer["name"]] = (gradient.T @ x, gradient.sum(0))
        gradient = gradient @ weights[layer["name"]][0]
    for layer, (x, rows, y, pooled) in reversed(list(zip(CONVOLUTIONS, kept))):
        w = weights[layer["name"]][0]
        # A window's gradient goes to its largest value; ReLU's zeros get none.
        spread = gradient.reshape(pooled.shape).repeat(2, 2).repeat(2, 3)
        spread = spread * ((y == pooled.repeat(2, 2).repeat(2, 3)) & (y > 0))
        flat = spread.transpose(0, 2, 3, 1).reshape(-1, len(w))
        gradients[layer["name"]] = ((flat.T @ rows).reshape(w.shape), flat.sum(0))
        if layer is CONVOLUTIONS[0]:
            break
        n, p, q = len(x), spread.shape[2], spread.shape[3]
        taps = (flat @ w.reshape(len(w), -1)).reshape(n, p, q, -1, KERNEL, KERNEL)
        gradient = np.zeros_like(x)
        for r in range(KERNEL):
            for s in range(KERNEL):
                gradient[:, :, r:r + p, s:s + q] += taps[:, :, :, :, r, s].transpose(0, 3, 1, 2)
    return gradients


def initial_weights(random):
    weights = {}
    for layer in LAYERS:
        shape = (layer["filters"], layer["channels"]) + ((KERNEL, KERNEL) if "pad" in layer else ())
        deviation = np.sqrt(2 / np.prod(shape[1:]))
        w = np.clip(random.normal(0, deviation, shape), -layer["limit"], layer["limit"])
        weights[layer["name"]] = [w.astype(np.float32), np.zeros(shape[0], np.float32)]
    return weights


def adam_step(weights, gradients, moments, step, rate):
    for layer in LAYERS:
        name = layer["name"]
        for i, (value, gradient) in enumerate(zip(weights[name], gradients[name])):
            if i == 0:
                gradient = gradient + WEIGHT_DECAY * value
            m, v = moments.setdefault((name, i), [np.zeros_like(value), np.zeros_like(value)])
            m += 0.1 * (gradient - m)
            v += 0.001 * (gradient * gradient - v)
            value -= rate * (m / (1 - 0.9 ** step)) / (np.sqrt(v / (1 - 0.999 ** step)) + 1e-8)
        np.clip(weights[name][0], -layer["limit"], layer["limit"], out=weights[name][0])


def float_accuracy(weights, images, labels):
    right = 0
    for first in range(0, len(images), 1000):
        scores, _ = forward(weights, images[first:first + 1000].astype(np.float32) / 256)
        right += (scores.argmax(1) == labels[first:first + 1000]).sum()
    return right / len(images)


def train(seed, epochs):
    random = np.random.default_rng(seed)
    images, labels = images_and_labels("train")
    weights, moments, step = initial_weights(random), {}, 0
    steps = epochs * (len(images) // BATCH)
    for epoch in range(epochs):
        start, loss = time.time(), 0.0
        order = random.permutation(len(images))
        for first in range(0, len(images) - BATCH + 1, BATCH):
            chosen = order[first:first + BATCH]
            x = images[chosen].astype(np.float32) / 256
            flip = random.random(BATCH) < 0.5
            x[flip] = x[flip][:, :, :, ::-1]
            scores, kept = forward(weights, x)
            exponents = np.exp(scores - scores.max(1, keepdims=True))
            shares = exponents / exponents.sum(1, keepdims=True)
            loss -= np.log(shares[np.arange(BATCH), labels[chosen]] + 1e-12).mean()
            shares[np.arange(BATCH), labels[chosen]] -= 1
            step += 1
            rate = 1e-3 * 0.5 * (1 + np.cos(np.pi * step / steps))
            adam_step(weights, backward(weights, kept, shares / BATCH), moments, step, rate)
        print(f"epoch {epoch + 1}: loss {loss / (len(images) // BATCH):.4f}, {time.time() - start:.0f} s", flush=True)
    return weights


# ---- integers


def frac_bits_for(largest, magnitude_bits):
    """Most fraction bits with which `largest` is below full scale."""
    return magnitude_bits - int(np.ceil(np.log2(largest)))


def calibrate(weights, images):
    """Fraction bits per layer: of its weights, its sums (and bias), and the activations it reads."""
    frac, x = {}, images.astype(np.float32) / 256
    for layer in LAYERS:
        name = layer["name"]
        w, b = weights[name]
        read = BITS if layer is LAYERS[0] else frac_bits_for(np.quantile(x, 0.9995), BITS)
        if "pad" in layer:
            rows, p, q = windows(x, layer["pad"])
            sums = (rows @ w.reshape(len(w), -1).T).reshape(len(x), p, q, -1).transpose(0, 3, 1, 2)
            y = sums + b[:, None, None]
            x = pool(np.maximum(y, 0))
        else:
            sums = x.reshape(len(x), -1) @ w.T
            y = sums + b
            x = np.maximum(y, 0)
        # Twice the largest value seen, so that other images do not saturate.
        largest = 2 * max(np.abs(sums).max(), np.abs(y).max(), np.abs(b).max())
        frac[name] = {"activation": read, "weight": frac_bits_for(layer["limit"], BITS - 1),
                      "sum": frac_bits_for(largest, SUM_BITS - 1)}
    return frac


def to_integers(values, frac_bits, bits):
    """Round half up, saturate."""
    scaled = np.floor(values.astype(np.float64) * 2.0 ** frac_bits + 0.5)
    return np.clip(scaled, -2 ** (bits - 1), 2 ** (bits - 1) - 1).astype(np.int8 if bits == 8 else np.int16)


def write_tensors(weights, frac):
    TENSORS.mkdir(parents=True, exist_ok=True)
    for layer in LAYERS:
        name = layer["name"]
        w, b = weights[name]
        np.save(TENSORS / f"{name}_weights.npy", to_integers(w, frac[name]["weight"], BITS))
        np.save(TENSORS / f"{name}_bias.npy", to_integers(b, frac[name]["sum"], SUM_BITS))


def layer_lines(layer, frac):
    name = layer["name"]
    f = frac[name]
    op = f"op: conv, kernel: {KERNEL}, pad: {layer['pad']}" if "pad" in layer else "op: fully_connected"
    sums = f"{{bits: {SUM_BITS}, encoding: twos, frac_bits: {f['sum']}}}"
    read = f"{{bits: {BITS}, encoding: unsigned, frac_bits: {f['activation']}}}"
    lines = [f"- name: {name}", f"  {op}".replace(", ", "\n  "), f"  out_channels: {layer['filters']}",
             f"  activation: {read}",
             f"  weight: {{bits: {BITS}, encoding: twos, frac_bits: {f['weight']}, "
             f"source: {{kind: npy, path: data/lenet_fashion/{name}_weights.npy, source_bits: {BITS}}}}}",
             f"  output: {sums}",
             f"- name: bias_{name}", "  op: bias",
             f"  weight: {{bits: {SUM_BITS}, encoding: twos, frac_bits: {f['sum']}, "
             f"source: {{kind: npy, path: data/lenet_fashion/{name}_bias.npy}}}}",
             f"  output: {sums}"]
    if layer is not LAYERS[-1]:
        lines.append(f"- {{name: relu_{name}, op: relu}}")
    if "pad" in layer:
        lines.append(f"- {{name: pool_{name}, op: max_pool, kernel: 2}}")
    return "\n".join(lines)


PROFILES = """\
  bits_{0}:
    description: activations and weights of all array layers at {0} bits
    source: the 8-bit tensors of this file, rounded half up and saturated; accuracy is measured, not assumed
    confidence: computed
    default_activation_bits: {0}
    default_weight_bits: {0}
"""


def write_workload(frac, notes):
    text = ["# LeNet-5 with trained weights on the test images of Fashion-MNIST. Written by scripts/train_lenet.py.",
            "schema_version: 1", "kind: workload", "name: lenet_fashion",
            "description: LeNet-5 trained on Fashion-MNIST; real weights, real images", "notes:"]
    text += [f"  - {note}" for note in notes]
    text += ["assumed:",
             "  - where layers run one by one, 45 % of the activations behind a ReLU are zero (synthetic tensors); a "
             "chained run reads what the layer before wrote"]
    text += ["", "input: {channels: 1, height: 28, width: 28, bits: 8, encoding: unsigned, frac_bits: 8,",
             "        source: {kind: dataset, name: fashion_mnist_test}}", "defaults:",
             "  activation: {bits: 8, encoding: unsigned, source: {distribution: half_normal, zero_fraction: 0.45}}",
             "", "layers:"]
    text += [textwrap.indent(layer_lines(layer, frac), "  ") for layer in LAYERS]
    text += ["", "profiles:"] + [PROFILES.format(bits).rstrip("\n") for bits in range(8, 1, -1)]
    WORKLOAD.write_text("\n".join(text) + "\n")


# ---- the integer reference


def round_shift(values, shift):
    """floor(v / 2^shift + 1/2), exact; a negative shift multiplies."""
    if shift <= 0:
        return values << -shift
    return (values + (1 << (shift - 1))) >> shift


def saturate(values, bits, signed):
    low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
    return np.clip(values, low, high)


def classify(workload, images, bits):
    """Class of each image with activations and weights of `bits` bits."""
    layers = {layer["name"]: layer for layer in workload["layers"]}
    drop = BITS - bits
    x = saturate(round_shift(images.astype(np.int64), drop), bits, False)
    x_frac = BITS - drop
    for layer in LAYERS:
        name = layer["name"]
        entry, bias = layers[name], layers[f"bias_{name}"]
        w = np.load(WORKLOAD.parent / entry["weight"]["source"]["path"]).astype(np.int64)
        w = saturate(round_shift(w, drop), bits, True)
        b = np.load(WORKLOAD.parent / bias["weight"]["source"]["path"]).astype(np.int64)
        # Sums stay below 2^53: floating point multiplies them exactly.
        matrix = w.reshape(len(w), -1).T.astype(np.float64)
        if "pad" in layer:
            rows, p, q = windows(x, layer["pad"])
            sums = (rows.astype(np.float64) @ matrix).astype(np.int64)
            sums = sums.reshape(len(x), p, q, -1).transpose(0, 3, 1, 2)
            b = b[:, None, None]
        else:
            sums = (x.reshape(len(x), -1).astype(np.float64) @ matrix).astype(np.int64)
        sum_frac = entry["output"]["frac_bits"]
        y = saturate(round_shift(sums, x_frac + entry["weight"]["frac_bits"] - drop - sum_frac), SUM_BITS, True)
        y = saturate(y + b, SUM_BITS, True)
        if layer is LAYERS[-1]:
            return y.argmax(1)
        x_frac = layers[LAYERS[LAYERS.index(layer) + 1]["name"]]["activation"]["frac_bits"] - drop
        x = saturate(round_shift(np.maximum(y, 0), sum_frac - x_frac), bits, False)
        if "pad" in layer:
            x = pool(x)
    return None


def classify_all(workload, images, bits):
    parts = [classify(workload, images[i:i + 500], bits) for i in range(0, len(images), 500)]
    return np.concatenate(parts)


def reference(count):
    workload = yaml.safe_load(WORKLOAD.read_text())
    images, labels = images_and_labels("t10k")
    print(f"# Classes of the first {count} test images, by scripts/train_lenet.py --reference {count}: bits, how many")
    print("# are right, and the classes, one digit an image.")
    for bits in range(8, 1, -1):
        classes = classify_all(workload, images[:count], bits)
        print(bits, (classes == labels[:count]).sum(), "".join(map(str, classes)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--reference", type=int, metavar="N")
    arguments = parser.parse_args()
    if arguments.reference:
        reference(arguments.reference)
        return
    weights = train(arguments.seed, arguments.epochs)
    images, labels = images_and_labels("t10k")
    accuracy = float_accuracy(weights, images, labels)
    print(f"float accuracy {100 * accuracy:.2f} % of {len(images)} test images")
    frac = calibrate(weights, images_and_labels("train")[0][:2000])
    write_tensors(weights, frac)
    notes = ["shapes of LeNet-5 (LeCun et al., Gradient-Based Learning Applied to Document Recognition, 1998) with max "
             "pools and ReLUs, every filter on every channel, a plain fully connected last layer",
             f"trained by scripts/train_lenet.py on the 60 000 training images of Fashion-MNIST (pixels / 256, random "
             f"mirroring), {arguments.epochs} epochs, seed {arguments.seed}, Adam 1e-3 with cosine decay, batches of "
             f"{BATCH}, weight decay {WEIGHT_DECAY}, weights clipped to their full scale; soft-max is left out",
             f"float accuracy {100 * accuracy:.2f} % of the 10 000 test images"]
    write_workload(frac, notes)
    workload = yaml.safe_load(WORKLOAD.read_text())
    right = (classify_all(workload, images, BITS) == labels).mean()
    notes += [f"accuracy with the 8-bit integers of this file {100 * right:.2f} % of them",
              "quantisation is after training and by powers of two per tensor; weights 8 bits over the clipping range, "
              "activations 8 unsigned bits over the smallest power of two that 99.95 % of 2 000 training images' "
              "values stay below, sums and biases 16 bits over twice the largest value seen; round half up, saturate"]
    write_workload(frac, notes)
    print(f"8-bit accuracy {100 * right:.2f} %")


if __name__ == "__main__":
    main()
