#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/config/reader.hpp"
#include "sim/workload/shapes.hpp"
#include "sim/workload/workload.hpp"

namespace bitscale {

/// What a file says of one tensor, its defaults filled in.
struct TensorEntry {
  TensorType type;
  TensorSource source;
  bool frac_given =
      false;  ///< frac_bits is stated somewhere, so that scales are the file's business
  bool operator==(const TensorEntry&) const = default;
};

/// One entry of `layers:`.
struct LayerEntry {
  std::string name;
  LayerGeometry geometry;
  std::vector<std::int32_t> inputs;  ///< as in Layer
  std::optional<TensorShape> reads;  ///< of a layer on its own, which reads no other; n is unused
  bool sound = true;                 ///< the keys of its shape could be read
  std::optional<LayerShape> shape;   ///< nothing where a problem was reported
  TensorEntry activation;            ///< array layers
  TensorEntry weight;                ///< array layers and bias
  std::optional<TensorEntry> output;
  int accumulator_bits = 0;
  std::int16_t pad_value = 0;
  std::optional<int> requantise_shift;
};

/// How sure the source of a number is; reports name what rests on recalled ones.
enum class Confidence { verified, computed, recalled, assumed };

/// A named set of precisions: bits per array layer, and encodings for all of them.
struct Profile {
  std::string name;
  std::string description;
  std::string source;
  Confidence confidence = Confidence::assumed;
  int default_activation_bits = 0;  ///< of array layers that are not listed; 0 keeps the file's
  int default_weight_bits = 0;
  std::optional<Encoding> activation_encoding, weight_encoding;  ///< none keeps the file's
  std::vector<std::pair<std::string, std::int64_t>> activation_bits, weight_bits;
};

/// Source of a profile that is named by its widths, as in '8x4' (activations of 8 bits and weights
/// of 4 in every array layer): every network has those.
inline constexpr std::string_view kUniformSource =
    "the same widths in every layer, accuracy not checked here";

/// A workload file as it stands: the graph with its shapes, before a profile decides the
/// precisions.
struct WorkloadFile {
  std::string name;
  std::string description;
  std::vector<std::string> notes, recalled, assumed;
  std::int64_t batch = 1;
  TensorShape input_shape;
  TensorEntry input;
  TensorEntry activation_default, weight_default;
  std::optional<TensorEntry> output_default;
  std::vector<LayerEntry> layers;
  std::vector<Profile> profiles;
};

/// What a user asks of a workload file.
struct WorkloadRequest {
  std::string profile;                ///< '' for the file's own bits
  std::optional<std::int64_t> batch;  ///< none for the file's own
};

/// Reads a file of kind `workload` and infers every shape. Problems go to the reader, each located;
/// the result is then only good for reading on.
[[nodiscard]] WorkloadFile parse_workload_file(config::Reader& reader,
                                               std::optional<std::int64_t> batch = std::nullopt);

/// The type of layer `layer`'s activations or weights under a profile. A tensor keeps its full
/// scale: frac_bits fall with the bits.
[[nodiscard]] TensorType activation_under(const Profile& profile, const LayerEntry& layer);
[[nodiscard]] TensorType weight_under(const Profile& profile, const LayerEntry& layer);

/// Puts a profile in force and settles every type. A tensor under a profile keeps its full scale:
/// where the file states frac_bits, they fall with the bits. Throws ConfigError for an unknown
/// profile.
[[nodiscard]] Workload resolve(const WorkloadFile& file, std::string_view profile = "");

/// Both stages at once; an unknown profile is a problem of the reader.
[[nodiscard]] Workload parse_workload(config::Reader& reader, const WorkloadRequest& request = {});

/// Finds, reads and resolves a workload by name or path. Throws ConfigError, IoError.
[[nodiscard]] Workload load_workload(std::string_view name_or_path,
                                     const WorkloadRequest& request = {});

/// The file of load_workload, for its list of profiles.
[[nodiscard]] WorkloadFile load_workload_file(std::string_view name_or_path,
                                              std::optional<std::int64_t> batch = std::nullopt);

}  // namespace bitscale
