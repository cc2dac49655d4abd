#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sim/core/errors.hpp"

namespace bitscale {

/// Throws the ConfigError of one problem in a tensor's declaration; `file` is the data file or ''.
[[noreturn]] inline void refuse_tensor(std::string file, std::string message) {
  Diagnostic problem;
  problem.where.file = std::move(file);
  problem.message = std::move(message);
  std::vector<Diagnostic> problems;
  problems.push_back(std::move(problem));
  throw ConfigError(std::move(problems));
}

}  // namespace bitscale
