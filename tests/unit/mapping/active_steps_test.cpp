#include "sim/mapping/active_steps.hpp"

#include <fmt/format.h>

#include "sim/mapping/schedule.hpp"
#include "sim/workload/operands.hpp"
#include "tests/unit/mapping/enumeration.hpp"
#include "tests/unit/mapping/machines.hpp"
#include "tests/unit/mapping/random_machines.hpp"

namespace bitscale {
namespace {

using testing_support::for_each_pass;
using testing_support::machine_of;
using testing_support::RandomMachines;

/// Looks at every step of every unit.
ActiveGroups walk(const Mapping& m, const Tensor& activations) {
  ActiveGroups active;
  const Schedule schedule(m);
  for_each_pass(schedule, [&](const Tile&, const Pass& pass) {
    for (std::int64_t step = 0; step < pass.steps; ++step) {
      for (std::int64_t unit = 0; unit < m.rows.size * m.columns.size; ++unit) {
        std::uint64_t products = 0;
        bool nonzero = false;
        for (std::int64_t lane = 0; lane < m.lanes.size * m.subwords.size; ++lane) {
          PerDim<std::int64_t> at;
          const Position position{unit / m.columns.size, unit % m.columns.size, lane};
          if (!position_coordinates(m, pass.ranges, step, position, at)) continue;
          ++products;
          const std::int64_t index = element_index(m, at).activation;
          nonzero =
              nonzero ||
              (index < 0 ? m.pad_value : activations.values[static_cast<std::size_t>(index)]) != 0;
        }
        active.groups += nonzero ? 1 : 0;
        active.products += nonzero ? products : 0;
      }
    }
  });
  return active;
}

TEST(ActiveSteps, EqualThoseOfAWalkOverEveryUnitForSubwordsAlongEveryDimension) {
  const std::string array =
      "array: {rows: {size: 2, loops: K 2, weights: unicast},\n"
      "        columns: {size: 3, loops: PQ 3, activations: unicast}, lanes: {size: 2, loops: C "
      "2}}";
  const std::vector<std::string> temporal = {"", "dataflow: {windows: per_row}",
                                             "dataflow: {pack_groups: true}",
                                             "memory: {tiling: {K: 3, C: 4, P: 5}}"};
  std::uint64_t held = 0;
  for (const std::string dim : {"window", "filter", "image", "channel"}) {
    for (std::size_t i = 0; i < temporal.size(); ++i) {
      const MachineConfig machine =
          machine_of(fmt::format("unit: {{kind: dvafs, guard: word, subword_dim: {}}}\n{}\n{}\n",
                                 dim, array, temporal[i]));
      RandomMachines random(7 + i);
      for (int round = 0; round < 12; ++round) {
        Layer layer = random.layer();
        layer.activation_source.zero_fraction = 0.8;
        if (layer.shape.macs() > 20000 || !testing_support::refusal_of(layer, machine).empty())
          continue;
        const Mapping mapping = map_layer(layer, machine);
        const Tensor activations = make_operands(layer).activations;
        SCOPED_TRACE(mapping.describe());
        const ActiveGroups expected = walk(mapping, activations);
        const ActiveGroups counted = count_active_unit_steps(mapping, activations);
        ASSERT_EQ(counted.groups, expected.groups);
        ASSERT_EQ(counted.products, expected.products);
        held += static_cast<std::uint64_t>(layer.shape.macs()) - counted.products;
      }
    }
  }
  EXPECT_GT(held, 0U);
}

}  // namespace
}  // namespace bitscale
