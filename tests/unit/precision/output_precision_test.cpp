#include "sim/precision/output_precision.hpp"

#include <gtest/gtest.h>

#include <array>

#include "tests/unit/precision/printed.hpp"

namespace bitscale::precision {
namespace {

struct ClipVector {
  int bits;
  const char *zeta, *noise, *sqnr_dB, *probability, *excess, *penalty_dB;
  const char *exact_zeta, *exact_noise, *exact_dB;
};

constexpr std::array<ClipVector, 12> kClips = {{
    {2, "1.71064", "8.7148e-2", "10.5974", "8.715e-2", "0.30046", "1.5519", "1.99137", "1.1885e-1",
     "9.2502"},
    {3, "2.15159", "3.1429e-2", "15.0266", "3.143e-2", "0.23285", "1.1512", "2.34408", "3.7440e-2",
     "14.2667"},
    {4, "2.55914", "1.0493e-2", "19.7909", "1.049e-2", "0.18733", "0.9008", "2.68160", "1.1543e-2",
     "19.3769"},
    {5, "2.93620", "3.3226e-3", "24.7852", "3.323e-3", "0.15536", "0.7333", "3.01022", "3.4952e-3",
     "24.5653"},
    {6, "3.28691", "1.0129e-3", "29.9443", "1.013e-3", "0.13200", "0.6148", "3.33002", "1.0400e-3",
     "29.8295"},
    {7, "3.61511", "3.0022e-4", "35.2257", "3.002e-4", "0.11433", "0.5273", "3.63953", "3.0433e-4",
     "35.1665"},
    {8, "3.92404", "8.7078e-5", "40.6009", "8.708e-5", "0.10059", "0.4604", "3.93759", "8.7686e-5",
     "40.5707"},
    {9, "4.21633", "2.4831e-5", "46.0500", "2.483e-5", "0.08964", "0.4079", "4.22373", "2.4919e-5",
     "46.0347"},
    {10, "4.49416", "6.9845e-6", "51.5587", "6.984e-6", "0.08073", "0.3656", "4.49816", "6.9970e-6",
     "51.5509"},
    {12, "5.01321", "5.3529e-7", "62.7141", "5.353e-7", "0.06718", "0.3020", "5.01435", "5.3554e-7",
     "62.7121"},
    {14, "5.49203", "3.9735e-8", "74.0083", "3.973e-8", "0.05739", "0.2567", "5.49234", "3.9739e-8",
     "74.0078"},
    {16, "5.93825", "2.8808e-9", "85.4048", "2.881e-9", "0.05002", "0.2228", "5.93833", "2.8809e-9",
     "85.4047"},
}};

TEST(MinimumPrecision, ClipsWhereTheNoiseIsLeast) {
  for (const ClipVector& v : kClips) {
    const double zeta = optimal_clip(v.bits);
    EXPECT_TRUE(is(zeta, v.zeta)) << v.bits;
    EXPECT_TRUE(is(clipped_noise(v.bits, zeta), v.noise)) << v.bits;
    EXPECT_TRUE(is(clipped_sqnr_dB(v.bits, zeta), v.sqnr_dB)) << v.bits;
    EXPECT_TRUE(is(clipping(zeta).probability, v.probability)) << v.bits;
    EXPECT_TRUE(is(clipping(zeta).excess, v.excess)) << v.bits;
    EXPECT_TRUE(is(clipping_penalty_dB(v.bits, zeta), v.penalty_dB)) << v.bits;
  }
}

TEST(MinimumPrecision, OfTheExactQuantiserIsALittleLess) {
  for (const ClipVector& v : kClips) {
    const double zeta = optimal_midrise_clip(v.bits);
    EXPECT_TRUE(is(zeta, v.exact_zeta)) << v.bits;
    EXPECT_TRUE(is(midrise_noise(v.bits, zeta), v.exact_noise)) << v.bits;
    EXPECT_TRUE(is(-to_dB(midrise_noise(v.bits, zeta)), v.exact_dB)) << v.bits;
  }
}

TEST(MinimumPrecision, HasANoiseOfItsClippingProbabilityAtTheOptimum) {
  for (int bits = 2; bits <= 20; ++bits) {
    const double zeta = optimal_clip(bits);
    EXPECT_NEAR(clipped_noise(bits, zeta) / (2 * tail(zeta)), 1, 1e-9) << bits;
  }
}

// Published with the code of the method, clips as printed there, for 2^B levels with the outer ones
// at +-zeta: mid-rise cells of a range 2^B / (2^B - 1) wider.
TEST(MinimumPrecision, AgreesWithPublishedNoiseOfOuterLevelsAtTheClip) {
  const std::array<const char*, 9> noises = {"1.2637e-1", "3.7865e-2", "1.1560e-2",
                                             "3.4974e-3", "1.0402e-3", "3.0433e-4",
                                             "8.7687e-5", "2.4920e-5", "6.9971e-6"};
  const std::array<double, 9> clips = {1.71, 2.15, 2.55, 2.94, 3.29, 3.61, 3.92, 4.21, 4.49};
  for (int bits = 2; bits <= 10; ++bits) {
    const double levels = std::exp2(bits);
    const double clip = clips.at(static_cast<std::size_t>(bits - 2));
    EXPECT_NEAR(optimal_clip(bits), clip, 0.01);
    EXPECT_TRUE(is(midrise_noise(bits, clip * levels / (levels - 1)),
                   noises.at(static_cast<std::size_t>(bits - 2))))
        << bits;
  }
}

TEST(MinimumPrecision, HasTheSqnrOfAGivenClip) {
  EXPECT_TRUE(is(clipped_sqnr_dB(8, 4.0), "40.5769"));
  EXPECT_TRUE(is(clipped_sqnr_dB(6, 3.0), "29.4336"));
  EXPECT_TRUE(is(clipped_sqnr_dB(4, 2.5), "19.7730"));
  EXPECT_TRUE(is(clipped_sqnr_dB(10, 4.5), "51.5585"));
  EXPECT_TRUE(is(clipped_sqnr_dB(12, 5.0), "62.7133"));
  EXPECT_TRUE(is(clipped_sqnr_dB(8, 5.0), "38.9553"));
  EXPECT_TRUE(is(clipping(4).probability, "6.33425e-5"));
  EXPECT_TRUE(is(clipping(4).excess, "0.097571"));
  EXPECT_TRUE(is(clipping(4).noise, "6.1804e-6"));
  EXPECT_TRUE(is(clipping_penalty_dB(8, 4), "0.31790"));
}

TEST(MinimumPrecision, LosesAgainstTheOptimumWithTheClipHeldAtFour) {
  const auto loss = [](int bits) {
    return clipped_sqnr_dB(bits, optimal_clip(bits)) - clipped_sqnr_dB(bits, 4);
  };
  EXPECT_TRUE(is(loss(10), "2.08"));
  EXPECT_TRUE(is(loss(12), "10.8"));
  EXPECT_TRUE(is(-to_dB(clipping(4).noise), "52.09"));
}

TEST(MinimumPrecision, TakesTheFewestBitsOfATarget) {
  const auto bits = [](double zeta) {
    std::vector<int> found;
    for (const double target : {30.0, 35.0, 40.0, 45.0, 50.0})
      found.push_back(minimum_precision_bits(target, zeta));
    return found;
  };
  EXPECT_EQ(bits(0), (std::vector<int>{7, 7, 8, 9, 10}));
  EXPECT_EQ(bits(4), (std::vector<int>{7, 8, 8, 9, 11}));
  EXPECT_THROW((void)minimum_precision_bits(60, 4), std::invalid_argument);
}

TEST(MinimumPrecision, WarnsOfHeavyTails) {
  EXPECT_TRUE(minimum_precision_sqnr_dB(8, 0.01).warnings.empty());
  EXPECT_EQ(minimum_precision_sqnr_dB(8, 2).warnings.size(), 1U);
}

TEST(MinimumPrecision, IsExactWhereTheClosedFormIsOptimistic) {
  EXPECT_TRUE(is(minimum_precision_sqnr_dB(4, 0).value, "19.3769"));
  EXPECT_TRUE(is(minimum_precision_sqnr_dB(8, 0).value, "40.6009"));
}

TEST(Clip, OffCentreHasTheErrorsOfBothEnds) {
  EXPECT_TRUE(is(clipping_mse(0, 1, -4, 4), "6.1804e-6"));
  EXPECT_TRUE(is(clipping_mse(0, 1, -1, 1), "0.15068"));
  EXPECT_TRUE(is(clipping_mse(-960, 650.3, -2048, 2047), "6129.4"));
  EXPECT_TRUE(is(clipping_mse(5, 2, 0, 8), "0.096185"));
  EXPECT_TRUE(is(clipping_mse(0, 10, -32, 31), "0.023348"));
}

TEST(TruncatedGrowth, KeepsTheRangeOfTheExampleInPrint) {
  const auto bits = [](std::int64_t length) {
    return truncated_growth_bits(40, to_dB(3), to_dB(3), length);
  };
  EXPECT_TRUE(is(bits(16), "9.436"));
  EXPECT_TRUE(is(bits(64), "10.436"));
  EXPECT_TRUE(is(bits(256), "11.436"));
  EXPECT_TRUE(is(bits(512), "11.936"));
  EXPECT_TRUE(is(bits(1024), "12.436"));
  EXPECT_TRUE(is(bits(4096), "13.436"));
}

TEST(BitGrowth, GivesTheExampleInPrint) {
  std::vector<int> growth;
  std::vector<double> truncated;
  for (const std::int64_t length : {16, 32, 64, 128, 256}) {
    growth.push_back(bit_growth_bits(6, 6, length));
    truncated.push_back(std::ceil(truncated_growth_bits(40, to_dB(3), to_dB(3), length)));
  }
  EXPECT_EQ(growth, (std::vector<int>{16, 17, 18, 19, 20}));
  EXPECT_EQ(truncated, (std::vector<double>{10, 10, 11, 11, 12}));
  EXPECT_EQ(bit_growth_bits(8, 8, 1), 16);
  EXPECT_EQ(bit_growth_bits(8, 8, 25), 21);
}

TEST(Wrap, CostsMoreThanClipping) {
  EXPECT_TRUE(is(wrapped_noise(8, 4), "4.1353e-3"));
  EXPECT_TRUE(is(-to_dB(wrapped_noise(8, 4)), "23.835"));
  EXPECT_TRUE(is(wrapped_noise(8, 5.34067), "1.5564e-4"));
  EXPECT_TRUE(is(-to_dB(wrapped_noise(8, 5.34067)), "38.079"));
  EXPECT_TRUE(is(wrapped_noise(10, 4), "4.0590e-3"));
  EXPECT_TRUE(is(-to_dB(wrapped_noise(10, 4)), "23.916"));
  EXPECT_TRUE(is(wrapped_noise(6, 3), "9.7925e-2"));
  EXPECT_TRUE(is(-to_dB(wrapped_noise(6, 3)), "10.091"));
  EXPECT_TRUE(is(wrapped_noise(12, 6), "9.9939e-7"));
  EXPECT_TRUE(is(-to_dB(wrapped_noise(12, 6)), "60.003"));
}

struct WrapVector {
  int bits;
  const char *zeta, *sqnr_dB;
};

TEST(Wrap, WantsAWiderRangeThanClipping) {
  for (const WrapVector& v : {WrapVector{6, "4.766", "26.95"},
                              {8, "5.341", "38.08"},
                              {10, "5.855", "49.37"},
                              {12, "6.324", "60.78"},
                              {16, "7.166", "83.83"}}) {
    const double zeta = optimal_wrap(v.bits);
    EXPECT_TRUE(is(zeta, v.zeta)) << v.bits;
    EXPECT_TRUE(is(-to_dB(wrapped_noise(v.bits, zeta)), v.sqnr_dB)) << v.bits;
  }
}

TEST(OutputPrecision, RefusesClipsAndWidthsWithoutMeaning) {
  EXPECT_THROW((void)clipped_noise(8, 0), std::invalid_argument);
  EXPECT_THROW((void)clipped_noise(65, 4), std::invalid_argument);
  EXPECT_THROW((void)midrise_noise(21, 4), std::invalid_argument);
  EXPECT_THROW((void)clipping_mse(0, 1, 2, -2), std::invalid_argument);
  EXPECT_THROW((void)bit_growth_bits(8, 8, 0), std::invalid_argument);
}

TEST(MinimumPrecision, GoesByTheExactQuantiserUpToFiveBits) {
  // 15 dB: the closed form says 15.03 dB at 3 bits, the quantiser has 14.27.
  EXPECT_EQ(minimum_precision_bits(14), 3);
  EXPECT_EQ(minimum_precision_bits(15), 4);
  EXPECT_EQ(minimum_precision_bits(24.7), 6);
  EXPECT_THROW((void)minimum_precision_sqnr_dB(0, 0), std::invalid_argument);
}

TEST(Clipping, IsFiniteWhereNoTailIsLeft) {
  const Clipping far = clipping(40);
  EXPECT_EQ(far.probability, 0);
  EXPECT_NEAR(far.excess, 2.0 / 1600 - 10.0 / 2560000, 1e-8);
}

TEST(BitGrowth, IsRefusedBeyond64Bits) {
  EXPECT_EQ(bit_growth_bits(32, 31, 2), 64);
  EXPECT_THROW((void)bit_growth_bits(64, 64, 1), std::invalid_argument);
}

TEST(WrappedNoise, OfANarrowRegisterIsTheSignalAndTheRegister) {
  // Folded down to almost nothing, the sum itself is the error.
  EXPECT_NEAR(wrapped_noise(8, 1e-3), 1, 1e-6);
  EXPECT_NEAR(wrapped_noise(8, 1e-4), 1, 1e-7);
  EXPECT_THROW((void)wrapped_noise(8, 1e-5), std::invalid_argument);
}

TEST(Clipping, FarOutKeepsItsExcess) {
  EXPECT_NEAR(clipping(37).excess, 1.4556e-3, 1e-7);
  EXPECT_NEAR(clipping(38).excess, 1.3803e-3, 1e-7);
  EXPECT_NEAR(clipping(39).excess, 1.3106e-3, 1e-7);
}

TEST(TruncatedGrowth, RefusesOperandsBeyondTheirFullScale) {
  EXPECT_THROW((void)truncated_growth_bits(40, -1, 4, 16), std::invalid_argument);
  EXPECT_THROW((void)truncated_growth_bits(40, 4, NAN, 16), std::invalid_argument);
}

}  // namespace
}  // namespace bitscale::precision
