#include "sim/workload/synthetic.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "sim/core/errors.hpp"
#include "sim/core/hash.hpp"
#include "sim/workload/quantiles.hpp"
#include "sim/workload/tensor.hpp"

namespace bitscale {
namespace {

constexpr TensorType kMaster{16, Encoding::twos, 0};
constexpr TensorType kUnsignedMaster{15, Encoding::unsigned_, 0};
constexpr std::size_t kMany = 400000;

constexpr Distribution kAll[] = {Distribution::uniform, Distribution::normal, Distribution::laplace,
                                 Distribution::half_normal, Distribution::constant};

std::vector<std::int16_t> make(const TensorSource& source, const TensorType& type,
                               std::size_t count = kMany, std::uint64_t stream = 7,
                               std::int64_t first = 0) {
  std::vector<std::int16_t> values(count);
  fill_synthetic(source, type, stream, first, values);
  return values;
}

TensorSource source_of(Distribution distribution, double scale = 0.2, double zero_fraction = 0.0) {
  TensorSource source;
  source.distribution = distribution;
  source.scale = scale;
  source.zero_fraction = zero_fraction;
  return source;
}

/// Share of values above a magnitude.
double tail(const std::vector<std::int16_t>& values, double magnitude) {
  const auto above = std::count_if(values.begin(), values.end(),
                                   [&](std::int16_t v) { return std::abs(v) > magnitude; });
  return static_cast<double>(above) / static_cast<double>(values.size());
}

double zeros(const std::vector<std::int16_t>& values) {
  return static_cast<double>(std::count(values.begin(), values.end(), 0)) /
         static_cast<double>(values.size());
}

TEST(PortableMath, LogarithmIsThatOfTheMathLibrary) {
  for (double x = 1e-12; x < 1e3; x *= 1.37)
    EXPECT_NEAR(portable_log(x), std::log(x), 4e-15 * (1.0 + std::abs(std::log(x)))) << x;
}

TEST(PortableMath, ExponentialIsThatOfTheMathLibrary) {
  for (double x = 0.0; x < 100.0; x += 0.37)
    EXPECT_NEAR(portable_exp_negative(x) / std::exp(-x), 1.0, 1e-13) << x;
}

TEST(QuantileTable, NormalNodesInvertTheErrorFunction) {
  const QuantileTable& table = magnitude_table(Distribution::normal, 0.125);
  // Node i stands for P(|X| > x) = (1 + i % 64 / 64) 2^(i / 64 - 31).
  for (const std::size_t node : {0U, 100U, 640U, 1280U, 1900U, 1983U}) {
    const double probability =
        (1.0 + static_cast<double>(node % 64) / 64) * std::exp2(static_cast<int>(node / 64) - 31);
    const double codes = table.start[node] / 256.0;
    EXPECT_NEAR(std::erfc(codes / 4096.0 / std::sqrt(2.0)) / probability, 1.0, 1e-5) << node;
  }
}

TEST(Synthetic, ValueDependsOnItsIndexAndNotOnTheSpanItIsMadeIn) {
  const TensorSource source = source_of(Distribution::laplace, 0.2, 0.3);
  const std::vector<std::int16_t> whole = make(source, kMaster, 3000);
  for (const std::int64_t first : {1, 511, 512, 513, 1999}) {
    const std::vector<std::int16_t> part = make(source, kMaster, 700, 7, first);
    EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin() + first)) << first;
  }
}

TEST(Synthetic, SeedAndStreamChangeTheValues) {
  TensorSource source = source_of(Distribution::uniform);
  const auto base = make(source, kMaster, 100);
  EXPECT_NE(base, make(source, kMaster, 100, 8));
  source.seed = 2;
  EXPECT_NE(base, make(source, kMaster, 100));
}

