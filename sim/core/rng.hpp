#pragma once

#include <cstdint>

namespace bitscale {

/// The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014, with Stafford's constants): every
/// input bit reaches every output bit.
[[nodiscard]] constexpr std::uint64_t mix64(std::uint64_t x) {
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31U);
}

/// Counter-based random words: word i depends on (seed, stream, i) and on nothing drawn before, so
/// tensors can be made in any order and in parts. The counter runs as in SplitMix64; the second key
/// enters between the two multiplications, so that streams are not shifted copies of one sequence.
struct CounterRng {
  std::uint64_t start = 0, key = 0;

  constexpr CounterRng(std::uint64_t seed, std::uint64_t stream)
      : start(mix64(seed + kGamma) ^ mix64(stream)), key(mix64(start + kGamma)) {}

  [[nodiscard]] constexpr std::uint64_t operator()(std::uint64_t index) const {
    std::uint64_t x = start + index * kGamma;
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    x ^= key;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31U);
  }

 private:
  static constexpr std::uint64_t kGamma = 0x9e3779b97f4a7c15ULL;  ///< odd, near 2^64 / golden ratio
};

}  // namespace bitscale
