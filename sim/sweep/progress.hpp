#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/report/progress.hpp"
#include "sim/sweep/sweep_file.hpp"

namespace bitscale::sweep {

/// How a sweep tells how far it is: a live line on a terminal, plain lines in a log, a JSON object
/// a line for programs, or nothing.
enum class ProgressForm { people, json, none };

/// Done, failed, rate, time left and the best point so far, on standard error.
class SweepProgress {
 public:
  SweepProgress(ProgressOutput output, ProgressForm form, std::string name, std::uint64_t total,
                Objective objective);
  SweepProgress(const SweepProgress&) = delete;
  SweepProgress& operator=(const SweepProgress&) = delete;
  ~SweepProgress();

  void finished(bool failed);
  /// A result that meets the constraints, with its value of the objective.
  void result(double value, std::uint64_t index);
  /// Shows what there is where it is time to.
  void show(bool last = false);

 private:
  [[nodiscard]] std::string people_text(double elapsed_s) const;
  [[nodiscard]] std::string json_text(double elapsed_s, bool last) const;

  ProgressOutput output_;
  ProgressForm form_;
  std::string name_;
  std::uint64_t total_ = 0, done_ = 0, failed_ = 0;
  Objective objective_;
  std::optional<double> best_;
  std::uint64_t best_index_ = 0;
  double start_s_ = 0, shown_s_ = 0;
  bool shown_ = false;
};

}  // namespace bitscale::sweep
