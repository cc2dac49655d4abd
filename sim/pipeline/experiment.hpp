#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/config/files.hpp"
#include "sim/kernel/engine.hpp"
#include "sim/mapping/machine.hpp"
#include "sim/power/energy.hpp"
#include "sim/power/machine_power.hpp"
#include "sim/power/technology.hpp"
#include "sim/power/voltage.hpp"
#include "sim/workload/workload_file.hpp"

namespace bitscale {

/// A machine file as read: mapping, unit and memory, with the technology and voltage that price it.
struct Machine {
  MachineConfig config;
  Technology technology;
  VoltagePolicy voltage;
  MachinePower power;
};

/// Where the operands of array layers come from: each layer's own source, or the layers before it
/// (the network runs bit-true from its input to its last layer). `off` makes none: cycles alone.
enum class OperandMode { per_layer, chained, off };

/// Which layers of the workload run.
enum class LayerSelection { all, array, conv };

/// How far the switching of gates is followed (energy_model: structure).
struct SamplingConfig {
  double interval = 0.01;  ///< half width, relative, at 95 %, of the network's zero-delay toggles
  std::uint64_t max_transitions = std::uint64_t{1} << 22U;  ///< of a layer
  bool full = false;                                        ///< every step of every unit
  std::uint64_t seed = 1;
};

struct SimulationConfig {
  kernel::Fidelity fidelity = kernel::Fidelity::tile;
  OperandMode operands = OperandMode::per_layer;
  LayerSelection layers = LayerSelection::all;
  bool widths = false;  ///< note the range of partial sums, on the tile engine
  bool check = false;   ///< run values and compare with the reference convolution
  EnergyModel energy_model = EnergyModel::horowitz;
  SamplingConfig sampling;
  bool timeline = false;  ///< note when each part worked on which tile: --trace, not in files
  std::string
      vcd;  ///< waveforms of a pin-level run: one file per layer, this prefix; empty for none
};

/// A validated experiment: everything a run needs, and the text it came from.
struct Experiment {
  std::string name;
  Machine machine;
  Workload workload;
  SimulationConfig simulation;
  bool show_mapping = false;  ///< results hold the loop nest of every layer
  std::string resolved_yaml;  ///< the whole resolved tree; reading it again gives this experiment
  std::string rerun_yaml;     ///< the same with data files by absolute path, for another folder
  std::string workload_yaml, technology_yaml;
};

/// What the command line asks for: an experiment file, or machine and workload by name or path, and
/// changes to them.
struct ExperimentRequest {
  std::string experiment, machine, workload;
  std::optional<std::string> profile, fidelity, operands, layers, energy_model;
  std::optional<std::int64_t> batch;
  bool check = false, widths = false, show_mapping = false;
  std::string vcd;
  std::vector<std::string> overrides;  ///< `a.b.c=value`, over the experiment's tree
};

/// Finds the files, merges includes, applies overrides and validates. Throws ConfigError with every
/// problem, IoError.
[[nodiscard]] Experiment load_experiment(const ExperimentRequest& request);

/// The same in two steps, for many experiments that differ in overrides alone: the files once,
/// which is most of the time, then each experiment. The overrides of the request are left out.
[[nodiscard]] config::Node resolve_experiment(const ExperimentRequest& request);
[[nodiscard]] Experiment read_experiment(config::Node tree,
                                         const std::vector<std::string>& overrides);

/// Tiles of a layer that the workload does not have are a mistake. Throws ConfigError.
void check_tiled_layers(const Experiment& experiment);
/// Keys that change a profile which is not in force change nothing. Throws ConfigError.
void check_profile_keys(std::string_view in_force, const std::vector<std::string>& keys);
/// What the choice of tiles weighs is in the technology, which the mapping does not know.
void complete_tiling(Machine& machine);

/// Parse functions of whole files; also what the JSON Schemas are made from.
[[nodiscard]] Machine parse_machine(config::Reader& reader);
[[nodiscard]] Experiment parse_experiment(config::Reader& reader);
[[nodiscard]] SimulationConfig parse_simulation(config::Reader& reader);

/// The machine of a file by name or path, on its own.
[[nodiscard]] Machine load_machine(const std::string& name_or_path,
                                   const std::vector<std::string>& overrides = {});

}  // namespace bitscale
