#include "sim/precision/in_memory.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "sim/precision/output_precision.hpp"
#include "tests/unit/precision/printed.hpp"

namespace bitscale::precision {
namespace {

struct Column {
  ChargeSumming column;
  const char *signal, *noise, *snr_dB;
};

TEST(ChargeSumming, AddsStaticMismatchCoherently) {
  for (const Column& v : {Column{{64, 4, 4, .1, 0, 0}, "6.453857", ".128662", "17.0037"},
                          {{256, 6, 6, .1, 0, 0}, "27.779675", ".555489", "16.9905"},
                          {{256, 6, 6, 0, .1, 0}, "27.779675", ".142257", "22.9065"},
                          {{256, 6, 6, 0, 0, 1}, "27.779675", ".444227", "17.9612"},
                          {{256, 6, 6, .1, .05, .5}, "27.779675", ".702821", "15.9688"},
                          {{512, 4, 4, .2, .02, 1}, "51.630859", "4.570492", "10.5295"}}) {
    const ComputeNoise noise = charge_summing_noise(v.column);
    EXPECT_TRUE(is(noise.signal, v.signal));
    EXPECT_TRUE(is(noise.analogue, v.noise));
    EXPECT_TRUE(is(noise.snr_dB(), v.snr_dB));
  }
}

TEST(ChargeSumming, WithIndependentPlanesIsTooGoodForMismatch) {
  const auto snr_dB = [](const ChargeSumming& column) {
    return to_dB(charge_summing_noise(column).signal / independent_planes_noise(column));
  };
  EXPECT_TRUE(is(snr_dB({256, 6, 6, .1, 0, 0}), "19.90"));
  EXPECT_TRUE(is(snr_dB({256, 6, 6, 0, .1, 0}), "19.90"));
  EXPECT_TRUE(is(snr_dB({256, 6, 6, 0, 0, 1}), "17.96"));
  EXPECT_TRUE(is(snr_dB({256, 6, 6, .1, .05, .5}), "17.75"));
  EXPECT_TRUE(is(snr_dB({512, 4, 4, .2, .02, 1}), "12.78"));
}

TEST(ChargeSumming, ClipsByTheFormulaInPrintWhereColumnsAreIndependent) {
  // The columns of the reference: 6 x 6 bits, nothing but clipping.
  const auto snr_dB = [](const ChargeSumming& column) {
    return to_dB(charge_summing_noise(column).signal / independent_clipping_noise(column));
  };
  EXPECT_TRUE(is(snr_dB({256, 6, 6, 0, 0, 0, 72}), "13.52"));
  EXPECT_TRUE(is(snr_dB({512, 6, 6, 0, 0, 0, 140}), "14.32"));
  EXPECT_TRUE(is(snr_dB({256, 6, 6, 0, 0, 0, 80}), "26.52"));
}

/// Mean squared error of clipping over all operands of a column, by counting.
double counted_clipping(const ChargeSumming& column) {
  const int x_bits = column.activation_bits;
  const int w_bits = column.weight_bits;
  const auto rows = static_cast<int>(column.rows);
  const std::uint64_t operands = std::uint64_t{1} << (rows * (x_bits + w_bits));
  double power = 0;
  for (std::uint64_t word = 0; word < operands; ++word) {
    const auto bit = [&](int row, int at) {
      return static_cast<int>(word >> (row * (x_bits + w_bits) + at) & 1U);
    };
    double error = 0;
    for (int b = 0; b < w_bits; ++b) {
      for (int l = 0; l < x_bits; ++l) {
        int discharges = 0;
        for (int row = 0; row < rows; ++row) discharges += bit(row, l) * bit(row, x_bits + b);
        error += (b == 0 ? -1 : std::exp2(-b)) * std::exp2(-l - 1) *
                 std::max(0.0, discharges - column.headroom);
      }
    }
    power += error * error;
  }
  return power / static_cast<double>(operands);
}

TEST(ChargeSumming, ClipsAsCountedOverAllOperands) {
  for (const ChargeSumming& column :
       {ChargeSumming{4, 2, 2, 0, 0, 0, 1}, ChargeSumming{4, 2, 2, 0, 0, 0, 2.5},
        ChargeSumming{4, 1, 3, 0, 0, 0, .25}, ChargeSumming{5, 2, 1, 0, 0, 0, 3}}) {
    const double counted = counted_clipping(column);
    EXPECT_NEAR(charge_summing_noise(column).clipped, counted, 1e-12 * counted) << column.rows;
  }
}

TEST(ChargeSumming, LosesTheWholeSignalAndNoMoreWhereEverythingClips) {
  // Nothing is left of the discharges: the error is the signal itself and its mean.
  const ComputeNoise noise = charge_summing_noise({65536, 6, 6, 0, 0, 0, 1e-9});
  const double mean = 65536 / 4.0 * std::exp2(-5) * (1 - std::exp2(-6));
  EXPECT_NEAR(noise.clipped, noise.signal + mean * mean, 1e-6 * noise.clipped);
}

TEST(ChargeSumming, IsDecidedByClippingBelowAHeadroom) {
  const ChargeSumming column{256, 6, 6, .1, .05, .5};
  const double limit = clipping_takes_over(column);
  ChargeSumming at = column;
  at.headroom = limit;
  const ComputeNoise above = charge_summing_noise(at);
  EXPECT_LT(above.clipped, above.analogue / 2);
  at.headroom = limit - 1;
  const ComputeNoise below = charge_summing_noise(at);
  EXPECT_GE(below.clipped, below.analogue / 2);
}

TEST(ChargeRedistribution, SharesCapacitorsOverTheCycles) {
  EXPECT_TRUE(is(charge_redistribution_noise({256, 4, 4, 1e-15}).analogue, "0.2103"));
  EXPECT_TRUE(is(charge_redistribution_noise({256, 4, 4, 3e-15}).analogue, ".0701"));
  EXPECT_TRUE(is(charge_redistribution_noise({128, 6, 6, 1e-15}).analogue, ".1119"));
}

TEST(Converter, TakesTheBitsThatCostHalfADecibel) {
  const std::vector<std::array<int, 3>> expected = {
      {5, 4, 3},  {10, 5, 4}, {15, 6, 5},   {20, 7, 6},   {24, 7, 7},  {25, 7, 7},
      {30, 8, 8}, {35, 9, 9}, {40, 10, 10}, {45, 11, 11}, {50, 12, 12}};
  for (const auto& [snr_dB, closed_form, exact] : expected) {
    EXPECT_EQ(converter_bits_closed_form(snr_dB), closed_form) << snr_dB;
    EXPECT_EQ(converter_bits(snr_dB), exact) << snr_dB;
  }
}

TEST(Converter, NeverTakesMoreBitsThanItsLevels) {
  EXPECT_EQ(converter_bits(40, 65), 7);
  EXPECT_EQ(converter_bits(20, 65), 6);
  EXPECT_EQ(converter_bits(26.41, 129), 8);
}

TEST(Converter, HasTheConstantInPrintAtEightBitsOnly) {
  const auto constant = [](int bits) {
    return 6 * bits - clipped_sqnr_dB(bits, optimal_clip(bits)) + 9.13574;
  };
  const std::array<const char*, 7> printed = {"13.34", "14.35", "15.19", "15.91",
                                              "16.53", "17.09", "17.58"};
  for (int bits = 4; bits <= 10; ++bits)
    EXPECT_TRUE(is(constant(bits), printed.at(static_cast<std::size_t>(bits - 4)))) << bits;
  EXPECT_TRUE(is(6 * 8 - clipped_sqnr_dB(8, 4) + 9.13574, "16.559"));
}

TEST(Converter, LosesLessAtTheClipThanOverTheWholeRange) {
  const ChargeSumming column{256, 6, 6, .1, .02, .5};
  const double analogue = charge_summing_noise(column).analogue;
  const auto loss_dB = [analogue](double noise) { return to_dB(1 + noise / analogue); };
  EXPECT_TRUE(is(charge_summing_noise(column).snr_dB(), "16.16"));
  EXPECT_TRUE(is(loss_dB(full_range_converter_noise(column, 6, 256)), "2.74"));
  EXPECT_TRUE(is(loss_dB(full_range_converter_noise(column, 5, 256)), "6.56"));
  EXPECT_TRUE(is(loss_dB(clipped_converter_noise(column, 5)), "0.47"));
}

TEST(Column, RefusesWhatCannotBeBuilt) {
  EXPECT_THROW((void)charge_summing_noise({0}), std::invalid_argument);
  EXPECT_THROW((void)charge_summing_noise({256, 0, 6}), std::invalid_argument);
  EXPECT_THROW((void)charge_summing_noise({256, 6, 6, -.1}), std::invalid_argument);
  EXPECT_THROW((void)charge_redistribution_noise({256, 4, 4, 0}), std::invalid_argument);
}

}  // namespace
}  // namespace bitscale::precision
