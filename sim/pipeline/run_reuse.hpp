#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/activity/activity.hpp"
#include "sim/pipeline/experiment.hpp"
#include "sim/power/unit_timing.hpp"
#include "sim/report/result.hpp"
#include "sim/workload/operands.hpp"

namespace bitscale {

/// What runs of one process take over from the runs before them: operand tensors, what units' gates
/// take and switch, and results of layers that differ in their price alone. Memory is bounded.
class RunReuse {
 public:
  /// Content of a layer's result under its key, from somewhere that outlives the process.
  using Lookup = std::function<std::optional<std::string>(const std::string& key)>;
  struct Kept {
    std::string key, content;
  };

  explicit RunReuse(Lookup lookup = {}) : lookup_(std::move(lookup)) {}

  /// Says which experiment the next run is of, by texts that are equal where machines do not differ
  /// in timing and where units do not differ.
  void begin(const Experiment& experiment, std::string machine_key, std::string unit_key);

  /// Of the layer that runs next.
  [[nodiscard]] std::shared_ptr<const Operands> operands(const Layer& layer);
  /// What units switched on the operands handed out last, or nullptr; valid until the next call.
  [[nodiscard]] const LayerActivity* activity(const Mapping& mapping, const ActivityPlan& plan);
  void keep_activity(const Mapping& mapping, const ActivityPlan& plan,
                     const LayerActivity& activity);
  [[nodiscard]] std::shared_ptr<UnitTimer> timer();

  /// What decides a layer's cycles and counts: everything but prices. `share`: of the layer in the
  /// network's sampling.
  [[nodiscard]] std::string layer_key(const Layer& layer, std::int64_t clock_Hz, double work) const;
  /// The layer's unpriced result, or nullptr; valid until the next call.
  [[nodiscard]] const LayerResult* find(const std::string& key);
  void keep(const std::string& key, const LayerResult& result);
  /// Results that were simulated since the last call.
  [[nodiscard]] std::vector<Kept> take_new();

 private:
  Lookup lookup_;
  const Experiment* experiment_ = nullptr;
  std::string machine_key_, unit_key_;
  std::map<std::string, std::shared_ptr<const Operands>> operands_;
  std::size_t operand_bytes_ = 0;
  std::string last_operands_;  ///< key of what was handed out
  struct Walk {
    Mapping mapping;
    LayerActivity activity;
  };
  std::map<std::string, std::vector<Walk>> walks_;
  std::size_t kept_walks_ = 0;
  std::map<std::string, std::shared_ptr<UnitTimer>> timers_;
  std::map<std::string, LayerResult> results_;
  std::vector<Kept> new_;
};

/// A layer's unpriced result as bytes, for a store; and back. Throws IoError for bytes that are
/// none.
[[nodiscard]] std::string pack_layer(const LayerResult& result);
[[nodiscard]] LayerResult unpack_layer(const std::string& content);

}  // namespace bitscale
