#include "sim/netlist/planes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace bitscale::netlist {

namespace {

/// Transposes the N x N bit matrices that lie side by side in the words: blocks swap across the
/// diagonal, halving each time (Warren, Hacker's Delight, 7-3).
template <std::size_t N>
void transpose_fields(std::array<std::uint64_t, 64>& words) {
  // Ones below each middle: 00ff00ff... for fields of 16.
  std::uint64_t mask = ~std::uint64_t{0} / ((std::uint64_t{1} << (N / 2)) + 1);
  for (std::size_t half = N / 2; half != 0; half /= 2, mask ^= mask << half) {
    for (std::size_t k = 0; k < N; k = ((k | half) + 1) & ~half) {
      const std::uint64_t swap = ((words[k] >> half) ^ words[k | half]) & mask;
      words[k] ^= swap << half;
      words[k | half] ^= swap;
    }
  }
}

/// Planes of the low N bits of 64 values: 64 / N values share a word while they are turned.
template <std::size_t N>
void turn(const std::int64_t* values, std::array<std::uint64_t, 64>& planes) {
  constexpr std::uint64_t kField = ~std::uint64_t{0} >> (64 - N);
  for (std::size_t row = 0; row < N; ++row) {
    std::uint64_t word = 0;
    for (std::size_t field = 0; field < 64; field += N) {
      word |= (static_cast<std::uint64_t>(values[row + field]) & kField) << field;
    }
    planes[row] = word;
  }
  transpose_fields<N>(planes);
}

void turn(std::size_t bits, const std::int64_t* values, std::array<std::uint64_t, 64>& planes) {
  if (bits <= 8) return turn<8>(values, planes);
  if (bits <= 16) return turn<16>(values, planes);
  if (bits <= 32) return turn<32>(values, planes);
  turn<64>(values, planes);
}

}  // namespace

void transpose64(std::span<std::uint64_t, 64> words) {
  std::array<std::uint64_t, 64> block{};
  std::ranges::copy(words, block.begin());
  transpose_fields<64>(block);
  std::ranges::copy(block, words.begin());
}

Stimulus::Stimulus(const Netlist& netlist, std::size_t steps, std::size_t lanes)
    : steps_(steps), lanes_(lanes) {
  if (lanes == 0 || lanes > kLanes || lanes % 64 != 0) {
    throw NetlistError(netlist.name,
                       fmt::format("{} lanes, expected a multiple of 64 up to {}", lanes, kLanes));
  }
  first_bit_.push_back(0);
  for (const Bus& bus : netlist.inputs) {
    nodes_.insert(nodes_.end(), bus.bits.begin(), bus.bits.end());
    first_bit_.push_back(nodes_.size());
  }
  planes_.resize(steps * nodes_.size() * kPlaneWords);
}

void Stimulus::set(std::size_t step, std::size_t bus, std::span<const std::int64_t> values) {
  const std::size_t first = first_bit_[bus];
  const std::size_t bits = first_bit_[bus + 1] - first;
  std::array<std::uint64_t, 64> planes{};
  std::array<std::int64_t, 64> last{};  // of lanes in part, others 0
  for (std::size_t word = 0; word < words(); ++word) {
    const auto rest = values.subspan(std::min(word * 64, values.size()));
    const std::int64_t* source = rest.data();
    if (rest.size() < 64) {
      last.fill(0);
      std::ranges::copy(rest, last.begin());
      source = last.data();
    }
    turn(bits, source, planes);
    for (std::size_t bit = 0; bit < bits; ++bit) plane(step, first + bit)[word] = planes.at(bit);
  }
}

void Stimulus::set_all(std::size_t step, std::size_t bus, std::int64_t value) {
  for (std::size_t bit = first_bit_[bus]; bit < first_bit_[bus + 1]; ++bit) {
    const bool one = (static_cast<std::uint64_t>(value) >> (bit - first_bit_[bus]) & 1U) != 0;
    std::fill_n(plane(step, bit), kPlaneWords, one ? ~std::uint64_t{0} : 0);
  }
}

void Stimulus::set_always(std::size_t bus, std::int64_t value) {
  for (std::size_t step = 0; step < steps_; ++step) set_all(step, bus, value);
}

}  // namespace bitscale::netlist
