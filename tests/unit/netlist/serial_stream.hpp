#pragma once

#include "sim/netlist/generators.hpp"
#include "tests/unit/netlist/streams.hpp"

namespace bitscale::netlist {

/// Random words through a SIP, most significant bit first, new weights with every word.
struct SerialStream {
  Stimulus stimulus;
  std::vector<std::vector<std::int64_t>> products;  ///< [word][lane of the evaluator]
};

inline SerialStream serial_stream(const Netlist& netlist, const SipConfig& config,
                                  int activation_bits, bool activation_signed, std::size_t words,
                                  std::size_t windows) {
  const auto p = static_cast<std::size_t>(activation_bits);
  const auto lanes = static_cast<std::size_t>(config.lanes);
  SerialStream stream{Stimulus(netlist, words * p, windows), {}};
  const CounterRng random(11, p);
  std::uint64_t index = 0;
  std::vector<std::int64_t> column(windows);
  for (std::size_t word = 0; word < words; ++word) {
    std::vector<std::vector<std::int64_t>> activations(lanes, std::vector<std::int64_t>(windows));
    std::vector<std::vector<std::int64_t>> weights = activations;
    stream.products.emplace_back(windows, 0);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      for (std::size_t w = 0; w < windows; ++w) {
        const auto x = static_cast<std::int64_t>(random(index++));
        const auto y = static_cast<std::int64_t>(random(index++));
        activations[lane][w] = as_bus(x, activation_bits, activation_signed);
        weights[lane][w] = as_bus(y, config.weight_bits, config.weight_signed);
        stream.products.back()[w] += activations[lane][w] * weights[lane][w];
      }
    }
    for (std::size_t cycle = 0; cycle < p; ++cycle) {
      const std::size_t step = word * p + cycle;
      for (std::size_t w = 0; w < windows; ++w) {
        column[w] = 0;
        for (std::size_t lane = 0; lane < lanes; ++lane) {
          column[w] |= (activations[lane][w] >> (p - 1 - cycle) & 1) << lane;
        }
      }
      stream.stimulus.set(step, 0, column);
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        stream.stimulus.set(step, 1 + lane, weights[lane]);
      }
      stream.stimulus.set_all(step, lanes + 1, activation_signed && cycle == 0 ? 1 : 0);
      stream.stimulus.set_all(step, lanes + 2, cycle == 0 ? 1 : 0);
    }
  }
  return stream;
}

}  // namespace bitscale::netlist
