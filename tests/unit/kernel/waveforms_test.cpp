#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "sim/core/errors.hpp"
#include "sim/kernel/engine.hpp"
#include "tests/unit/mapping/random_machines.hpp"

namespace bitscale {
namespace {

using kernel::Fidelity;
using kernel::LayerSimulation;
using kernel::SimulationOptions;

/// Nothing where the machine has no pins for the mapping.
std::optional<LayerSimulation> at_pins(const Mapping& mapping, const MachineConfig& machine,
                                       const Layer& layer, SimulationOptions options) {
  options.fidelity = Fidelity::pin;
  const Operands operands = make_operands(layer);
  try {
    return simulate_layer(mapping, *machine.unit, &operands, options);
  } catch (const MappingError&) {
    return std::nullopt;
  }
}

std::string last_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::string last;
  while (std::getline(file, line)) last = line;
  return last;
}

TEST(Waveforms, EndAtTheirLimitAndTheSimulationGoesOn) {
  const std::string path = (std::filesystem::path(testing::TempDir()) / "waveforms_limit").string();
  int ended = 0;
  testing_support::for_random_mappings(
      71, 30, false, [&](const MachineConfig& machine, const Layer& layer, const Mapping& mapping) {
        SimulationOptions options;
        const std::optional<LayerSimulation> whole = at_pins(mapping, machine, layer, options);
        if (!whole) return;
        options.vcd_path = path;
        options.vcd_max_bytes = 100;
        const std::optional<LayerSimulation> cut = at_pins(mapping, machine, layer, options);
        EXPECT_EQ(cut->cycles.total(), whole->cycles.total());
        EXPECT_EQ(cut->sums, whole->sums);
        if (last_line(path + ".vcd").starts_with("$comment ended after 100 bytes")) ++ended;
      });
  std::filesystem::remove(path + ".vcd");
  EXPECT_GT(ended, 3);
}

}  // namespace
}  // namespace bitscale
