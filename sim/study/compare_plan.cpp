#include "sim/study/compare_plan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "sim/core/errors.hpp"
#include "sim/core/plural.hpp"
#include "sim/core/quantity.hpp"
#include "sim/core/suggest.hpp"
#include "sim/pipeline/runner.hpp"
#include "sim/report/table.hpp"

namespace bitscale::study {
namespace {

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

/// A machine's networks in place of those of all, one for each.
struct OwnWorkloads {
  std::size_t machine = 0;
  std::vector<std::string> workloads;
};

OwnWorkloads parse_own(const std::string& text, const ComparePlan& plan) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos)
    throw UsageError(fmt::format(
        "error: --workload-for: expected MACHINE=NETWORK, or several networks with commas between, "
        "got '{}'",
        text));
  const std::string name = text.substr(0, equals);
  const auto machine = std::ranges::find(plan.machines, name);
  if (machine == plan.machines.end()) {
    throw UsageError(fmt::format("error: --workload-for: '{}' is not one of --machines{}", name,
                                 suggestion(name, plan.machines)));
  }
  OwnWorkloads own = {static_cast<std::size_t>(machine - plan.machines.begin()),
                      split(std::string_view(text).substr(equals + 1), ',')};
  for (const std::string& network : own.workloads) {
    const std::size_t colon = network.rfind(':');
    if (colon != 0 && colon + 1 != network.size() && !network.empty()) continue;
    throw UsageError(fmt::format(
        "error: --workload-for: expected a network, or NETWORK:PROFILE, for '{}', got '{}'", name,
        network));
  }
  if (own.workloads.size() != plan.workloads.size()) {
    throw UsageError(fmt::format(
        "error: --workload-for: '{}' has {} {} where --workload has {}: each stands in the "
        "place of one",
        name, own.workloads.size(), plural(own.workloads.size(), "network"),
        plan.workloads.size()));
  }
  return own;
}

/// The requests, machine by machine.
std::vector<std::vector<ExperimentRequest>> requests_of(const ComparePlan& plan) {
  std::vector<std::vector<ExperimentRequest>> requests;
  for (const std::string& machine : plan.machines) {
    std::vector<ExperimentRequest>& row = requests.emplace_back();
    for (const std::string& workload : plan.workloads) {
      row.push_back(plan.common);
      row.back().machine = machine;
      row.back().workload = workload;
    }
  }
  for (const std::string& text : plan.workload_for) {
    const OwnWorkloads own = parse_own(text, plan);
    for (std::size_t task = 0; task < own.workloads.size(); ++task) {
      const std::string& network = own.workloads[task];
      ExperimentRequest& request = requests[own.machine][task];
      const std::size_t colon = network.rfind(':');
      request.workload = network.substr(0, colon);
      if (colon != std::string::npos) request.profile = network.substr(colon + 1);
    }
  }
  return requests;
}

std::vector<Experiment> load_all(const std::vector<ExperimentRequest>& requests) {
  std::vector<Experiment> experiments;
  experiments.reserve(requests.size());
  for (const ExperimentRequest& request : requests) experiments.push_back(load_experiment(request));
  return experiments;
}

/// Reports tell machines by their names.
void require_own_names(const std::vector<std::vector<Experiment>>& machines) {
  for (std::size_t i = 0; i < machines.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const std::string& name = machines[i].front().machine.config.name;
      if (machines[j].front().machine.config.name == name)
        throw UsageError(fmt::format(
            "error: two machines of the comparison are called '{}'; give one another 'name:'",
            name));
    }
  }
}

/// Figures of different processes cannot be compared: energy and area would mean different things.
void require_one_technology(const std::vector<std::vector<Experiment>>& machines) {
  const Experiment& first = machines.front().front();
  for (const std::vector<Experiment>& row : machines) {
    const Experiment& other = row.front();
    if (other.technology_yaml == first.technology_yaml) continue;
    throw UsageError(fmt::format(
        "error: machines '{}' and '{}' use different technologies ({} and {}); a comparison needs "
        "one, "
        "for example --set machine.technology={}",
        first.machine.config.name, other.machine.config.name, first.machine.technology.name,
        other.machine.technology.name, first.machine.technology.name));
  }
}

std::vector<const Layer*> layers_of(const Experiment& experiment) {
  std::vector<const Layer*> layers;
  for (const Layer& layer : experiment.workload.layers) {
    if (selected(experiment.simulation.layers, layer)) layers.push_back(&layer);
  }
  return layers;
}

std::uint64_t macs_of(const Experiment& experiment) {
  std::uint64_t macs = 0;
  for (const Layer* layer : layers_of(experiment)) {
    if (is_array_layer(layer->kind)) macs += static_cast<std::uint64_t>(layer->shape.macs());
  }
  return macs;
}

std::string type_text(const TensorType& type) {
  return fmt::format("{} bit {}", type.bits, to_string(type.encoding));
}

