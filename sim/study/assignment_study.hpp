#pragma once

#include <string>
#include <vector>

#include "sim/precision/assignment.hpp"
#include "sim/report/assignment_report.hpp"
#include "sim/report/progress.hpp"

namespace bitscale::study {

struct AssignmentRequest {
  std::string workload;
  std::vector<std::string> machines;
  double target = 0.01;       ///< probability of a changed class
  std::int64_t images = 200;  ///< that gains and mismatches are taken on
  precision::MismatchRule rule = precision::MismatchRule::bound;
  std::string write;  ///< workload file to write; '' for none
  std::string command;
};

/// Name of the profile in the file that is written.
inline constexpr const char* kAssignedProfile = "assigned";

/// Bits of every layer from noise gains on real images, checked by running the network bit-true,
/// and what they cost on machines. Throws UsageError, ConfigError, MappingError, IoError.
[[nodiscard]] AssignmentReport study_assignment(const AssignmentRequest& request,
                                                const ProgressOutput& output);

}  // namespace bitscale::study
