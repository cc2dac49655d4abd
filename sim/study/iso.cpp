#include "sim/study/iso.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "sim/activity/unit_energy.hpp"
#include "sim/core/errors.hpp"
#include "sim/core/quantity.hpp"
#include "sim/core/suggest.hpp"
#include "sim/pipeline/runner.hpp"
#include "sim/pipeline/structure_model.hpp"

namespace bitscale::study {
namespace {

/// Farther from what was asked, machines are not equal.
constexpr double kMostDeviation = 0.1;

/// Positions that a machine file may have.
constexpr double kMostPositions = 16777216;

/// Windows of 64 steps, 512 of them: the interval of a mean power is well below a percent.
UnitSample power_sample(double glitch_gain) {
  UnitSample sample;
  sample.zero_delay_batches = 1;
  sample.inertial_batches = glitch_gain > 0 ? 1 : 0;
  return sample;
}

/// Operands of one kind, with the lane cycles that all their products take.
struct Share {
  OperandTypes types;
  double macs = 0, lane_cycles = 0;
};

void add_work(const OperandTypes& types, double macs, const Unit& unit,
              std::vector<Share>& shares) {
  const UnitMode mode = unit.mode(types);
  auto share = std::ranges::find_if(shares, [&](const Share& each) { return each.types == types; });
  if (share == shares.end()) share = shares.insert(shares.end(), Share{types});
  share->macs += macs;
  share->lane_cycles +=
      macs * static_cast<double>(mode.cycles) / static_cast<double>(mode.products);
}

/// What the machine works on: all layers of all its networks, or operands of the stated bits.
std::vector<Share> work_of(const MachineWork& machine, const std::optional<OperandBits>& bits) {
  const Unit& unit = *machine.front()->machine.config.unit;
  std::vector<Share> shares;
  if (bits) {
    const std::optional<OperandTypes> types = types_for(unit, *bits);
    if (!types) {
      throw UsageError(fmt::format(
          "error: --iso-bits: the units of machine '{}' take no operands of {} x {} bits",
          machine.front()->machine.config.name, bits->activation, bits->weight));
    }
    add_work(*types, 1, unit, shares);
    return shares;
  }
  for (const Experiment* experiment : machine) {
    for (const Layer& layer : experiment->workload.layers) {
      if (!is_array_layer(layer.kind) || !selected(experiment->simulation.layers, layer)) continue;
      const OperandTypes types = types_of(layer, unit);
      if (const std::string refusal = unit.refusal(types); !refusal.empty())
        throw MappingError(layer.name, refusal);
      add_work(types, static_cast<double>(layer.shape.macs()), unit, shares);
    }
  }
  if (shares.empty())
    throw UsageError(
        "error: no layer of the networks runs on the array, so there is nothing to "
        "hold its size equal for");
  return shares;
}

double macs_per_s(const MachineWork& machine, const std::optional<OperandBits>& bits) {
  double macs = 0;
  double lane_cycles = 0;
  for (const Share& share : work_of(machine, bits)) {
    macs += share.macs;
    lane_cycles += share.lane_cycles;
  }
  const MachineConfig& config = machine.front()->machine.config;
  return static_cast<double>(config.array.positions()) * static_cast<double>(config.clock_Hz) *
         macs / lane_cycles;
}

double power_mW(const MachineWork& machine, const std::optional<OperandBits>& bits) {
  const MachineConfig& config = machine.front()->machine.config;
  const Technology& technology = machine.front()->machine.technology;
  ActionCount pin;
  pin.component = "datapath";
  pin.action = Action::switch_zero_delay;
  const double pin_pJ = unit_energy_pJ(technology, pin);  // tells where there is none
  const double glitch_gain = technology.structure->glitch_gain.value;
  double pins = 0;
  double lane_cycles = 0;
  for (const Share& share : work_of(machine, bits)) {
    const UnitEnergy energy = measure_uniform(*config.unit, config.array.lanes.size, share.types,
                                              power_sample(glitch_gain));
    pins += share.lane_cycles * energy.total(glitch_gain);
    lane_cycles += share.lane_cycles;
  }
  const auto units = static_cast<double>(declared_size(config.array).units());
  return units * pins / lane_cycles * pin_pJ * static_cast<double>(config.clock_Hz) * 1e-9;
}

double parse_value(Held held, std::string_view text, std::string_view whole) {
  std::optional<double> value;
  std::string_view example;
  switch (held) {
    case Held::macs:
      value = parse_decimal(text);
      if (value && *value != std::floor(*value)) value.reset();
      example = "macs=4096";
      break;
    case Held::area:
      value = parse_quantity(text, QuantityUnit::square_micrometre);
      example = "area=1.5mm2";
      break;
    case Held::power:
      value = parse_quantity(text, QuantityUnit::watt);
      if (value) *value *= 1e3;
      example = "power=200mW";
      break;
    case Held::throughput:
      if (text.ends_with("MAC/s"))
        value = parse_quantity(std::string(text.substr(0, text.size() - 5)) + "Hz",
                               QuantityUnit::hertz);
      example = "throughput=1.2TMAC/s";
      break;
  }
  if (value && *value > 0) return *value;
  throw UsageError(
      fmt::format("error: --iso: expected a value above 0 as in {}, got '{}'", example, whole));
}

std::string nearest_text(const MachineSize& size, Held held) {
  return fmt::format("{} x {} units have {}", size.rows, size.columns,
                     format_held(held, *size.held));
}

}  // namespace

IsoRequest parse_iso(std::string_view text) {
  static const std::vector<std::string> kNames = {"macs", "area", "power", "throughput"};
  static constexpr std::array kHeld = {Held::macs, Held::area, Held::power, Held::throughput};
  const std::size_t equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) {
    const std::optional<std::string> near = nearest(name, kNames);
    throw UsageError(fmt::format(
        "error: --iso: expected macs, area, power or throughput, or one with its value as in "
        "area=1.5mm2, got '{}'{}",
        text, near ? fmt::format(", did you mean '{}'?", *near) : ""));
  }
  IsoRequest iso;
  iso.held = kHeld[static_cast<std::size_t>(found - kNames.begin())];
  if (equals != std::string_view::npos)
    iso.value = parse_value(iso.held, text.substr(equals + 1), text);
  return iso;
}

