#include "sim/sweep/outcome.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "sim/core/rounding.hpp"
#include "sim/report/power.hpp"

namespace bitscale::sweep {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 7> kStatusNames = {"ok",      "refused", "invalid", "failed",
                                                          "crashed", "timeout", "memory"};

/// Nine significant digits, as in every other output: the same on every machine.
std::optional<double> derived(std::optional<double> value) {
  if (!value) return value;
  return round_significant(*value);
}

Json metrics_json(const PointResult& result) {
  Json json = Json::array();
  for (const std::optional<double>& metric : result.metrics)
    json.push_back(metric ? Json(*metric) : Json());
  return json;
}

}  // namespace

std::string_view to_string(Status status) { return kStatusNames[static_cast<std::size_t>(status)]; }

std::optional<Status> status_of(std::string_view text) {
  const auto found = std::ranges::find(kStatusNames, text);
  if (found == kStatusNames.end()) return std::nullopt;
  return static_cast<Status>(found - kStatusNames.begin());
}

const std::vector<PointMetric>& point_metrics() {
  static const std::vector<PointMetric> kMetrics = {
      {"macs", true},
      {"cycles", true},
      {"seconds"},
      {"frames_per_s"},
      {"utilization"},
      {"energy_pJ"},
      {"pJ_per_mac"},
      {"edp_pJ_s"},
      {"average_power_mW"},
      {"tops_per_W"},
      {"area_um2"},
      {"clock_Hz"},
      {"vdd_V"},
      {"dram_bits", true},
      {"effectual_macs", true},
      {"overflow_events", true},
      {"accuracy"},
  };
  return kMetrics;
}

std::vector<std::string> metric_names() {
  std::vector<std::string> names;
  for (const PointMetric& metric : point_metrics()) names.emplace_back(metric.name);
  return names;
}

std::optional<std::size_t> metric_index(std::string_view name) {
  const std::vector<PointMetric>& metrics = point_metrics();
  const auto found = std::ranges::find(metrics, name, &PointMetric::name);
  if (found == metrics.end()) return std::nullopt;
  return static_cast<std::size_t>(found - metrics.begin());
}

PointResult summarise(const RunResult& run) {
  PointResult result;
  const Provenance& provenance = run.provenance;
  result.machine = provenance.machine;
  result.workload = provenance.workload;
  result.profile = provenance.profile;
  result.technology = provenance.technology;
  result.operands = run.operands();
  result.result_digest = provenance.result_digest;
  const EnergyReport energy = run.energy();
  const CycleAccount cycles = run.cycles();
  const double seconds = run.seconds();
  const auto count = [](std::uint64_t value) { return static_cast<double>(value); };
  std::optional<double> accuracy;
  if (run.classification) accuracy = run.classification->accuracy();
  std::optional<double> effectual;
  if (result.operands != "none") effectual = count(run.effectual_macs());
  std::optional<double> overflows;
  if (std::ranges::all_of(run.layers, &LayerResult::values_computed))
    overflows = count(run.overflow_events());
  result.metrics = {count(run.macs()),
                    count(cycles.total()),
                    derived(seconds),
                    derived(frames_per_second(run)),
                    derived(run.utilization()),
                    derived(energy.total_pJ),
                    derived(run.energy_per_mac_pJ()),
                    derived(run.edp_pJ_s()),
                    derived(run.average_power_mW()),
                    derived(run.tops_per_watt()),
                    derived(run.area.total_um2),
                    derived(run.clock_Hz),
                    derived(run.vdd_V),
                    count(run.dram_bits()),
                    effectual,
                    overflows,
                    derived(accuracy)};
  for (const ComponentShare& share : energy.components_pJ)
    result.energy_pJ.emplace_back(share.component, round_significant(share.value));
  for (std::size_t i = 0; i < kCauses; ++i) {
    if (cycles.by_cause[i] > 0) result.cycles.emplace_back(kCauseNames[i], cycles.by_cause[i]);
  }
  return result;
}

std::string to_message(const Outcome& outcome) {
  Json json = Json::array({outcome.key, static_cast<int>(outcome.status), outcome.message,
                           outcome.known, outcome.seconds});
  const PointResult& r = outcome.result;
  json.push_back(
      Json::array({r.machine, r.workload, r.profile, r.technology, r.operands, r.result_digest}));
  json.push_back(metrics_json(r));
  json.push_back(r.energy_pJ);
  json.push_back(r.cycles);
  Json simulations = Json::array();
  for (const KeptSimulation& simulation : outcome.simulations) {
    simulations.push_back(simulation.key);
    simulations.push_back(Json::binary({simulation.content.begin(), simulation.content.end()}));
  }
  json.push_back(std::move(simulations));
  std::string message;
  Json::to_cbor(json, nlohmann::detail::output_adapter<char>(message));
  return message;
}

Outcome outcome_of(std::string_view message) {
  const Json json = Json::from_cbor(message.begin(), message.end());
  Outcome outcome;
  outcome.key = json.at(0).get<std::string>();
  outcome.status = static_cast<Status>(json.at(1).get<int>());
  outcome.message = json.at(2).get<std::string>();
  outcome.known = json.at(3).get<bool>();
  outcome.seconds = json.at(4).get<double>();
  PointResult& r = outcome.result;
  const Json& texts = json.at(5);
  std::size_t next = 0;
  for (std::string* text :
       {&r.machine, &r.workload, &r.profile, &r.technology, &r.operands, &r.result_digest}) {
    *text = texts.at(next++).get<std::string>();
  }
  for (const Json& metric : json.at(6))
    r.metrics.push_back(metric.is_null() ? std::nullopt : std::optional(metric.get<double>()));
  r.energy_pJ = json.at(7).get<decltype(r.energy_pJ)>();
  r.cycles = json.at(8).get<decltype(r.cycles)>();
  const Json& simulations = json.at(9);
  for (std::size_t i = 0; i + 1 < simulations.size(); i += 2) {
    const auto& content = simulations[i + 1].get_binary();
    outcome.simulations.push_back(
        {simulations[i].get<std::string>(), std::string(content.begin(), content.end())});
  }
  return outcome;
}

}  // namespace bitscale::sweep
