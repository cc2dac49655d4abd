// The subword multiplier alone: products of every mode, and the figures of its gates.
#include <gtest/gtest.h>

#include "arch/dvafs/subword_multiplier.hpp"
#include "sim/netlist/area.hpp"
#include "tests/unit/netlist/streams.hpp"

namespace bitscale {
namespace {

using netlist::AdderKind;
using netlist::Netlist;
using netlist::Reduction;
using Words = std::vector<std::int64_t>;

std::vector<SubwordMultiplierConfig> all_drawings() {
  std::vector<SubwordMultiplierConfig> drawings;
  for (const bool together : {false, true}) {
    for (const Reduction reduction : {Reduction::dadda, Reduction::array}) {
      for (const AdderKind adder : {AdderKind::ripple, AdderKind::prefix}) {
        drawings.push_back({16, {16, 8, 4}, together, reduction, adder});
      }
    }
  }
  return drawings;
}

std::int64_t subword_of(std::int64_t word, int width, int place) {
  return netlist::as_bus(word >> place, width, true);
}

/// What a mode makes of two words, by multiplications.
std::int64_t expected_product(const SubwordCut& cut, std::int64_t a, std::int64_t b) {
  std::int64_t packed = 0;
  for (int subword = 0; subword < cut.count(); ++subword) {
    const std::int64_t product = subword_of(a, cut.width, cut.first_place(subword)) *
                                 subword_of(b, cut.width, cut.second_place(subword));
    const std::int64_t range = std::int64_t{1} << (2 * cut.width);
    packed += (cut.together ? product : product & (range - 1)) << cut.product_place(subword);
  }
  return netlist::as_bus(packed, cut.product_bits(), false);
}

/// Compares the gates, and the datapath of the pins, with multiplications.
void expect_products(const SubwordMultiplierConfig& config, std::size_t mode, const Words& a,
                     const Words& b) {
  const Netlist gates = subword_multiplier(config);
  const Words codes(a.size(), ModeSelect::code(mode));
  const Words products = netlist::outputs(gates, {a, b, codes});
  const SubwordCut cut = config.cut(mode);
  for (std::size_t i = 0; i < a.size(); ++i) {
    const std::int64_t expected = expected_product(cut, a[i], b[i]);
    ASSERT_EQ(products[i], expected)
        << gates.name << " " << cut.width << ": " << a[i] << ", " << b[i];
    ASSERT_EQ(
        packed_product(cut, static_cast<std::uint32_t>(a[i]), static_cast<std::uint32_t>(b[i])),
        expected);
  }
}

/// Every pair of subwords in one block, all others random.
void expect_block_exhaustively(const SubwordMultiplierConfig& config, std::size_t mode,
                               int subword) {
  const SubwordCut cut = config.cut(mode);
  const CounterRng random(5, static_cast<std::uint64_t>(subword));
  const std::int64_t values = std::int64_t{1} << cut.width;
  Words a;
  Words b;
  for (std::int64_t pair = 0; pair < values * values; ++pair) {
    const std::uint64_t word = random(static_cast<std::uint64_t>(pair));
    const auto put = [&](std::int64_t neighbours, std::int64_t value, int place) {
      return ((neighbours & 0xffff) & ~((values - 1) << place)) | value << place;
    };
    a.push_back(
        put(static_cast<std::int64_t>(word >> 16), pair % values, cut.first_place(subword)));
    b.push_back(
        put(static_cast<std::int64_t>(word >> 32), pair / values, cut.second_place(subword)));
  }
  expect_products(config, mode, a, b);
}

TEST(SubwordMultiplier, MultipliesEveryPairInEveryBlockOf4Bits) {
  for (const SubwordMultiplierConfig& config : all_drawings()) {
    for (int subword = 0; subword < 4; ++subword) expect_block_exhaustively(config, 2, subword);
  }
}

TEST(SubwordMultiplier, MultipliesEveryPairInEveryBlockOf8Bits) {
  for (const SubwordMultiplierConfig& config : all_drawings()) {
    for (int subword = 0; subword < 2; ++subword) expect_block_exhaustively(config, 1, subword);
  }
}

TEST(SubwordMultiplier, MultipliesRandomAndExtremeWordsInEveryMode) {
  const CounterRng random(6, 0);
  Words a = {0, 0, 0x8000, 0x8000, 0x7fff, 0x8888, 0x8080, 0xffff, 0x7777};
  Words b = {0, 0xffff, 0x8000, 0x7fff, 0x7fff, 0x8888, 0x8080, 0xffff, 0x8888};
  for (std::uint64_t i = 0; i < 20000; ++i) {
    a.push_back(static_cast<std::int64_t>(random(i) & 0xffff));
    b.push_back(static_cast<std::int64_t>(random(i) >> 20 & 0xffff));
  }
  for (const SubwordMultiplierConfig& config : all_drawings()) {
    for (const std::size_t mode : {0U, 1U, 2U}) expect_products(config, mode, a, b);
  }
}

TEST(SubwordMultiplier, TakesOtherWordsAndWidths) {
  for (const SubwordMultiplierConfig& config :
       {SubwordMultiplierConfig{8, {8, 4, 2}}, SubwordMultiplierConfig{16, {8, 4}},
        SubwordMultiplierConfig{16, {16, 4, 2}}, SubwordMultiplierConfig{4, {4, 2}}}) {
    for (std::size_t mode = 0; mode < config.widths.size(); ++mode) {
      const CounterRng random(7, mode);
      Words a;
      Words b;
      for (std::uint64_t i = 0; i < 4000; ++i) {
        const std::uint64_t mask = (1U << config.word_bits) - 1;
        a.push_back(static_cast<std::int64_t>(random(i) & mask));
        b.push_back(static_cast<std::int64_t>(random(i) >> 20 & mask));
      }
      expect_products(config, mode, a, b);
    }
  }
}

TEST(SubwordMultiplier, ProductsTogetherAreTheSumOfThoseApart) {
  const SubwordCut apart{16, 4, false};
  const SubwordCut together{16, 4, true};
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  std::uint32_t reversed = 0;
  const std::vector<std::int64_t> activations = {-8, 7, 3, -1};
  const std::vector<std::int64_t> weights = {-8, -8, 5, -1};
  for (int i = 0; i < 4; ++i) {
    const auto at = static_cast<std::size_t>(i);
    a |= subword_at(activations[at], 4, apart.first_place(i));
    b |= subword_at(weights[at], 4, apart.second_place(i));
    reversed |= subword_at(weights[at], 4, together.second_place(i));
  }
  EXPECT_EQ(product_of(apart, packed_product(apart, a, b), 1), -56);
  EXPECT_EQ(product_of(together, packed_product(together, a, reversed), 0),
            (64 - 56 + 15 + 1) * 4096);
}

TEST(SubwordMultiplier, KeepsExactlyTheDiagonalPartialProducts) {
  for (const SubwordMultiplierConfig& config : all_drawings()) {
    EXPECT_EQ(active_partial_products(config, 16), 256U);
    EXPECT_EQ(active_partial_products(config, 8), 128U);
    EXPECT_EQ(active_partial_products(config, 4), 64U);  // 192 idle, as published
  }
}

TEST(SubwordMultiplier, RefusesWidthsAndReductionsThatCannotBeCut) {
  EXPECT_THROW(static_cast<void>(subword_multiplier({16, {16, 6}})), netlist::NetlistError);
  EXPECT_THROW(static_cast<void>(subword_multiplier({16, {8, 16}})), netlist::NetlistError);
  EXPECT_THROW(static_cast<void>(subword_multiplier({12, {12}})), netlist::NetlistError);
  EXPECT_THROW(static_cast<void>(subword_multiplier({16, {}})), netlist::NetlistError);
  EXPECT_THROW(static_cast<void>(subword_multiplier({16, {16}, false, Reduction::booth})),
               netlist::NetlistError);
  const SubwordMultiplierConfig config;
  EXPECT_THROW(static_cast<void>(tie_subwords(subword_multiplier(config), config, 2)),
               netlist::NetlistError);
}

// ---- figures, uniform operands, against those of an independent drawing of the same multiplier

struct Figures {
  double zero_delay = 0, inertial = 0;
  double path = 0;
};

Figures figures_of(const SubwordMultiplierConfig& config, std::size_t mode) {
  const Netlist gates = subword_multiplier(config);
  netlist::Stimulus stimulus = netlist::uniform_stream(gates, 65);
  stimulus.set_always(2, ModeSelect::code(mode));
  return {netlist::ZeroDelayToggles(gates).count(stimulus).units_per_transition(),
          netlist::InertialToggles(gates).count(stimulus).units_per_transition(),
          static_cast<double>(
              analyse_timing(gates, tie_subwords(gates, config, config.widths[mode])).path_units)};
}

Figures plain_figures(const SubwordMultiplierConfig& config) {
  const Netlist gates = netlist::multiplier({16, 16, true, true, config.reduction, config.adder});
  const netlist::Stimulus stimulus = netlist::uniform_stream(gates, 65);
  return {netlist::ZeroDelayToggles(gates).count(stimulus).units_per_transition(),
          netlist::InertialToggles(gates).count(stimulus).units_per_transition(),
          static_cast<double>(analyse_timing(gates).path_units)};
}

void print(const SubwordMultiplierConfig& config, const Figures& full, const Figures& plain) {
  std::printf("%s: 16 bit %+.1f %% (zero delay), %+.1f %% (with glitches) over a plain one\n",
              subword_multiplier(config).name.c_str(),
              100 * (full.zero_delay / plain.zero_delay - 1),
              100 * (full.inertial / plain.inertial - 1));
  for (const std::size_t mode : {1U, 2U}) {
    const Figures cut = figures_of(config, mode);
    std::printf("  %dx%d: activity / %.2f (zero delay), / %.2f (with glitches), path x %.3f\n",
                16 / config.widths[mode], config.widths[mode], full.zero_delay / cut.zero_delay,
                full.inertial / cut.inertial, cut.path / full.path);
  }
}

TEST(SubwordMultiplierFigures, AreaOverAPlainMultiplierIsThatOfTheKillingGates) {
  // The reference adds 14 to 15 %; gating each row's bit once for all cells that share its modes is
  // cheaper.
  const double plain = netlist::area(netlist::multiplier({16, 16})).combinational_nand2;
  const double cut = netlist::area(subword_multiplier({})).combinational_nand2;
  std::printf("area %.0f NAND2, plain %.0f: %+.1f %%\n", cut, plain, 100 * (cut / plain - 1));
  EXPECT_NEAR(cut / plain, 1.117, .01);
  EXPECT_NEAR(cut / 2510, 1, .04);
}

TEST(SubwordMultiplierFigures, SixteenBitProductsCostSevenPercentMore) {
  // Reference: 8 to 10 %; less area adds less here.
  const SubwordMultiplierConfig config;
  const Figures full = figures_of(config, 0);
  const Figures plain = plain_figures(config);
  print(config, full, plain);
  EXPECT_NEAR(full.zero_delay / plain.zero_delay, 1.075, .015);
  EXPECT_NEAR(full.inertial / plain.inertial, 1.045, .02);
}

TEST(SubwordMultiplierFigures, ActivityFallsAsPublishedForFourSubwords) {
  // Reference: 1.85 and 3.3 to 3.4 with glitches, published 3.2 at 4x4.
  for (const AdderKind adder : {AdderKind::ripple, AdderKind::prefix}) {
    SubwordMultiplierConfig config;
    config.adder = adder;
    const Figures full = figures_of(config, 0);
    if (adder == AdderKind::prefix) print(config, full, plain_figures(config));
    EXPECT_NEAR(full.inertial / figures_of(config, 1).inertial, 1.85, .08);
    EXPECT_NEAR(full.inertial / figures_of(config, 2).inertial, 3.3, .15);
  }
}

TEST(SubwordMultiplierFigures, PathsShortenAsTheReferencesDo) {
  struct Row {
    AdderKind adder;
    double halves, quarters, tolerance;
  };
  // The prefix adder's path is short (40 units), so that one gate more or less on it is 2.5 %.
  for (const Row& row :
       {Row{AdderKind::ripple, .632, .408, .01}, Row{AdderKind::prefix, .881, .786, .04}}) {
    SubwordMultiplierConfig config;
    config.adder = row.adder;
    const double full = figures_of(config, 0).path;
    EXPECT_NEAR(figures_of(config, 1).path / full, row.halves, row.tolerance);
    EXPECT_NEAR(figures_of(config, 2).path / full, row.quarters, row.tolerance);
  }
}

TEST(SubwordMultiplierFigures, GatedLowBitsScaleTheSixteenBitModeAsDasDoes) {
  // E(16) / E(b), zero delay and with glitches, of the 1x16 mode; published 12.5 at 4 bits.
  const Netlist gates = subword_multiplier({});
  const auto units = [&](int gated) {
    const netlist::Stimulus stimulus = [&] {
      netlist::Stimulus stream = netlist::uniform_stream(gates, 65, gated);
      stream.set_always(2, 0);
      return stream;
    }();
    return Figures{netlist::ZeroDelayToggles(gates).count(stimulus).units_per_transition(),
                   netlist::InertialToggles(gates).count(stimulus).units_per_transition()};
  };
  const Figures full = units(0);
  struct Row {
    int bits;
    double zero_delay, inertial;
  };
  for (const Row& row : {Row{12, 1.46, 1.57}, Row{8, 2.56, 2.87}, Row{4, 8.2, 12.2}}) {
    const Figures gated = units(16 - row.bits);
    EXPECT_NEAR(full.zero_delay / gated.zero_delay / row.zero_delay, 1, .05) << row.bits;
    EXPECT_NEAR(full.inertial / gated.inertial / row.inertial, 1, .05) << row.bits;
  }
}

TEST(SubwordMultiplierFigures, OneModeAloneIsThePlainMultiplier) {
  const Netlist alone = subword_multiplier({16, {16}});
  const Netlist plain = netlist::multiplier({16, 16});
  EXPECT_EQ(alone.nodes.size(), plain.nodes.size());
  EXPECT_EQ(netlist::area(alone).combinational_nand2, netlist::area(plain).combinational_nand2);
}

}  // namespace
}  // namespace bitscale
