#include "sim/activity/unit_walk.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <tuple>

#include "sim/activity/operand_reader.hpp"
#include "sim/mapping/schedule.hpp"
#include "tests/unit/mapping/random_machines.hpp"

namespace bitscale {
namespace {

using testing_support::for_random_mappings;
using Coordinates = std::array<std::int64_t, kDims>;

/// What a unit does, step by step, as the schedule and position_coordinates() say.
struct Visit {
  Coordinates first{};  ///< of its first position
  std::vector<ElementIndex> elements;
  std::vector<bool> valid;
};

using Place = std::pair<std::int64_t, std::int64_t>;

std::map<Place, std::vector<Visit>> visits_of(const Mapping& m) {
  std::map<Place, std::vector<Visit>> visits;
  const Schedule schedule(m);
  const std::int64_t positions = m.lanes.size * m.subwords.size;
  for (std::int64_t t = 0; t < schedule.tiles(); ++t) {
    const Tile tile = schedule.tile(t);
    for (std::int64_t p = 0; p < schedule.passes(tile); ++p) {
      const Pass pass = schedule.pass(tile, p);
      for (std::int64_t step = 0; step < pass.steps; ++step) {
        for (std::int64_t row = 0; row < m.rows.size; ++row) {
          for (std::int64_t column = 0; column < m.columns.size; ++column) {
            PerDim<std::int64_t> at;
            if (!position_coordinates(m, pass.ranges, step, {row, column, 0}, at)) continue;
            Visit& visit = visits[{row, column}].emplace_back();
            visit.first = at.values;
            for (std::int64_t lane = 0; lane < positions; ++lane) {
              visit.valid.push_back(
                  position_coordinates(m, pass.ranges, step, {row, column, lane}, at));
              visit.elements.push_back(visit.valid.back() ? element_index(m, at) : ElementIndex{});
            }
          }
        }
      }
    }
  }
  return visits;
}

/// The offset of the unit at a place from the array's first position.
PerDim<std::int64_t> offset_of(const Mapping& m, const Place& place) {
  Ranges everything;
  for (std::size_t i = 0; i < kDims; ++i) everything.values[i] = {0, INT64_MAX / 2};
  PerDim<std::int64_t> at;
  EXPECT_TRUE(position_coordinates(m, everything, 0, {place.first, place.second, 0}, at));
  return at;
}

TEST(UnitSteps, CountsWhatTheScheduleCounts) {
  const auto check = [](const MachineConfig&, const Layer&, const Mapping& m) {
    std::uint64_t expected = 0;
    const Schedule schedule(m);
    for (std::int64_t t = 0; t < schedule.tiles(); ++t) {
      const Tile tile = schedule.tile(t);
      for (std::int64_t p = 0; p < schedule.passes(tile); ++p)
        expected += pass_traffic(m, schedule.pass(tile, p)).unit_steps;
    }
    ASSERT_EQ(UnitSteps(m).count(), expected) << m.describe();
  };
  EXPECT_EQ(for_random_mappings(11, 150, true, check), 150);
}

TEST(UnitWalk, FollowsEveryUnitThroughTheSchedule) {
  const auto check = [](const MachineConfig&, const Layer&, const Mapping& m) {
    SCOPED_TRACE(m.describe());
    const auto visits = visits_of(m);
    ASSERT_EQ(UnitSteps(m).units(), visits.size());
    for (const auto& [place, steps] : visits) {
      UnitWalk walk(m, offset_of(m, place));
      for (std::size_t i = 0; i < steps.size(); ++i) {
        ASSERT_EQ(walk.place().at.values, steps[i].first);
        ASSERT_EQ(walk.advance(), i + 1 < steps.size());
      }
    }
  };
  EXPECT_EQ(for_random_mappings(12, 60, true, check), 60);
}

TEST(UnitWalk, GoesBackTheWayItCame) {
  const auto check = [](const MachineConfig&, const Layer&, const Mapping& m) {
    SCOPED_TRACE(m.describe());
    UnitWalk walk(m, {});
    std::vector<Coordinates> forward = {walk.place().at.values};
    std::vector<Coordinates> ends = {walk.place().end.values};
    while (walk.advance()) {
      forward.push_back(walk.place().at.values);
      ends.push_back(walk.place().end.values);
    }
    for (std::size_t i = forward.size(); i-- > 0;) {
      ASSERT_EQ(walk.place().at.values, forward[i]);
      ASSERT_EQ(walk.place().end.values, ends[i]);
      ASSERT_EQ(walk.retreat(), i > 0);
    }
  };
  EXPECT_EQ(for_random_mappings(13, 60, true, check), 60);
}

TEST(UnitWalk, EveryChoiceIsAnotherPair) {
  const auto check = [](const MachineConfig&, const Layer&, const Mapping& m) {
    SCOPED_TRACE(m.describe());
    const UnitSteps space(m);
    std::set<std::pair<Coordinates, Coordinates>> seen;
    for (std::uint64_t index = 0; index < space.count(); ++index) {
      std::uint64_t rest = index;
      PerDim<std::int64_t> choice;
      for (std::size_t d = 0; d < kDims; ++d) {
        const auto dim = static_cast<Dim>(d);
        choice[dim] = static_cast<std::int64_t>(rest % space.count(dim));
        rest /= space.count(dim);
      }
      const UnitWalk walk = UnitWalk::at_choice(m, choice);
      for (std::size_t d = 0; d < kDims; ++d)
        ASSERT_LT(walk.place().at.values[d], walk.place().end.values[d]);
      seen.emplace(walk.place().at.values, walk.offset().values);
    }
    ASSERT_EQ(seen.size(), space.count());
  };
  EXPECT_EQ(for_random_mappings(14, 60, true, check), 60);
}

TEST(OperandReader, ReadsWhatTheCoordinatesSay) {
  const auto check = [](const MachineConfig&, const Layer& layer, const Mapping& m) {
    SCOPED_TRACE(m.describe());
    const Operands operands = make_operands(layer);
    const OperandReader reader(m, operands);
    UnitOperands step;
    for (const auto& [place, steps] : visits_of(m)) {
      UnitWalk walk(m, offset_of(m, place));
      for (const Visit& visit : steps) {
        reader.read(walk.place(), step);
        walk.advance();
        ASSERT_EQ(step.valid.size(), visit.valid.size());
        for (std::size_t i = 0; i < visit.valid.size(); ++i) {
          ASSERT_EQ(step.valid[i] != 0, visit.valid[i]);
          const ElementIndex& index = visit.elements[i];
          const bool inside = visit.valid[i] && index.activation >= 0;
          ASSERT_EQ(
              step.activations[i],
              inside ? operands.activations.values[static_cast<std::size_t>(index.activation)] : 0);
          ASSERT_EQ(
              step.weights[i],
              visit.valid[i] ? operands.weights.values[static_cast<std::size_t>(index.weight)] : 0);
        }
      }
    }
  };
  EXPECT_EQ(for_random_mappings(15, 40, true, check), 40);
}

TEST(OperandReader, SumsWhatWentToAnOutputBefore) {
  const auto check = [](const MachineConfig&, const Layer& layer, const Mapping& m) {
    SCOPED_TRACE(m.describe());
    const Operands operands = make_operands(layer);
    const OperandReader reader(m, operands);
    for (const auto& [place, steps] : visits_of(m)) {
      UnitWalk walk(m, offset_of(m, place));
      std::map<std::int64_t, std::int64_t> sums;  // by output
      for (const Visit& visit : steps) {
        const std::int64_t output = visit.elements.front().output;
        ASSERT_EQ(reader.sum_before(walk, 0), sums[output]);
        std::int64_t sum = 0;
        for (std::size_t i = 0; i < visit.valid.size(); ++i) {
          const ElementIndex& index = visit.elements[i];
          if (!visit.valid[i] || index.activation < 0) continue;
          sum += operands.activations.values[static_cast<std::size_t>(index.activation)] *
                 operands.weights.values[static_cast<std::size_t>(index.weight)];
        }
        ASSERT_EQ(reader.sum(walk.place(), 0), sum);
        sums[output] += sum;
        walk.advance();
      }
    }
  };
  EXPECT_EQ(for_random_mappings(16, 40, true, check), 40);
}

}  // namespace
}  // namespace bitscale
