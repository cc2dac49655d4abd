#include "sim/workload/operands.hpp"

#include <fmt/format.h>

#include <string>

#include "sim/core/checked.hpp"
#include "sim/core/hash.hpp"
#include "sim/workload/data_errors.hpp"
#include "sim/workload/dataset.hpp"
#include "sim/workload/npy.hpp"
#include "sim/workload/synthetic.hpp"

namespace bitscale {

namespace {

constexpr std::int64_t kMaxElements = std::int64_t{1} << 31;

/// Number of values; refuses extents that the rest of the program is not made for.
std::size_t checked_elements(const Tensor& tensor) {
  std::int64_t elements = 1;
  for (const std::int64_t extent : {tensor.n, tensor.c, tensor.h, tensor.w}) {
    const auto product = extent >= 0 ? checked_multiply(elements, extent) : std::nullopt;
    if (!product || *product > kMaxElements)
      refuse_tensor("", fmt::format("a tensor of {} x {} x {} x {} has more than 2^31 elements",
                                    tensor.n, tensor.c, tensor.h, tensor.w));
    elements = *product;
  }
  return static_cast<std::size_t>(elements);
}

}  // namespace

std::uint64_t tensor_stream(std::string_view layer, std::string_view tensor) {
  return stable_hash(tensor, stable_hash(layer));
}

Tensor make_tensor(const TensorSource& source, const TensorType& type, std::int64_t n,
                   std::int64_t c, std::int64_t h, std::int64_t w, std::uint64_t stream) {
  Tensor tensor{type, n, c, h, w, {}, Origin::synthetic};
  const std::size_t elements = checked_elements(tensor);
  switch (source.kind) {
    case TensorSource::Kind::synthetic:
      tensor.values.resize(elements);
      fill_synthetic(source, type, stream, 0, tensor.values);
      break;
    case TensorSource::Kind::npy:
      read_npy(source.path, source.source_bits, tensor);
      break;
    case TensorSource::Kind::dataset:
      read_images(source.dataset, source.first_index, tensor);
      break;
    case TensorSource::Kind::layer:
      refuse_tensor(
          "", "a tensor that another layer computes has values only in a run of the whole network");
  }
  return tensor;
}

Tensor make_weights(const Layer& layer) {
  const LayerShape& s = layer.shape;
  return make_tensor(layer.weight_source, layer.weight, s.G * s.K, s.C, s.R, s.S,
                     tensor_stream(layer.name, "weights"));
}

Operands make_operands(const Layer& layer) {
  const LayerShape& s = layer.shape;
  return {make_tensor(layer.activation_source, layer.activation, s.N, s.G * s.C, s.H, s.W,
                      tensor_stream(layer.name, "activations")),
          make_weights(layer)};
}

}  // namespace bitscale
