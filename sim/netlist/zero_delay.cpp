#include <algorithm>

#include "sim/netlist/toggles.hpp"
#include "sim/netlist/zero_delay_kernel.hpp"

namespace bitscale::netlist {
namespace {

/// Combinational netlists: eight steps a visit.
template <std::size_t W>
BITSCALE_KERNEL void count_combinational(const Program& program, const Stimulus& stimulus,
                                         std::uint64_t* values, ToggleCount& total) {
  for (std::size_t chunk = 0; chunk * W < stimulus.words(); ++chunk) {
    ZeroDelayCounters<W, 8> counters(program.class_weight_halves.size());
    load_inputs<W, 8, true>(program, stimulus, 0, chunk, values, counters);
    run_block<W, 8, true>(program, values, counters);
    for (std::size_t step = 8; step < stimulus.steps(); step += 8) {
      load_inputs<W, 8, false>(program, stimulus, step, chunk, values, counters);
      run_block<W, 8, false>(program, values, counters);
    }
    collect<W, 8>(program, counters, chunk, total);
  }
}

/// Netlists with state: one step a visit.
template <std::size_t W>
BITSCALE_KERNEL void count_sequential(const Program& program, const Stimulus& stimulus,
                                      std::uint64_t* values, ToggleCount& total) {
  std::vector<std::uint64_t> next(program.flip_flops.size() * W);
  for (std::size_t chunk = 0; chunk * W < stimulus.words(); ++chunk) {
    ZeroDelayCounters<W, 1> counters(program.class_weight_halves.size());
    clock_flip_flops<W, true>(program, values, next, counters);
    load_inputs<W, 1, true>(program, stimulus, 0, chunk, values, counters);
    run_block<W, 1, true>(program, values, counters);
    for (std::size_t step = 1; step < stimulus.steps(); ++step) {
      clock_flip_flops<W, false>(program, values, next, counters);
      load_inputs<W, 1, false>(program, stimulus, step, chunk, values, counters);
      run_block<W, 1, false>(program, values, counters);
    }
    collect<W, 1>(program, counters, chunk, total);
  }
}

template <std::size_t W>
BITSCALE_KERNEL void count_all(const Program& program, const Stimulus& stimulus,
                               std::uint64_t* values, ToggleCount& total) {
  if (program.flip_flops.empty()) {
    count_combinational<W>(program, stimulus, values, total);
  } else {
    count_sequential<W>(program, stimulus, values, total);
  }
}

void count_plain(const Program& p, const Stimulus& s, std::uint64_t* values, ToggleCount& total) {
  count_all<1>(p, s, values, total);
}
BITSCALE_AVX2 void count_avx2(const Program& p, const Stimulus& s, std::uint64_t* values,
                              ToggleCount& total) {
  count_all<4>(p, s, values, total);
}
BITSCALE_AVX512 void count_avx512(const Program& p, const Stimulus& s, std::uint64_t* values,
                                  ToggleCount& total) {
  count_all<8>(p, s, values, total);
}

}  // namespace

double ToggleCount::units_per_transition() const {
  std::uint64_t sum = 0;
  for (const std::uint64_t word : half_units) sum += word;
  return transitions == 0 ? 0 : static_cast<double>(sum) / 2 / static_cast<double>(transitions);
}

double ToggleCount::flip_flop_toggles_per_transition() const {
  std::uint64_t sum = 0;
  for (const std::uint64_t word : flip_flop_toggles) sum += word;
  return transitions == 0 ? 0 : static_cast<double>(sum) / static_cast<double>(transitions);
}

ZeroDelayToggles::ZeroDelayToggles(const Netlist& netlist, VectorPath path)
    : program_(netlist), path_(path) {
  const std::size_t steps = program_.flip_flops.empty() ? 8 : 1;
  values_ = AlignedWords(program_.node_count * steps * kPlaneWords);
  program_.set_constants(values_.data(), steps * vector_words(path));
}

ToggleCount ZeroDelayToggles::count(const Stimulus& stimulus) {
  ToggleCount total;
  total.words = stimulus.words();
  if (stimulus.steps() == 0) return total;
  total.transitions = (stimulus.steps() - 1) * stimulus.lanes();
  switch (path_) {
    case VectorPath::plain:
      count_plain(program_, stimulus, values_.data(), total);
      break;
    case VectorPath::avx2:
      count_avx2(program_, stimulus, values_.data(), total);
      break;
    case VectorPath::avx512:
      count_avx512(program_, stimulus, values_.data(), total);
      break;
  }
  return total;
}

}  // namespace bitscale::netlist
