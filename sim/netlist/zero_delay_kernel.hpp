#pragma once

#include <span>
#include <type_traits>

#include "sim/netlist/counters.hpp"
#include "sim/netlist/planes.hpp"
#include "sim/netlist/program.hpp"
#include "sim/netlist/toggles.hpp"

namespace bitscale::netlist {

/// What a visit of S steps counts with.
template <std::size_t W, std::size_t S>
using Counter = std::conditional_t<S == 8, ClassCounter<W>, PendingCounter<W>>;

/// Counters of a kernel: one per weight class, and one for the flip-flops.
template <std::size_t W, std::size_t S>
struct ZeroDelayCounters {
  explicit ZeroDelayCounters(std::size_t classes) : by_class(classes) {}
  std::vector<Counter<W, S>> by_class;
  PendingCounter<W> flip_flops;
};

/// Steps are visited S at a time: the values of a node are S vectors in a row, and toggles between
/// blocks are taken against the last vector of the block before, still in place.
template <std::size_t W, std::size_t S, bool First>
BITSCALE_KERNEL void store_block(typename Lanes<W>::Vector* out,
                                 const typename Lanes<W>::Vector* value, Counter<W, S>& counter) {
  typename Lanes<W>::Vector toggles[S];
  typename Lanes<W>::Vector before = First ? value[0] : out[S - 1];
  for (std::size_t s = 0; s < S; ++s) {
    toggles[s] = value[s] ^ before;
    before = value[s];
    out[s] = value[s];
  }
  if constexpr (S == 8) {
    count_eight<W>(counter, toggles);
  } else {
    count_one<W>(counter, toggles[0]);
  }
}

template <std::size_t W, std::size_t S, bool First, Cell C>
BITSCALE_KERNEL void run_gates(const GateOp* op, const GateOp* end, std::uint64_t* values,
                               Counter<W, S>& counter) {
  using Vector = typename Lanes<W>::Vector;
  for (; op != end; ++op) {
    const auto* a = reinterpret_cast<const Vector*>(values) + op->a * S;
    const auto* b = reinterpret_cast<const Vector*>(values) + op->b * S;
    const auto* c = reinterpret_cast<const Vector*>(values) + op->c * S;
    Vector value[S];
    for (std::size_t s = 0; s < S; ++s) {
      if constexpr (C == Cell::not_) value[s] = ~a[s];
      if constexpr (C == Cell::and_) value[s] = a[s] & b[s];
      if constexpr (C == Cell::nand_) value[s] = ~(a[s] & b[s]);
      if constexpr (C == Cell::or_) value[s] = a[s] | b[s];
      if constexpr (C == Cell::nor_) value[s] = ~(a[s] | b[s]);
      if constexpr (C == Cell::xor_) value[s] = a[s] ^ b[s];
      if constexpr (C == Cell::mux) value[s] = b[s] ^ (a[s] & (b[s] ^ c[s]));
    }
    store_block<W, S, First>(reinterpret_cast<Vector*>(values) + op->out * S, value, counter);
  }
}

template <std::size_t W, std::size_t S, bool First>
BITSCALE_KERNEL void run_block(const Program& program, std::uint64_t* values,
                               ZeroDelayCounters<W, S>& counters) {
  const GateOp* ops = program.ops.data();
  for (const GateRun& run : program.runs) {
    const GateOp* begin = ops + run.begin;
    const GateOp* end = ops + run.end;
    Counter<W, S>& p = counters.by_class[run.weight_class];
    switch (run.cell) {
      case Cell::not_:
        run_gates<W, S, First, Cell::not_>(begin, end, values, p);
        break;
      case Cell::and_:
        run_gates<W, S, First, Cell::and_>(begin, end, values, p);
        break;
      case Cell::nand_:
        run_gates<W, S, First, Cell::nand_>(begin, end, values, p);
        break;
      case Cell::or_:
        run_gates<W, S, First, Cell::or_>(begin, end, values, p);
        break;
      case Cell::nor_:
        run_gates<W, S, First, Cell::nor_>(begin, end, values, p);
        break;
      case Cell::xor_:
        run_gates<W, S, First, Cell::xor_>(begin, end, values, p);
        break;
      case Cell::mux:
        run_gates<W, S, First, Cell::mux>(begin, end, values, p);
        break;
      default:
        break;
    }
  }
}

/// Puts S steps from `step` on in place of the inputs; after the last step it is repeated, which
/// toggles nothing.
template <std::size_t W, std::size_t S, bool First>
BITSCALE_KERNEL void load_inputs(const Program& program, const Stimulus& stimulus, std::size_t step,
                                 std::size_t chunk, std::uint64_t* values,
                                 ZeroDelayCounters<W, S>& counters) {
  using Vector = typename Lanes<W>::Vector;
  const std::span<const NodeId> nodes = stimulus.nodes();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    Vector value[S];
    for (std::size_t s = 0; s < S; ++s) {
      const std::size_t at = step + s < stimulus.steps() ? step + s : stimulus.steps() - 1;
      const std::uint64_t* plane = stimulus.step_planes(at) + i * kPlaneWords + chunk * W;
      __builtin_memcpy(&value[s], plane, sizeof(Vector));
    }
    Vector* out = reinterpret_cast<Vector*>(values) + nodes[i] * S;
    if (program.is_state_input[nodes[i]] != 0) {
      for (std::size_t s = 0; s < S; ++s) {
        const Vector before = s > 0 ? value[s - 1] : First ? value[0] : out[S - 1];
        count_one<W>(counters.flip_flops, value[s] ^ before);
      }
    }
    store_block<W, S, First>(out, value, counters.by_class[program.node_class[nodes[i]]]);
  }
}

/// One clock edge: every flip-flop takes the data of the step before. S is 1 in sequential
/// netlists.
template <std::size_t W, bool First>
BITSCALE_KERNEL void clock_flip_flops(const Program& program, std::uint64_t* values,
                                      std::vector<std::uint64_t>& next,
                                      ZeroDelayCounters<W, 1>& counters) {
  using Vector = typename Lanes<W>::Vector;
  auto* nodes = reinterpret_cast<Vector*>(values);
  for (std::size_t i = 0; i < program.flip_flops.size(); ++i) {
    Vector data{};
    if constexpr (!First) data = nodes[program.flip_flop_data[i]];
    __builtin_memcpy(next.data() + i * W, &data, sizeof(Vector));
  }
  for (std::size_t i = 0; i < program.flip_flops.size(); ++i) {
    Vector data;
    __builtin_memcpy(&data, next.data() + i * W, sizeof(Vector));
    Vector& q = nodes[program.flip_flops[i]];
    if constexpr (!First) count_one<W>(counters.flip_flops, data ^ q);
    store_block<W, 1, First>(&q, &data,
                             counters.by_class[program.node_class[program.flip_flops[i]]]);
  }
}

/// Adds the counters of a chunk of W words to the total.
template <std::size_t W, std::size_t S>
void collect(const Program& program, ZeroDelayCounters<W, S>& counters, std::size_t chunk,
             ToggleCount& total) {
  for (std::size_t word = 0; word < W && chunk * W + word < total.words; ++word) {
    for (std::size_t k = 0; k < counters.by_class.size(); ++k) {
      total.half_units.at(chunk * W + word) +=
          toggles_of<W>(counters.by_class[k], word) * program.class_weight_halves[k];
    }
    total.flip_flop_toggles.at(chunk * W + word) += toggles_of<W>(counters.flip_flops, word);
  }
}

}  // namespace bitscale::netlist
