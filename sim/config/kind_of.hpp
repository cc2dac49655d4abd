#pragma once

#include <optional>
#include <string_view>

#include "sim/config/files.hpp"

namespace bitscale::config {

/// The kind of file that a name or path stands for; nothing where there is none, or none that can
/// be read. Where several kinds have a preset of the name, an experiment comes first.
[[nodiscard]] std::optional<FileKind> kind_of(std::string_view name_or_path);

}  // namespace bitscale::config