double array_area_um2(const Experiment& experiment) {
  double area = 0;
  for (const AreaItem& item : gate_area(experiment))
    area += bitscale::area_um2(experiment.machine.technology, item);
  return area;
}

double quantity(const MachineWork& machine, const IsoRequest& iso) {
  switch (iso.held) {
    case Held::macs:
      return static_cast<double>(machine.front()->machine.config.array.positions());
    case Held::area:
      return array_area_um2(*machine.front());
    case Held::power:
      return power_mW(machine, iso.bits);
    case Held::throughput:
      return macs_per_s(machine, iso.bits);
  }
  throw std::logic_error("quantity: a kind without a rule");
}

MachineSize size_of(const Experiment& experiment, std::optional<double> held) {
  const MachineConfig& config = experiment.machine.config;
  MachineSize size;
  size.machine = config.name;
  size.rows = size.declared_rows = config.array.rows.size;
  size.columns = size.declared_columns = config.array.columns.size;
  size.lanes = config.array.lanes.size;
  if (experiment.machine.technology.nand2_area_um2) size.area_um2 = array_area_um2(experiment);
  size.held = held;
  return size;
}

MachineSize resize(const MachineWork& machine, const IsoRequest& iso, double value) {
  const Experiment& experiment = *machine.front();
  const MachineConfig& config = experiment.machine.config;
  const double present = quantity(machine, iso);
  MachineSize size = size_of(experiment, present);
  size.asked = value;
  const auto units = static_cast<double>(declared_size(config.array).units());
  const double wanted = units * value / present;
  const std::optional<ArraySize> nearest = nearest_size(config.array, wanted);
  if (!nearest) {
    throw UsageError(fmt::format(
        "error: machine '{}' cannot be resized: neither its rows nor its columns have a loop that "
        "could grow (array.rows.loops, array.columns.loops) and a resize_step above 0",
        config.name));
  }
  if (wanted * static_cast<double>(config.array.lanes.size) >
      kMostPositions * (1 + kMostDeviation)) {
    throw UsageError(
        fmt::format("error: machine '{}' would need more than 2^24 multiplier positions for {}; {}",
                    config.name, format_held(iso.held, value), nearest_text(size, iso.held)));
  }
  size.rows = nearest->rows;
  size.columns = nearest->columns;
  const double growth = static_cast<double>(nearest->units()) / units;
  size.held = present * growth;
  if (size.area_um2) *size.area_um2 *= growth;
  size.settings = resize_settings(config, *nearest);
  if (std::abs(*size.deviation()) > kMostDeviation) {
    throw UsageError(fmt::format("error: no size of machine '{}' comes within {} of {}: {}",
                                 config.name, "10 %", format_held(iso.held, value),
                                 nearest_text(size, iso.held)));
  }
  return size;
}

ExperimentRequest resized(ExperimentRequest request, const MachineSize& size) {
  for (const std::string& setting : size.settings)
    request.overrides.push_back("machine." + setting);
  return request;
}

ResizedExperiment load_at_area(const ExperimentRequest& request, double area_um2) {
  ResizedExperiment result;
  result.experiment = load_experiment(request);
  IsoRequest iso;
  iso.held = Held::area;
  result.size = resize({&result.experiment}, iso, area_um2);
  result.experiment = load_experiment(resized(request, result.size));
  return result;
}

}  // namespace bitscale::study
