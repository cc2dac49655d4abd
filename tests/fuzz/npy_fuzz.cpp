#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "sim/core/errors.hpp"
#include "sim/workload/npy.hpp"

namespace {

using bitscale::Encoding;
using bitscale::Tensor;

/// Four axes that the file's shape fits, if any: axes of one dropped, the others in front.
bool adopt_shape(const bitscale::NpyHeader& header, Tensor& tensor) {
  std::vector<std::int64_t> shape = header.shape;
  std::erase(shape, 1);
  if (shape.size() > 4) return false;
  shape.resize(4, 1);
  tensor.n = shape[0];
  tensor.c = shape[1];
  tensor.h = shape[2];
  tensor.w = shape[3];
  return true;
}

/// What was read must survive being written and read again.
void check_round_trip(const Tensor& tensor) {
  Tensor again = tensor;
  again.values.clear();
  bitscale::decode_npy(bitscale::encode_npy(tensor), "round trip", 0, again);
  if (again != tensor) std::abort();
}

}  // namespace

/// Any bytes are a .npy file or refused by a bitscale::Error; nothing else may happen.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = std::as_bytes(std::span(data, size));
  Tensor tensor;
  try {
    if (!adopt_shape(bitscale::parse_npy_header(file, size, "fuzz"), tensor)) return 0;
  } catch (const bitscale::Error&) {
    return 0;
  }
  for (const bitscale::TensorType& type : {bitscale::TensorType{16, Encoding::twos, 0},
                                           bitscale::TensorType{8, Encoding::unsigned_, 0},
                                           bitscale::TensorType{1, Encoding::binary_pm1, 0}}) {
    for (const int source_bits : {0, 12}) {
      tensor.type = type;
      try {
        bitscale::decode_npy(file, "fuzz", source_bits, tensor);
      } catch (const bitscale::ConfigError&) {
        continue;
      }
      check_round_trip(tensor);
    }
  }
  return 0;
}
