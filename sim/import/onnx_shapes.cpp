#include <fmt/format.h>
#include <onnx/shape_inference/implementation.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>

#include "sim/config/values.hpp"
#include "sim/import/onnx_model.hpp"
#include "sim/import/onnx_sizes.hpp"
#include "sim/import/onnx_tensor.hpp"

namespace bitscale::importing {
namespace {

using onnx::TensorProto;

constexpr rlim_t kInferenceSeconds = 20;
/// Integer constants up to this length can be shapes, which inference reads.
constexpr std::int64_t kLongestShape = 64;

void set_extents(onnx::ValueInfoProto& value, const std::vector<std::int64_t>& extents) {
  auto* tensor = value.mutable_type()->mutable_tensor_type();
  if (tensor->elem_type() == 0) tensor->set_elem_type(TensorProto::FLOAT);
  tensor->clear_shape();
  auto* shape = tensor->mutable_shape();
  for (const std::int64_t extent : extents) shape->add_dim()->set_dim_value(extent);
}

void add_constant(onnx::GraphProto& graph, const std::string& name, const TensorProto& tensor) {
  TensorProto& copy = *graph.add_initializer();
  copy.set_name(name);
  copy.set_data_type(tensor.data_type());
  *copy.mutable_dims() = tensor.dims();
  if (element_count(tensor) > kLongestShape) return;
  const auto integers = integers_of(tensor);
  if (!integers) return;
  for (const std::int64_t value : *integers) {
    if (tensor.data_type() == TensorProto::INT64) {
      copy.add_int64_data(value);
    } else {
      copy.add_int32_data(static_cast<std::int32_t>(value));
    }
  }
}

/// A size value: a constant where it is known, else an input of unknown content.
void add_size(onnx::GraphProto& graph, const std::string& name,
              const std::map<std::string, Sizes>& known) {
  const auto sizes = known.find(name);
  if (sizes == known.end()) {
    onnx::ValueInfoProto& input = *graph.add_input();
    input.set_name(name);
    input.mutable_type()->mutable_tensor_type()->set_elem_type(TensorProto::INT64);
    return;
  }
  TensorProto& constant = *graph.add_initializer();
  constant.set_name(name);
  constant.set_data_type(TensorProto::INT64);
  if (!sizes->second.scalar)
    constant.add_dims(static_cast<std::int64_t>(sizes->second.values.size()));
  for (const std::int64_t value : sizes->second.values) constant.add_int64_data(value);
}

/// What inference needs and no more: no weights, no arithmetic on sizes, and no shapes that the
/// file merely claims.
onnx::ModelProto bare_model(const OnnxModel& model, const ValueShapes& inputs,
                            const std::map<std::string, Sizes>& known) {
  constexpr int kIrVersion = 8;  // constants need not be inputs from 4 on
  onnx::ModelProto bare;
  bare.set_ir_version(kIrVersion);
  *bare.mutable_opset_import() = model.proto.opset_import();
  onnx::GraphProto& graph = *bare.mutable_graph();
  graph.set_name("graph");
  const std::set<std::string> sizes = size_values(model);
  for (const onnx::NodeProto* node : model.nodes) {
    const bool data = node->output_size() == 0 || sizes.count(node->output(0)) == 0;
    if (data) *graph.add_node() = *node;
  }
  for (const auto& [name, tensor] : model.constants) add_constant(graph, name, *tensor);
  for (const std::string& name : sizes) {
    if (model.constants.count(name) == 0) add_size(graph, name, known);
  }
  for (const auto& input : model.proto.graph().input()) {
    const auto extents = inputs.find(input.name());
    if (extents == inputs.end()) continue;
    onnx::ValueInfoProto& copy = *graph.add_input();
    copy = input;
    set_extents(copy, extents->second);
  }
  for (const auto& output : model.proto.graph().output()) {
    if (sizes.count(output.name()) != 0) continue;
    graph.add_output()->set_name(output.name());
  }
  return bare;
}

void write_all(int pipe, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t written = ::write(pipe, text.data() + done, text.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    done += static_cast<std::size_t>(written);
  }
}

/// Runs in the child: 'S' and the graph with its shapes, or 'E' and what was wrong.
std::string infer(onnx::ModelProto& model) {
  constexpr bool kCheckTypes = true;
  constexpr int kStrict = 1;
  constexpr bool kPropagateData = false;  // sizes are computed here, see onnx_sizes.hpp
  try {
    onnx::shape_inference::InferShapes(model, onnx::OpSchemaRegistry::Instance(),
                                       {kCheckTypes, kStrict, kPropagateData});
    onnx::GraphProto shapes;
    *shapes.mutable_value_info() = model.graph().value_info();
    *shapes.mutable_output() = model.graph().output();
    return "S" + shapes.SerializeAsString();
  } catch (const std::exception& error) {
    return std::string("E") + error.what();
  }
}

[[noreturn]] void run_child(int pipe, onnx::ModelProto& model) {
  const rlimit seconds{kInferenceSeconds, kInferenceSeconds};
  const rlimit no_core{0, 0};
  (void)::setrlimit(RLIMIT_CPU, &seconds);
  (void)::setrlimit(RLIMIT_CORE, &no_core);
  // A crash here is the parent's message, not a report of a sanitizer.
  for (const int signal : {SIGSEGV, SIGFPE, SIGABRT, SIGBUS, SIGILL}) ::signal(signal, SIG_DFL);
  write_all(pipe, infer(model));
  ::_exit(0);  // nothing of the parent's is flushed or destroyed twice
}

std::string read_all(int pipe) {
  std::string text;
  std::array<char, 65536> block{};
  while (true) {
    const ssize_t count = ::read(pipe, block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    text.append(block.data(), static_cast<std::size_t>(count));
  }
}

[[noreturn]] void fail(const std::string& path, const std::string& reason) {
  throw IoError(fmt::format("{}: error: {}", path, reason));
}

/// What the child had to say.
std::string run_isolated(const std::string& path, onnx::ModelProto& model) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) fail(path, fmt::format("no pipe: {}", std::strerror(errno)));
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    run_child(ends[1], model);
  }
  const int reason = errno;
  ::close(ends[1]);
  std::string answer = child < 0 ? std::string() : read_all(ends[0]);
  ::close(ends[0]);
  if (child < 0) fail(path, fmt::format("no process for inference: {}", std::strerror(reason)));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
    fail(path,
         fmt::format("onnx's shape inference did not end within {} s of it", kInferenceSeconds));
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || answer.empty())
    fail(path, "onnx's shape inference crashed on it");
  return answer;
}

