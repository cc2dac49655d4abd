#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "sim/config/tree.hpp"
#include "sim/core/quantity.hpp"

namespace bitscale::config {

/// Units a quantity can have; the suffix is written behind the number (`606MHz`, `32KiB`, `1.1V`).
/// Only bits may stand as a bare number.
using Unit = QuantityUnit;

class SchemaNode;  // what a Reader writes while it describes itself

/// Reads one mapping of a tree into a struct. A parse function next to each struct asks for keys by
/// name, type and range; the reader collects every problem and hands back a harmless value, so that
/// reading goes on after the first mistake. Call finish() once at the end of each mapping: it
/// reports unknown (with a suggestion) and duplicate keys.
///
/// The same parse function describes its file: run on a Reader made by describe(), every request is
/// recorded as JSON Schema and returns its default (or a value in range). Callbacks of sections,
/// lists and variants are then called once each, whatever the document holds, so a parse function
/// must reach all its keys without looking at values; where keys depend on a value, use variant().
class Reader {
 public:
  /// Reads `node`; problems are appended to `problems`. `path` is the dotted key of the node (''
  /// for the root).
  Reader(const Node& node, std::vector<Diagnostic>& problems, std::string path = "");
  ~Reader();
  Reader(Reader&&) noexcept;
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  Reader& operator=(Reader&&) = delete;

  /// True when this run records the schema instead of reading a document.
  [[nodiscard]] bool describing() const;

  /// Sentence that the schema shows for the next key asked for.
  Reader& doc(std::string_view description);
  /// The schema says that the next section may also be a name, a path or a mapping with `include`,
  /// which resolve_reference turned into the section before this reader sees it.
  Reader& reference();

  // Scalars. Without a default the key is required. Integers are decimal only (`010` and `0x10` are
  // problems), bounds inclusive.
  std::int64_t integer(std::string_view key, std::int64_t min, std::int64_t max,
                       std::optional<std::int64_t> fallback = std::nullopt);
  double number(std::string_view key, double min, double max,
                std::optional<double> fallback = std::nullopt);
  bool boolean(std::string_view key, std::optional<bool> fallback = std::nullopt);
  std::string text(std::string_view key, const std::optional<std::string>& fallback = std::nullopt);
  /// A number with a unit suffix, in base units (Hz, V, s, J, W, bit, um2). `KiB`, `MiB`, `kbit`,
  /// `B`... count as bits. Amounts of bits must be whole.
  double quantity(std::string_view key, Unit unit, double min, double max,
                  std::optional<double> fallback = std::nullopt);
  /// A quantity that counts (bits, or a clock in whole hertz), exact up to 2^53.
  std::int64_t whole_quantity(std::string_view key, Unit unit, std::int64_t min, std::int64_t max,
                              std::optional<std::int64_t> fallback = std::nullopt);

  /// One of the enumerators in `names`; spelled as in the struct.
  template <typename E>
  E choice(std::string_view key, const std::vector<std::pair<std::string_view, E>>& names,
           std::optional<E> fallback = std::nullopt) {
    std::vector<std::string_view> spellings;
    std::optional<std::size_t> fallback_index;
    for (std::size_t i = 0; i < names.size(); ++i) {
      spellings.push_back(names[i].first);
      if (fallback && names[i].second == *fallback) fallback_index = i;
    }
    return names[choice_index(key, spellings, fallback_index)].second;
  }

  /// A list of integers, each within bounds; `fallback` where the key is absent. `scalar_ok`: a
  /// lone integer is a list of one.
  std::vector<std::int64_t> integers(
      std::string_view key, std::int64_t min, std::int64_t max,
      std::optional<std::vector<std::int64_t>> fallback = std::nullopt, bool scalar_ok = false);
  /// A list of texts; `scalar_ok`: a lone text is a list of one.
  std::vector<std::string> texts(std::string_view key,
                                 std::optional<std::vector<std::string>> fallback = std::nullopt,
                                 bool scalar_ok = false);

  /// A required mapping under `key`.
  template <typename F>
  auto section(std::string_view key, F&& parse) {
    Reader reader = child(key, true);
    return parse(reader);
  }
  /// A mapping that may be absent; its parse function then runs on an empty mapping (all defaults).
  template <typename F>
  auto section_or_default(std::string_view key, F&& parse) {
    Reader reader = child(key, false);
    return parse(reader);
  }
  /// A mapping that may be absent; nothing then.
  template <typename F>
  auto optional_section(std::string_view key, F&& parse)
      -> std::optional<std::invoke_result_t<F, Reader&>> {
    if (!describing() && !has(key)) {
      note_known(key);
      return std::nullopt;
    }
    Reader reader = child(key, false);
    return parse(reader);
  }

  /// A sequence of mappings. Its length is limited to `max_items`.
  template <typename F>
  auto list(std::string_view key, F&& parse, bool required = true, std::size_t max_items = 4096)
      -> std::vector<std::invoke_result_t<F, Reader&>> {
    std::vector<std::invoke_result_t<F, Reader&>> result;
    const std::size_t count = list_size(key, required, max_items);
    for (std::size_t i = 0; i < count; ++i) {
      Reader reader = element(key, i);
      result.push_back(parse(reader));
    }
    return result;
  }

