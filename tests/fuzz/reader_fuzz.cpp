#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "sim/config/files.hpp"
#include "sim/config/reader.hpp"
#include "sim/config/tree.hpp"

// Whatever the bytes are: a tree or a ConfigError comes back, the tree keeps its limits, reading it
// ends in values within their bounds, and written out it parses to the same tree.

namespace {

using bitscale::ConfigError;
using bitscale::config::Node;
using bitscale::config::Reader;
using bitscale::config::Unit;

void require(bool holds) {
  if (!holds) std::abort();
}

int read_alternative(Reader& reader) {
  const std::int64_t lanes = reader.integer("lanes", 2, 8);
  require(lanes >= 2 && lanes <= 8);
  return 0;
}

int read_section(Reader& reader) {
  const double ratio = reader.number("ratio", 0.5, 2.0, 1.0);
  require(ratio >= 0.5 && ratio <= 2.0);
  reader.boolean("flag", false);
  reader.variant<int>("unit", {{"serial", read_alternative}, {"parallel", read_alternative}});
  reader.finish();
  return 0;
}

int read_everything(Reader& reader) {
  using Limits = std::numeric_limits<std::int64_t>;
  bitscale::config::read_header(reader);
  const std::int64_t count = reader.integer("count", 1, 16);
  require(count >= 1 && count <= 16);
  reader.integer("any", Limits::min(), Limits::max(), 0);
  const double clock_Hz = reader.quantity("clock", Unit::hertz, 1.0, 1e12);
  require(clock_Hz >= 1.0 && clock_Hz <= 1e12);
  reader.whole_quantity("size", Unit::bits, 0, Limits::max(), 0);
  reader.quantity("area", Unit::square_micrometre, 0.0, 1e9, 0.0);
  reader.choice<int>("mode", {{"first", 1}, {"second", 2}}, 1);
  reader.text("name", "none");
  for (const std::int64_t value :
       reader.integers("list", 0, 9, std::vector<std::int64_t>{}, true)) {
    require(value >= 0 && value <= 9);
  }
  reader.texts("words", std::vector<std::string>{});
  reader.section("array", read_section);
  reader.section_or_default("defaults", [](Reader& inner) { return inner.integer("n", 0, 1, 0); });
  reader.optional_section("option", read_section);
  reader.list("layers", read_section, false, 100);
  reader.entries(
      "by_name", [](Reader& inner, const std::string&) { read_section(inner); }, false);
  reader.integer_map("bits", 1, 16, false);
  reader.number_map("costs", 0.0, 1e9, false);
  if (reader.raw("raw") != nullptr) reader.problem("raw", "unwanted");
  reader.finish();
  return 0;
}

void check_tree(const Node& tree) {
  require(bitscale::config::count_nodes(tree) <= bitscale::config::kMaxNodes);
  try {
    bitscale::config::read_all(tree, read_everything);
  } catch (const ConfigError& error) {
    require(!error.diagnostics().empty());
    for (const auto& problem : error.diagnostics()) require(!problem.message.empty());
  }
  const std::string text = bitscale::config::emit_yaml(tree);
  // Indentation can push a deep tree over the limit of a text, which is then refused.
  if (text.size() > bitscale::config::kMaxTextBytes) return;
  require(same_content(tree, bitscale::config::parse_yaml(text, "emitted.yaml")));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Node tree;
  try {
    tree = bitscale::config::parse_yaml(text, "input.yaml");
    check_tree(tree);
  } catch (const ConfigError& error) {
    // Only the input may be refused, not what was written from it.
    require(error.diagnostics().front().where.file == "input.yaml");
    tree = Node{};
  }
  try {
    bitscale::config::apply_override(tree, text.substr(0, text.find('\n')));
    check_tree(tree);
  } catch (const ConfigError& error) {
    require(error.diagnostics().front().where.file == bitscale::config::kOverrideFile);
  }
  return 0;
}
