// How a technology file spells the costs: the only place that knows its keys.
#include <limits>
#include <type_traits>

#include "sim/config/files.hpp"
#include "sim/core/rounding.hpp"
#include "sim/power/technology.hpp"

namespace bitscale {

namespace {

using config::Reader;
using config::Unit;

/// Bounds that no cost of silicon comes near; they catch a slip of the unit.
constexpr double kMinEnergyJ = 1e-21, kMaxEnergyJ = 1e-3;
constexpr double kMinAreaUm2 = 1e-6, kMaxAreaUm2 = 1e12;

double read_energy_pJ(Reader& reader, std::string_view key) {
  return round_significant(reader.quantity(key, Unit::joule, kMinEnergyJ, kMaxEnergyJ) * 1e12);
}

/// One row of an operator's table; `x` is what the curve runs over.
struct OperatorPoint {
  double x = 0, energy_pJ = 0, area_um2 = 0;
  bool has_area = false;
  CostSource source;
};

OperatorPoint parse_point(Reader& reader, double x) {
  OperatorPoint point;
  point.x = x;
  point.energy_pJ = read_energy_pJ(reader.doc("Energy of one operation"), "energy");
  point.has_area = reader.has("area");
  point.area_um2 = reader.doc("Area of one operator; absent: its area is no point of the curve")
                       .quantity("area", Unit::square_micrometre, kMinAreaUm2, kMaxAreaUm2, 1.0);
  point.source = reader.section("source", parse_source);
  reader.finish();
  return point;
}

OperatorPoint parse_multiply_point(Reader& reader) {
  const std::int64_t a = reader.doc("Bits of one factor").integer("width_a", 1, 64);
  const std::int64_t b = reader.doc("Bits of the other factor").integer("width_b", 1, 64);
  return parse_point(reader, static_cast<double>(a * b));
}

OperatorPoint parse_add_point(Reader& reader) {
  return parse_point(reader,
                     static_cast<double>(reader.doc("Bits of the adder").integer("width", 1, 128)));
}

void require_ascending(Reader& reader, const CostCurve& curve, std::string_view what) {
  if (reader.describing()) return;
  if (curve.points.empty()) reader.problem("points", "expected at least one point");
  for (std::size_t i = 1; i < curve.points.size(); ++i) {
    if (!(curve.points[i].x > curve.points[i - 1].x)) {
      reader.problem("points", std::string("expected points in ascending order of ") +
                                   std::string(what) + ", each once");
      return;
    }
  }
}

template <typename ParsePoint>
OperatorCosts parse_operator(Reader& reader, ParsePoint parse, std::string_view what) {
  OperatorCosts costs;
  reader.doc("What is known, in ascending order");
  for (const OperatorPoint& point : reader.list("points", parse)) {
    costs.energy_pJ.points.push_back({point.x, point.energy_pJ, point.source});
    if (point.has_area) costs.area_um2.points.push_back({point.x, point.area_um2, point.source});
  }
  require_ascending(reader, costs.energy_pJ, what);
  parse_ranges(reader, costs.energy_pJ);
  // Energy and area follow the same rules, each through its own points.
  costs.area_um2.below = costs.energy_pJ.below;
  costs.area_um2.between = costs.energy_pJ.between;
  costs.area_um2.above = costs.energy_pJ.above;
  reader.finish();
  return costs;
}

/// `factor` and `source` of what is a multiple of another cost.
Cost parse_factor(Reader& reader) {
  Cost factor;
  factor.value = reader.doc("Write energy / read energy").number("factor", 0.01, 100);
  factor.source = reader.section("source", parse_source);
  reader.finish();
  return factor;
}

struct SramPoint {
  CostPoint point;
  std::int64_t access_bits = 1;
};

SramPoint parse_sram_point(Reader& reader) {
  SramPoint result;
  result.point.x = reader.doc("Size of the memory").quantity("capacity", Unit::bits, 1, 1e15);
  result.access_bits = reader.doc("Bits of one access").integer("access_bits", 1, 65536);
  const double energy_pJ = read_energy_pJ(reader.doc("Energy of one read access"), "read_energy");
  result.point.value = round_significant(energy_pJ / static_cast<double>(result.access_bits));
  result.point.source = reader.section("source", parse_source);
  reader.finish();
  return result;
}

Cost parse_sram_area(Reader& reader) {
  Cost area;
  const double per_bit =
      reader.doc("Area of one cell").quantity("per_bit", Unit::square_micrometre, 1e-6, 1e6);
  const double overhead =
      reader.doc("Area with periphery / area of the cells").number("overhead", 1, 100, 1.0);
  area.value = round_significant(per_bit * overhead);
  area.source = reader.section("source", parse_source);
  reader.finish();
  return area;
}

SramCosts parse_sram(Reader& reader) {
  SramCosts sram;
  reader.doc("What is known, in ascending order of capacity");
  for (const SramPoint& row : reader.list("points", parse_sram_point)) {
    sram.read_pJ_per_bit.points.push_back(row.point);
    sram.access_bits.push_back(row.access_bits);
  }
  require_ascending(reader, sram.read_pJ_per_bit, "capacity");
  parse_ranges(reader, sram.read_pJ_per_bit);
  reader.doc("Declares that the energy per bit does not depend on the width of an access");
  sram.access_width = reader.optional_section("access_width", [](Reader& section) {
    CostSource source = section.section("source", parse_source);
    section.finish();
    return source;
  });
  sram.write_factor = reader.doc("Energy of a write").optional_section("write", parse_factor);
  sram.area_um2_per_bit = reader.doc("Area; absent: reports say `logic area`")
                              .optional_section("area", parse_sram_area);
  reader.finish();
  return sram;
}

DramCosts parse_dram(Reader& reader) {
  DramCosts dram;
  const std::int64_t bits = reader.doc("Bits of one access").integer("access_bits", 1, 65536);
  const double energy_pJ = read_energy_pJ(reader.doc("Energy of one read access"), "read_energy");
  dram.read_pJ_per_bit.value = round_significant(energy_pJ / static_cast<double>(bits));
  dram.read_pJ_per_bit.source = reader.section("source", parse_source);
  dram.write_factor = reader.doc("Energy of a write").optional_section("write", parse_factor);
  reader.finish();
  return dram;
}

TransferCosts parse_transfer(Reader& reader) {
  TransferCosts transfer;
  const std::int64_t bits = reader.doc("Bits of one word").integer("word_bits", 1, 65536);
  const double energy_J =
      reader.doc("Energy of one word; 0 declares that the network costs nothing")
          .quantity("energy", Unit::joule, 0, kMaxEnergyJ);
  transfer.pJ_per_bit.value = round_significant(energy_J * 1e12 / static_cast<double>(bits));
  transfer.pJ_per_bit.source = reader.section("source", parse_source);
  reader.finish();
  return transfer;
}

Cost parse_gate(Reader& reader) {
  Cost area;
  area.value = reader.doc("Area of a NAND2 gate")
                   .quantity("nand2_area", Unit::square_micrometre, kMinAreaUm2, 1e6);
  area.source = reader.section("source", parse_source);
  reader.finish();
  return area;
}

}  // namespace

Technology parse_technology(Reader& reader) {
  Technology technology;
  config::read_header(reader);
  technology.name = reader.doc("Name of the technology").text("name");
  technology.description = reader.doc("One line for `list technologies`").text("description");
  technology.node_nm = reader.doc("Feature size in nm").number("node_nm", 1, 1000);
  technology.vdd_V =
      reader.doc("Supply at which the energies hold").quantity("vdd", Unit::volt, 0.1, 10);
  technology.notes =
      reader.doc("What a reader of results should know").texts("notes", std::vector<std::string>{});
  reader.doc("The table of costs; a cost that a run needs and the table lacks is an error");
  reader.section("costs", [&](Reader& costs) {
    technology.marks = {costs.where(""),     costs.where("multiply"), costs.where("add"),
                        costs.where("sram"), costs.where("dram"),     costs.where("structure"),
                        costs.where("gate"), costs.where("transfer")};
    costs.doc("Integer multipliers, over the product of their widths");
    technology.multiply = costs.optional_section("multiply", [](Reader& section) {
      return parse_operator(section, parse_multiply_point, "width_a x width_b");
    });
    costs.doc("Integer adders, over their width");
    technology.add = costs.optional_section(
        "add", [](Reader& section) { return parse_operator(section, parse_add_point, "width"); });
    technology.sram =
        costs.doc("On-chip memories, over their capacity").optional_section("sram", parse_sram);
    technology.dram = costs.doc("The off-chip memory").optional_section("dram", parse_dram);
    technology.transfer = costs.doc("Words over the array's network, to and from register files")
                              .optional_section("transfer", parse_transfer);
    technology.nand2_area_um2 =
        costs.doc("Logic area per gate").optional_section("gate", parse_gate);
    technology.structure =
        costs.doc("What switching gates costs").optional_section("structure", parse_structure);
    costs.finish();
    return 0;
  });
  technology.delay = reader.doc("Delay against supply; absent: one supply only")
                         .optional_section("delay", parse_delay);
  technology.leakage =
      reader.doc("Leakage against supply and body bias").optional_section("leakage", parse_leakage);
  reader.finish();
  return technology;
}

}  // namespace bitscale
