// In place of the ONNX reader where libonnx was not found.
#include <fmt/format.h>

#include "sim/core/errors.hpp"
#include "sim/import/onnx.hpp"

namespace bitscale::importing {

bool onnx_available() { return false; }

Imported import_onnx(std::span<const std::byte> /*model*/, const std::string& path,
                     const OnnxOptions& /*options*/) {
  throw IoError(fmt::format(
      "{}: error: this bitscale was built without ONNX. Install the Debian packages "
      "libonnx-dev and libprotobuf-dev, then configure and build again (scripts/build.sh)",
      path));
}

}  // namespace bitscale::importing
