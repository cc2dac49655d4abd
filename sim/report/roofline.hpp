#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/account.hpp"
#include "sim/report/result.hpp"
#include "sim/report/table.hpp"

namespace bitscale {

/// A change of the machine that was simulated, and what it makes of the layer.
struct TriedChange {
  std::string change;  ///< as --set takes it
  std::uint64_t cycles = 0;
  bool operator==(const TriedChange&) const = default;
};

/// One layer under its roofs (Williams, Waterman and Patterson, CACM 2009): the array's peak at the
/// layer's precision, and what the DRAM channel feeds at the layer's operational intensity.
struct LayerRoofline {
  std::string name, kind;
  std::uint64_t macs = 0;
  CycleAccount cycles;
  std::uint64_t dram_bits = 0;
  double peak_macs_per_cycle = 0;                ///< positions / cycles of a step
  std::optional<double> channel_bits_per_cycle;  ///< of the array; nothing: ideal memory
  std::string advice;                            ///< one sentence
  std::optional<TriedChange> change;             ///< what the sentence rests on

  /// MACs per byte of DRAM traffic; nothing without traffic.
  [[nodiscard]] std::optional<double> intensity_macs_per_byte() const;
  /// Intensity x bandwidth; nothing with ideal memory or without traffic.
  [[nodiscard]] std::optional<double> bandwidth_roof_macs_per_cycle() const;
  [[nodiscard]] double roof_macs_per_cycle() const;  ///< the lower of the two
  [[nodiscard]] bool memory_bound() const;           ///< the lower one is the channel's
  [[nodiscard]] double attained_macs_per_cycle() const;
  [[nodiscard]] double share_of_roof() const;
  /// Cycles that idle positions cost: compute beyond macs / peak.
  [[nodiscard]] double idle_cycles() const;
};

/// The roofs of a layer that ran; no advice.
[[nodiscard]] LayerRoofline roofline_of(const LayerResult& layer);

struct RooflineReport {
  std::string version, command, machine, workload, profile, config_sha256;
  std::vector<LayerRoofline> layers;
};

[[nodiscard]] std::string roofline_text(const RooflineReport& report, const TextStyle& style = {});
[[nodiscard]] nlohmann::ordered_json roofline_json(const RooflineReport& report);
[[nodiscard]] std::string roofline_csv(const RooflineReport& report);

}  // namespace bitscale