  /// A mapping whose keys are chosen by the user (layer names, operations): parse(reader, key)
  /// reads each VALUE, which must be a mapping.
  template <typename F>
  void entries(std::string_view key, F&& parse, bool required = true) {
    const std::vector<std::string> names = entry_keys(key, required);
    for (const std::string& name : names) {
      Reader reader = entry(key, name);
      parse(reader, name);
    }
  }
  /// A mapping from user-chosen keys to integers within bounds, in file order.
  std::vector<std::pair<std::string, std::int64_t>> integer_map(std::string_view key,
                                                                std::int64_t min, std::int64_t max,
                                                                bool required = true);
  /// A mapping from user-chosen keys to numbers within bounds, in file order.
  std::vector<std::pair<std::string, double>> number_map(std::string_view key, double min,
                                                         double max, bool required = true);

  /// One of several shapes of this same mapping, chosen by the text under `key`. Each alternative's
  /// function reads the keys of its shape from this reader. All alternatives must return the same
  /// type.
  template <typename T>
  T variant(std::string_view key,
            const std::vector<std::pair<std::string, std::function<T(Reader&)>>>& alternatives,
            std::optional<std::string> fallback = std::nullopt) {
    std::vector<std::string_view> spellings;
    std::optional<std::size_t> fallback_index;
    for (std::size_t i = 0; i < alternatives.size(); ++i) {
      spellings.push_back(alternatives[i].first);
      if (fallback && alternatives[i].first == *fallback) fallback_index = i;
    }
    if (!describing()) {
      const auto chosen = variant_index(key, spellings, fallback_index);
      if (chosen) return alternatives[*chosen].second(*this);
      return variant_unknown(alternatives);
    }
    std::optional<T> first;
    begin_variant(key, spellings, fallback_index);
    for (std::size_t i = 0; i < alternatives.size(); ++i) {
      Reader branch = variant_branch(i);
      T value = alternatives[i].second(branch);
      if (!first) first.emplace(std::move(value));
    }
    return std::move(*first);
  }

  /// True when the document has `key` (false while describing).
  [[nodiscard]] bool has(std::string_view key) const;
  /// The raw node under `key`, or nullptr; counts as read. For values no method fits, use with
  /// `problem`.
  const Node* raw(std::string_view key);
  /// Records a problem at `key`'s value (or at the mapping, where the key is absent).
  void problem(std::string_view key, std::string_view message);
  /// Where `key`'s value stands (or the mapping, where the key is absent).
  [[nodiscard]] Mark where(std::string_view key) const;
  /// How many problems the document has so far, all its readers together.
  [[nodiscard]] std::size_t problem_count() const;
  /// Dotted path of this mapping.
  [[nodiscard]] const std::string& path() const;

  /// Reports unknown and duplicate keys of this mapping. Where the key of a variant is
  /// wrong, the keys of all its alternatives count as known.
  void finish();

  /// JSON Schema (draft 2020-12) of what `parse` reads.
  [[nodiscard]] static nlohmann::ordered_json describe(const std::string& title,
                                                       const std::function<void(Reader&)>& parse);

 private:
  friend class SchemaNode;
  explicit Reader(SchemaNode* schema);
  std::size_t choice_index(std::string_view key, const std::vector<std::string_view>& spellings,
                           std::optional<std::size_t> fallback);
  template <typename T, typename Parse>
  std::vector<T> scalars(std::string_view key, const std::string& expected,
                         std::optional<std::vector<T>> fallback, bool scalar_ok, Parse&& parse);
  template <typename T, typename Parse>
  std::vector<std::pair<std::string, T>> scalar_map(std::string_view key, bool required,
                                                    Parse&& parse);
  Reader child(std::string_view key, bool required);
  Reader element(std::string_view key, std::size_t index);
  Reader entry(std::string_view key, const std::string& name);
  std::size_t list_size(std::string_view key, bool required, std::size_t max_items);
  std::vector<std::string> entry_keys(std::string_view key, bool required);
  void begin_variant(std::string_view key, const std::vector<std::string_view>& spellings,
                     std::optional<std::size_t> fallback);
  Reader variant_branch(std::size_t index);
  std::optional<std::size_t> variant_index(std::string_view key,
                                           const std::vector<std::string_view>& spellings,
                                           std::optional<std::size_t> fallback);
  /// A reader without a mapping, whose problems nobody sees.
  static Reader nothing();
  /// Nobody knows which alternative was meant: their keys count as known, their values are not
  /// judged.
  template <typename T>
  T variant_unknown(
      const std::vector<std::pair<std::string, std::function<T(Reader&)>>>& alternatives) {
    std::optional<T> first;
    for (const auto& alternative : alternatives) {
      Reader reader = nothing();
      T value = alternative.second(reader);
      if (!first) first.emplace(std::move(value));
      note_known_of(reader);
    }
    return std::move(*first);
  }
  void note_known(std::string_view key);
  void note_known_of(const Reader& other);

  struct State;
  std::unique_ptr<State> state_;
};

/// Reads the keys that every file starts with, `schema_version` and `kind`. load_resolved checks
/// them; in a section that an experiment spells out they may be missing.
void read_header(Reader& reader);

/// The problems in the order of the files' lines, cut where a file is nothing but mistakes.
[[nodiscard]] std::vector<Diagnostic> in_file_order(std::vector<Diagnostic> problems);

/// Reads a whole tree with `parse`; throws ConfigError with every problem found.
template <typename F>
auto read_all(const Node& tree, F&& parse) {
  std::vector<Diagnostic> problems;
  Reader reader(tree, problems);
  auto result = parse(reader);
  if (!problems.empty()) throw ConfigError(in_file_order(std::move(problems)));
  return result;
}

}  // namespace bitscale::config
