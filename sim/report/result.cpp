#include "sim/report/result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/core/hash.hpp"
#include "sim/core/rounding.hpp"
#include "sim/report/power.hpp"

namespace bitscale {

namespace {

std::optional<double> ratio(double numerator, std::uint64_t denominator) {
  if (denominator == 0) return std::nullopt;
  return numerator / static_cast<double>(denominator);
}

std::optional<double> utilization_of(const SlotAccount& slots) {
  return ratio(static_cast<double>(slots.active + slots.guarded), slots.total());
}

template <typename F>
std::uint64_t sum_layers(const std::vector<LayerResult>& layers, F value) {
  std::uint64_t total = 0;
  for (const LayerResult& layer : layers) total += value(layer);
  return total;
}

}  // namespace

std::optional<double> LayerResult::utilization() const { return utilization_of(slots); }

std::optional<double> LayerResult::energy_per_mac_pJ() const {
  return ratio(energy.total_pJ, macs);
}

std::uint64_t RunResult::macs() const {
  return sum_layers(layers, [](const LayerResult& layer) { return layer.macs; });
}

CycleAccount RunResult::cycles() const {
  CycleAccount total;
  for (const LayerResult& layer : layers) {
    for (std::size_t i = 0; i < kCauses; ++i) total.by_cause[i] += layer.cycles.by_cause[i];
  }
  return total;
}

SlotAccount RunResult::slots() const {
  SlotAccount total;
  for (const LayerResult& layer : layers) {
    total.active += layer.slots.active;
    total.guarded += layer.slots.guarded;
    total.idle += layer.slots.idle;
    total.stalled += layer.slots.stalled;
  }
  return total;
}

EnergyReport RunResult::energy() const {
  std::vector<const EnergyReport*> reports;
  for (const LayerResult& layer : layers) reports.push_back(&layer.energy);
  return sum(reports);
}

std::uint64_t RunResult::effectual_macs() const {
  return sum_layers(layers, [](const LayerResult& layer) { return layer.operands.effectual_macs; });
}

std::uint64_t RunResult::overflow_events() const {
  return sum_layers(layers, [](const LayerResult& layer) { return layer.overflow_events; });
}

std::uint64_t RunResult::dram_bits() const {
  return sum_layers(layers, [](const LayerResult& layer) { return layer.dram_bits(); });
}

std::string RunResult::operands() const {
  std::string origin = "none";
  for (const LayerResult& layer : layers) origin = combine_origins(origin, layer.operands.result);
  return origin;
}

double RunResult::seconds() const {
  if (!has_supplies(*this)) return static_cast<double>(cycles().total()) / clock_Hz;
  double sum_s = 0;
  for (const LayerResult& layer : layers) sum_s += layer_seconds(*this, layer);
  return sum_s;
}

double RunResult::average_power_mW() const {
  if (!has_supplies(*this))
    return bitscale::average_power_mW(energy().total_pJ, cycles().total(), clock_Hz);
  const double time_s = seconds();
  return time_s > 0 ? energy().total_pJ / time_s * 1e-9 : 0;
}

double RunResult::edp_pJ_s() const { return energy().total_pJ * seconds(); }

std::optional<double> RunResult::utilization() const { return utilization_of(slots()); }

std::optional<double> RunResult::energy_per_mac_pJ() const {
  return ratio(energy().total_pJ, macs());
}

std::optional<double> RunResult::tops_per_watt() const {
  // Two operations per MAC over the energy: 1 operation per pJ is 1 TOPS/W.
  const double total_pJ = energy().total_pJ;
  if (!(total_pJ > 0)) return std::nullopt;
  return 2.0 * static_cast<double>(macs()) / total_pJ;
}

std::optional<bool> RunResult::check_matched() const {
  std::optional<bool> matched;
  for (const LayerResult& layer : layers) {
    if (layer.check && layer.check->comparable)
      matched = matched.value_or(true) && layer.check->matched;
  }
  return matched;
}

std::string combine_origins(const std::string& a, const std::string& b) {
  if (a == b || b == "none") return a;
  if (a == "none") return b;
  return "mixed";
}

std::string result_digest(const RunResult& run) {
  std::string text;
  const auto add = [&text](auto value) { text += fmt::format("{} ", value); };
  for (const LayerResult& layer : run.layers) {
    text += layer.name + "\n";
    add(layer.macs);
    for (const std::uint64_t cycles : layer.cycles.by_cause) add(cycles);
    add(layer.slots.active);
    add(layer.slots.guarded);
    add(layer.slots.idle);
    add(layer.slots.stalled);
    add(layer.overflow_events);
    add(layer.operands.effectual_macs);
    add(layer.dram_bits_activations);
    add(layer.dram_bits_weights);
    add(layer.dram_bits_outputs);
    const auto add_actions = [&](const std::vector<ActionCount>& actions) {
      for (const ActionCount& action : actions) {
        text += "\n" + action.component + " ";
        add(static_cast<int>(action.action));
        add(action.width_a);
        add(action.width_b);
        add(action.capacity_bits);
        add(action.access_bits);
        add(action.count);
      }
    };
    add_actions(layer.actions);
    if (layer.structure) add_actions(layer.structure->actions);
    text += "\n";
  }
  return sha256_hex(std::string_view(text));
}

double speedup(const RunResult& baseline, const RunResult& run) {
  if (has_supplies(baseline) || has_supplies(run)) return baseline.seconds() / run.seconds();
  const double cycles =
      static_cast<double>(baseline.cycles().total()) / static_cast<double>(run.cycles().total());
  return cycles * (run.clock_Hz / baseline.clock_Hz);
}

double geometric_mean(const std::vector<double>& values) {
  if (values.empty()) return 0;
  double logarithms = 0;
  for (const double value : values) logarithms += std::log(value);
  return std::exp(logarithms / static_cast<double>(values.size()));
}

std::optional<double> energy_gain(const RunResult& baseline, const RunResult& run) {
  const double ours_pJ = run.energy().total_pJ;
  const double theirs_pJ = baseline.energy().total_pJ;
  if (!(ours_pJ > 0) || !(theirs_pJ > 0)) return std::nullopt;
  return theirs_pJ / ours_pJ;
}

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::reproduced:
      return "reproduced";
    case Verdict::deviates:
      return "deviates";
    case Verdict::calibrated:
      return "calibrated";
    case Verdict::information:
      return "information";
  }
  return "?";
}

Verdict judge(std::optional<double> published, double simulated, double tolerance,
              bool calibrated) {
  if (!published) return Verdict::information;
  if (calibrated) return Verdict::calibrated;
  // At the printed precision, so that a verdict never hangs on the last bit of a double.
  const double deviation = round_significant(std::abs(simulated - *published));
  const double allowed = round_significant(tolerance * std::abs(*published));
  return deviation <= allowed ? Verdict::reproduced : Verdict::deviates;
}

ReproduceCheck reproduce_check(std::string_view experiment, std::string name,
                               std::optional<double> published, double simulated, std::string unit,
                               double tolerance, bool calibrated) {
  ReproduceCheck check;
  check.experiment = experiment;
  check.name = std::move(name);
  check.published = published;
  check.simulated = simulated;
  check.unit = std::move(unit);
  check.tolerance = tolerance;
  check.verdict = judge(published, simulated, tolerance, calibrated);
  return check;
}

void note_deviation(ReproduceCheck& check, std::string note) {
  if (check.verdict == Verdict::deviates) check.note = std::move(note);
}

}  // namespace bitscale
