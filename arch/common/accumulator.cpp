#include "arch/common/accumulator.hpp"

#include <fmt/format.h>

namespace bitscale {

AccumulatorConfig parse_accumulator(config::Reader& reader) {
  return parse_accumulator_like(reader, {});
}

AccumulatorConfig parse_accumulator_like(config::Reader& reader,
                                         const AccumulatorConfig& defaults) {
  AccumulatorConfig config = defaults;
  config.bits =
      static_cast<int>(reader.doc("Width of the accumulator in bits, two's complement")
                           .integer("bits", kMinAccumulatorBits, kMaxAccumulatorBits, config.bits));
  config.overflow =
      reader.doc("What happens when a sum leaves the accumulator's range")
          .choice<Overflow>("overflow",
                            {{"wrap", Overflow::wrap}, {"saturate", Overflow::saturate}},
                            config.overflow);
  reader.finish();
  return config;
}

std::string accumulator_refusal(const AccumulatorConfig& config) {
  if (config.bits >= kMinAccumulatorBits && config.bits <= kMaxAccumulatorBits) return "";
  return fmt::format("an accumulator of {} bits; units have {} to {}", config.bits,
                     kMinAccumulatorBits, kMaxAccumulatorBits);
}

bool Accumulator::add(std::int64_t addend) {
  std::int64_t sum = 0;
  const bool left_64_bits = __builtin_add_overflow(value_, addend, &sum);
  const std::int64_t min = accumulator_min(config_.bits);
  const std::int64_t max = accumulator_max(config_.bits);
  if (!left_64_bits && sum >= min && sum <= max) {
    value_ = sum;
    return false;
  }
  if (config_.overflow == Overflow::saturate) {
    // Past 64 bits the sum has the wrong sign; the addend has the right one.
    const bool negative = left_64_bits ? addend < 0 : sum < 0;
    value_ = negative ? min : max;
  } else {
    const int unused = 64 - config_.bits;
    value_ = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) << unused) >> unused;
  }
  return true;
}

}  // namespace bitscale
