#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/import/quantise.hpp"

namespace bitscale::importing {

/// Why a constant of a model cannot be what it says (negative or huge extents, a size that lies,
/// data outside the model's folder, an element type without numbers), or '' where it is sound.
[[nodiscard]] std::string tensor_problem(const onnx::TensorProto& tensor);

/// Elements of a sound tensor.
[[nodiscard]] std::int64_t element_count(const onnx::TensorProto& tensor);

/// The integers of a sound int64 or int32 tensor inside the file; nothing for others.
[[nodiscard]] std::optional<std::vector<std::int64_t>> integers_of(const onnx::TensorProto& tensor);

/// Reads the numbers of a sound tensor, from the model or from the file beside it (`folder` is the
/// model's). The result refers to `tensor`. Throws IoError where that file is missing, too short or
/// outside the folder.
[[nodiscard]] WeightAt numbers_of(const onnx::TensorProto& tensor, const std::string& folder);

}  // namespace bitscale::importing