TEST(Synthetic, LowerPrecisionsAreTheMasterRounded) {
  for (const Distribution distribution : kAll) {
    const TensorSource source = source_of(distribution, 0.4, 0.1);
    for (const Encoding encoding : {Encoding::twos, Encoding::unsigned_}) {
      const TensorType& master_type = encoding == Encoding::twos ? kMaster : kUnsignedMaster;
      const auto master = make(source, master_type, 20000);
      for (int bits = encoding == Encoding::twos ? 2 : 1; bits < master_type.bits; ++bits) {
        const TensorType type{bits, encoding, 0};
        const auto derived = make(source, type, 20000);
        for (std::size_t i = 0; i < master.size(); ++i)
          ASSERT_EQ(derived[i], round_to(master[i], master_type.bits - bits, type))
              << "bits " << bits << " element " << i;
      }
    }
  }
}

TEST(Synthetic, UnsignedMasterIsTheMagnitudeOfTheSignedOne) {
  for (const Distribution distribution : {Distribution::laplace, Distribution::normal}) {
    const auto twos = make(source_of(distribution, 0.1), kMaster, 5000);
    const auto magnitudes = make(source_of(distribution, 0.1), kUnsignedMaster, 5000);
    for (std::size_t i = 0; i < twos.size(); ++i)
      ASSERT_EQ(std::min(std::abs(twos[i]), 32767), magnitudes[i]);
  }
}

TEST(Synthetic, NormalHasTheTailsOfTheErrorFunction) {
  const double sigma = 0.1 * 32768;
  const auto values = make(source_of(Distribution::normal, 0.1), kMaster);
  for (const double sigmas : {0.1, 0.5, 1.0, 2.0, 3.0, 4.0}) {
    const double expected = std::erfc(sigmas / std::sqrt(2.0));
    const double deviation = std::sqrt(expected / static_cast<double>(values.size()));
    EXPECT_NEAR(tail(values, sigmas * sigma), expected, 5 * deviation + 2e-4) << sigmas;
  }
}

TEST(Synthetic, LaplaceHasExponentialTails) {
  const double sigma = 0.1 * 32768;
  const auto values = make(source_of(Distribution::laplace, 0.1), kMaster);
  for (const double sigmas : {0.1, 0.5, 1.0, 2.0, 4.0, 6.0}) {
    const double expected = std::exp(-std::sqrt(2.0) * sigmas);
    const double deviation = std::sqrt(expected / static_cast<double>(values.size()));
    EXPECT_NEAR(tail(values, sigmas * sigma), expected, 5 * deviation + 2e-4) << sigmas;
  }
}

TEST(Synthetic, SignedDistributionsAreSymmetric) {
  for (const Distribution d :
       {Distribution::uniform, Distribution::normal, Distribution::laplace}) {
    const auto values = make(source_of(d), kMaster);
    const auto negative = std::count_if(values.begin(), values.end(), [](auto v) { return v < 0; });
    EXPECT_NEAR(static_cast<double>(negative) / kMany, 0.5, 0.005);
  }
}

TEST(Synthetic, UniformCoversTheWholeRangeEvenly) {
  const auto values = make(source_of(Distribution::uniform), TensorType{4, Encoding::unsigned_, 0});
  std::vector<double> share(16);
  for (const std::int16_t value : values) share[static_cast<std::size_t>(value)] += 1.0 / kMany;
  // Rounded half up from 15 bits: the lowest code has half a step, the highest one and a half.
  EXPECT_NEAR(share.front(), 0.5 / 16, 0.002);
  EXPECT_NEAR(share.back(), 1.5 / 16, 0.002);
  for (std::size_t code = 1; code < 15; ++code) EXPECT_NEAR(share[code], 1.0 / 16, 0.002);
}

TEST(Synthetic, HalfNormalIsNeverNegative) {
  const auto values = make(source_of(Distribution::half_normal), kMaster);
  EXPECT_GE(*std::min_element(values.begin(), values.end()), 0);
  EXPECT_NEAR(tail(values, 0.2 * 32768), std::erfc(1.0 / std::sqrt(2.0)), 0.005);
}

TEST(Synthetic, ConstantIsTheScaleOfFullScale) {
  const auto values = make(source_of(Distribution::constant, 0.25), kMaster, 1000);
  EXPECT_EQ(values, std::vector<std::int16_t>(1000, 8192));
  EXPECT_EQ(make(source_of(Distribution::constant, 4.0), kMaster, 1).front(), 32767);
}

