#include "sim/netlist/planes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace bitscale::netlist {

void transpose64(std::span<std::uint64_t, 64> words) {
  // Blocks swap across the diagonal, halving each time (Warren, Hacker's Delight, 7-3).
  std::uint64_t mask = 0x00000000ffffffffULL;
  for (std::size_t half = 32; half != 0; half /= 2, mask ^= mask << half) {
    for (std::size_t k = 0; k < 64; k = ((k | half) + 1) & ~half) {
      const std::uint64_t swap = ((words[k] >> half) ^ words[k | half]) & mask;
      words[k] ^= swap << half;
      words[k | half] ^= swap;
    }
  }
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
  std::array<std::uint64_t, 64> block{};
  for (std::size_t word = 0; word < words(); ++word) {
    block.fill(0);
    for (std::size_t lane = 0; lane < 64 && word * 64 + lane < values.size(); ++lane) {
      block.at(lane) = static_cast<std::uint64_t>(values[word * 64 + lane]);
    }
    transpose64(block);
    for (std::size_t bit = first_bit_[bus]; bit < first_bit_[bus + 1]; ++bit) {
      plane(step, bit)[word] = block.at(bit - first_bit_[bus]);
    }
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
