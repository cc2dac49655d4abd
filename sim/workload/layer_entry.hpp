#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/config/reader.hpp"
#include "sim/workload/workload_file.hpp"

namespace bitscale {

/// What a layer inherits from its file.
struct LayerContext {
  TensorEntry input;       ///< activations of layers that read the network's input
  TensorEntry activation;  ///< activations of the others
  TensorEntry weight;
  bool first = false;  ///< reads the network's input where it names no inputs
};

/// Reads bits, encoding, frac_bits and source of one tensor from `reader`'s own keys; what is
/// absent comes from `base`.
[[nodiscard]] TensorEntry parse_tensor_entry(config::Reader& reader, const TensorEntry& base);

/// Reads bits, encoding and frac_bits only: a tensor that is computed, not supplied.
[[nodiscard]] TensorEntry parse_type_entry(config::Reader& reader, const TensorEntry& base);

/// Spellings of the encodings in files.
[[nodiscard]] const std::vector<std::pair<std::string_view, Encoding>>& encoding_names();

/// Refuses a codebook: activations are computed, and no table says where they would fall.
void refuse_codebook(config::Reader& reader, TensorEntry& entry);

/// Why a type is impossible, or '' where it is fine.
[[nodiscard]] std::string type_problem(const TensorType& type);

/// One entry of `layers:` without inputs and shape; `input_names` receives the names it reads,
/// empty for the previous layer.
[[nodiscard]] LayerEntry parse_layer_entry(config::Reader& reader, const LayerContext& context,
                                           std::vector<std::string>& input_names);

}  // namespace bitscale
