#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/pipeline/experiment.hpp"
#include "sim/sweep/constraints.hpp"
#include "sim/sweep/space.hpp"

namespace bitscale::app {

/// A point's experiment, with what tells it from others.
struct PointExperiment {
  Experiment experiment;
  std::string key;          ///< SHA-256 of everything that the result depends on
  std::string machine_key;  ///< of the machine without what only prices it: no clock, supply, cost
  std::string unit_key;     ///< of the unit and its lanes
};

/// Makes the experiments of a sweep's points. Sections that earlier points had are not read again:
/// a machine, a workload and the simulation's options are each kept by the settings that change
/// them. Not for several threads.
class PointExperiments {
 public:
  /// Resolves what the sweep is based on. Throws ConfigError, IoError.
  explicit PointExperiments(const sweep::SweepConfig& sweep);

  /// Throws ConfigError with every problem of the point.
  [[nodiscard]] PointExperiment make(const sweep::Point& point);

  /// What a key that the point does not set stands for in its experiment.
  [[nodiscard]] std::optional<sweep::Value> value(const sweep::Point& point,
                                                  const std::string& key);

  /// SHA-256 of all that decides which point an index is: the base, the axes with the files they
  /// name, and how they are combined.
  [[nodiscard]] std::string sweep_hash() const;

  /// Roughly what simulating the point takes, for dividing a sweep.
  [[nodiscard]] sweep::CostClass cost(const sweep::Point& point);

 private:
  struct MachineEntry {
    Machine machine;
    std::string key, timing_key, unit_key, technology_yaml;
  };
  struct WorkloadEntry {
    Workload workload;
    std::string key;
  };
  struct SimulationEntry {
    SimulationConfig simulation;
    std::string key;
  };
  using Settings = std::vector<const sweep::Setting*>;

  [[nodiscard]] config::Node tree(const Settings& settings);
  [[nodiscard]] config::Node whole_tree(const sweep::Point& point);
  void apply(config::Node& tree, const Settings& settings);
  void resolve(config::Node& tree, std::string_view key, config::FileKind kind);
  void resolve_all(config::Node& tree);
  [[nodiscard]] std::shared_ptr<const MachineEntry> machine(const Settings& settings);
  [[nodiscard]] std::shared_ptr<const WorkloadEntry> workload(const Settings& settings);
  [[nodiscard]] std::shared_ptr<const SimulationEntry> simulation(const Settings& settings);
  [[nodiscard]] std::string data_digest(const config::Node& tree);

  const sweep::SweepConfig& sweep_;
  config::Node base_;
  std::map<std::pair<config::FileKind, std::string>, config::Node> presets_;
  std::map<std::string, std::shared_ptr<const MachineEntry>> machines_;
  std::map<std::string, std::shared_ptr<const WorkloadEntry>> workloads_;
  std::map<std::string, std::shared_ptr<const SimulationEntry>> simulations_;
  std::map<std::string, std::string> files_;  ///< digests by path
  std::map<std::string, double> costs_;
};

}  // namespace bitscale::app
