#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <utility>

#include "sim/config/reader.hpp"
#include "sim/config/values.hpp"
#include "sim/core/plural.hpp"
#include "sim/core/suggest.hpp"
#include "sim/import/csv_rows.hpp"
#include "sim/import/scale_sim.hpp"

namespace bitscale::importing {
namespace {

/// What a column holds.
enum class Column {
  name,
  ifmap_height,
  ifmap_width,
  filter_height,
  filter_width,
  channels,
  filters,
  stride,
  stride_width,
  m,
  n,
  k
};
constexpr std::size_t kColumns = static_cast<std::size_t>(Column::k) + 1;

/// Spellings of the header, lower-case letters alone.
constexpr std::pair<std::string_view, Column> kHeader[] = {{"layername", Column::name},
                                                           {"layer", Column::name},
                                                           {"ifmapheight", Column::ifmap_height},
                                                           {"ifmapwidth", Column::ifmap_width},
                                                           {"filterheight", Column::filter_height},
                                                           {"filterwidth", Column::filter_width},
                                                           {"channels", Column::channels},
                                                           {"numfilter", Column::filters},
                                                           {"numfilters", Column::filters},
                                                           {"strides", Column::stride},
                                                           {"stride", Column::stride},
                                                           {"strideheight", Column::stride},
                                                           {"stridewidth", Column::stride_width},
                                                           {"m", Column::m},
                                                           {"n", Column::n},
                                                           {"k", Column::k}};

const std::vector<Column> kConvolution = {
    Column::name,         Column::ifmap_height, Column::ifmap_width, Column::filter_height,
    Column::filter_width, Column::channels,     Column::filters,     Column::stride};
const std::vector<Column> kGemm = {Column::name, Column::m, Column::n, Column::k};

std::string letters_of(std::string_view text) {
  std::string letters;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalpha(byte) != 0) letters += static_cast<char>(std::tolower(byte));
  }
  return letters;
}

bool is_integer(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isdigit(c) != 0 || c == '-' || c == '+' || c == '.';
  });
}

/// Reads the rows of one file; problems are collected, so that reading goes on.
class TopologyReader {
 public:
  TopologyReader(const std::string& file, const Widths& widths) : file_(file) {
    draft_.widths = widths;
  }

  Draft run(std::string_view text);

 private:
  using Values = std::array<std::int64_t, kColumns>;

  void problem(int line, int column, std::string message) {
    problems_.push_back({{file_, line, column}, "", std::move(message)});
  }
  /// True where the first row names the columns.
  bool read_header(const CsvRow& row);
  void guess_columns(const CsvRow& row);
  void read_row(const CsvRow& row);
  std::optional<Values> read_values(const CsvRow& row);
  void add_convolution(const CsvRow& row, const Values& values);
  void add_gemm(const CsvRow& row, const Values& values);
  DraftLayer& add_layer(const CsvRow& row);
  void describe();

  const std::string& file_;
  std::vector<Diagnostic> problems_;
  std::vector<Column> columns_;
  Draft draft_;
  LayerNames names_;
  int renamed_ = 0, hanging_ = 0, depthwise_ = 0;
};

