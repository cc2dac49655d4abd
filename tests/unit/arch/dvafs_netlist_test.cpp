// The gates of the unit: every segment of the accumulator takes itself plus its products.
#include <gtest/gtest.h>

#include "arch/common/accumulator.hpp"
#include "arch/dvafs/dvafs.hpp"
#include "arch/unit_netlist.hpp"
#include "sim/netlist/area.hpp"
#include "sim/netlist/registers.hpp"
#include "tests/unit/netlist/streams.hpp"

namespace bitscale {
namespace {

/// Operands and states of many steps, drawn at random, and what the gates make of them.
class Steps {
 public:
  Steps(const DvafsConfig& config, const OperandTypes& types, std::int64_t lanes,
        std::uint64_t seed)
      : unit_(DvafsUnit(config).make_netlist(lanes, types)),
        cut_(netlist::cut_registers(unit_.netlist)),
        positions_(lanes * DvafsUnit(config).mode(types).products),
        random_(seed, 3) {
    for (int step = 0; step < kSteps; ++step) draw(types, step);
  }

  void expect_like_integers(const AccumulatorConfig& accumulator) {
    for (std::int64_t segment = 0; segment < unit_.segments; ++segment) {
      const Words next = next_of(segment);
      const Words& states = buses_[cut_.input_buses + static_cast<std::size_t>(segment)];
      const auto bits = static_cast<int>(output_of(segment).bits.size());
      for (std::size_t step = 0; step < kSteps; ++step) {
        Accumulator expected({bits, accumulator.overflow});
        expected.load(netlist::as_bus(states[step], bits, true));
        overflows_ += expected.add(addends_[static_cast<std::size_t>(segment)][step]) ? 1U : 0U;
        ASSERT_EQ(next[step], expected.value()) << unit_.netlist.name << " segment " << segment;
      }
    }
  }
  [[nodiscard]] std::uint64_t overflows() const { return overflows_; }
  [[nodiscard]] const UnitNetlist& unit() const { return unit_; }

 private:
  using Words = std::vector<std::int64_t>;
  static constexpr int kSteps = 1024;

  [[nodiscard]] std::int64_t value(const TensorType& type) {
    const auto word = static_cast<std::int64_t>(random_(count_++));
    if (word % 5 == 0) return word % 2 == 0 ? min_value(type) : max_value(type);
    return netlist::as_bus(word >> 20, type.bits, type.encoding == Encoding::twos);
  }

  void draw(const OperandTypes& types, int step) {
    std::vector<std::int32_t> activations;
    std::vector<std::int32_t> weights;
    std::vector<std::uint8_t> valid;
    for (std::int64_t position = 0; position < positions_; ++position) {
      valid.push_back(random_(count_++) % 8 == 0 ? 0 : 1);
      const std::int64_t used = valid.back();
      activations.push_back(static_cast<std::int32_t>(used * value(types.activation)));
      weights.push_back(static_cast<std::int32_t>(used * value(types.weight)));
    }
    const StepOperands operands{activations, weights, valid};
    Words driven(cut_.input_buses, 0);
    unit_.drive(operands, 0, driven);
    buses_.resize(cut_.netlist.inputs.size());
    for (std::size_t bus = 0; bus < buses_.size(); ++bus) {
      if (bus < driven.size()) {
        buses_[bus].push_back(driven[bus]);
        continue;
      }
      // States near the ends come up often: those are where registers differ.
      const int bits = static_cast<int>(cut_.netlist.inputs[bus].bits.size());
      const auto word = static_cast<std::int64_t>(random_(count_++));
      const std::int64_t near = word & 15;
      const std::int64_t states[] = {word >> 4, accumulator_max(bits) - near,
                                     accumulator_min(bits) + near};
      buses_[bus].push_back(states[step % 3]);
    }
    addends_.resize(static_cast<std::size_t>(unit_.segments));
    for (std::int64_t segment = 0; segment < unit_.segments; ++segment) {
      addends_[static_cast<std::size_t>(segment)].push_back(unit_.addend(operands, 0, segment));
    }
  }

  [[nodiscard]] const netlist::Bus& output_of(std::int64_t segment) const {
    return output_bus(cut_.netlist, "accumulator" + std::to_string(segment) + "_next");
  }
  [[nodiscard]] Words next_of(std::int64_t segment) const {
    netlist::Netlist one = cut_.netlist;
    one.outputs = {output_of(segment)};
    return netlist::outputs(one, buses_);
  }

