#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sim/report/result.hpp"
#include "sim/report/text.hpp"

namespace bitscale {

/// What one machine takes for one inference at one precision.
struct ScalingFigures {
  std::uint64_t cycles = 0;  ///< of the batch
  double clock_Hz = 0;
  double lowest_V = 0, highest_V = 0;  ///< datapath, over the layers with MACs
  double frames_per_s = 0;
  double area_um2 = 0;
  // Per image, in pJ.
  double array_pJ = 0;     ///< arithmetic, registers, operands on their way
  double memories_pJ = 0;  ///< on the chip
  double dram_pJ = 0;
  double declared_pJ = 0;  ///< control and leakage
  [[nodiscard]] double total_pJ() const { return array_pJ + memories_pJ + dram_pJ + declared_pJ; }
};

/// The figures of a run whose supplies are modelled.
[[nodiscard]] ScalingFigures scaling_figures(const RunResult& run);

struct ScalingPoint {
  std::string machine;
  int bits = 0;
  std::optional<ScalingFigures> figures;
  std::string failure;  ///< why there are none
};

/// Machines over precisions on one network, all at one throughput. Points stand machine by machine,
/// widest operands first; the first point is what energies are measured against.
struct ScalingResult {
  std::string version, command, workload, technology, energy_model;
  double frames_per_s = 0, macs_per_s = 0;  ///< asked of every point
  std::vector<std::string> machines;
  std::vector<int> bits;
  std::vector<ScalingPoint> points;
  bool matched = true;  ///< no check found outputs that differ from the reference
  Basis basis;

  [[nodiscard]] const ScalingPoint& at(std::size_t machine, std::size_t bits_index) const {
    return points.at(machine * bits.size() + bits_index);
  }
  /// Energy over that of the first point; nothing where either has none.
  [[nodiscard]] std::optional<double> relative_energy(const ScalingPoint& point) const;
};

[[nodiscard]] std::string scaling_text(const ScalingResult& result, const TextStyle& style);
[[nodiscard]] nlohmann::ordered_json scaling_json(const ScalingResult& result);
[[nodiscard]] std::string scaling_csv(const ScalingResult& result);

}  // namespace bitscale
