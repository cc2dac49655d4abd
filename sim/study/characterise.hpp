#pragma once

#include <optional>
#include <string>
#include <vector>

#include "arch/unit.hpp"
#include "sim/power/technology.hpp"
#include "sim/report/unit_report.hpp"
#include "sim/workload/widths.hpp"

namespace bitscale::study {

/// Bits that were asked for on a command line: `AxW`, activations first.
using OperandBits = WidthPair;

/// `8x4` or `8` (both). Throws UsageError that names the option.
[[nodiscard]] OperandBits parse_operand_bits(const std::string& text,
                                             std::string_view option = "--bits");

/// Types of these widths that the unit takes: the first of two's complement, unsigned activations,
/// and the encodings of quantised networks. Nothing where it takes none.
[[nodiscard]] std::optional<OperandTypes> types_for(const Unit& unit, const OperandBits& bits);

/// The same; where there are none throws Error with the unit's limit.
[[nodiscard]] OperandTypes require_types(const Unit& unit, const OperandBits& bits);

/// What the unit is made of, and its modes at `bits`; where `bits` is empty, at its widest and at
/// 16, 8, 4, 2 and 1 bits as far as it has them.
[[nodiscard]] UnitReport characterise(const Unit& unit, std::int64_t lanes,
                                      const std::vector<OperandBits>& bits,
                                      const Technology& technology);

/// A technology by name or path.
[[nodiscard]] Technology load_technology(const std::string& name_or_path);

}  // namespace bitscale::study
