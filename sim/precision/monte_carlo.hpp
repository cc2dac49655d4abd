#pragma once

#include <span>

#include "sim/precision/in_memory.hpp"

// Draws to hold the formulas against: deterministic (Boost.Random, seeded), independent of them.
namespace bitscale::precision {

/// `count` independent sums of `length` products of uniform codes: activations unsigned of
/// `activation_bits`, weights two's complement of `weight_bits`. In last places.
[[nodiscard]] std::vector<std::int64_t> draw_sums(std::int64_t length, int activation_bits,
                                                  int weight_bits, std::int64_t count,
                                                  std::uint64_t seed);

/// SQNR [dB] of sums in 2^bits mid-rise steps over mean +- zeta deviations, saturating.
[[nodiscard]] double clipped_sqnr_of(std::span<const std::int64_t> sums, int bits, double zeta);

/// Compute SNR [dB] of columns that are built and read out bit by bit: every trial has cells,
/// operands and noise of its own. `converter_bits` above 0 converts every column and cycle at the
/// optimal clip of its distribution.
[[nodiscard]] double draw_charge_summing_dB(const ChargeSumming& column, std::int64_t trials,
                                            std::uint64_t seed, int converter_bits = 0);

}  // namespace bitscale::precision
