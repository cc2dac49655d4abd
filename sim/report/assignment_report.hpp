#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "sim/report/table.hpp"

namespace bitscale {

/// What a machine takes with the bits of one setting, per image.
struct SettingCost {
  std::string machine;
  double cycles = 0, energy_pJ = 0;
  std::string failure;  ///< why the machine cannot run it
};

/// One choice of bits for all tensors.
struct PrecisionSetting {
  std::string name;       ///< uniform_5, assigned
  std::vector<int> bits;  ///< in the order of the report's tensors
  double bound = 0, capped = 0, gaussian = 0;
  double measured = 0;   ///< share of images in another class than in real numbers
  double accuracy = -1;  ///< share of images in their labelled class; below 0 without labels
  double mean_bits = 0;  ///< over both operands, weighted by the products of the layers
  std::vector<SettingCost> costs;
};

struct PrecisionTensor {
  std::string layer, tensor;  ///< activations | weights
  double gain = 0;
  int offset = 0, bits = 0;
};

/// Bits of every layer of a trained network for a target probability of a changed class.
struct AssignmentReport {
  std::string version, command, workload, operands;
  std::string rule;  ///< bound, capped or gaussian
  double target = 0;
  std::uint64_t images = 0;
  int least_closed_form = 0, least = 0;
  std::vector<PrecisionTensor> tensors;
  std::vector<PrecisionSetting> settings;  ///< assigned first, then its uniform equal
  std::vector<std::string> notes, next;
};

[[nodiscard]] std::string assignment_text(const AssignmentReport& report, const TextStyle& style);
[[nodiscard]] nlohmann::ordered_json assignment_json(const AssignmentReport& report);
/// A row per setting.
[[nodiscard]] std::string assignment_csv(const AssignmentReport& report);

}  // namespace bitscale
