#pragma once

#include <cstdint>
#include <string>

#include "arch/unit.hpp"

namespace bitscale {

inline constexpr int kMinAccumulatorBits = 4;
inline constexpr int kMaxAccumulatorBits = 64;

/// Reads `accumulator: {bits, overflow}`.
[[nodiscard]] AccumulatorConfig parse_accumulator(config::Reader& reader);
/// The same for a unit with other defaults.
[[nodiscard]] AccumulatorConfig parse_accumulator_like(config::Reader& reader,
                                                       const AccumulatorConfig& defaults);

/// Why no unit has such an accumulator, or ''.
[[nodiscard]] std::string accumulator_refusal(const AccumulatorConfig& config);

/// Smallest and largest value of a two's complement register of `bits` bits.
[[nodiscard]] constexpr std::int64_t accumulator_min(int bits) {
  return -1 - (INT64_MAX >> (64 - bits));
}
[[nodiscard]] constexpr std::int64_t accumulator_max(int bits) { return INT64_MAX >> (64 - bits); }

/// The register with its adder: the datapath that the clocked module wraps, and what the span
/// kernels compute for many accumulators at once.
class Accumulator {
 public:
  explicit Accumulator(const AccumulatorConfig& config) : config_(config) {}

  /// Starts from `value`, which must be in range.
  void load(std::int64_t value) { value_ = value; }

  /// Adds; true where the exact sum leaves the range, which the register then wraps or clamps.
  bool add(std::int64_t addend);

  [[nodiscard]] std::int64_t value() const { return value_; }

 private:
  AccumulatorConfig config_;
  std::int64_t value_ = 0;
};

}  // namespace bitscale
