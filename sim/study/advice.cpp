#include "sim/study/advice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <functional>

#include "arch/unit.hpp"
#include "sim/core/errors.hpp"
#include "sim/kernel/engine.hpp"
#include "sim/mapping/closed_form.hpp"
#include "sim/mapping/compression.hpp"
#include "sim/pipeline/runner.hpp"
#include "sim/study/machine_changes.hpp"

namespace bitscale::study {
namespace {

/// A loss below this share of the cycles is not worth the first place in the sentence.
constexpr double kSmallLoss = 0.02;
/// A change that gains less than this share does not help.
constexpr double kNoGain = 0.005;
/// Times as many images as there are: what is tried where the channel is slow.
constexpr std::int64_t kMoreImages = 16;
constexpr std::int64_t kMaxImages = 65536;  ///< that --batch takes

/// Cycles lost to one thing, what it is, and changes that act on it.
struct Loss {
  double cycles = 0;
  std::string problem;
  std::function<std::vector<Candidate>()> candidates;
};

double wide(std::uint64_t value) { return static_cast<double>(value); }

Mapping map_coded(const Layer& layer, const MachineConfig& machine, const Operands* operands) {
  Mapping mapping = map_layer(layer, machine);
  if (machine.memory.dram.compression != Compression::none && operands != nullptr)
    compress_operands(mapping, *operands);
  return mapping;
}

/// Cycles of the layer on another machine; nothing where it cannot run there.
std::optional<std::uint64_t> cycles_on(const Case& c, const MachineConfig& machine) {
  if (!is_array_layer(c.layer.kind)) return cost_vector_layer(machine, c.layer).cycles.total();
  try {
    const Mapping mapping = map_coded(c.layer, machine, c.operands);
    return kernel::simulate_layer(mapping, *machine.unit, nullptr, {}).cycles.total();
  } catch (const MappingError&) {
    return {};
  }
}

/// What costs cycles, the largest first; real work last, where nothing else is worth a sentence.
std::vector<Loss> losses_of(const Case& c, const LayerRoofline& layer) {
  const auto memory = static_cast<double>(memory_waits(c.cycles));
  const double total = wide(c.cycles.total());
  std::vector<Loss> losses;
  losses.push_back({memory,
                    fmt::format("the DRAM channel makes the array wait for {} of its cycles",
                                format_percent(memory / total)),
                    [&c] { return faster_channels(c); }});
  losses.push_back({layer.idle_cycles(), idle_problem(c), [&c] { return fuller_arrays(c); }});
  losses.push_back({wide(c.cycles[Cause::operand_fetch]),
                    "a buffer's port delivers operands more slowly than the units take them",
                    [&c] { return wider_ports(c); }});
  const auto overhead = [&](Cause cause, std::string problem) {
    losses.push_back(
        {wide(c.cycles[cause]), std::move(problem), [&c] { return shorter_overheads(c); }});
  };
  overhead(Cause::fill, "the array fills its pipeline and the skew of its axes");
  overhead(Cause::stationary_load, "the array waits while stationary operands are shifted in");
  overhead(Cause::spill, "partial sums go out and come back");
  overhead(Cause::drain, "the array waits until outputs have left the accumulators");
  std::ranges::stable_sort(losses, std::ranges::greater{}, &Loss::cycles);
  Loss work{
      total,
      fmt::format("it runs at {} of the array's peak",
                  format_percent(layer.attained_macs_per_cycle() / layer.peak_macs_per_cycle)),
      [&c] { return larger_arrays(c); }};
  const auto first_small = std::ranges::find_if(
      losses, [&](const Loss& loss) { return loss.cycles < kSmallLoss * total; });
  losses.insert(first_small, std::move(work));
  return losses;
}

std::vector<Loss> vector_losses(const Case& c) {
  const std::uint64_t waits = memory_waits(c.cycles);
  std::vector<Loss> losses;
  losses.push_back({wide(waits),
                    "the DRAM channel takes longer for its tensors than the vector unit",
                    [&c] { return faster_channels(c); }});
  losses.push_back({wide(c.cycles[Cause::vector]), "the vector unit is busy with it",
                    [&c] { return wider_vector_units(c); }});
  if (waits == 0) std::swap(losses[0], losses[1]);
  return losses;
}

/// The change that gains most; nothing where none gains.
std::optional<TriedChange> best_change(const Case& c, const std::vector<Candidate>& candidates) {
  std::optional<TriedChange> best;
  for (const Candidate& candidate : candidates) {
    const std::optional<std::uint64_t> cycles = cycles_on(c, candidate.machine);
    if (!cycles || wide(*cycles) > (1 - kNoGain) * wide(c.cycles.total())) continue;
    if (!best || *cycles < best->cycles) best = TriedChange{candidate.change, *cycles};
  }
  return best;
}

void advise(const Case& c, const std::vector<Loss>& losses, LayerRoofline& layer) {
  for (const Loss& loss : losses) {
    if (loss.cycles <= 0) continue;
    if (layer.advice.empty()) layer.advice = loss.problem;
    const std::optional<TriedChange> change = best_change(c, loss.candidates());
    if (!change) continue;
    layer.change = change;
    layer.advice = fmt::format("{}: {} takes it from {} to {} cycles, {} faster.", loss.problem,
                               change->change, format_integer(c.cycles.total()),
                               format_integer(change->cycles),
                               format_ratio(wide(c.cycles.total()) / wide(change->cycles)));
    break;
  }
  if (!layer.change && !layer.advice.empty())
    layer.advice += ": none of the changes tried makes it faster.";
  if (!layer.advice.empty()) layer.advice[0] = static_cast<char>(std::toupper(layer.advice[0]));
}

/// What more images at a time make of the waits for the channel, which then fetches weights for all
/// of them at once; '' where that gains nothing.
std::string batch_advice(const Case& c) {
  const std::int64_t images = c.layer.shape.N * kMoreImages;
  // How far values are compressed depends on them, and these are of one batch.
  if (c.operands != nullptr || images > kMaxImages) return "";
  if (wide(memory_waits(c.cycles)) < kSmallLoss * wide(c.cycles.total())) return "";
  Layer layer = c.layer;
  layer.shape.N = images;
  const Case more{c.machine, layer, nullptr, {}, {}, 0};
  const std::optional<std::uint64_t> cycles = cycles_on(more, c.machine);
  if (!cycles) return "";
  const double gain = wide(c.cycles.total()) * static_cast<double>(kMoreImages) / wide(*cycles);
  if (gain < 1 + kNoGain) return "";
  const double per_image = wide(*cycles) / static_cast<double>(images);
  return fmt::format(" On this machine as it is, --batch {} takes {} cycles per image, {} faster.",
                     images, format_integer(static_cast<std::uint64_t>(std::llround(per_image))),
                     format_ratio(gain));
}

}  // namespace

LayerRoofline explain_layer(const MachineConfig& machine, const Layer& layer,
                            const Operands* operands) {
  LayerRoofline result;
  result.name = layer.name;
  result.kind = to_string(layer.kind);
  result.channel_bits_per_cycle = channel_bits_per_cycle(machine.memory.dram, machine.clock_Hz);
  Case c{machine, layer, operands, {}, {}, 0};
  if (!is_array_layer(layer.kind)) {
    const LayerResult cost = cost_vector_layer(machine, layer);
    c.cycles = result.cycles = cost.cycles;
    c.dram_bits = result.dram_bits = cost.dram_bits();
    if (c.cycles.total() > 0) advise(c, vector_losses(c), result);
    return result;
  }
  c.mapping = map_coded(layer, machine, operands);
  const kernel::LayerSimulation simulation =
      kernel::simulate_layer(c.mapping, *machine.unit, nullptr, {});
  c.cycles = result.cycles = simulation.cycles;
  result.macs = simulation.traffic.macs;
  const Traffic& traffic = simulation.traffic;
  c.dram_bits = result.dram_bits =
      traffic.dram_activations + traffic.dram_weights + traffic.dram_outputs;
  result.peak_macs_per_cycle = peak_macs_per_cycle(c.mapping);
  advise(c, losses_of(c, result), result);
  result.advice += batch_advice(c);
  return result;
}

}  // namespace bitscale::study
