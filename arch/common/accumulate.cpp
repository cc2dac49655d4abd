#include "arch/common/accumulate.hpp"

#include "arch/common/accumulator.hpp"

namespace bitscale {

namespace {

/// Bits in which an operand enters: one word where it is parallel.
struct Stream {
  int cycles = 1;
  bool serial = false;
  bool is_signed = false;

  /// What the datapath sees of `value` in cycle `cycle`.
  [[nodiscard]] std::int64_t slice(std::int64_t value, int cycle) const {
    return serial ? (value >> cycle) & 1 : value;
  }
  [[nodiscard]] bool subtracts(int cycle) const {
    return serial && is_signed && cycle == cycles - 1;
  }
  [[nodiscard]] int shift(int cycle) const { return serial ? cycle : 0; }
};

Stream stream_of(const TensorType& type, bool serial) {
  return {serial ? type.bits : 1, serial, type.encoding == Encoding::twos};
}

}  // namespace

std::uint64_t accumulate_block(const AccumulateBlock& block, const OperandTypes& types,
                               Serial serial) {
  const Stream a =
      stream_of(types.activation, serial == Serial::activations || serial == Serial::both);
  const Stream w = stream_of(types.weight, serial == Serial::weights || serial == Serial::both);
  std::uint64_t events = 0;
  for (std::int64_t window = 0; window < block.windows; ++window) {
    for (std::int64_t filter = 0; filter < block.filters; ++filter) {
      Accumulator accumulator(types.accumulator);
      std::int64_t& place = block.accumulators[window * block.accumulator_stride + filter];
      accumulator.load(place);
      for (std::int64_t step = 0; step < block.steps; ++step) {
        for (int i = 0; i < a.cycles; ++i) {
          for (int j = 0; j < w.cycles; ++j) {
            std::int64_t sum = 0;
            for (std::int64_t lane = step * block.lanes; lane < (step + 1) * block.lanes; ++lane) {
              sum += a.slice(block.activations[lane * block.windows + window], i) *
                     w.slice(block.weights[lane * block.weight_stride + filter], j);
            }
            const std::int64_t addend = sum * (std::int64_t{1} << (a.shift(i) + w.shift(j)));
            events += accumulator.add(a.subtracts(i) != w.subtracts(j) ? -addend : addend);
          }
        }
      }
      place = accumulator.value();
    }
  }
  return events;
}

}  // namespace bitscale
