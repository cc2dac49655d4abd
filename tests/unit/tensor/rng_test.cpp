#include "sim/core/rng.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <set>

namespace bitscale {
namespace {

TEST(CounterRng, WordDependsOnSeedStreamAndIndexOnly) {
  const CounterRng first(3, 5);
  const CounterRng again(3, 5);
  EXPECT_EQ(first(1000), again(1000));
  EXPECT_NE(first(1000), CounterRng(4, 5)(1000));
  EXPECT_NE(first(1000), CounterRng(3, 6)(1000));
  EXPECT_NE(first(1000), first(1001));
}

TEST(CounterRng, EveryBitIsSetHalfTheTime) {
  constexpr int kWords = 100000;
  const CounterRng rng(1, 2);
  std::array<int, 64> set{};
  for (std::uint64_t i = 0; i < kWords; ++i)
    for (unsigned bit = 0; bit < 64; ++bit) set[bit] += static_cast<int>(rng(i) >> bit & 1U);
  // Five standard deviations of a binomial.
  for (const int count : set) EXPECT_NEAR(count, kWords * 0.5, 5 * std::sqrt(kWords / 4.0));
}

TEST(CounterRng, NeighbouringCountersSeedsAndStreamsShareNoPattern) {
  // Two unrelated words differ in 32 bits on average, with a standard deviation of 4 bits.
  constexpr int kPairs = 10000;
  double counters = 0.0;
  double seeds = 0.0;
  double streams = 0.0;
  for (std::uint64_t i = 0; i < kPairs; ++i) {
    const CounterRng rng(i, 7);
    counters += std::popcount(rng(i) ^ rng(i + 1));
    seeds += std::popcount(rng(9) ^ CounterRng(i + 1, 7)(9));
    streams += std::popcount(CounterRng(7, i)(9) ^ CounterRng(7, i + 1)(9));
  }
  for (const double sum : {counters, seeds, streams})
    EXPECT_NEAR(sum / kPairs, 32.0, 5 * 4.0 / 100);
}

TEST(CounterRng, ManySmallSeedsAndStreamsGiveDistinctWords) {
  std::set<std::uint64_t> words;
  for (std::uint64_t seed = 0; seed < 100; ++seed)
    for (std::uint64_t stream = 0; stream < 100; ++stream)
      words.insert(CounterRng(seed, stream)(0));
  EXPECT_EQ(words.size(), 10000U);
}

}  // namespace
}  // namespace bitscale
