#pragma once

#include <string>

#include "arch/builtin.hpp"
#include "sim/config/reader.hpp"
#include "sim/core/account.hpp"
#include "sim/core/errors.hpp"
#include "sim/mapping/mapping.hpp"

namespace bitscale::testing_support {

/// The machine of a YAML text with the sections unit, array, dataflow and memory, at 1 GHz.
inline MachineConfig machine_of(const std::string& yaml) {
  return config::read_all(config::parse_yaml(yaml, "machine.yaml"), [](config::Reader& reader) {
    MachineConfig machine;
    machine.name = "test";
    machine.clock_Hz = 1000000000;
    machine.unit = reader.section("unit", parse_unit);
    machine.array = reader.section("array", parse_array);
    machine.dataflow = reader.section_or_default("dataflow", parse_dataflow);
    machine.memory = reader.section_or_default("memory", parse_memory);
    reader.finish();
    return machine;
  });
}

/// A layer of `shape` whose P and Q follow from the rest, with operands of 8 bits.
inline Layer layer_of(LayerShape shape, int activation_bits = 8, int weight_bits = 8) {
  shape.P = (shape.H + shape.pad_top + shape.pad_bottom - (shape.R - 1) * shape.dilation_h - 1) /
                shape.stride_h +
            1;
  shape.Q = (shape.W + shape.pad_left + shape.pad_right - (shape.S - 1) * shape.dilation_w - 1) /
                shape.stride_w +
            1;
  Layer layer;
  layer.name = "layer";
  layer.shape = shape;
  layer.activation = {activation_bits, Encoding::twos, 0};
  layer.weight = {weight_bits, Encoding::twos, 0};
  layer.output = layer.activation;
  return layer;
}

/// Shape of a square convolution with K filters on C channels, without padding.
inline LayerShape convolution(std::int64_t K, std::int64_t C, std::int64_t input,
                              std::int64_t kernel) {
  LayerShape shape;
  shape.K = K;
  shape.C = C;
  shape.H = shape.W = input;
  shape.R = shape.S = kernel;
  return shape;
}

/// Cycles by cause as text, those with any: what failed comparisons print.
inline std::string causes(const CycleAccount& account) {
  std::string text;
  for (std::size_t i = 0; i < kCauses; ++i) {
    if (account.by_cause[i] == 0) continue;
    if (!text.empty()) text += ", ";
    text += std::string(kCauseNames[i]) + " " + std::to_string(account.by_cause[i]);
  }
  return text;
}

/// What map_layer refuses a layer with; '' where it does not.
inline std::string refusal_of(const Layer& layer, const MachineConfig& machine) {
  try {
    (void)map_layer(layer, machine);
  } catch (const MappingError& error) {
    return error.what();
  }
  return "";
}

}  // namespace bitscale::testing_support
