#include "sim/mapping/compression.hpp"

#include <algorithm>

namespace bitscale {
namespace {

// NOLINTNEXTLINE(modernize-use-using): __extension__ needs typedef
__extension__ typedef unsigned __int128 Wide;

std::int64_t bitmap_bits(const Tensor& tensor, int element_bits) {
  const auto elements = static_cast<std::int64_t>(tensor.values.size());
  const auto zeros = static_cast<std::int64_t>(std::ranges::count(tensor.values, 0));
  return elements + (elements - zeros) * element_bits;
}

std::int64_t run_length_bits(const Tensor& tensor, int element_bits) {
  std::int64_t pairs = 0;
  std::int64_t run = 0;
  for (const auto value : tensor.values) {
    if (value == 0 && run < kLongestRun) {
      ++run;
      continue;
    }
    ++pairs;  // the run, and this element, zero or not
    run = 0;
  }
  if (run > 0) ++pairs;  // its last zero is the element
  return pairs * (kRunBits + element_bits);
}

DramShare share_of(const Tensor& tensor, int element_bits, Compression code) {
  const std::int64_t raw = static_cast<std::int64_t>(tensor.values.size()) * element_bits;
  const std::int64_t coded = coded_bits(tensor, element_bits, code);
  return coded < raw ? DramShare{coded, raw} : DramShare{};
}

}  // namespace

std::int64_t DramShare::part_of(std::int64_t bits) const {
  const Wide scaled = static_cast<Wide>(bits) * static_cast<Wide>(coded);
  return static_cast<std::int64_t>((scaled + static_cast<Wide>(raw) - 1) / static_cast<Wide>(raw));
}

std::int64_t coded_bits(const Tensor& tensor, int element_bits, Compression code) {
  switch (code) {
    case Compression::bitmap:
      return bitmap_bits(tensor, element_bits);
    case Compression::run_length:
      return run_length_bits(tensor, element_bits);
    case Compression::none:
      break;
  }
  return static_cast<std::int64_t>(tensor.values.size()) * element_bits;
}

void compress_operands(Mapping& mapping, const Operands& operands) {
  const Compression code = mapping.dram.compression;
  mapping.activation_share = share_of(operands.activations, mapping.activation_bits, code);
  mapping.weight_share = share_of(operands.weights, mapping.weight_bits, code);
}

}  // namespace bitscale
