#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/config/files.hpp"
#include "sim/config/reader.hpp"

namespace bitscale::sweep {

/// One key of an experiment and the value a point gives it.
struct Setting {
  std::string key;
  config::Node value;
  Mark where = {};  ///< of the key
};

/// Numbers of an axis between two ends; with a unit they are written in its base unit.
struct Range {
  double from = 0, to = 0;
  std::int64_t steps = 0;  ///< 0: any number in between, for drawn points
  bool logarithmic = false, integer = false;
  std::optional<config::Unit> unit;
};

/// A direction of the design space. Either `levels`, each a set of keys that change together, or a
/// range under every key of `keys`.
struct Axis {
  std::string name;
  std::vector<std::string> keys;
  std::vector<std::vector<Setting>> levels;
  std::optional<Range> range;
  Mark where;
  Mark keys_where = {};  ///< of `key` or `keys`
};

/// How axes make points.
enum class Combine { product, zip, list, random, latin_hypercube };

[[nodiscard]] std::string_view to_string(Combine combine);

/// A metric and the direction in which it is better.
struct Objective {
  std::string metric;
  bool maximise = false;
  bool operator==(const Objective&) const = default;
};

/// `cycles` or `min cycles`, `max tops_per_W`. Throws UsageError with the nearest metrics.
[[nodiscard]] Objective parse_objective(std::string_view text);

/// An expression of a sweep file and where it stands.
struct Constraint {
  std::string text;
  Mark where;
};

struct Limits {
  double time_s = 0;             ///< per point; 0: none
  std::int64_t memory_bits = 0;  ///< per worker process; 0: none
};

/// A sweep file as read: what changes, how it is combined and what is asked of the results. The
/// experiment underneath is a tree still; only points are complete.
struct SweepConfig {
  std::string name, description;
  config::Node experiment;  ///< references inside it are not resolved yet
  Combine combine = Combine::product;
  std::vector<Axis> axes;
  std::int64_t samples = 0;
  std::uint64_t seed = 1;
  std::vector<Constraint> constraints;
  std::vector<Objective> objectives;
  Limits limits;
  std::string definition;  ///< the whole file as YAML, includes and overrides applied
};

/// More candidates than any machine simulates; refused before anything is expanded.
inline constexpr std::uint64_t kMaxPoints = 10'000'000;

[[nodiscard]] SweepConfig parse_sweep(config::Reader& reader);

/// Finds, reads and validates a sweep file. Throws ConfigError with every problem, IoError.
[[nodiscard]] SweepConfig load_sweep(const std::string& name_or_path,
                                     const std::vector<std::string>& overrides = {});

}  // namespace bitscale::sweep
