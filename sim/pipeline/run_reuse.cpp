#include "sim/pipeline/run_reuse.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <numeric>
#include <system_error>
#include <utility>

#include "sim/core/hash.hpp"
#include "sim/pipeline/version.hpp"

namespace bitscale {
namespace {

/// Tensors kept; what does not fit is made again.
constexpr std::size_t kOperandBytes = std::size_t{256} << 20U;
/// Results of layers kept, about 2 KiB each.
constexpr std::size_t kKeptResults = 10'000;
constexpr std::size_t kKeptTimers = 64;
constexpr std::size_t kKeptWalks = 2'000;

std::string text_of(const TensorType& type) {
  return fmt::format("{} {} {} {};", type.bits, to_string(type.encoding), type.frac_bits,
                     type.entry_bits);
}

/// A file that was written again is another one.
std::string state_of(const std::string& path) {
  if (path.empty()) return "";
  std::error_code error;
  const auto time = std::filesystem::last_write_time(path, error).time_since_epoch().count();
  return fmt::format("{} {}", std::filesystem::file_size(path, error), time);
}

std::string text_of(const TensorSource& source) {
  return fmt::format("{} {} {:.17g} {:.17g} {} {} {} {} {} {};", static_cast<int>(source.kind),
                     static_cast<int>(source.distribution), source.scale, source.zero_fraction,
                     source.seed, source.path, state_of(source.path), source.source_bits,
                     source.dataset, source.first_index);
}

std::string text_of(const LayerShape& s) {
  std::string text;
  for (const std::int64_t value :
       {s.N, s.G, s.K, s.C, s.H, s.W, s.R, s.S, s.P, s.Q, s.stride_h, s.stride_w, s.dilation_h,
        s.dilation_w, s.pad_top, s.pad_bottom, s.pad_left, s.pad_right}) {
    text += fmt::format("{} ", value);
  }
  return text;
}

std::string text_of(const ActivityPlan& plan) {
  return fmt::format("{:.17g} {:.17g} {:.17g} {} {} {} {} {} {}", plan.relative_half_width,
                     plan.glitch_half_width, plan.confidence, plan.max_transitions,
                     plan.max_glitch_transitions, plan.window_cycles, plan.full_below, plan.full,
                     plan.seed);
}

std::string operand_text(const Layer& layer) {
  return layer.name + "\n" + text_of(layer.shape) + text_of(layer.activation) +
         text_of(layer.weight) + text_of(layer.activation_source) + text_of(layer.weight_source);
}

}  // namespace

void RunReuse::begin(const Experiment& experiment, std::string machine_key, std::string unit_key) {
  experiment_ = &experiment;
  machine_key_ = std::move(machine_key);
  unit_key_ = std::move(unit_key);
}

std::shared_ptr<const Operands> RunReuse::operands(const Layer& layer) {
  const std::string key = operand_text(layer);
  last_operands_ = key;
  if (const auto found = operands_.find(key); found != operands_.end()) return found->second;
  auto made = std::make_shared<const Operands>(make_operands(layer));
  const auto bytes =
      static_cast<std::size_t>(layer.shape.inputs() + layer.shape.weights()) * sizeof(std::int16_t);
  if (operand_bytes_ + bytes > kOperandBytes) {
    operands_.clear();
    operand_bytes_ = 0;
  }
  if (bytes <= kOperandBytes) {
    operands_.emplace(key, made);
    operand_bytes_ += bytes;
  }
  return made;
}

const LayerActivity* RunReuse::activity(const Mapping& mapping, const ActivityPlan& plan) {
  const auto found = walks_.find(unit_key_ + last_operands_ + text_of(plan));
  if (found == walks_.end()) return nullptr;
  for (const Walk& walk : found->second) {
    if (same_walk(walk.mapping, mapping)) return &walk.activity;
  }
  return nullptr;
}

void RunReuse::keep_activity(const Mapping& mapping, const ActivityPlan& plan,
                             const LayerActivity& activity) {
  if (++kept_walks_ > kKeptWalks) {
    walks_.clear();
    kept_walks_ = 1;
  }
  walks_[unit_key_ + last_operands_ + text_of(plan)].push_back({mapping, activity});
}

std::shared_ptr<UnitTimer> RunReuse::timer() {
  std::shared_ptr<UnitTimer>& timer = timers_[unit_key_];
  if (!timer) {
    const MachineConfig& machine = experiment_->machine.config;
    timer = std::make_shared<UnitTimer>(machine.unit, machine.array.lanes.size);
    if (timers_.size() > kKeptTimers) {
      std::shared_ptr<UnitTimer> last = timer;
      timers_.clear();
      timers_.emplace(unit_key_, last);
      return last;
    }
  }
  return timer;
}

std::string RunReuse::layer_key(const Layer& layer, std::int64_t clock_Hz, double work) const {
  const SimulationConfig& simulation = experiment_->simulation;
  const DramConfig& dram = experiment_->machine.config.memory.dram;
  // Only the ratio of the clocks enters a simulation, and ideal memory has none.
  std::int64_t array_clock = 0;
  std::int64_t memory_clock = 0;
  if (!dram.ideal()) {
    const std::int64_t common = std::gcd(clock_Hz, dram.clock_Hz);
    array_clock = clock_Hz / common;
    memory_clock = dram.clock_Hz / common;
  }
  std::string text = fmt::format(
      "bitscale {} layer\n{}\n{} {} {} {} {}\n{}/{}\n{}\n{} {} {}\n{}\n", source_digest(),
      machine_key_, static_cast<int>(simulation.fidelity), static_cast<int>(simulation.operands),
      simulation.check, simulation.widths, static_cast<int>(simulation.energy_model), array_clock,
      memory_clock, operand_text(layer) + text_of(layer.output), layer.accumulator_bits,
      layer.pad_value, layer.requantise_shift, to_string(layer.kind));
  if (simulation.energy_model != EnergyModel::horowitz) {
    const SamplingConfig& sampling = simulation.sampling;
    text += fmt::format("{:.17g} {} {} {} {:.17g}\n", sampling.interval, sampling.max_transitions,
                        sampling.full, sampling.seed, work);
  }
  return sha256_hex(std::string_view(text));
}

const LayerResult* RunReuse::find(const std::string& key) {
  if (const auto found = results_.find(key); found != results_.end()) return &found->second;
  if (!lookup_) return nullptr;
  const std::optional<std::string> content = lookup_(key);
  if (!content) return nullptr;
  if (results_.size() >= kKeptResults) results_.clear();
  return &results_.emplace(key, unpack_layer(*content)).first->second;
}

void RunReuse::keep(const std::string& key, const LayerResult& result) {
  if (results_.size() >= kKeptResults) results_.clear();
  LayerResult& kept = results_.insert_or_assign(key, result).first->second;
  kept.operating.reset();
  if (lookup_) new_.push_back({key, pack_layer(kept)});
}

std::vector<RunReuse::Kept> RunReuse::take_new() { return std::exchange(new_, {}); }

}  // namespace bitscale
