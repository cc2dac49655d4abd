#include "sim/pipeline/experiment.hpp"

#include <gtest/gtest.h>

namespace bitscale {
namespace {

ExperimentRequest request() {
  ExperimentRequest request;
  request.machine = "stripes";
  request.workload = "lenet";
  request.profile = "stripes_100";
  return request;
}

TEST(Experiment, FilesReadOnceServeManyOverrides) {
  const config::Node tree = resolve_experiment(request());
  for (const std::string change :
       {"machine.clock=2GHz", "machine.technology=moons40", "batch=3", "simulation.operands=off"}) {
    ExperimentRequest changed = request();
    changed.overrides = {change};
    const std::string expected = load_experiment(changed).resolved_yaml;
    EXPECT_EQ(read_experiment(tree, {change}).resolved_yaml, expected);
    EXPECT_NE(expected, load_experiment(request()).resolved_yaml);
  }
  EXPECT_EQ(read_experiment(tree, {}).resolved_yaml, load_experiment(request()).resolved_yaml);
}

}  // namespace
}  // namespace bitscale
