#include "sim/workload/uniform.hpp"

#include "sim/workload/encodings.hpp"

namespace bitscale {

std::int32_t uniform_value(const TensorType& type, std::uint64_t word) {
  const auto low = static_cast<std::uint32_t>(word >> 32U);
  const auto pick = [&](std::uint32_t count) {
    return static_cast<std::int32_t>((static_cast<std::uint64_t>(low) * count) >> 32U);
  };
  switch (type.encoding) {
    case Encoding::binary_pm1:
      return 2 * pick(2) - 1;
    case Encoding::ternary:
      return pick(3) - 1;
    case Encoding::log2: {  // sign and code; code 0 is zero
      const std::int32_t code = pick(std::uint32_t{1} << static_cast<unsigned>(type.bits - 1));
      const std::int32_t magnitude = code == 0 ? 0 : 1 << (code - 1);
      return (word & 1U) != 0 ? -magnitude : magnitude;
    }
    case Encoding::codebook:  // an index alike, of a table that is spread evenly
      return even_entry(type, pick(std::uint32_t{1} << static_cast<unsigned>(type.bits)));
    default:
      return min_value(type) +
             pick(static_cast<std::uint32_t>(max_value(type) - min_value(type)) + 1);
  }
}

}  // namespace bitscale
