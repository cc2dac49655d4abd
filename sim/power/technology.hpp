#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/config/reader.hpp"
#include "sim/core/account.hpp"
#include "sim/power/cost_curve.hpp"
#include "sim/power/delay.hpp"
#include "sim/power/leakage.hpp"
#include "sim/power/structure.hpp"

namespace bitscale {

/// Energy and area of an integer operator against its width (adders) or the product of its widths
/// (multipliers).
struct OperatorCosts {
  CostCurve energy_pJ;
  CostCurve area_um2;  ///< empty where the file gives no areas
  bool operator==(const OperatorCosts&) const = default;
};

/// Energy of a memory per bit against its capacity, and its area.
struct SramCosts {
  CostCurve read_pJ_per_bit;
  std::vector<std::int64_t> access_bits;   ///< of each point
  std::optional<CostSource> access_width;  ///< what lets a point serve other access widths
  std::optional<Cost> write_factor;        ///< write energy / read energy
  std::optional<Cost> area_um2_per_bit;    ///< with the periphery
  bool operator==(const SramCosts&) const = default;
};

struct DramCosts {
  Cost read_pJ_per_bit;
  std::optional<Cost> write_factor;
  bool operator==(const DramCosts&) const = default;
};

/// Words on their way through the array, between buffers and register files.
struct TransferCosts {
  Cost pJ_per_bit;  ///< 0 only where the file says so
};

/// Where and how costs stand in the file, to locate a missing one.
struct CostMarks {
  Mark costs, multiply, add, sram, dram, structure, gate, transfer;
};

/// A manufacturing process as a table of cited costs (energies at `vdd_V`). What turns counts into
/// energy and area; nothing in it decides a cycle. Each optional part that is absent makes the
/// costs that need it an error.
struct Technology {
  std::string name;
  std::string description;
  double node_nm = 0;
  double vdd_V = 0;
  std::vector<std::string> notes;
  std::optional<OperatorCosts> multiply, add;
  std::optional<SramCosts> sram;
  std::optional<DramCosts> dram;
  std::optional<TransferCosts> transfer;  ///< needed by machines with register files
  std::optional<Cost> nand2_area_um2;
  std::optional<StructureCosts> structure;  ///< absent: no energies from netlists
  std::optional<DelayModel> delay;          ///< absent: one supply only
  std::optional<LeakageModel> leakage;      ///< absent: leakage does not scale
  CostMarks marks;
};

/// Reads a file of kind `technology`.
[[nodiscard]] Technology parse_technology(config::Reader& reader);

/// Energy of ONE unit of `action.count` in pJ: one operation, or one bit of memory traffic. Nine
/// significant digits, so that counts times costs agree on every machine. Throws ConfigError where
/// the technology does not give it.
[[nodiscard]] Cost unit_cost_pJ(const Technology& technology, const ActionCount& action);
[[nodiscard]] double unit_energy_pJ(const Technology& technology, const ActionCount& action);

/// Area of ONE block of `item` in um2. Throws ConfigError where the technology does not give it.
[[nodiscard]] Cost unit_area_um2(const Technology& technology, const AreaItem& item);
/// Area of all `item.count` blocks in um2.
[[nodiscard]] double area_um2(const Technology& technology, const AreaItem& item);

/// What stands behind a unit cost: `published`, `interpolated`, ...; `published, recalled` where
/// not checked.
[[nodiscard]] std::string label_of(const CostSource& source);
[[nodiscard]] std::string label_of(const Technology& technology, const ActionCount& action);

}  // namespace bitscale
