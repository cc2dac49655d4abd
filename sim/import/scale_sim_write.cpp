#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "sim/import/scale_sim.hpp"

namespace bitscale::importing {
namespace {

/// Rows of one axis that windows read, padding included: SCALE-Sim lets a last window hang over the
/// edge, so what no window reads must not be there.
std::int64_t read_extent(std::int64_t outputs, std::int64_t stride, std::int64_t filter) {
  return (outputs - 1) * stride + filter;
}

bool is_product(const Layer& layer) {
  return layer.kind == LayerKind::matmul || layer.kind == LayerKind::fully_connected;
}

/// A name that SCALE-Sim takes for a depthwise layer.
std::string marked_name(const std::string& name) {
  return name.find("DP") == std::string::npos ? name + "_DP" : name;
}

/// A name that SCALE-Sim does not take for a depthwise layer.
std::string plain_name(std::string name) {
  for (std::size_t at = name.find("DP"); at != std::string::npos; at = name.find("DP"))
    name[at + 1] = 'p';
  return name;
}

/// One layer after another; remembers what the format could not say.
class TopologyWriter {
 public:
  explicit TopologyWriter(const Workload& workload) : workload_(workload) {}
  ScaleSimTopology run();

 private:
  void refuse_dilation() const;
  void write_gemm(const Layer& layer);
  void write_convolution(const Layer& layer, bool two_strides);
  void row(const std::string& name, const LayerShape& s, std::int64_t channels,
           std::int64_t filters, bool two_strides);
  void remark(std::string_view text, const std::vector<std::string>& layers);

  const Workload& workload_;
  ScaleSimTopology result_;
  std::vector<std::string> padded_, grouped_, depthwise_, left_out_;
};

void TopologyWriter::refuse_dilation() const {
  std::vector<Diagnostic> problems;
  bool any = false;
  for (const Layer& layer : workload_.layers) {
    if (!is_array_layer(layer.kind)) continue;
    any = true;
    if (layer.shape.dilation_h == 1 && layer.shape.dilation_w == 1) continue;
    Diagnostic problem;
    problem.key = fmt::format("layer '{}'", layer.name);
    problem.message = fmt::format("a dilation of {} x {}, which SCALE-Sim's format cannot express",
                                  layer.shape.dilation_h, layer.shape.dilation_w);
    problems.push_back(std::move(problem));
  }
  if (!any) {
    Diagnostic problem;
    problem.message = "the workload has no layer with multiply-accumulates";
    problems.push_back(std::move(problem));
  }
  if (!problems.empty()) throw ConfigError(std::move(problems));
}

void TopologyWriter::row(const std::string& name, const LayerShape& s, std::int64_t channels,
                         std::int64_t filters, bool two_strides) {
  result_.csv +=
      fmt::format("{},{},{},{},{},{},{},{},", name, read_extent(s.P, s.stride_h, s.R),
                  read_extent(s.Q, s.stride_w, s.S), s.R, s.S, channels, filters, s.stride_h);
  if (two_strides) result_.csv += fmt::format("{},", s.stride_w);
  result_.csv += '\n';
}

void TopologyWriter::write_convolution(const Layer& layer, bool two_strides) {
  const LayerShape& s = layer.shape;
  if (s.pad_top + s.pad_bottom + s.pad_left + s.pad_right > 0) padded_.push_back(layer.name);
  if (layer.kind == LayerKind::depthwise) {
    depthwise_.push_back(layer.name);
    return row(marked_name(layer.name), s, s.G, s.K, two_strides);
  }
  if (s.G > 1) grouped_.push_back(layer.name);
  for (std::int64_t group = 0; group < s.G; ++group) {
    const std::string suffix = s.G > 1 ? fmt::format("_g{}", group) : "";
    row(plain_name(layer.name) + suffix, s, s.C, s.K, two_strides);
  }
}

void TopologyWriter::write_gemm(const Layer& layer) {
  const LayerShape& s = layer.shape;
  result_.csv += fmt::format("{},{},{},{},\n", layer.name, s.N * s.P, s.K, s.C);
}

void TopologyWriter::remark(std::string_view text, const std::vector<std::string>& layers) {
  if (!layers.empty())
    result_.remarks.push_back(fmt::format("{}: {}", text, fmt::join(layers, ", ")));
}

ScaleSimTopology TopologyWriter::run() {
  refuse_dilation();
  bool all_products = true;
  bool any_matmul = false;
  bool two_strides = false;
  for (const Layer& layer : workload_.layers) {
    if (!is_array_layer(layer.kind)) {
      left_out_.push_back(layer.name);
      continue;
    }
    all_products = all_products && is_product(layer);
    any_matmul = any_matmul || layer.kind == LayerKind::matmul;
    two_strides = two_strides || layer.shape.stride_h != layer.shape.stride_w;
  }
  const bool gemm = all_products && any_matmul;
  result_.csv = gemm ? "Layer,M,N,K,\n"
                     : fmt::format(
                           "Layer name,IFMAP Height,IFMAP Width,Filter Height,Filter "
                           "Width,Channels,Num Filter,{},\n",
                           two_strides ? "Stride height,Stride width" : "Strides");
  for (const Layer& layer : workload_.layers) {
    if (!is_array_layer(layer.kind)) continue;
    if (gemm) {
      write_gemm(layer);
    } else {
      write_convolution(layer, two_strides);
    }
  }
  remark("without multiply-accumulates, left out", left_out_);
  remark("padding is part of the input sizes", padded_);
  remark("a row per group", grouped_);
  remark("depthwise, marked by DP in the name", depthwise_);
  if (!gemm && workload_.batch > 1)
    result_.remarks.push_back(
        fmt::format("rows are of one image; the batch of {} is left out", workload_.batch));
  result_.remarks.emplace_back("widths and connections of layers are not part of the format");
  return std::move(result_);
}

}  // namespace

ScaleSimTopology write_scale_sim(const Workload& workload) {
  return TopologyWriter(workload).run();
}

}  // namespace bitscale::importing