bool TopologyReader::read_header(const CsvRow& row) {
  const auto& fields = row.fields;
  if (fields.size() > 1 && is_integer(fields[1].text)) return false;
  std::vector<std::string> spellings;
  for (const auto& entry : kHeader) spellings.emplace_back(entry.first);
  for (const CsvField& field : fields) {
    const std::string letters = letters_of(field.text);
    const auto* const found =
        std::find_if(std::begin(kHeader), std::end(kHeader),
                     [&](const auto& entry) { return entry.first == letters; });
    if (found == std::end(kHeader)) {
      problem(row.line, field.column,
              fmt::format("unknown column '{}': expected those of the convolution form (Layer "
                          "name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, "
                          "Num Filter, Strides) or of the GEMM form (Layer, M, N, K)",
                          config::excerpt(field.text)));
    } else if (std::find(columns_.begin(), columns_.end(), found->second) != columns_.end()) {
      problem(row.line, field.column,
              fmt::format("a second column '{}'", config::excerpt(field.text)));
    } else {
      columns_.push_back(found->second);
    }
  }
  const auto has = [&](Column column) {
    return std::find(columns_.begin(), columns_.end(), column) != columns_.end();
  };
  const std::vector<Column>& form = has(Column::m) ? kGemm : kConvolution;
  const bool complete = std::all_of(form.begin(), form.end(), has);
  const bool mixed = columns_.size() > form.size() + (has(Column::stride_width) ? 1 : 0);
  if (problems_.empty() && (!complete || mixed || columns_.front() != Column::name)) {
    problem(row.line, 1,
            "the columns are neither the convolution form (Layer name, IFMAP Height, IFMAP Width, "
            "Filter Height, Filter Width, Channels, Num Filter, Strides) nor the GEMM form (Layer, "
            "M, N, K)");
  }
  return true;
}

/// Without a header the number of values tells the form.
void TopologyReader::guess_columns(const CsvRow& row) {
  const std::size_t count = row.fields.size();
  if (count == kGemm.size()) {
    columns_ = kGemm;
  } else if (count == kConvolution.size() || count == kConvolution.size() + 1) {
    columns_ = kConvolution;
    if (count > kConvolution.size()) columns_.push_back(Column::stride_width);
  } else {
    problem(
        row.line, 1,
        fmt::format("expected 8 or 9 values (convolution form) or 4 (GEMM form), got {}", count));
  }
}

std::optional<TopologyReader::Values> TopologyReader::read_values(const CsvRow& row) {
  Values values{};
  const std::size_t before = problems_.size();
  if (row.fields.size() != columns_.size()) {
    problem(row.line, 1,
            fmt::format("expected {} values, got {}", columns_.size(), row.fields.size()));
    return std::nullopt;
  }
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const Column column = columns_[i];
    if (column == Column::name) continue;
    const bool window = column == Column::filter_height || column == Column::filter_width ||
                        column == Column::stride || column == Column::stride_width;
    config::Node node;
    node.kind = config::Node::Kind::scalar;
    node.scalar = row.fields[i].text;
    const auto parsed = config::parse_integer(node, 1, window ? kMaxWindow : kMaxExtent);
    if (!parsed.value) problem(row.line, row.fields[i].column, parsed.message);
    values[static_cast<std::size_t>(column)] = parsed.value.value_or(1);
  }
  if (problems_.size() != before) return std::nullopt;
  return values;
}

DraftLayer& TopologyReader::add_layer(const CsvRow& row) {
  const CsvField& name = row.fields.front();
  DraftLayer& layer = draft_.layers.emplace_back();
  layer.name = names_.take(name.text);
  layer.where = {file_, row.line, name.column};
  if (layer.name != name.text) ++renamed_;
  return layer;
}

/// Rows behind the last one that a window over the edge reads.
std::int64_t overhang(std::int64_t input, std::int64_t filter, std::int64_t stride) {
  return filter > input ? 0 : (stride - (input - filter) % stride) % stride;
}

void TopologyReader::add_convolution(const CsvRow& row, const Values& values) {
  const auto of = [&](Column column) { return values[static_cast<std::size_t>(column)]; };
  DraftLayer& layer = add_layer(row);
  LayerGeometry& geometry = layer.geometry;
  const std::int64_t height = of(Column::ifmap_height);
  const std::int64_t width = of(Column::ifmap_width);
  layer.reads = TensorShape{1, of(Column::channels), height, width};
  const Pair kernel{of(Column::filter_height), of(Column::filter_width)};
  const bool depthwise = row.fields.front().text.find("DP") != std::string::npos;
  if (!depthwise && height == 1 && width == 1 && kernel == Pair{}) {
    geometry.kind = LayerKind::fully_connected;
    geometry.out_channels = of(Column::filters);
    return;
  }
  geometry.kernel = kernel;
  const std::int64_t stride_w = of(Column::stride_width);
  geometry.stride = Pair{of(Column::stride), stride_w == 0 ? of(Column::stride) : stride_w};
  geometry.pad.bottom = overhang(height, kernel.h, geometry.stride->h);
  geometry.pad.right = overhang(width, kernel.w, geometry.stride->w);
  if (geometry.pad != Padding{}) ++hanging_;
  if (!depthwise) {
    geometry.kind = LayerKind::conv;
    geometry.out_channels = of(Column::filters);
    return;
  }
  geometry.kind = LayerKind::depthwise;
  geometry.multiplier = of(Column::filters);
  ++depthwise_;
}

