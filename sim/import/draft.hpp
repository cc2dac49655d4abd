#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/config/tree.hpp"
#include "sim/workload/shapes.hpp"
#include "sim/workload/tensor.hpp"

/// Networks written down for other tools, read into workload files: a reader makes a Draft, the
/// draft becomes the tree of a YAML file, and the tree is read like any other file before it is
/// written.
namespace bitscale::importing {

/// Widths that all array layers get; 2..16 bits each.
struct Widths {
  int activation = 8, weight = 8;
  bool given = false;  ///< false: nobody asked for these
};

/// What a workload file says of its widths, which `source` (the model, the format) does not have.
[[nodiscard]] std::string assumed_widths(const Widths& widths, std::string_view source);

/// Largest number of layers of a workload file.
inline constexpr std::size_t kMaxLayers = 4096;

/// One layer of a workload file to be.
struct DraftLayer {
  std::string name;
  LayerGeometry geometry;
  std::vector<std::string> inputs;   ///< names of layers or `input`; empty with `reads`
  std::optional<TensorShape> reads;  ///< of a layer on its own
  bool signed_input = false;         ///< what it reads can be negative
  std::string weight_path;           ///< .npy file, relative to the workload; empty: synthetic
  Mark where;                        ///< in the file it was read from, for messages
};

/// A workload file to be.
struct Draft {
  std::string name, description;
  std::vector<std::string> notes, assumed;
  std::int64_t batch = 1;
  std::optional<TensorShape> input;  ///< none where every layer stands on its own
  Widths widths;
  std::vector<DraftLayer> layers;
};

/// A tensor that goes to a file of its own.
struct WeightFile {
  std::string layer;
  Tensor tensor;
};

/// What a reader of another format hands back.
struct Imported {
  Draft draft;
  std::vector<WeightFile> weights;
};

/// The draft as the tree of a workload file; nodes carry the marks of what they came from. Values
/// that can be negative are two's complement and drawn from a normal distribution, others unsigned
/// (below 16 bits) and half-normal with zeros, as behind a ReLU.
[[nodiscard]] config::Node to_tree(const Draft& draft);

/// Reads the tree as a workload: what the format cannot hold is reported where it came from. Throws
/// ConfigError.
[[nodiscard]] Workload check_tree(const config::Node& tree);

/// Hands out names that workload files take: letters, digits, _ and -, each once, none `input`.
class LayerNames {
 public:
  /// The nearest allowed name to `wanted`, numbered where it is taken.
  std::string take(std::string_view wanted);

 private:
  std::set<std::string> taken_;
  std::map<std::string, int> numbers_;  ///< next number of a name that was asked for before
};

}  // namespace bitscale::importing
