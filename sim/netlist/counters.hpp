#pragma once

#include <array>

#include "sim/netlist/lanes.hpp"

namespace bitscale::netlist {

/// Toggles of one weight class, counted by carry-save adders over lanes (Harley and Seal): eight
/// bit vectors cost seven full adders and one population count.
template <std::size_t W>
struct alignas(8 * W) ClassCounter {
  using Vector = typename Lanes<W>::Vector;

  Vector ones{}, twos{}, fours{};
  std::array<std::uint64_t, W> eights{};  ///< per 64 lanes

  [[nodiscard]] std::uint64_t total(std::size_t word) const {
    return 8 * eights[word] + 4 * bits(fours, word) + 2 * bits(twos, word) + bits(ones, word);
  }

 private:
  static std::uint64_t bits(const Vector& v, std::size_t word) {
    return static_cast<std::uint64_t>(__builtin_popcountll(v[word]));
  }
};

/// sum + bits -> sum, carry: a full adder in every lane.
template <class V>
BITSCALE_KERNEL void carry_save(V& sum, const V& x, const V& y, V& carry) {
  const V half = sum ^ x;
  carry = (sum & x) | (half & y);
  sum = half ^ y;
}

template <std::size_t W>
BITSCALE_KERNEL void count_eight(ClassCounter<W>& counter,
                                 const typename Lanes<W>::Vector* toggles) {
  typename Lanes<W>::Vector twos_a;
  typename Lanes<W>::Vector twos_b;
  typename Lanes<W>::Vector fours_a;
  typename Lanes<W>::Vector fours_b;
  typename Lanes<W>::Vector eights;
  carry_save(counter.ones, toggles[0], toggles[1], twos_a);
  carry_save(counter.ones, toggles[2], toggles[3], twos_b);
  carry_save(counter.twos, twos_a, twos_b, fours_a);
  carry_save(counter.ones, toggles[4], toggles[5], twos_a);
  carry_save(counter.ones, toggles[6], toggles[7], twos_b);
  carry_save(counter.twos, twos_a, twos_b, fours_b);
  carry_save(counter.fours, fours_a, fours_b, eights);
  for (std::size_t word = 0; word < W; ++word) {
    counter.eights[word] += static_cast<std::uint64_t>(__builtin_popcountll(eights[word]));
  }
}

/// Gathers single toggle vectors and counts them eight at a time.
template <std::size_t W>
struct alignas(8 * W) PendingCounter {
  ClassCounter<W> counter;
  std::array<typename Lanes<W>::Vector, 8> toggles{};
  std::size_t pending = 0;
};

template <std::size_t W>
BITSCALE_KERNEL void count_one(PendingCounter<W>& p, const typename Lanes<W>::Vector& toggles) {
  p.toggles[p.pending++] = toggles;
  if (p.pending < 8) return;
  count_eight<W>(p.counter, p.toggles.data());
  p.pending = 0;
}

template <std::size_t W>
[[nodiscard]] std::uint64_t toggles_of(const ClassCounter<W>& counter, std::size_t word) {
  return counter.total(word);
}

template <std::size_t W>
[[nodiscard]] std::uint64_t toggles_of(const PendingCounter<W>& p, std::size_t word) {
  std::uint64_t total = p.counter.total(word);
  for (std::size_t i = 0; i < p.pending; ++i) {
    total += static_cast<std::uint64_t>(__builtin_popcountll(p.toggles[i][word]));
  }
  return total;
}

}  // namespace bitscale::netlist
