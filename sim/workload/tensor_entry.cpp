#include <fmt/format.h>

#include <filesystem>

#include "sim/workload/layer_entry.hpp"

namespace bitscale {
namespace {

using config::Reader;

/// Narrowest and widest integer of each encoding, as far as 16-bit signed words hold them.
struct EncodingRange {
  std::string_view name;
  Encoding encoding;
  int min_bits, max_bits;
};
constexpr EncodingRange kEncodings[] = {{"unsigned", Encoding::unsigned_, 1, 15},
                                        {"twos", Encoding::twos, 2, 16},
                                        {"binary_pm1", Encoding::binary_pm1, 1, 1},
                                        {"ternary", Encoding::ternary, 2, 2},
                                        {"log2", Encoding::log2, 2, 5},
                                        {"codebook", Encoding::codebook, 1, 8}};

const std::vector<std::pair<std::string_view, Distribution>>& distribution_names() {
  static const std::vector<std::pair<std::string_view, Distribution>> names = {
      {"uniform", Distribution::uniform},
      {"normal", Distribution::normal},
      {"laplace", Distribution::laplace},
      {"half_normal", Distribution::half_normal},
      {"constant", Distribution::constant}};
  return names;
}

TensorSource parse_synthetic(Reader& reader, const TensorSource& base) {
  TensorSource source;
  if (base.kind == TensorSource::Kind::synthetic) source = base;
  source.distribution = reader.doc("shape of the values")
                            .choice("distribution", distribution_names(),
                                    std::optional<Distribution>(source.distribution));
  source.scale = reader.doc("standard deviation relative to full scale")
                     .number("scale", 1e-4, 16.0, source.scale);
  source.zero_fraction = reader.doc("share of exact zeros put in on top of the distribution's own")
                             .number("zero_fraction", 0.0, 1.0, source.zero_fraction);
  constexpr auto kMaxSeed = std::numeric_limits<std::int64_t>::max();
  source.seed = static_cast<std::uint64_t>(
      reader.doc("values depend on seed, layer, tensor and index only")
          .integer("seed", 0, kMaxSeed, static_cast<std::int64_t>(source.seed)));
  return source;
}

/// A relative path counts from the folder of the file that holds it.
std::string resolve_path(const Reader& reader, std::string_view key, const std::string& text) {
  const std::filesystem::path path(text);
  const std::filesystem::path file(reader.where(key).file);
  if (path.is_absolute() || text.empty() || file.extension().empty()) return text;
  return (file.parent_path() / path).lexically_normal().string();
}

TensorSource parse_npy(Reader& reader, const TensorSource& base) {
  TensorSource source;
  source.kind = TensorSource::Kind::npy;
  std::optional<std::string> inherited;
  if (base.kind == source.kind) inherited = base.path;
  const std::string path =
      reader.doc("a .npy file of integers; relative to this file").text("path", inherited);
  source.path = reader.has("path") ? resolve_path(reader, "path", path) : path;
  if (path.empty() && reader.has("path")) reader.problem("path", "expected a path, got ''");
  source.source_bits = static_cast<int>(
      reader.doc("width of the file's values, which are rounded to the tensor's; 0: of its type")
          .integer("source_bits", 0, 16, base.source_bits));
  return source;
}

TensorSource parse_dataset(Reader& reader, const TensorSource& base) {
  static const std::vector<std::pair<std::string_view, std::string>> names = {
      {"fashion_mnist_test", "fashion_mnist_test"}, {"fashion_mnist_train", "fashion_mnist_train"}};
  TensorSource source;
  source.kind = TensorSource::Kind::dataset;
  std::optional<std::string> inherited;
  if (base.kind == source.kind) inherited = base.dataset;
  source.dataset = reader.doc("an installed data set").choice("name", names, inherited);
  source.first_index = reader.doc("image that the batch starts with")
                           .integer("first_index", 0, 1'000'000'000, base.first_index);
  return source;
}

/// What a source does not state comes from `base`, as far as it is of the same kind.
TensorSource parse_source(Reader& reader, const TensorSource& base) {
  using Kind = TensorSource::Kind;
  using Parse = std::function<TensorSource(Reader&)>;
  const std::vector<std::pair<std::string, Parse>> kinds = {
      {"synthetic", [&base](Reader& r) { return parse_synthetic(r, base); }},
      {"npy", [&base](Reader& r) { return parse_npy(r, base); }},
      {"dataset", [&base](Reader& r) { return parse_dataset(r, base); }}};
  const std::string inherited = base.kind == Kind::npy       ? "npy"
                                : base.kind == Kind::dataset ? "dataset"
                                                             : "synthetic";
  auto source =
      reader.doc("where the values come from").variant<TensorSource>("kind", kinds, inherited);
  reader.finish();
  return source;
}

}  // namespace

const std::vector<std::pair<std::string_view, Encoding>>& encoding_names() {
  static const std::vector<std::pair<std::string_view, Encoding>> names = [] {
    std::vector<std::pair<std::string_view, Encoding>> list;
    for (const EncodingRange& range : kEncodings) list.emplace_back(range.name, range.encoding);
    return list;
  }();
  return names;
}

std::string_view to_string(Encoding encoding) {
  for (const EncodingRange& range : kEncodings) {
    if (range.encoding == encoding) return range.name;
  }
  return "";
}

std::string type_problem(const TensorType& type) {
  for (const EncodingRange& range : kEncodings) {
    if (range.encoding != type.encoding) continue;
    if (type.bits >= range.min_bits && type.bits <= range.max_bits) return "";
    std::string problem = fmt::format("encoding {} has {}..{} bits, got {}", range.name,
                                      range.min_bits, range.max_bits, type.bits);
    if (type.encoding == Encoding::log2 && type.bits > range.max_bits)
      problem += "; larger powers of two do not fit 16-bit words";
    if (type.encoding == Encoding::unsigned_) problem += "; use encoding twos for 16 bits";
    return problem;
  }
  return "";
}

void refuse_codebook(Reader& reader, TensorEntry& entry) {
  if (entry.type.encoding != Encoding::codebook) return;
  reader.problem(reader.has("encoding") ? "encoding" : "",
                 "expected an encoding that sums can be rounded to; codebook is one of weights");
  entry.type = TensorType{};
}

TensorEntry parse_type_entry(Reader& reader, const TensorEntry& base) {
  TensorEntry entry = base;
  entry.type.bits =
      static_cast<int>(reader.doc("width of one value").integer("bits", 1, 16, base.type.bits));
  entry.type.encoding =
      reader.doc("how integers stand for numbers")
          .choice("encoding", encoding_names(), std::optional<Encoding>(base.type.encoding));
  entry.type.frac_bits = static_cast<int>(
      reader
          .doc("value = integer * 2^-frac_bits; where no frac_bits is stated, sums are shifted by "
               "a width that their size suggests")
          .integer("frac_bits", -32, 32, base.type.frac_bits));
  const bool table = entry.type.encoding == Encoding::codebook;
  entry.type.entry_bits =
      static_cast<int>(reader.doc("codebook: width of a table entry, two's complement")
                           .integer("entry_bits", 2, 16, base.type.entry_bits));
  if (!table && reader.has("entry_bits")) {
    reader.problem("entry_bits", fmt::format("only a codebook has a table, this is {}",
                                             to_string(entry.type.encoding)));
  }
  if (!table) entry.type.entry_bits = TensorType{}.entry_bits;
  entry.frac_given = base.frac_given || reader.has("frac_bits");
  const std::string problem = type_problem(entry.type);
  if (problem.empty()) return entry;
  reader.problem(reader.has("bits") ? "bits" : "encoding", problem);
  entry.type = base.type;
  return entry;
}

TensorEntry parse_tensor_entry(Reader& reader, const TensorEntry& base) {
  TensorEntry entry = parse_type_entry(reader, base);
  entry.source = reader.section_or_default(
      "source", [&base](Reader& r) { return parse_source(r, base.source); });
  return entry;
}

}  // namespace bitscale