/// One line of onnx's many.
std::string first_lines(const std::string& text) {
  constexpr std::size_t kLongest = 300;
  std::string line;
  for (const char c : text.substr(0, kLongest)) {
    const bool space = static_cast<unsigned char>(c) <= ' ';
    if (space && (line.empty() || line.back() == ' ')) continue;
    line += space ? ' ' : c;
  }
  if (!line.empty() && line.back() == ' ') line.pop_back();
  for (char& c : line) {
    if (static_cast<unsigned char>(c) >= 0x7f) c = '?';
  }
  return line;
}

void note_shape(const onnx::ValueInfoProto& value, ValueShapes& shapes) {
  if (!value.type().tensor_type().has_shape()) return;
  std::vector<std::int64_t>& extents = shapes[value.name()];
  extents.clear();
  for (const auto& dim : value.type().tensor_type().shape().dim())
    extents.push_back(dim.has_dim_value() ? dim.dim_value() : -1);
}

/// One run of inference on what is known.
ValueShapes infer_once(const OnnxModel& model, const ValueShapes& inputs,
                       const std::map<std::string, Sizes>& sizes) {
  onnx::ModelProto bare = bare_model(model, inputs, sizes);
  const std::string answer = run_isolated(model.path, bare);
  if (answer[0] == 'E')
    fail(model.path, fmt::format("onnx's shape inference: {}", first_lines(answer.substr(1))));
  onnx::GraphProto graph;
  if (answer[0] != 'S' || !graph.ParseFromString(answer.substr(1)))
    fail(model.path, "onnx's shape inference crashed on it");
  ValueShapes shapes = inputs;
  for (const auto& value : graph.value_info()) note_shape(value, shapes);
  for (const auto& value : graph.output()) note_shape(value, shapes);
  for (const auto& [name, tensor] : model.constants)
    shapes[name].assign(tensor->dims().begin(), tensor->dims().end());
  return shapes;
}

}  // namespace

ValueShapes infer_shapes(const OnnxModel& model, const ValueShapes& inputs) {
  std::map<std::string, Sizes> sizes = evaluate_sizes(model, inputs);
  // A Reshape behind a Reshape needs the shape of the first: as many rounds as such a chain has
  // links, one for most models.
  constexpr int kMostRounds = 32;
  for (int round = 0;; ++round) {
    ValueShapes shapes = infer_once(model, inputs, sizes);
    std::map<std::string, Sizes> more = evaluate_sizes(model, shapes);
    if (more.size() <= sizes.size() || round == kMostRounds) return shapes;
    sizes = std::move(more);
  }
}

}  // namespace bitscale::importing
