#include "sim/study/characterise.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "arch/unit_netlist.hpp"
#include "sim/activity/unit_energy.hpp"
#include "sim/config/files.hpp"
#include "sim/core/errors.hpp"
#include "sim/netlist/area.hpp"
#include "sim/netlist/timing.hpp"
#include "sim/power/unit_timing.hpp"
#include "sim/workload/layer_entry.hpp"

namespace bitscale::study {
namespace {

/// Encodings in the order in which a unit is asked for them.
constexpr std::array<std::pair<Encoding, Encoding>, 8> kPairs = {{
    {Encoding::twos, Encoding::twos},
    {Encoding::unsigned_, Encoding::twos},
    {Encoding::unsigned_, Encoding::unsigned_},
    {Encoding::twos, Encoding::ternary},
    {Encoding::twos, Encoding::binary_pm1},
    {Encoding::twos, Encoding::log2},
    {Encoding::twos, Encoding::codebook},
    {Encoding::binary_pm1, Encoding::binary_pm1},
}};

bool is_integer(Encoding encoding) {
  return encoding == Encoding::twos || encoding == Encoding::unsigned_;
}

UnitModeReport mode_report(const Unit& unit, std::int64_t lanes, const OperandTypes& types,
                           double pin_pJ) {
  const UnitMode mode = unit.mode(types);
  const UnitNetlist gates = unit.make_netlist(lanes, types);
  const UnitEnergy energy = measure_uniform(unit, lanes, types);
  UnitModeReport report;
  report.operands = fmt::format("{}x{}", types.activation.bits, types.weight.bits);
  report.encodings = fmt::format("{} x {}", to_string(types.activation.encoding),
                                 to_string(types.weight.encoding));
  report.cycles = mode.cycles;
  report.products = mode.products;
  report.segments = mode.segments;
  const auto macs = static_cast<double>(lanes * mode.products);
  const auto cycles = static_cast<double>(mode.cycles);
  report.macs_per_cycle = macs / cycles;
  report.path_units = netlist::analyse_timing(gates.netlist, gates.ties).path_units;
  report.zero_delay_units = energy.zero_delay * cycles / macs;
  report.glitch_units = energy.glitches * cycles / macs;
  report.flip_flop_units = energy.flip_flops * cycles / macs;
  report.relative_half_width = energy.relative_half_width;
  report.transitions = energy.transitions;
  report.pJ_per_mac_without_glitches = energy.total(0) * cycles / macs * pin_pJ;
  report.pJ_per_mac_with_glitches = energy.total(1) * cycles / macs * pin_pJ;
  return report;
}

/// What is shown where no widths are asked for: the widest operands, and words of 16, 8, 4, 2 and 1
/// bits on both sides. Units of quantised networks take narrower weights only: there the widest of
/// each of their encodings.
std::vector<OperandTypes> usual_types(const Unit& unit) {
  std::vector<OperandTypes> all;
  const auto add = [&](const OperandTypes& types) {
    if (std::ranges::find(all, types) == all.end()) all.push_back(types);
  };
  add(widest_types(unit));
  for (const int width : {16, 8, 4, 2, 1}) {
    std::vector<Encoding> shown;
    for (int weight = width; weight >= 1; --weight) {
      const std::optional<OperandTypes> types = types_for(unit, {width, weight});
      if (!types || std::ranges::find(shown, types->weight.encoding) != shown.end()) continue;
      add(*types);
      if (is_integer(types->weight.encoding)) break;
      shown.push_back(types->weight.encoding);
    }
  }
  return all;
}

/// Longest path of the widest operands the unit takes.
std::uint32_t widest_path(const Unit& unit, std::int64_t lanes) {
  const UnitNetlist gates = unit.make_netlist(lanes, widest_types(unit));
  return netlist::analyse_timing(gates.netlist, gates.ties).path_units;
}

void describe_gates(const netlist::Netlist& gates, UnitReport& report) {
  for (const netlist::Cell cell :
       {netlist::Cell::not_, netlist::Cell::and_, netlist::Cell::nand_, netlist::Cell::or_,
        netlist::Cell::nor_, netlist::Cell::xor_, netlist::Cell::mux, netlist::Cell::flip_flop}) {
    const std::size_t count = netlist::count(gates, cell);
    if (count > 0) report.cells.emplace_back(netlist::to_string(cell), count);
  }
  const netlist::Area area = netlist::area(gates);
  report.combinational_nand2 = area.combinational_nand2;
  report.flip_flop_nand2 = area.flip_flop_nand2;
}

}  // namespace

OperandBits parse_operand_bits(const std::string& text, std::string_view option) {
  const bool one = text.find('x') == std::string::npos;
  if (const auto bits = parse_width_pair(one ? text + "x" + text : text)) return *bits;
  throw UsageError(fmt::format(
      "error: {}: expected AxW with 1 to 16 bits each, as in 8x4, got '{}'", option, text));
}

std::optional<OperandTypes> types_for(const Unit& unit, const OperandBits& bits) {
  for (const auto& [activation, weight] : kPairs) {
    const OperandTypes types = {
        {bits.activation, activation, 0}, {bits.weight, weight, 0}, unit.accumulator()};
    if (type_problem(types.activation).empty() && type_problem(types.weight).empty() &&
        unit.refusal(types).empty())
      return types;
  }
  return std::nullopt;
}

OperandTypes require_types(const Unit& unit, const OperandBits& bits) {
  if (const std::optional<OperandTypes> types = types_for(unit, bits)) return *types;
  const OperandTypes plain = {
      {bits.activation, Encoding::twos, 0}, {bits.weight, Encoding::twos, 0}, unit.accumulator()};
  throw Error(ExitCode::mapping, fmt::format("error: unit '{}' at {}x{} bits: {}", unit.kind(),
                                             bits.activation, bits.weight, unit.refusal(plain)));
}

UnitReport characterise(const Unit& unit, std::int64_t lanes, const std::vector<OperandBits>& bits,
                        const Technology& technology) {
  std::vector<OperandTypes> types;
  types.reserve(bits.size());
  for (const OperandBits& each : bits) types.push_back(require_types(unit, each));
  if (bits.empty()) types = usual_types(unit);
  UnitReport report;
  report.kind = unit.kind();
  report.lanes = lanes;
  report.technology = technology.name;
  report.vdd_V = technology.vdd_V;
  report.capacitance_pJ =
      unit_energy_pJ(technology, {"datapath", Action::switch_zero_delay, 0, 0, 0, 0, 1});
  describe_gates(unit.make_netlist(lanes, types.front()).netlist, report);
  if (technology.nand2_area_um2) {
    report.area_um2 =
        (report.combinational_nand2 + report.flip_flop_nand2) * technology.nand2_area_um2->value;
  }
  const std::uint32_t widest = widest_path(unit, lanes);
  for (const OperandTypes& each : types) {
    report.modes.push_back(mode_report(unit, lanes, each, report.capacitance_pJ));
    UnitModeReport& mode = report.modes.back();
    mode.path_ratio = widest == 0 ? 1 : static_cast<double>(mode.path_units) / widest;
  }
  return report;
}

Technology load_technology(const std::string& name_or_path) {
  return config::read_all(config::load_resolved(config::FileKind::technology, name_or_path),
                          parse_technology);
}

}  // namespace bitscale::study
