#pragma once

#include <string>

#include "sim/config/reader.hpp"
#include "sim/config/tree.hpp"
#include "sim/sweep/sweep_file.hpp"

namespace bitscale::sweep {

/// A sweep file from its keys behind the header.
inline SweepConfig parse_text(const std::string& text) {
  const config::Node tree = config::parse_yaml(
      "schema_version: 1\nkind: sweep\nname: test\nexperiment: {machine: stripes, workload: "
      "lenet}\n" +
          text,
      "sweep.yaml");
  SweepConfig sweep = config::read_all(tree, parse_sweep);
  sweep.definition = text;
  return sweep;
}

/// What it says of a file that is wrong; '' where it is not.
inline std::string problems_of(const std::string& text) {
  try {
    (void)parse_text(text);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

}  // namespace bitscale::sweep
