#include <algorithm>
#include <limits>
#include <tuple>

#include "sim/netlist/delay.hpp"
#include "sim/netlist/toggles.hpp"
#include "sim/netlist/zero_delay_kernel.hpp"

namespace bitscale::netlist {
namespace {

/// First and last time at which a net can toggle, inputs switching at 0. Nets that never do have an
/// empty window.
struct Window {
  std::uint32_t first = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t last = 0;
  [[nodiscard]] bool empty() const { return first > last; }
};

std::vector<Window> windows_of(const Netlist& netlist) {
  std::vector<Window> windows(netlist.nodes.size());
  for (std::size_t id = 0; id < windows.size(); ++id) {
    const Node& node = netlist.nodes[id];
    if (node.cell == Cell::input || node.cell == Cell::flip_flop) windows[id] = {0, 0};
    if (!is_gate(node.cell)) continue;
    for (int pin = 0; pin < input_count(node.cell); ++pin) {
      const Window& source = windows[node.in.at(static_cast<std::size_t>(pin))];
      if (source.empty()) continue;
      windows[id].first = std::min(windows[id].first, source.first + unit_delay(node.cell));
      windows[id].last = std::max(windows[id].last, source.last + unit_delay(node.cell));
    }
  }
  return windows;
}

template <class V>
BITSCALE_KERNEL void evaluate(Cell cell, const V& a, const V& b, const V& c, V& value) {
  switch (cell) {
    case Cell::not_:
      value = ~a;
      break;
    case Cell::and_:
      value = a & b;
      break;
    case Cell::nand_:
      value = ~(a & b);
      break;
    case Cell::or_:
      value = a | b;
      break;
    case Cell::nor_:
      value = ~(a | b);
      break;
    case Cell::xor_:
      value = a ^ b;
      break;
    default:
      value = b ^ (a & (b ^ c));
      break;
  }
}

template <std::size_t W>
using Counters = ZeroDelayCounters<W, 1>;

/// Looks at the gates of one unit of time. Gates are visited from the deepest level up, so that
/// what a gate reads is still its value of one unit ago; no copy of the state is needed. A gate of
/// delay 2 takes a value that its inputs have asked for in two successive units: pulses of one unit
/// are swallowed.
template <std::size_t W>
BITSCALE_KERNEL void visit_gates(const GateRun& run, const GateOp* ops, std::uint64_t* values,
                                 std::uint64_t* asked, PendingCounter<W>& counter) {
  using Vector = typename Lanes<W>::Vector;
  auto* nodes = reinterpret_cast<Vector*>(values);
  auto* before = reinterpret_cast<Vector*>(asked);
  for (const GateOp* op = ops + run.begin; op != ops + run.end; ++op) {
    Vector value;
    evaluate<Vector>(run.cell, nodes[op->a], nodes[op->b], nodes[op->c], value);
    Vector& out = nodes[op->out];
    if (unit_delay(run.cell) == 2) {
      const Vector earlier = before[op->out];
      before[op->out] = value;
      const Vector unsteady = value ^ earlier;
      value = (unsteady & out) | (value & ~unsteady);
    }
    count_one<W>(counter, value ^ out);
    out = value;
  }
}

/// Settles the netlist on the inputs in place.
template <std::size_t W>
BITSCALE_KERNEL void settle(const Program& program, std::uint64_t* values, std::uint64_t* asked) {
  using Vector = typename Lanes<W>::Vector;
  auto* nodes = reinterpret_cast<Vector*>(values);
  auto* before = reinterpret_cast<Vector*>(asked);
  for (const GateRun& run : program.runs) {
    for (std::uint32_t i = run.begin; i < run.end; ++i) {
      const GateOp& op = program.ops[i];
      evaluate<Vector>(run.cell, nodes[op.a], nodes[op.b], nodes[op.c], nodes[op.out]);
      before[op.out] = nodes[op.out];
    }
  }
}

template <std::size_t W>
BITSCALE_KERNEL void count_timed(const Program& program, const TimedSchedule& schedule,
                                 const Stimulus& stimulus, std::uint64_t* values,
                                 ToggleCount& total) {
  std::uint64_t* asked = values + program.node_count * W;
  std::vector<std::uint64_t> next(program.flip_flops.size() * W);
  for (std::size_t chunk = 0; chunk * W < stimulus.words(); ++chunk) {
    Counters<W> counters(program.class_weight_halves.size());
    clock_flip_flops<W, true>(program, values, next, counters);
    load_inputs<W, 1, true>(program, stimulus, 0, chunk, values, counters);
    settle<W>(program, values, asked);
    for (std::size_t step = 1; step < stimulus.steps(); ++step) {
      clock_flip_flops<W, false>(program, values, next, counters);
      load_inputs<W, 1, false>(program, stimulus, step, chunk, values, counters);
      for (const GateRun& run : schedule.runs) {
        visit_gates<W>(run, schedule.ops.data(), values, asked,
                       counters.by_class[run.weight_class]);
      }
    }
    collect<W, 1>(program, counters, chunk, total);
  }
}

void count_plain(const Program& p, const TimedSchedule& t, const Stimulus& s, std::uint64_t* values,
                 ToggleCount& total) {
  count_timed<1>(p, t, s, values, total);
}
BITSCALE_AVX2 void count_avx2(const Program& p, const TimedSchedule& t, const Stimulus& s,
                              std::uint64_t* values, ToggleCount& total) {
  count_timed<4>(p, t, s, values, total);
}
BITSCALE_AVX512 void count_avx512(const Program& p, const TimedSchedule& t, const Stimulus& s,
                                  std::uint64_t* values, ToggleCount& total) {
  count_timed<8>(p, t, s, values, total);
}

}  // namespace

TimedSchedule::TimedSchedule(const Netlist& netlist, const Program& program) {
  const std::vector<Window> windows = windows_of(netlist);
  const std::vector<std::uint32_t> level = levels(netlist);
  struct Visit {
    std::uint32_t time, depth;
    std::uint32_t run;
    GateOp op;
  };
  std::vector<Visit> visits;
  for (std::uint32_t r = 0; r < program.runs.size(); ++r) {
    const GateRun& run = program.runs[r];
    for (std::uint32_t i = run.begin; i < run.end; ++i) {
      const GateOp& op = program.ops[i];
      const Window& window = windows[op.out];
      if (window.empty()) continue;
      // A gate of delay 2 must see its inputs one unit before it may act.
      for (std::uint32_t time = window.first - unit_delay(run.cell) + 1; time <= window.last;
           ++time) {
        visits.push_back({time, ~level[op.out], r, op});
      }
    }
  }
  std::ranges::stable_sort(visits, {},
                           [](const Visit& v) { return std::tuple(v.time, v.depth, v.run); });
  for (const Visit& visit : visits) {
    const GateRun& kind = program.runs[visit.run];
    const auto place = static_cast<std::uint32_t>(ops.size());
    ops.push_back(visit.op);
    const bool joins = !runs.empty() && runs.back().cell == kind.cell &&
                       runs.back().weight_class == kind.weight_class;
    if (!joins) runs.push_back({kind.cell, kind.weight_class, place, place});
    runs.back().end = place + 1;
  }
}

InertialToggles::InertialToggles(const Netlist& netlist, VectorPath path)
    : program_(netlist), schedule_(netlist, program_), path_(path) {
  values_ = AlignedWords(2 * program_.node_count * kPlaneWords);
  program_.set_constants(values_.data(), vector_words(path));
}

ToggleCount InertialToggles::count(const Stimulus& stimulus) {
  ToggleCount total;
  total.words = stimulus.words();
  if (stimulus.steps() == 0) return total;
  total.transitions = (stimulus.steps() - 1) * stimulus.lanes();
  switch (path_) {
    case VectorPath::plain:
      count_plain(program_, schedule_, stimulus, values_.data(), total);
      break;
    case VectorPath::avx2:
      count_avx2(program_, schedule_, stimulus, values_.data(), total);
      break;
    case VectorPath::avx512:
      count_avx512(program_, schedule_, stimulus, values_.data(), total);
      break;
  }
  return total;
}

}  // namespace bitscale::netlist
