#include "sim/pipeline/layer_supply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "arch/unit.hpp"
#include "arch/unit_netlist.hpp"
#include "sim/core/quantity.hpp"
#include "sim/kernel/engine.hpp"
#include "sim/mapping/mapping.hpp"
#include "sim/pipeline/runner.hpp"
#include "sim/pipeline/structure_model.hpp"
#include "sim/power/supplied_energy.hpp"

namespace bitscale {
namespace {

/// As sim/activity/switching.hpp calls the units' own registers.
constexpr const char* kRegisterComponent = "registers";

/// Cycles alone; they do not depend on values.
std::uint64_t cycles_of(const MachineConfig& machine, const Layer& layer) {
  if (!is_array_layer(layer.kind)) return cost_vector_layer(machine, layer).cycles.total();
  const Mapping mapping = map_layer(layer, machine);
  return kernel::simulate_layer(mapping, *machine.unit, nullptr, {}).cycles.total();
}

/// What a layer or a network takes against what is asked of it: the clock at which `cycles(clock)`
/// last no longer than `seconds`, by repetition from above.
template <typename Cycles>
std::int64_t slowest_clock_Hz(std::int64_t clock_Hz, double work, double work_per_s,
                              Cycles&& cycles_at) {
  constexpr int kMaxRounds = 16;  // a clock above the lowest one still meets the throughput
  std::uint64_t known = 0;
  for (int round = 0; round < kMaxRounds; ++round) {
    const std::uint64_t cycles = cycles_at(clock_Hz);
    if (cycles == known) break;
    known = cycles;
    clock_Hz = required_clock_Hz(work_per_s, work, cycles);
  }
  return clock_Hz;
}

}  // namespace

LayerSupplies::LayerSupplies(const Experiment& experiment, std::shared_ptr<UnitTimer> timer)
    : experiment_(experiment), timer_(std::move(timer)) {
  if (!timer_) {
    const MachineConfig& config = experiment.machine.config;
    timer_ = std::make_shared<UnitTimer>(config.unit, config.array.lanes.size);
  }
  if (experiment.machine.voltage.kind == VoltageScaling::dvfs) require_throughput();
}

bool LayerSupplies::scales() const {
  const Machine& machine = experiment_.machine;
  return machine.technology.delay.has_value() || machine.power.declared();
}

UnitTiming LayerSupplies::timing(const Layer& layer) {
  const Unit& unit = *experiment_.machine.config.unit;
  if (!is_array_layer(layer.kind)) return timer_->widest();
  return timer_->timing(types_of(layer, unit));
}

void LayerSupplies::require_throughput() {
  const Machine& machine = experiment_.machine;
  const VoltagePolicy& policy = machine.voltage;
  std::vector<const Layer*> layers;
  for (const Layer& layer : experiment_.workload.layers) {
    if (selected(experiment_.simulation.layers, layer)) layers.push_back(&layer);
  }
  MachineConfig config = machine.config;
  const auto at = [&](std::int64_t clock_Hz) -> const MachineConfig& {
    config.clock_Hz = clock_Hz;
    return config;
  };
  if (policy.frames_per_s > 0) {
    const std::int64_t clock_Hz =
        slowest_clock_Hz(config.clock_Hz, static_cast<double>(experiment_.workload.batch),
                         policy.frames_per_s, [&](std::int64_t clock) {
                           std::uint64_t cycles = 0;
                           for (const Layer* layer : layers) cycles += cycles_of(at(clock), *layer);
                           return cycles;
                         });
    for (const Layer* layer : layers) required_Hz_[layer->name] = clock_Hz;
    return;
  }
  for (const Layer* layer : layers) {
    // A layer without MACs has no throughput of MACs: it keeps the machine's clock.
    required_Hz_[layer->name] = machine.config.clock_Hz;
    if (!is_array_layer(layer->kind)) continue;
    required_Hz_[layer->name] = slowest_clock_Hz(
        machine.config.clock_Hz, static_cast<double>(layer->shape.macs()), policy.macs_per_s,
        [&](std::int64_t clock) { return cycles_of(at(clock), *layer); });
  }
}

std::optional<OperatingPoint> LayerSupplies::point(const Layer& layer) {
  if (!scales()) return std::nullopt;
  const Machine& machine = experiment_.machine;
  OperatingRequest request;
  request.layer = layer.name;
  request.clock_Hz = machine.config.clock_Hz;
  if (machine.technology.delay) {
    if (is_array_layer(layer.kind)) {
      const Unit& unit = *machine.config.unit;
      // Types that the unit refuses are the mapping's to report.
      if (!unit.refusal(types_of(layer, unit)).empty()) return std::nullopt;
    }
    request.timing = timing(layer);
  }
  if (const auto found = required_Hz_.find(layer.name); found != required_Hz_.end()) {
    request.required_Hz = found->second;
  }
  return solve_operating_point(request, machine.voltage, machine.technology);
}

void LayerSupplies::count_clock_root(const CycleAccount& cycles,
                                     std::vector<ActionCount>& actions) {
  const MachinePower& power = experiment_.machine.power;
  if (!power.has_clock_root) return;
  const MachineConfig& machine = experiment_.machine.config;
  if (!flip_flops_) {
    const Unit& unit = *machine.unit;
    const UnitNetlist drawn = unit.make_netlist(machine.array.lanes.size, widest_types(unit));
    flip_flops_ = netlist::count(drawn.netlist, netlist::Cell::flip_flop) *
                  static_cast<std::uint64_t>(machine.array.rows.size * machine.array.columns.size);
  }
  std::uint64_t clocked = 0;
  for (const ActionCount& action : actions) {
    if (action.action == Action::flip_flop_clock && action.component == kRegisterComponent)
      clocked += action.count;
  }
  const std::uint64_t edges = *flip_flops_ * cycles.total();
  ActionCount root;
  root.component = "clock_root";
  root.action = Action::flip_flop_clock;
  root.count = static_cast<std::uint64_t>(
      std::llround(power.clock_root_share * static_cast<double>(edges - std::min(edges, clocked))));
  actions.push_back(root);
}

MachineConfig at_clock(const MachineConfig& machine, const OperatingPoint* point) {
  MachineConfig config = machine;
  if (point != nullptr) config.clock_Hz = point->clock_Hz;
  return config;
}

EnergyReport supplied(const EnergyReport& nominal, const LayerResult& layer,
                      const Machine& machine) {
  if (!layer.operating) return nominal;
  LayerTime time;
  time.cycles = layer.cycles.total();
  time.seconds = static_cast<double>(time.cycles) / static_cast<double>(layer.operating->clock_Hz);
  return supplied_energy(nominal, time, *layer.operating, machine.technology, machine.power);
}

std::vector<std::string> supply_notes(const Machine& machine) {
  std::vector<std::string> notes;
  // The constants stand beside their source: supplies and watts can be checked from them by hand.
  const auto add = [&](const char* what, const std::string& values, const CostSource& source) {
    if (source.label == CostLabel::published && !source.recalled) return;
    notes.push_back(fmt::format("{}: {} ({}; {})", what, label_of(source), values, source.text));
  };
  if (const std::optional<DelayModel>& delay = machine.technology.delay) {
    add("delay against supply",
        fmt::format("{} per unit of the path at {}, Vt {}, exponent {}",
                    format_quantity(delay->tau_s, QuantityUnit::second), format_V(delay->vnom_V),
                    format_V(delay->vt_V), delay->alpha),
        delay->source);
  }
  const MachinePower& power = machine.power;
  const bool leaks = power.has_leakage || machine.voltage.body_bias_V != 0;
  if (const std::optional<LeakageModel>& leakage = machine.technology.leakage; leaks && leakage) {
    add("leakage against supply and bias",
        fmt::format("eta {}, gamma {}, n {}, kT/q {}", leakage->dibl, leakage->body_effect,
                    leakage->swing_factor, format_V(leakage->thermal_V)),
        leakage->source);
  }
  if (power.has_leakage) {
    add("leakage of the chip", format_quantity(power.leakage_W, QuantityUnit::watt),
        power.leakage_source);
  }
  if (power.has_control) {
    const double at_V = power.control_V > 0 ? power.control_V : machine.technology.vdd_V;
    add("control per cycle",
        fmt::format("{} at {}", format_quantity(power.control_pJ * 1e-12, QuantityUnit::joule),
                    format_V(at_V)),
        power.control_source);
  }
  if (power.has_clock_root) {
    add("root of the clock tree", fmt::format("share {}", power.clock_root_share),
        power.clock_source);
  }
  return notes;
}

}  // namespace bitscale
