#pragma once

#include "sim/config/reader.hpp"
#include "sim/power/cost_curve.hpp"

namespace bitscale {

/// What switching gates costs, for energies from netlists (energy_model: structure). The pair of
/// capacitance and glitch gain belongs together.
struct StructureCosts {
  Cost pin_pJ;                   ///< charging one NAND input pin, at the technology's supply
  Cost glitch_gain;              ///< share of the toggles between settled states that counts, 0..1
  Cost flip_flop_clock_units;    ///< pins that a clock edge switches in a flip-flop
  Cost flip_flop_toggle_units;   ///< and its change, beside the nets it drives
  Cost broadcast_units_per_bit;  ///< pins' worth of a wire from a buffer to the units
  bool operator==(const StructureCosts&) const = default;
};

/// Reads the section `structure` of the costs.
[[nodiscard]] StructureCosts parse_structure(config::Reader& reader);

}  // namespace bitscale
