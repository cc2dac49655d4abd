#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "sim/core/rng.hpp"
#include "sim/netlist/toggles.hpp"

namespace bitscale::netlist {

/// Uniform operands on every input bus, the lowest `gated_bits` of each at 0; another `stream`
/// gives others.
inline Stimulus uniform_stream(const Netlist& netlist, std::size_t steps, int gated_bits = 0,
                               std::size_t lanes = kLanes, std::uint64_t stream = 0) {
  Stimulus stimulus(netlist, steps, lanes);
  const CounterRng random(7, stream);
  std::uint64_t index = 0;
  std::vector<std::int64_t> values(lanes);
  for (std::size_t step = 0; step < steps; ++step) {
    for (std::size_t bus = 0; bus < netlist.inputs.size(); ++bus) {
      for (std::int64_t& value : values) {
        value = static_cast<std::int64_t>(random(index++) << gated_bits);
      }
      stimulus.set(step, bus, values);
    }
  }
  return stimulus;
}

/// What a bus of `bits` bits makes of a word.
inline std::int64_t as_bus(std::int64_t word, int bits, bool is_signed) {
  const auto cut = static_cast<std::uint64_t>(word) << (64 - bits);
  return is_signed ? static_cast<std::int64_t>(cut) >> (64 - bits)
                   : static_cast<std::int64_t>(cut >> (64 - bits));
}

/// Responses of a combinational netlist with one output to lists of operand values.
inline std::vector<std::int64_t> outputs(const Netlist& netlist,
                                         const std::vector<std::vector<std::int64_t>>& operands) {
  const std::size_t total = operands.front().size();
  const std::size_t steps = (total + kLanes - 1) / kLanes;
  Stimulus stimulus(netlist, steps);
  for (std::size_t step = 0; step < steps; ++step) {
    const std::size_t first = step * kLanes;
    const std::size_t count = std::min(kLanes, total - first);
    for (std::size_t bus = 0; bus < operands.size(); ++bus) {
      stimulus.set(step, bus, std::span(operands[bus]).subspan(first, count));
    }
  }
  const Response response(netlist, stimulus);
  std::vector<std::int64_t> values;
  for (std::size_t i = 0; i < total; ++i) {
    values.push_back(response.value(i / kLanes, 0, i % kLanes));
  }
  return values;
}

/// Every word of a bus.
inline std::vector<std::int64_t> all_words(int bits, bool is_signed) {
  std::vector<std::int64_t> words;
  for (std::int64_t word = 0; word < std::int64_t{1} << bits; ++word) {
    words.push_back(as_bus(word, bits, is_signed));
  }
  return words;
}

inline std::vector<VectorPath> supported_paths() {
  std::vector<VectorPath> paths;
  for (const VectorPath path : {VectorPath::plain, VectorPath::avx2, VectorPath::avx512}) {
    if (supported(path)) paths.push_back(path);
  }
  return paths;
}

}  // namespace bitscale::netlist