TEST(Synthetic, WideDistributionsSaturateAtFullScale) {
  const auto values = make(source_of(Distribution::normal, 4.0), kMaster);
  EXPECT_EQ(*std::max_element(values.begin(), values.end()), 32767);
  EXPECT_EQ(*std::min_element(values.begin(), values.end()), -32768);
  EXPECT_NEAR(tail(values, 32766), std::erfc(0.25 / std::sqrt(2.0)), 0.005);
}

TEST(Synthetic, ScaleZeroGivesZeros) {
  EXPECT_EQ(zeros(make(source_of(Distribution::laplace, 0.0), kMaster, 1000)), 1.0);
}

TEST(Synthetic, ZeroFractionPutsZerosOverValuesThatOtherwiseStay) {
  const auto dense = make(source_of(Distribution::laplace), kMaster);
  const auto sparse = make(source_of(Distribution::laplace, 0.2, 0.45), kMaster);
  EXPECT_NEAR(zeros(sparse), 0.45 + 0.55 * zeros(dense), 0.005);
  for (std::size_t i = 0; i < dense.size(); ++i)
    ASSERT_TRUE(sparse[i] == 0 || sparse[i] == dense[i]) << i;
}

TEST(Synthetic, ZeroFractionOfOneLeavesNothing) {
  EXPECT_EQ(zeros(make(source_of(Distribution::uniform, 0.2, 1.0), kMaster, 5000)), 1.0);
}

TEST(Synthetic, ZerosAreIndependentOfTheValues) {
  const auto dense = make(source_of(Distribution::uniform), kMaster);
  const auto sparse = make(source_of(Distribution::uniform, 0.2, 0.5), kMaster);
  double large = 0.0;
  double large_zeroed = 0.0;
  for (std::size_t i = 0; i < dense.size(); ++i) {
    if (std::abs(dense[i]) < 16384) continue;
    large += 1.0;
    large_zeroed += sparse[i] == 0 ? 1.0 : 0.0;
  }
  EXPECT_NEAR(large_zeroed / large, 0.5, 0.01);
}

TEST(Synthetic, BinaryTakesTheSignAndTernaryTheRoundedMaster) {
  const TensorSource source = source_of(Distribution::normal, 0.5);
  const auto master = make(source, kMaster, 5000);
  const auto binary = make(source, TensorType{1, Encoding::binary_pm1, 0}, 5000);
  const auto ternary = make(source, TensorType{2, Encoding::ternary, 0}, 5000);
  for (std::size_t i = 0; i < master.size(); ++i) {
    ASSERT_EQ(binary[i], master[i] < 0 ? -1 : 1);
    ASSERT_EQ(ternary[i], master[i] >= 8192 ? 1 : master[i] < -8192 ? -1 : 0);
  }
}

TEST(Synthetic, RefusesWhatIsOutOfRange) {
  std::vector<std::int16_t> values(1);
  const auto fill = [&](const TensorSource& source, const TensorType& type) {
    fill_synthetic(source, type, 0, 0, values);
  };
  EXPECT_THROW(fill(source_of(Distribution::normal, -0.1), kMaster), ConfigError);
  EXPECT_THROW(fill(source_of(Distribution::normal, std::nan("")), kMaster), ConfigError);
  EXPECT_THROW(fill(source_of(Distribution::normal, 0.1, 1.5), kMaster), ConfigError);
  EXPECT_THROW(fill(source_of(Distribution::normal), TensorType{16, Encoding::unsigned_, 0}),
               ConfigError);
}

/// The same bits with every compiler, vector unit and math library.
TEST(Synthetic, ValuesAreTheSameOnEveryMachine) {
  std::string digests;
  for (const Distribution distribution : kAll) {
    const auto values = make(source_of(distribution, 0.3, 0.25), kMaster, 100003);
    digests += sha256_hex(std::as_bytes(std::span(values))).substr(0, 8) + " ";
  }
  EXPECT_EQ(digests, "0479486c 1b690174 49916e43 c7d1ebbe 5dcd8103 ");
}

}  // namespace
}  // namespace bitscale