  UnitNetlist unit_;
  netlist::CutNetlist cut_;
  std::int64_t positions_;
  CounterRng random_;
  std::uint64_t count_ = 0;
  std::vector<Words> buses_, addends_;  ///< [bus or segment][step]
  std::uint64_t overflows_ = 0;
};

OperandTypes types_of(int activation_bits, Encoding encoding, int weight_bits,
                      AccumulatorConfig accumulator = {}) {
  return {{activation_bits, encoding, 0}, {weight_bits, Encoding::twos, 0}, accumulator};
}

std::vector<OperandTypes> all_types(const AccumulatorConfig& accumulator) {
  std::vector<OperandTypes> types;
  for (const auto& [a, w] : {std::pair{16, 16}, std::pair{11, 13}, std::pair{8, 8}, std::pair{7, 5},
                             std::pair{4, 4}, std::pair{2, 3}}) {
    types.push_back(types_of(a, Encoding::twos, w, accumulator));
    if (a < 16) types.push_back(types_of(a, Encoding::unsigned_, w, accumulator));
  }
  return types;
}

/// Every kind of cut and every place of narrow operands, on 1 and 3 lanes.
void expect_like_integers(const AccumulatorConfig& accumulator) {
  std::uint64_t overflows = 0;
  for (const Combine combine : {Combine::apart, Combine::together}) {
    for (const Alignment alignment : {Alignment::msb, Alignment::lsb}) {
      for (const OperandTypes& types : all_types(accumulator)) {
        DvafsConfig config;
        config.combine = combine;
        config.subword_dim = SubwordDim::channel;
        config.alignment = alignment;
        if (!DvafsUnit(config).refusal(types).empty()) continue;
        for (const std::int64_t lanes : {1, 3}) {
          Steps steps(config, types, lanes, 11);
          steps.expect_like_integers(accumulator);
          overflows += steps.overflows();
          if (testing::Test::HasFatalFailure()) return;
        }
      }
    }
  }
  EXPECT_GT(overflows, 0U);
}

TEST(DvafsNetlist, WrappingSegmentsTakeTheirProductsLikeIntegers) {
  for (const int bits : {48, 64, 32}) expect_like_integers({bits, Overflow::wrap});
}

TEST(DvafsNetlist, ClampingSegmentsTakeTheirProductsLikeIntegers) {
  for (const int bits : {48, 64, 32}) expect_like_integers({bits, Overflow::saturate});
}

TEST(DvafsNetlist, SegmentsNarrowerThanAProductWrapAndClampLikeIntegers) {
  for (const Overflow overflow : {Overflow::wrap, Overflow::saturate}) {
    for (const int bits : {16, 22}) expect_like_integers({bits, overflow});
  }
}

TEST(DvafsNetlist, AccumulatorsThatDoNotSplitEvenlyLeaveBitsOver) {
  for (const Overflow overflow : {Overflow::wrap, Overflow::saturate}) {
    expect_like_integers({45, overflow});
  }
  const UnitNetlist four =
      DvafsUnit({}).make_netlist(1, types_of(4, Encoding::twos, 4, {45, Overflow::wrap}));
  EXPECT_EQ(output_bus(four.netlist, "accumulator3").bits.size(), 11U);
  EXPECT_EQ(netlist::count(four.netlist, netlist::Cell::flip_flop), 45U);
}

TEST(DvafsNetlist, OtherReductionsAndAddersGiveTheSameSums) {
  DvafsConfig config;
  config.netlist = {netlist::Reduction::array, netlist::AdderKind::prefix,
                    netlist::AdderKind::prefix};
  for (const Overflow overflow : {Overflow::wrap, Overflow::saturate}) {
    for (const int bits : {16, 8, 4}) {
      Steps steps(config, types_of(bits, Encoding::twos, bits, {48, overflow}), 3, 12);
      steps.expect_like_integers({48, overflow});
    }
  }
}

TEST(DvafsNetlist, IsOneDrawingForAllItsModes) {
  const DvafsUnit unit({});
  const auto drawing = [&](int bits) {
    netlist::Netlist gates = unit.make_netlist(2, types_of(bits, Encoding::twos, bits)).netlist;
    gates.names.clear();  // registers are named after the segments of the mode
    gates.outputs.clear();
    return gates;
  };
  EXPECT_EQ(drawing(16), drawing(8));
  EXPECT_EQ(drawing(16), drawing(4));
}

TEST(DvafsNetlist, NarrowerModesAndOperandsHaveShorterPaths) {
  const DvafsUnit unit({});
  std::uint32_t longest = UINT32_MAX;
  for (const int bits : {16, 12, 9, 8, 7, 5, 4, 3, 2}) {
    const UnitNetlist gates = unit.make_netlist(1, types_of(bits, Encoding::twos, bits));
    const std::uint32_t path = analyse_timing(gates.netlist, gates.ties).path_units;
    EXPECT_LE(path, longest) << bits;
    longest = path;
  }
  EXPECT_GT(longest, 0U);
}

TEST(DvafsNetlist, GatedBitsAndSignsOfUnsignedOperandsAreTied) {
  const UnitNetlist gates = DvafsUnit({}).make_netlist(1, types_of(5, Encoding::unsigned_, 7));
  // 2x8: two low bits and the sign of each activation, one low bit of each weight, two mode bits.
  EXPECT_EQ(gates.ties.size(), 2U * 3 + 2U * 1 + 2U);
}

TEST(DvafsNetlist, CuttingTheAccumulatorCostsLittle) {
  const netlist::Area cut =
      netlist::area(DvafsUnit({}).make_netlist(1, types_of(16, Encoding::twos, 16)).netlist);
  const netlist::Area plain = netlist::area(netlist::mac({{16, 16}, 48}));
  const double multiplier = netlist::area(subword_multiplier({})).combinational_nand2 -
                            netlist::area(netlist::multiplier({16, 16})).combinational_nand2;
  std::printf("unit %.0f NAND2 and %.0f in flip-flops; plain MAC %.0f and %.0f\n",
              cut.combinational_nand2, cut.flip_flop_nand2, plain.combinational_nand2,
              plain.flip_flop_nand2);
  // 48 places for products that stand elsewhere in each mode: at most two MUX each.
  EXPECT_LE(cut.combinational_nand2 - plain.combinational_nand2 - multiplier, 48 * 2 * 7.0 / 3);
  EXPECT_EQ(cut.flip_flop_nand2, plain.flip_flop_nand2);
}

}  // namespace
}  // namespace bitscale
