#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/config/reader.hpp"
#include "sim/workload/workload_file.hpp"

namespace bitscale {

/// Links layers as they are read, in file order: finds the producers of each and infers its shape
/// while the layer's reader is at hand to say where a problem stands. A layer whose shape is
/// unknown makes its readers unknown too, silently: one mistake is one message.
class LayerGraph {
 public:
  /// `input` is nothing where the file has no `input:`; `names` are those of all layers, in file
  /// order.
  LayerGraph(std::optional<TensorShape> input, std::int64_t batch, std::vector<std::string> names);

  /// Fills in the inputs and the shape of the next layer.
  void link(LayerEntry& entry, const std::vector<std::string>& input_names, config::Reader& reader);

  /// The network's input, as declared or as a stand-alone matmul at the front implies.
  [[nodiscard]] std::optional<TensorShape> input() const { return input_; }

 private:
  std::optional<std::int32_t> find(const std::string& name, std::size_t reader_index,
                                   config::Reader& reader) const;
  void imply_input(const LayerEntry& entry, config::Reader& reader);
  std::optional<TensorShape> own_input(const TensorShape& reads, config::Reader& reader) const;
  void check_name(const LayerEntry& entry, std::size_t index, config::Reader& reader) const;

  std::optional<TensorShape> input_;
  bool input_missing_;
  std::int64_t batch_;
  std::vector<std::string> names_;
  std::vector<std::optional<TensorShape>> outputs_;
  std::int64_t macs_ = 0;
};

}  // namespace bitscale
