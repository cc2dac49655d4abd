#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "sim/core/errors.hpp"
#include "sim/import/onnx.hpp"

/// Any bytes are a model or refused by a bitscale::Error; what is imported makes a workload file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace importing = bitscale::importing;
  const auto bytes = std::as_bytes(std::span(data, size));
  for (const bool weights : {false, true}) {
    try {
      const importing::Imported imported =
          importing::import_onnx(bytes, "/nonexistent/fuzz.onnx", {{8, 8}, weights, {"Sigmoid"}});
      (void)importing::check_tree(importing::to_tree(imported.draft));
      for (const auto& file : imported.weights) {
        if (std::ssize(file.tensor.values) != file.tensor.elements()) std::abort();
      }
    } catch (const bitscale::Error&) {
      continue;
    }
  }
  return 0;
}
