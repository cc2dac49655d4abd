#include "sim/workload/encodings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "sim/core/errors.hpp"
#include "sim/workload/npy.hpp"
#include "sim/workload/operands.hpp"
#include "sim/workload/reference.hpp"
#include "sim/workload/statistics.hpp"
#include "sim/workload/synthetic.hpp"
#include "tests/unit/tensor/random_layer.hpp"

namespace bitscale {
namespace {

using testing::HasSubstr;

constexpr TensorType kMaster{16, Encoding::twos, 0};
constexpr TensorType kBinary{1, Encoding::binary_pm1, 0};

TensorType log2_type(int bits) { return {bits, Encoding::log2, 0}; }
TensorType codebook_type(int bits, int entry_bits) {
  return {bits, Encoding::codebook, 0, entry_bits};
}

std::vector<std::int16_t> make(const TensorSource& source, const TensorType& type,
                               std::size_t count) {
  std::vector<std::int16_t> values(count);
  fill_synthetic(source, type, 5, 0, values);
  return values;
}

TensorSource source_of(Distribution distribution, double scale = 0.2, double zero_fraction = 0.0) {
  TensorSource source;
  source.distribution = distribution;
  source.scale = scale;
  source.zero_fraction = zero_fraction;
  return source;
}

/// The nearest value of the type, the larger of two, by trying all of them.
std::int64_t nearest(const std::set<std::int64_t>& values, double x) {
  std::int64_t best = *values.begin();
  for (const std::int64_t value : values) {
    if (std::abs(static_cast<double>(value) - x) <= std::abs(static_cast<double>(best) - x))
      best = value;
  }
  return best;
}

std::set<std::int64_t> values_of(const TensorType& type) {
  std::set<std::int64_t> values;
  for (std::int64_t value = min_value(type); value <= max_value(type); ++value)
    if (is_value(type, value)) values.insert(value);
  return values;
}

TEST(Log2, HasASignAndAPowerPerCode) {
  EXPECT_EQ(values_of(log2_type(2)), (std::set<std::int64_t>{-1, 0, 1}));
  EXPECT_EQ(values_of(log2_type(3)), (std::set<std::int64_t>{-4, -2, -1, 0, 1, 2, 4}));
  EXPECT_EQ(max_value(log2_type(4)), 64);
  EXPECT_EQ(max_value(log2_type(5)), 16384);
}

TEST(Log2, WordsAreCodesWithTheSignAbove) {
  EXPECT_EQ(log2_word(0, 4), 0);
  EXPECT_EQ(log2_word(1, 4), 1);
  EXPECT_EQ(log2_word(64, 4), 7);
  EXPECT_EQ(log2_word(-4, 4), 8 + 3);
}

TEST(Log2, RoundsToTheNearestValueAndTiesUp) {
  for (const int bits : {2, 3, 4, 5}) {
    const std::set<std::int64_t> values = values_of(log2_type(bits));
    for (int shift = -3; shift <= 5; ++shift) {
      for (std::int64_t x = -300; x <= 300; ++x)
        ASSERT_EQ(round_to(x, shift, log2_type(bits)),
                  nearest(values, std::ldexp(static_cast<double>(x), -shift)))
            << x << " >> " << shift << ", " << bits << " bits";
    }
  }
}

TEST(Log2, RoundsOnceWhereAShiftLeavesAFraction) {
  EXPECT_EQ(round_to(11, 2, log2_type(4)), 2);  // 2.75; rounded to 3 first it would become 4
}

TEST(Log2, RoundsTheEndsOf64BitsWithoutOverflow) {
  EXPECT_EQ(round_to(INT64_MAX, 0, log2_type(5)), 16384);
  EXPECT_EQ(round_to(INT64_MIN, 0, log2_type(5)), -16384);
  EXPECT_EQ(round_to(INT64_MIN, 63, log2_type(5)), -1);
  EXPECT_EQ(round_to(INT64_MIN, 64, log2_type(5)), 0);
  EXPECT_EQ(round_to(INT64_MIN, -40, log2_type(5)), -16384);
}

TEST(Log2, SyntheticValuesAreTheRoundedMasters) {
  const TensorSource source = source_of(Distribution::laplace);
  const auto masters = make(source, kMaster, 5000);
  for (const int bits : {3, 4, 5}) {
    const auto values = make(source, log2_type(bits), 5000);
    const int shift = 15 - magnitude_bits(log2_type(bits));
    for (std::size_t i = 0; i < values.size(); ++i)
      ASSERT_EQ(values[i], round_to(masters[i], shift, log2_type(bits)));
  }
}

TEST(Log2, ConversionRoundsIntegersThatFitItsRange) {
  const Tensor from{{8, Encoding::twos, 0}, 1, 1, 1, 3, {3, 5, -3}, Origin::real};
  const TensorType to = log2_type(4);
  EXPECT_EQ(convert(from, to).values, (std::vector<std::int16_t>{4, 4, -2}));
}

TEST(Codebook, EntriesAreQuantilesOfEqualProbability) {
  const auto entries = codebook_entries(source_of(Distribution::laplace), codebook_type(4, 16));
  ASSERT_EQ(entries.size(), 16U);
  EXPECT_TRUE(std::is_sorted(entries.begin(), entries.end()));
  // Laplace quantile of p = 15.5/16: -b ln(2 (1 - p)), b = 0.2 / sqrt(2) of full scale.
  const double expected = -0.2 / std::sqrt(2.0) * std::log(2.0 * 0.5 / 16) * 32768;
  EXPECT_NEAR(entries.back(), expected, 2.0);
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(entries[i], -entries[15 - i]);
}

TEST(Codebook, EntriesOfUniformAndHalfNormalValuesFollowTheirDistributions) {
  EXPECT_EQ(codebook_entries(source_of(Distribution::uniform), codebook_type(2, 16)),
            (std::vector<std::int16_t>{-24576, -8192, 8192, 24576}));
  const auto positive =
      codebook_entries(source_of(Distribution::half_normal), codebook_type(1, 16));
  EXPECT_NEAR(positive[0], 0.3186 * 0.2 * 32768, 3.0);  // |N| exceeds 0.3186 sigma in 3 of 4 cases
  EXPECT_NEAR(positive[1], 1.1503 * 0.2 * 32768, 3.0);
}

TEST(Codebook, EvenEntriesAreThoseOfUniformWeights) {
  const TensorType type = codebook_type(3, 16);
  const auto entries = codebook_entries(source_of(Distribution::uniform), type);
  for (std::int32_t i = 0; i < 8; ++i)
    EXPECT_EQ(even_entry(type, i), entries[static_cast<std::size_t>(i)]);
}

TEST(Codebook, SyntheticValuesAreTheNearestEntries) {
  const TensorSource source = source_of(Distribution::normal);
  const auto masters = make(source, kMaster, 5000);
  for (const int entry_bits : {6, 16}) {
    const TensorType type = codebook_type(4, entry_bits);
    const auto entries = codebook_entries(source, type);
    const std::set<std::int64_t> values(entries.begin(), entries.end());
    const auto made = make(source, type, 5000);
    for (std::size_t i = 0; i < made.size(); ++i)
      ASSERT_EQ(made[i], nearest(values, std::ldexp(masters[i], entry_bits - 16)));
  }
}

TEST(Codebook, HoldsAZeroWhereTheSourcePutsZerosIn) {
  const TensorSource source = source_of(Distribution::normal, 0.2, 0.5);
  const auto entries = codebook_entries(source, codebook_type(4, 12));
  EXPECT_EQ(std::count(entries.begin(), entries.end(), 0), 1);
  EXPECT_TRUE(std::is_sorted(entries.begin(), entries.end()));
  const auto values = make(source, codebook_type(4, 12), 5000);
  EXPECT_LE(std::set<int>(values.begin(), values.end()).size(), 16U);
}

TEST(Codebook, RangeIsThatOfItsEntries) {
  EXPECT_EQ(min_value(codebook_type(4, 12)), -2048);
  EXPECT_EQ(max_value(codebook_type(4, 12)), 2047);
  EXPECT_EQ(max_magnitude(codebook_type(4, 12)), 2048);
}

TEST(Binary, KeepsTheSignOfTheExactValue) {
  EXPECT_EQ(round_to(-1, 1, kBinary), -1);  // -1/2, which rounds to 0 in other types
  EXPECT_EQ(round_to(0, 0, kBinary), 1);
}

Tensor decode(const std::vector<std::int16_t>& values, const TensorType& type, int source_bits) {
  Tensor file{kMaster, 1, 1, 1, std::ssize(values), values, Origin::real};
  Tensor tensor{type, 1, 1, 1, std::ssize(values), {}, Origin::none};
  decode_npy(encode_npy(file), "w.npy", source_bits, tensor);
  return tensor;
}

std::string failure(const std::vector<std::int16_t>& values, const TensorType& type) {
  try {
    static_cast<void>(decode(values, type, 0));
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(NpyEncodings, Log2FilesHoldPowersOfTwo) {
  EXPECT_EQ(decode({0, 4, -64}, log2_type(4), 0).values, (std::vector<std::int16_t>{0, 4, -64}));
  EXPECT_THAT(failure({0, 3}, log2_type(4)),
              HasSubstr("element 1 is 3, outside log2 4 bits (-64..64, powers of two and 0)"));
  EXPECT_THAT(failure({128}, log2_type(4)), HasSubstr("element 0 is 128"));
}

TEST(NpyEncodings, AStatedWidthIsThatOfIntegersToRound) {
  EXPECT_EQ(decode({3, -3, 127}, log2_type(4), 8).values, (std::vector<std::int16_t>{4, -2, 64}));
  EXPECT_EQ(decode({5, 0, -9}, kBinary, 8).values, (std::vector<std::int16_t>{1, 1, -1}));
  EXPECT_EQ(decode({40, 20, -40}, {2, Encoding::ternary, 0}, 8).values,
            (std::vector<std::int16_t>{1, 0, -1}));
}

TEST(NpyEncodings, ACodebookHasAsManyValuesAsIndices) {
  EXPECT_EQ(decode({7, -9, 7, 7}, codebook_type(1, 8), 0).values,
            (std::vector<std::int16_t>{7, -9, 7, 7}));
  EXPECT_THAT(failure({1, 2, 3}, codebook_type(1, 8)),
              HasSubstr("holds 3 different values; a codebook of 1 bits has 2 entries"));
  EXPECT_THAT(failure({200, 2}, codebook_type(1, 8)),
              HasSubstr("element 0 is 200, outside codebook 8 bits (-128..127)"));
}

TEST(Datasets, ImagesAreNotBinary) {
  TensorSource source;
  source.kind = TensorSource::Kind::dataset;
  source.dataset = "fashion_mnist_test";
  EXPECT_THROW(static_cast<void>(make_tensor(source, kBinary, 1, 1, 28, 28, 0)), ConfigError);
}

/// The layer inside a larger one whose rows and columns are there instead of padded.
TEST(PadValue, EqualsALayerWithTheBorderWrittenOut) {
  testing_support::RandomLayers random(31);
  for (int round = 0; round < 200; ++round) {
    const LayerShape s = random.shape();
    const Tensor a = random.activations(s);
    const Tensor w = random.weights(s);
    const std::int16_t pad = random.pick(0, 1) == 0 ? 1 : -1;
    LayerShape whole = s;
    whole.pad_top = whole.pad_bottom = whole.pad_left = whole.pad_right = 0;
    whole.H = s.H + s.pad_top + s.pad_bottom;
    whole.W = s.W + s.pad_left + s.pad_right;
    Tensor b{a.type, a.n, a.c, whole.H, whole.W, {}, a.origin};
    b.values.assign(static_cast<std::size_t>(b.elements()), pad);
    for (std::int64_t i = 0; i < a.elements(); ++i) {
      const std::int64_t row = i / s.W % s.H + s.pad_top;
      const std::int64_t column = i % s.W + s.pad_left;
      b.values[static_cast<std::size_t>((i / (s.H * s.W) * whole.H + row) * whole.W + column)] =
          a.values[static_cast<std::size_t>(i)];
    }
    ASSERT_EQ(reference_convolution(s, a, w, pad), reference_convolution(whole, b, w));
    const OperandStatistics padded = count_operands(s, a, w, pad);
    const OperandStatistics written = count_operands(whole, b, w);
    ASSERT_EQ(padded.active_products, written.active_products);
    ASSERT_EQ(padded.nonzero_activation_products, written.nonzero_activation_products);
    ASSERT_EQ(padded.nonzero_activations, count_operands(s, a, w).nonzero_activations);
    const std::int64_t lanes = random.pick(1, 4);
    ASSERT_EQ(count_active_groups(s, a, lanes, pad), count_active_groups(whole, b, lanes));
  }
}

TEST(MaxPool, AWindowWithoutElementsIsAValueOfItsType) {
  Layer layer;
  layer.name = "pool";
  layer.kind = LayerKind::max_pool;
  layer.output = kBinary;
  layer.shape = {.H = 1, .W = 1, .P = 1, .Q = 2, .stride_w = 1, .pad_right = 1};
  const Tensor input{kBinary, 1, 1, 1, 1, {-1}, Origin::real};
  EXPECT_EQ(run_vector_layer(layer, {&input}).values, (std::vector<std::int16_t>{-1, 1}));
}

}  // namespace
}  // namespace bitscale
