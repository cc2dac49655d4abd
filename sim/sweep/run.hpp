#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/sweep/constraints.hpp"
#include "sim/sweep/progress.hpp"
#include "sim/sweep/store.hpp"
#include "sim/sweep/workers.hpp"

namespace bitscale::sweep {

/// Part of a sweep that one process of several does: shard `index` of `count`, from 1.
struct Shard {
  std::uint64_t index = 1, count = 1;
  bool operator==(const Shard&) const = default;
};

using PointCost = std::function<CostClass(const Point&)>;

/// A sweep ready to run: its definition with everything that parent processes know of it.
struct Sweep {
  const SweepConfig& config;
  const Space& space;
  Constraints& constraints;
  StoredSweep stored;
  PointCost cost;
};

struct RunOptions {
  std::string store;
  std::size_t workers = 1;
  Shard shard;
  bool retry = false;  ///< the failed points instead of the missing ones
  ProgressForm progress = ProgressForm::people;
  ProgressOutput output;
};

/// What a call did and what there is now.
struct RunSummary {
  std::uint64_t candidates = 0;
  std::uint64_t selected = 0;  ///< candidates that meet the constraints and are of the shard
  std::uint64_t before = 0;    ///< of these, done by earlier calls
  std::uint64_t ran = 0, reused = 0, failed = 0;
  int stopped_by = 0;  ///< a signal; 0: went to its end
  double seconds = 0, store_seconds = 0;
  std::vector<std::string> messages;  ///< of the first failures, one line each
};

/// Candidates that meet the constraints over keys and belong to the shard, as one flag each.
[[nodiscard]] std::vector<bool> select_points(const Sweep& sweep, const Shard& shard);

/// Runs what is missing of a sweep. `make_work` makes, in a worker process, what turns an index
/// into an outcome's message (to_message). Throws IoError where the store cannot be used; what was
/// committed before stays.
[[nodiscard]] RunSummary run_sweep(Sweep& sweep, const RunOptions& options,
                                   std::function<WorkerPool::Work()> make_work);

}  // namespace bitscale::sweep