/// Of two layers in the same place; nothing where they are the same work.
std::optional<std::string> layer_difference(const Layer& a, const Layer& b) {
  if (a.kind != b.kind)
    return fmt::format("layer '{}' is {} against {}", a.name, to_string(a.kind), to_string(b.kind));
  const bool array = is_array_layer(a.kind);
  if (a.shape != b.shape) {
    if (array && a.shape.macs() != b.shape.macs())
      return fmt::format("layer '{}' has {} MACs against {}", a.name,
                         format_integer(static_cast<std::uint64_t>(a.shape.macs())),
                         format_integer(static_cast<std::uint64_t>(b.shape.macs())));
    return fmt::format("layer '{}' has another shape", a.name);
  }
  const auto differ = [](const TensorType& x, const TensorType& y) {
    return x.bits != y.bits || x.encoding != y.encoding;
  };
  if (differ(a.activation, b.activation))
    return fmt::format("activations of layer '{}' are {} against {}", a.name,
                       type_text(a.activation), type_text(b.activation));
  if (array && differ(a.weight, b.weight))
    return fmt::format("weights of layer '{}' are {} against {}", a.name, type_text(a.weight),
                       type_text(b.weight));
  if (differ(a.output, b.output))
    return fmt::format("outputs of layer '{}' are {} against {}", a.name, type_text(a.output),
                       type_text(b.output));
  return std::nullopt;
}

std::string network_of(const Experiment& experiment) {
  const Workload& workload = experiment.workload;
  return workload.profile.empty() ? workload.name
                                  : fmt::format("{} ({})", workload.name, workload.profile);
}

/// Refuses different work, or says which networks stand for one task where that is declared.
void require_same_work(const ComparePlan& plan, CompareExperiments& result) {
  const std::vector<Experiment>& baseline = result.machines.front();
  for (std::size_t task = 0; task < result.tasks.size(); ++task) {
    for (std::size_t machine = 1; machine < result.machines.size(); ++machine) {
      const Experiment& first = baseline[task];
      const Experiment& other = result.machines[machine][task];
      const std::optional<std::string> difference = work_difference(first, other);
      if (!difference) continue;
      const std::string& first_name = first.machine.config.name;
      const std::string& other_name = other.machine.config.name;
      if (!plan.iso_task) {
        throw UsageError(fmt::format(
            "error: machines '{}' and '{}' would do different work on {} and {}: {}; --iso-task "
            "compares different networks for one task, and says so",
            first_name, other_name, network_of(first), network_of(other), *difference));
      }
      result.iso_task.push_back(fmt::format("{} on {} ({} MACs) against {} on {} ({} MACs): {}",
                                            network_of(other), other_name,
                                            format_count(macs_of(other)), network_of(first),
                                            first_name, format_count(macs_of(first)), *difference));
    }
  }
}

MachineWork work_of(const std::vector<Experiment>& experiments) {
  MachineWork work;
  for (const Experiment& experiment : experiments) work.push_back(&experiment);
  return work;
}

/// The off-chip channel, in words.
std::string channel_of(const Machine& machine) {
  const DramConfig& dram = machine.config.memory.dram;
  if (dram.ideal()) return "ideal";
  return fmt::format("{:.4g} Gbit/s", static_cast<double>(dram.bits_per_cycle) *
                                          static_cast<double>(dram.clock_Hz) * 1e-9);
}

/// What the supplies do with the precision.
std::string supplies_of(const Machine& machine) {
  return std::string(to_string(machine.voltage.kind));
}

/// What a machine declares to draw beside its counted actions.
std::string declared_power_of(const Machine& machine) {
  const MachinePower& power = machine.power;
  std::vector<std::string> parts;
  if (power.has_control)
    parts.push_back(format_quantity(power.control_pJ * 1e-12, QuantityUnit::joule) +
                    " of control per cycle");
  if (power.has_leakage)
    parts.push_back(format_quantity(power.leakage_W, QuantityUnit::watt) + " of leakage");
  if (power.has_clock_root) parts.emplace_back("the clock's root");
  return parts.empty() ? "nothing" : fmt::format("{}", fmt::join(parts, ", "));
}

std::string definition_of(const IsoRequest& iso, const Experiment& first) {
  const std::string operands =
      iso.bits ? fmt::format("operands of {} x {} bits", iso.bits->activation, iso.bits->weight)
               : std::string("the layers' operands, by the time a full array spends on each");
  switch (iso.held) {
    case Held::macs:
      return "rows x columns x lanes, whatever a multiplier is: a serial one counts as a parallel "
             "one does";
    case Held::area:
      return "gates and registers of the units as they are drawn; operand registers, wires, "
             "control and memories are not in it";
    case Held::power:
      return fmt::format(
          "what gates and registers of the units switch on uniform operands, every lane in use, "
          "at each machine's clock and {} V, glitch gain {}; {}",
          first.machine.technology.vdd_V, first.machine.technology.structure->glitch_gain.value,
          operands);
    case Held::throughput:
      return fmt::format("multiply-accumulates per second of a full array that never waits; {}",
                         operands);
  }
  return "";
}

