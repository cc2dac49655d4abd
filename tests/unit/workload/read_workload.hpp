#pragma once

#include <string>
#include <string_view>

#include "sim/workload/workload_file.hpp"

namespace bitscale::test {

/// A workload from YAML text that stands in a file `net.yaml`.
inline Workload read_workload(const std::string& text, const WorkloadRequest& request = {}) {
  const config::Node tree = config::parse_yaml(text, "net.yaml");
  return config::read_all(tree, [&](config::Reader& r) { return parse_workload(r, request); });
}

/// The message of the ConfigError that reading throws, '' where it throws none.
inline std::string error_of(const std::string& text, const WorkloadRequest& request = {}) {
  try {
    (void)read_workload(text, request);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

/// The layer of that name; a default one where there is none, which no expectation fits.
inline Layer layer_of(const Workload& workload, std::string_view name) {
  for (const Layer& layer : workload.layers) {
    if (layer.name == name) return layer;
  }
  return {};
}

}  // namespace bitscale::test
