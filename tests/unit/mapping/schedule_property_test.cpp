#include <gtest/gtest.h>

#include "sim/mapping/schedule.hpp"
#include "tests/unit/mapping/enumeration.hpp"
#include "tests/unit/mapping/random_machines.hpp"

namespace bitscale {
namespace {

using testing_support::Enumeration;
using testing_support::Fetch;
using testing_support::for_each_pass;
using testing_support::for_random_mappings;

constexpr int kCases = 600;

/// Index of the activation under a tap, written as on paper; -1 in the padding.
std::int64_t activation_under(const LayerShape& s, std::int64_t output, std::int64_t weight) {
  const std::int64_t q = output % s.Q;
  const std::int64_t p = output / s.Q % s.P;
  const std::int64_t n = output / (s.Q * s.P * s.K * s.G);
  const std::int64_t column = q * s.stride_w + weight % s.S * s.dilation_w - s.pad_left;
  const std::int64_t row = p * s.stride_h + weight / s.S % s.R * s.dilation_h - s.pad_top;
  const std::int64_t channel = weight / (s.R * s.S) % s.C;
  const std::int64_t group = weight / (s.C * s.R * s.S) / s.K;
  if (row < 0 || row >= s.H || column < 0 || column >= s.W) return -1;
  return ((n * s.G * s.C + group * s.C + channel) * s.H + row) * s.W + column;
}

/// Every product of the layer once, with the right activation; and outputs and weights agree on the
/// filter.
void expect_every_product_once(const Mapping& mapping) {
  const LayerShape& s = mapping.shape;
  const std::int64_t taps = s.C * s.R * s.S;
  std::vector<int> seen(static_cast<std::size_t>(s.macs()), 0);
  for_each_pass(Schedule(mapping), [&](const Tile&, const Pass& pass) {
    for (const ElementIndex& product : Enumeration(mapping, pass).products) {
      ASSERT_GE(product.weight, 0);
      ASSERT_LT(product.weight, s.weights());
      ASSERT_GE(product.output, 0);
      ASSERT_LT(product.output, s.outputs());
      ASSERT_EQ(product.output / (s.P * s.Q) % (s.G * s.K), product.weight / taps);
      ASSERT_EQ(product.activation, activation_under(s, product.output, product.weight));
      ++seen[static_cast<std::size_t>(product.output * taps + product.weight % taps)];
    }
  });
  ASSERT_EQ(std::ranges::count(seen, 1), s.macs());
}

TEST(Schedule, CoversEveryProductExactlyOnce) {
  EXPECT_EQ(for_random_mappings(1, kCases, false,
                                [](const MachineConfig&, const Layer&, const Mapping& mapping) {
                                  SCOPED_TRACE(mapping.describe());
                                  expect_every_product_once(mapping);
                                }),
            kCases);
}

TEST(Schedule, CoversEveryProductExactlyOnceInTilesOfARealMemory) {
  EXPECT_EQ(for_random_mappings(2, kCases, true,
                                [](const MachineConfig&, const Layer&, const Mapping& mapping) {
                                  SCOPED_TRACE(mapping.describe());
                                  expect_every_product_once(mapping);
                                }),
            kCases);
}

TEST(Schedule, CountsProductsAndUnitStepsAsEnumerated) {
  for_random_mappings(
      3, kCases, true, [](const MachineConfig&, const Layer&, const Mapping& mapping) {
        SCOPED_TRACE(mapping.describe());
        std::uint64_t macs = 0;
        for_each_pass(Schedule(mapping), [&](const Tile&, const Pass& pass) {
          const Enumeration expected(mapping, pass);
          const Traffic traffic = pass_traffic(mapping, pass);
          ASSERT_EQ(traffic.macs, expected.macs);
          ASSERT_EQ(traffic.unit_steps, expected.unit_steps);
          ASSERT_EQ(traffic.step_slots,
                    static_cast<std::uint64_t>(pass.steps * mapping.positions()));
          ASSERT_EQ(pass.outputs, static_cast<std::int64_t>(expected.outputs.size()));
          macs += traffic.macs;
        });
        ASSERT_EQ(macs, static_cast<std::uint64_t>(mapping.shape.macs()));
      });
}

/// Bits that the operands of one pass take through their ports, enumerated. A stationary operand is
/// read once for as long as it stays.
Traffic enumerated_reads(const Mapping& mapping, const Enumeration& all, bool reload) {
  const auto bits = [](std::uint64_t elements, int width) {
    return elements * static_cast<std::uint64_t>(width);
  };
  std::uint64_t activations = all.activation_fetches;
  std::uint64_t weights = all.weight_fetches;
  if (mapping.stationary == Operand::activations) activations = reload ? all.activations.size() : 0;
  if (mapping.stationary == Operand::weights) weights = reload ? all.weights.size() : 0;
  Traffic traffic;
  traffic.activation_reads = bits(activations, mapping.activation_bits);
  traffic.weight_reads = bits(weights, mapping.weight_bits);
  return traffic;
}

TEST(Schedule, ReadsEachOperandAsOftenAsEnumerated) {
  for_random_mappings(
      4, kCases, true, [](const MachineConfig&, const Layer&, const Mapping& mapping) {
        SCOPED_TRACE(mapping.describe());
        std::set<Fetch> resident;
        for_each_pass(Schedule(mapping), [&](const Tile&, const Pass& pass) {
          const Enumeration all(mapping, pass);
          bool reload = false;
          if (mapping.stationary != Operand::outputs) {
            const std::set<Fetch>& needed =
                mapping.stationary == Operand::weights ? all.weight_loops : all.activation_loops;
            reload = needed != resident;
            resident = needed;
          }
          ASSERT_EQ(pass.loads_stationary, reload);
          const Traffic expected = enumerated_reads(mapping, all, reload);
          const Traffic traffic = pass_traffic(mapping, pass);
          ASSERT_EQ(traffic.activation_reads, expected.activation_reads);
          ASSERT_EQ(traffic.weight_reads, expected.weight_reads);
        });
      });
}

TEST(Schedule, StepTakesTheUnitsTimeOrThatOfTheSlowestPort) {
  for_random_mappings(
      5, kCases, true, [](const MachineConfig& machine, const Layer&, const Mapping& mapping) {
        SCOPED_TRACE(mapping.describe());
        for_each_pass(Schedule(mapping), [&](const Tile&, const Pass& pass) {
          const Enumeration all(mapping, pass);
          std::int64_t cycles = machine.unit->mode(mapping.types).cycles;
          const auto wait = [&](const BufferConfig& buffer, std::size_t elements, int width) {
            if (buffer.port_bits == 0) return;
            cycles = std::max(
                cycles, ceil_div(static_cast<std::int64_t>(elements) * width, buffer.port_bits));
          };
          if (mapping.stationary != Operand::activations)
            wait(machine.memory.activations, all.most_activations, mapping.activation_bits);
          if (mapping.stationary != Operand::weights)
            wait(machine.memory.weights, all.most_weights, mapping.weight_bits);
          ASSERT_EQ(pass.step_cycles, cycles);
        });
      });
}

/// The outputs that a pass works on, as ranges.
PerDim<Range> output_block(const Pass& pass) {
  PerDim<Range> block = pass.ranges;
  for (const Dim dim : {Dim::C, Dim::R, Dim::S}) block[dim] = {};
  return block;
}

TEST(Schedule, SpillsExactlyWhereOtherOutputsComeBetween) {
  int spilling = 0;
  for_random_mappings(
      6, kCases, true, [&](const MachineConfig&, const Layer&, const Mapping& mapping) {
        SCOPED_TRACE(mapping.describe());
        std::vector<Pass> passes;
        for_each_pass(Schedule(mapping),
                      [&](const Tile&, const Pass& pass) { passes.push_back(pass); });
        const auto products = static_cast<std::uint64_t>(mapping.shape.macs());
        std::uint64_t macs = 0;
        for (std::size_t i = 0; i < passes.size(); ++i) {
          const bool goes_on =
              i + 1 < passes.size() && output_block(passes[i]) == output_block(passes[i + 1]);
          const bool went_on = i > 0 && output_block(passes[i]) == output_block(passes[i - 1]);
          ASSERT_EQ(passes[i].spills, !passes[i].finishes && !goes_on);
          ASSERT_EQ(passes[i].restores, !passes[i].starts && !went_on);
          spilling += passes[i].spills ? 1 : 0;
          macs += pass_traffic(mapping, passes[i]).macs;
        }
        ASSERT_EQ(macs, products);
      });
  EXPECT_GT(spilling, 100);
}

TEST(Schedule, EachOutputStartsOnceAndFinishesOnce) {
  for_random_mappings(
      7, kCases, true, [](const MachineConfig&, const Layer&, const Mapping& mapping) {
        SCOPED_TRACE(mapping.describe());
        std::int64_t started = 0;
        std::int64_t finished = 0;
        std::uint64_t written = 0;
        for_each_pass(Schedule(mapping), [&](const Tile&, const Pass& pass) {
          started += pass.starts ? pass.outputs : 0;
          finished += pass.finishes ? pass.outputs : 0;
          written += pass_traffic(mapping, pass).output_writes;
        });
        ASSERT_EQ(started, mapping.shape.outputs());
        ASSERT_EQ(finished, mapping.shape.outputs());
        ASSERT_EQ(written,
                  static_cast<std::uint64_t>(mapping.shape.outputs() * mapping.output_bits));
      });
}

TEST(Schedule, AccumulatorMemoriesAreReadBeforeEveryUpdateButTheFirst) {
  for_random_mappings(
      9, kCases, true, [](const MachineConfig&, const Layer&, const Mapping& mapping) {
        SCOPED_TRACE(mapping.describe());
        Traffic total;
        for_each_pass(Schedule(mapping),
                      [&](const Tile&, const Pass& pass) { total += pass_traffic(mapping, pass); });
        const auto width = static_cast<std::uint64_t>(mapping.types.accumulator.bits);
        const auto outputs = static_cast<std::uint64_t>(mapping.shape.outputs());
        ASSERT_EQ(total.accumulator_writes - total.accumulator_reads,
                  mapping.accumulator_entries > 1 ? outputs * width : 0);
      });
}

TEST(Schedule, PartialSumsAreReadAsOftenAsTheyWereWritten) {
  for_random_mappings(
      8, kCases, true, [](const MachineConfig&, const Layer&, const Mapping& mapping) {
        SCOPED_TRACE(mapping.describe());
        Traffic total;
        for_each_pass(Schedule(mapping),
                      [&](const Tile&, const Pass& pass) { total += pass_traffic(mapping, pass); });
        ASSERT_EQ(total.partial_reads, total.partial_writes);
      });
}

}  // namespace
}  // namespace bitscale