/// Gives every machine the size at which it has the quantity, and loads its experiments anew.
void make_equal(const IsoRequest& iso, const std::vector<std::vector<ExperimentRequest>>& requests,
                CompareExperiments& result) {
  const Experiment& first = result.machines.front().front();
  IsoCondition condition;
  condition.held = iso.held;
  condition.asked = iso.value ? *iso.value : quantity(work_of(result.machines.front()), iso);
  condition.given_by = iso.value ? "the command line" : first.machine.config.name;
  condition.definition = definition_of(iso, first);
  for (std::size_t machine = 0; machine < result.machines.size(); ++machine) {
    std::vector<Experiment>& experiments = result.machines[machine];
    if (machine == 0 && !iso.value) {
      result.sizes.push_back(size_of(experiments.front(), condition.asked));
      result.sizes.back().asked = condition.asked;
      continue;
    }
    const MachineSize size = resize(work_of(experiments), iso, condition.asked);
    if (size.resized()) {
      std::vector<ExperimentRequest> own = requests[machine];
      for (ExperimentRequest& request : own) request = resized(std::move(request), size);
      experiments = load_all(own);
    }
    result.sizes.push_back(size);
  }
  result.iso = std::move(condition);
}

}  // namespace

std::optional<std::string> work_difference(const Experiment& a, const Experiment& b) {
  const std::vector<const Layer*> ours = layers_of(a);
  const std::vector<const Layer*> theirs = layers_of(b);
  for (std::size_t i = 0; i < std::min(ours.size(), theirs.size()); ++i) {
    if (auto difference = layer_difference(*ours[i], *theirs[i])) return difference;
  }
  if (ours.size() != theirs.size())
    return fmt::format("{} {} against {}", ours.size(), plural(ours.size(), "layer"),
                       theirs.size());
  return std::nullopt;
}

CompareExperiments plan_comparison(const ComparePlan& plan) {
  const std::vector<std::vector<ExperimentRequest>> requests = requests_of(plan);
  CompareExperiments result;
  for (const std::vector<ExperimentRequest>& row : requests)
    result.machines.push_back(load_all(row));
  require_own_names(result.machines);
  require_one_technology(result.machines);
  for (const Experiment& experiment : result.machines.front())
    result.tasks.push_back(experiment.workload.name);
  require_same_work(plan, result);
  if (plan.iso) {
    make_equal(*plan.iso, requests, result);
  } else {
    for (const std::vector<Experiment>& row : result.machines)
      result.sizes.push_back(size_of(row.front()));
  }
  return result;
}

void add_conditions(const CompareExperiments& experiments, CompareResult& result) {
  const MachineConfig& first = experiments.machines.front().front().machine.config;
  result.held_equal = {
      experiments.iso_task.empty() ? "layers, operands and precisions" : "the task (not the work)",
      "technology " + experiments.machines.front().front().machine.technology.name};
  if (!experiments.iso_task.empty()) result.free.emplace_back("layers, operands and precisions");
  if (experiments.iso) {
    double most = 0;
    for (const MachineSize& size : experiments.sizes)
      most = std::max(most, std::abs(size.deviation().value_or(0)));
    result.held_equal.push_back(fmt::format("{} of the arrays within {:.2g} %",
                                            to_string(experiments.iso->held), most * 100));
  }
  const auto compare = [&](const std::string& what,
                           const std::function<bool(const MachineConfig&)>& equal) {
    const bool held = std::ranges::all_of(
        experiments.machines,
        [&](const std::vector<Experiment>& row) { return equal(row.front().machine.config); });
    (held ? result.held_equal : result.free).push_back(what);
  };
  compare("clock", [&](const MachineConfig& m) { return m.clock_Hz == first.clock_Hz; });
  compare("memory hierarchy", [&](const MachineConfig& m) { return m.memory == first.memory; });
  // What differs in more than a number is said machine by machine.
  const Machine& baseline = experiments.machines.front().front().machine;
  const auto tell = [&](std::string_view what, auto&& differs, auto&& describe) {
    bool any = false;
    std::vector<std::string> machines;
    for (const std::vector<Experiment>& row : experiments.machines) {
      const Machine& machine = row.front().machine;
      any = any || differs(machine);
      machines.push_back(fmt::format("{} {}", machine.config.name, describe(machine)));
    }
    if (any) result.free.push_back(fmt::format("{} ({})", what, fmt::join(machines, "; ")));
  };
  // A machine that never waits for DRAM wins against one that does, whatever their arrays are.
  tell(
      "off-chip channel",
      [&](const Machine& m) { return m.config.memory.dram != first.memory.dram; }, channel_of);
  tell(
      "supplies", [&](const Machine& m) { return m.voltage.kind != baseline.voltage.kind; },
      supplies_of);
  tell(
      "declared power", [&](const Machine& m) { return m.power != baseline.power; },
      declared_power_of);
  compare("kind of unit",
          [&](const MachineConfig& m) { return m.unit->kind() == first.unit->kind(); });
  if (!experiments.iso || experiments.iso->held != Held::macs)
    compare("number of multiplier positions",
            [&](const MachineConfig& m) { return m.array.positions() == first.array.positions(); });
  const bool area = experiments.iso && experiments.iso->held == Held::area;
  result.free.emplace_back(area ? "area of memories and wires" : "area");
}

}  // namespace bitscale::study