void TopologyReader::add_gemm(const CsvRow& row, const Values& values) {
  const auto of = [&](Column column) { return values[static_cast<std::size_t>(column)]; };
  DraftLayer& layer = add_layer(row);
  layer.geometry.kind = LayerKind::matmul;
  layer.geometry.rows = of(Column::m);
  layer.geometry.inner = of(Column::k);
  layer.geometry.columns = of(Column::n);
  layer.reads = TensorShape{1, of(Column::k), of(Column::m), 1};
}

void TopologyReader::read_row(const CsvRow& row) {
  const auto values = read_values(row);
  if (!values) return;
  if (draft_.layers.size() == kMaxLayers) {
    problem(row.line, 1, fmt::format("a workload has at most {} layers", kMaxLayers));
    return;
  }
  if ((*values)[static_cast<std::size_t>(Column::m)] != 0) {
    add_gemm(row, *values);
  } else {
    add_convolution(row, *values);
  }
}

void TopologyReader::describe() {
  const std::string stem = std::filesystem::path(file_).stem().string();
  const std::size_t layers = draft_.layers.size();
  draft_.name = LayerNames().take(stem);
  draft_.description =
      fmt::format("{} {} of a SCALE-Sim topology", layers, plural(layers, "layer"));
  std::vector<std::string>& notes = draft_.notes;
  notes.push_back(fmt::format("imported from the SCALE-Sim topology {}, {} {}",
                              std::filesystem::path(file_).filename().string(), layers,
                              plural(layers, "layer")));
  notes.emplace_back("the format does not say how layers connect, so each stands on its own");
  notes.emplace_back(
      "inputs of the format include their padding, so layers have none, and the padded taps count "
      "as data");
  if (hanging_ > 0)
    notes.push_back(fmt::format(
        "SCALE-Sim counts a last window that hangs over the edge; {} {} that much padding at the "
        "bottom and right",
        hanging_, hanging_ == 1 ? "layer gets" : "layers get"));
  if (depthwise_ > 0)
    notes.push_back(fmt::format("depthwise, as in SCALE-Sim: {} {} with DP in the name", depthwise_,
                                plural(depthwise_, "layer")));
  if (renamed_ > 0)
    notes.push_back(
        fmt::format("{} {} got another name: names are letters, digits, _ and -, each once",
                    renamed_, plural(renamed_, "layer")));
  draft_.assumed = {
      assumed_widths(draft_.widths, "format"),
      "activations of all layers are those behind a ReLU, 45 % zero (synthetic tensors)"};
}

Draft TopologyReader::run(std::string_view text) {
  const std::vector<CsvRow> rows = split_csv(text, file_, problems_);
  if (rows.empty()) problem(1, 1, "a topology has a row per layer; there is none");
  const bool header = !rows.empty() && read_header(rows.front());
  if (header && rows.size() == 1) problem(rows[0].line, 1, "no layer behind the header");
  if (!rows.empty() && !header) guess_columns(rows.front());
  if (problems_.empty()) {
    for (std::size_t i = header ? 1 : 0; i < rows.size(); ++i) read_row(rows[i]);
  }
  if (!problems_.empty()) throw ConfigError(config::in_file_order(std::move(problems_)));
  describe();
  return std::move(draft_);
}

}  // namespace

Draft read_scale_sim(std::string_view text, const std::string& file, const Widths& widths) {
  return TopologyReader(file, widths).run(text);
}

}  // namespace bitscale::importing
