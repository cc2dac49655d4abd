#include "sim/reproduce/temporal_design.hpp"

#include <fmt/format.h>

#include <array>

#include "arch/bit_fusion/bit_fusion.hpp"
#include "arch/bit_fusion/temporal_unit.hpp"
#include "arch/unit_netlist.hpp"
#include "sim/activity/unit_energy.hpp"
#include "sim/netlist/area.hpp"

namespace bitscale::reproduce {
namespace {

constexpr std::string_view kExperiment = "bitfusion";
constexpr double kTolerance = 0.15;

const std::vector<std::string> kInputs = {
    "Fusion Unit: 16 bricks, their shift-add tree, the shifts of 16-bit passes and one 32-bit "
    "accumulator, drawn gate by gate (arch/bit_fusion)",
    "temporal design: 16 bricks with a shifter of 0 to 30 bits, a 32-bit ripple adder and a 32-bit "
    "register each; 16 products of 2 x 2 bits per cycle, or one of 8 x 8, as a Fusion Unit does",
    "operands registers, control and wires of neither; gates without sizing; flip-flops 12 pins "
    "per clock and 14 per toggle (assumed); uniform signed operands, no glitches (g = 0)"};

ReproduceCheck row(std::string name, std::optional<double> published, double simulated,
                   std::string unit = "x") {
  ReproduceCheck check = reproduce_check(kExperiment, std::move(name), published, simulated,
                                         std::move(unit), kTolerance);
  check.inputs = kInputs;
  check.source = published ? "Sharma et al., Bit Fusion, ISCA 2018: 1394 um2 against 4905 um2"
                           : "no published figure";
  return check;
}

OperandTypes types(int bits, const Unit& unit) {
  return {{bits, Encoding::twos, 0}, {bits, Encoding::twos, 0}, unit.accumulator()};
}

}  // namespace

void add_temporal_design(std::vector<ReproduceCheck>& checks) {
  const BitFusionUnit fusion{BitFusionConfig{}};
  const TemporalUnitConfig config;
  const netlist::Netlist temporal = temporal_unit(config);
  const netlist::Area fused = netlist::area(fusion.make_netlist(1, types(8, fusion)).netlist);
  const netlist::Area apart = netlist::area(temporal);
  checks.push_back(row("temporal design over Fusion Unit, area", 3.5,
                       apart.total_nand2() / fused.total_nand2()));
  checks.back().headline = true;
  note_deviation(checks.back(),
                 fmt::format("area: registers are {:.3g} of the ratio's {:.3g} Fusion Units",
                             apart.flip_flop_nand2 / fused.total_nand2(),
                             apart.total_nand2() / fused.total_nand2()));
  std::vector<double> ratios;
  double clocks = 0;
  std::vector<ReproduceCheck> modes;
  for (const int bits : {2, 4, 8}) {
    const UnitEnergy one = measure_uniform(fusion, 1, types(bits, fusion));
    const UnitEnergy many = measure_uniform(temporal, {}, temporal_ties(temporal, config, bits));
    for (const double gain : {0.0, 1.0}) {
      const double ratio = many.total(gain) / one.total(gain);
      if (gain == 0) {
        ratios.push_back(ratio);
        clocks += many.flip_flops / one.total(0) / 3;
      }
      modes.push_back(
          row(fmt::format("temporal design over Fusion Unit, power at {}x{} bit, g = {:.0f}", bits,
                          bits, gain),
              std::nullopt, ratio));
    }
  }
  checks.push_back(row("temporal design over Fusion Unit, power, geometric mean of three modes",
                       3.2, geometric_mean(ratios)));
  checks.back().headline = true;
  note_deviation(checks.back(),
                 fmt::format("power: clocks and registers of the temporal design alone take {:.3g} "
                             "Fusion Units, its gates the rest; the paper names no mode and no "
                             "operands",
                             clocks));
  checks.insert(checks.end(), modes.begin(), modes.end());
}

}  // namespace bitscale::reproduce
