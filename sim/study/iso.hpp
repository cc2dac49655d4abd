#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/mapping/resize.hpp"
#include "sim/pipeline/experiment.hpp"
#include "sim/report/comparison.hpp"
#include "sim/study/characterise.hpp"

namespace bitscale::study {

/// What a comparison holds equal, and at what.
struct IsoRequest {
  Held held = Held::area;
  std::optional<double> value;      ///< in the unit of `held`; absent: what the first machine has
  std::optional<OperandBits> bits;  ///< for power and throughput; absent: those of the layers
};

/// `area`, `area=1.5mm2`, `power=200mW`, `throughput=1.2TMAC/s`, `macs=4096`. Throws UsageError.
[[nodiscard]] IsoRequest parse_iso(std::string_view text);

/// One machine of a comparison: its experiments, one per network, which differ in the work alone.
using MachineWork = std::vector<const Experiment*>;

/// Area of the array in um2: gates and registers of its units as they are drawn, no operand
/// registers, wires, control or memories. Throws ConfigError where the technology has no area of a
/// gate, MappingError where the unit refuses the layers' operands.
[[nodiscard]] double array_area_um2(const Experiment& experiment);

/// What the machine has of the quantity at its present size: multiplier positions (macs), um2
/// (area), mW (power), multiply-accumulates per second (throughput). Power is what the units switch
/// on uniform operands, every lane in use, at the clock of the machine and the supply of the
/// technology. Operands of several layers count by the time that a full array spends on them.
[[nodiscard]] double quantity(const MachineWork& machine, const IsoRequest& iso);

/// The size of a machine that comes nearest to `value` of the quantity, and the settings that give
/// it. Throws UsageError where the machine cannot be resized, or where no size comes within a
/// tenth.
[[nodiscard]] MachineSize resize(const MachineWork& machine, const IsoRequest& iso, double value);

/// The machine as it is, of which a quantity is known or not.
[[nodiscard]] MachineSize size_of(const Experiment& experiment, std::optional<double> held = {});

/// The request with the settings of a size, after its own.
[[nodiscard]] ExperimentRequest resized(ExperimentRequest request, const MachineSize& size);

/// Loads the request with its machine's array resized to an area (see array_area_um2).
struct ResizedExperiment {
  Experiment experiment;
  MachineSize size;
};
[[nodiscard]] ResizedExperiment load_at_area(const ExperimentRequest& request, double area_um2);

}  // namespace bitscale::study
