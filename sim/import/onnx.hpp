#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "sim/import/draft.hpp"

namespace bitscale::importing {

/// What a user asks of an ONNX import.
struct OnnxOptions {
  Widths widths;
  bool weights = false;                ///< quantise the model's weights too
  std::vector<std::string> leave_out;  ///< operators that keep a tensor's shape, to be skipped
};

/// True where the program was built with Debian's libonnx.
[[nodiscard]] bool onnx_available();

/// Reads an ONNX model, the bytes of the file at `path`, into a workload. Shapes are inferred by
/// onnx's own inference and compared with ours, layer by layer; a symbolic batch becomes 1. What
/// was left out (biases, soft-max, ...) is in the draft's notes. Model files are hostile until
/// proven otherwise: sizes are checked before anything is allocated, and inference runs in a
/// process of its own. Throws IoError for bytes that are no sound model, ConfigError that names
/// every node that cannot be imported.
[[nodiscard]] Imported import_onnx(std::span<const std::byte> model, const std::string& path,
                                   const OnnxOptions& options);

}  // namespace bitscale::importing
