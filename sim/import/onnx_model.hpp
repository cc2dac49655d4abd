#pragma once

#include <onnx/onnx_pb.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "sim/core/errors.hpp"

namespace bitscale::importing {

/// Problems of one model file, collected so that all are said at once.
class ModelProblems {
 public:
  explicit ModelProblems(std::string path) : path_(std::move(path)) {}
  /// `what` is the node, constant or input it is about, or ''.
  void add(std::string what, std::string message);
  [[nodiscard]] bool none() const { return problems_.empty(); }
  /// Throws what was collected: as IoError where the file is no sound model, as ConfigError where
  /// it is one that cannot be imported.
  void throw_as_malformed() const;
  void throw_as_unsupported() const;

 private:
  std::string path_;
  std::vector<Diagnostic> problems_;
};

/// `node 'conv1' (Conv)`, fit for a message; nodes without a name are named by what they write.
[[nodiscard]] std::string describe(const onnx::NodeProto& node);

/// A model whose structure was checked: every constant is as large as it says, every value is
/// written once and before it is read.
struct OnnxModel {
  std::string path;
  std::string folder;                             ///< where external data lie
  onnx::ModelProto proto;                         ///< owns all that the rest refers to
  std::vector<const onnx::NodeProto*> nodes;      ///< in order, without Constant
  std::map<std::string, onnx::TensorProto> made;  ///< constants written as attributes
  std::map<std::string, const onnx::TensorProto*> constants;
  std::map<std::string, int> readers;  ///< nodes that read a value
  std::set<std::string> outputs;       ///< of the graph
};

/// Parses and checks a model file. Throws IoError for anything that is no sound model.
[[nodiscard]] OnnxModel parse_model(std::span<const std::byte> bytes, const std::string& path);

/// Extents of values by name; -1 where inference could not tell.
using ValueShapes = std::map<std::string, std::vector<std::int64_t>>;

/// Extents of every value by onnx's own inference, run in a child process: a model that makes it
/// crash or run away is a problem of that model. `inputs` are the shapes of the data that the
/// network reads. Throws IoError.
[[nodiscard]] ValueShapes infer_shapes(const OnnxModel& model, const ValueShapes& inputs);

}  // namespace bitscale::importing
