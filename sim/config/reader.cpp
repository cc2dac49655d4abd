#include "sim/config/reader.hpp"

#include <fmt/format.h>

#include <map>
#include <tuple>

#include "sim/config/reader_state.hpp"
#include "sim/core/plural.hpp"
#include "sim/core/suggest.hpp"

namespace bitscale::config {

namespace {

using Json = SchemaNode::Json;

Json quantity_schema(QuantityUnit unit) {
  Json text = {{"type", "string"}, {"pattern", quantity_pattern(unit)}};
  if (unit != QuantityUnit::bits) return text;
  return {{"anyOf", Json::array({std::move(text), {{"type", "integer"}}})}};
}

}  // namespace

Reader::Reader(const Node& node, std::vector<Diagnostic>& problems, std::string path)
    : state_(std::make_unique<State>()) {
  state_->problems = &problems;
  state_->path = std::move(path);
  if (node.kind == Node::Kind::mapping) {
    state_->node = &node;
    return;
  }
  // One message is enough: that all keys of what is no mapping are missing goes without saying.
  state_->report(node.where, state_->path, "expected a mapping, got " + found(node));
  state_->absent = node.where;
  state_->problems = &state_->discarded;
}

Reader::Reader(SchemaNode* schema) : state_(std::make_unique<State>()) {
  state_->schema = schema;
  state_->problems = &state_->discarded;
}

Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;

bool Reader::describing() const { return state_->schema != nullptr; }

Reader& Reader::doc(std::string_view description) {
  state_->description = description;
  return *this;
}

Reader& Reader::reference() {
  state_->reference = true;
  return *this;
}

std::int64_t Reader::integer(std::string_view key, std::int64_t min, std::int64_t max,
                             std::optional<std::int64_t> fallback) {
  const std::int64_t harmless = std::clamp<std::int64_t>(1, min, max);
  if (describing()) {
    state_->describe(key, integer_schema(min, max), fallback);
    return fallback.value_or(harmless);
  }
  return state_->scalar(key, integer_phrase(min, max), fallback, harmless,
                        [&](const Node& value) { return parse_integer(value, min, max); });
}

double Reader::number(std::string_view key, double min, double max,
                      std::optional<double> fallback) {
  const double harmless = std::clamp(1.0, min, max);
  if (describing()) {
    state_->describe(key, number_schema(min, max), fallback);
    return fallback.value_or(harmless);
  }
  return state_->scalar(key, number_phrase(min, max), fallback, harmless,
                        [&](const Node& value) { return parse_number(value, min, max); });
}

bool Reader::boolean(std::string_view key, std::optional<bool> fallback) {
  if (describing()) {
    state_->describe(key, {{"type", "boolean"}}, fallback);
    return fallback.value_or(false);
  }
  return state_->scalar(key, "true or false", fallback, false, parse_boolean);
}

std::string Reader::text(std::string_view key, const std::optional<std::string>& fallback) {
  if (describing()) {
    state_->describe(key, {{"type", "string"}}, fallback);
    return fallback.value_or("");
  }
  return state_->scalar(key, "a text", fallback, std::string(), parse_text);
}

double Reader::quantity(std::string_view key, Unit unit, double min, double max,
                        std::optional<double> fallback) {
  const double harmless = std::clamp(1.0, min, max);
  if (describing()) {
    if (state_->description.empty()) state_->description = quantity_phrase(unit);
    std::optional<std::string> fallback_text;
    if (fallback) fallback_text = exact_quantity(*fallback, unit);
    state_->describe(key, quantity_schema(unit), fallback_text);
    return fallback.value_or(harmless);
  }
  return state_->scalar(key, quantity_phrase(unit), fallback, harmless,
                        [&](const Node& value) { return parse_measure(value, unit, min, max); });
}

std::size_t Reader::choice_index(std::string_view key,
                                 const std::vector<std::string_view>& spellings,
                                 std::optional<std::size_t> fallback) {
  if (describing()) {
    std::optional<std::string> fallback_text;
    if (fallback) fallback_text = spellings[*fallback];
    state_->describe(key, {{"enum", spellings}}, fallback_text);
    return fallback.value_or(0);
  }
  return state_->scalar(key, choice_phrase(spellings), fallback, std::size_t{0},
                        [&](const Node& value) { return parse_choice(value, spellings); });
}

std::optional<std::size_t> Reader::variant_index(std::string_view key,
                                                 const std::vector<std::string_view>& spellings,
                                                 std::optional<std::size_t> fallback) {
  const std::size_t before = state_->problems->size();
  const std::size_t index = choice_index(key, spellings, fallback);
  if (state_->problems->size() == before) return index;
  return std::nullopt;
}

void Reader::begin_variant(std::string_view key, const std::vector<std::string_view>& spellings,
                           std::optional<std::size_t> fallback) {
  SchemaNode::Variant variant;
  variant.key = key;
  variant.description = std::exchange(state_->description, "");
  variant.spellings.assign(spellings.begin(), spellings.end());
  variant.fallback = fallback;
  state_->schema->add_variant(std::move(variant));
}

Reader Reader::variant_branch(std::size_t index) { return Reader(&state_->schema->branch(index)); }

Reader Reader::nothing() { return Reader(static_cast<SchemaNode*>(nullptr)); }

bool Reader::has(std::string_view key) const {
  return state_->node != nullptr && state_->node->find(key) != nullptr;
}

const Node* Reader::raw(std::string_view key) {
  if (describing()) {
    state_->schema->add(key, state_->annotated(Json::object()), false);
    return nullptr;
  }
  return state_->ask(key, false, "");
}

void Reader::problem(std::string_view key, std::string_view message) {
  if (describing()) return;
  state_->report(where(key), state_->dotted(key), std::string(message));
}

Mark Reader::where(std::string_view key) const {
  const Node* value = state_->node != nullptr ? state_->node->find(key) : nullptr;
  return value != nullptr ? value->where : state_->where();
}

std::size_t Reader::problem_count() const {
  return state_->problems != nullptr ? state_->problems->size() : 0;
}

const std::string& Reader::path() const { return state_->path; }

void Reader::note_known(std::string_view key) { state_->know(key); }

void Reader::note_known_of(const Reader& other) {
  for (const std::string& key : other.state_->known) note_known(key);
}

void Reader::finish() {
  if (describing() || state_->node == nullptr) return;
  const Node& node = *state_->node;
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    const std::string& key = node.keys[i];
    const auto first = std::find(node.keys.begin(), node.keys.end(), key) - node.keys.begin();
    const bool known =
        std::find(state_->known.begin(), state_->known.end(), key) != state_->known.end();
    if (static_cast<std::size_t>(first) < i) {
      const Mark& mark = node.key_marks[static_cast<std::size_t>(first)];
      state_->report(node.key_marks[i], state_->dotted(key),
                     fmt::format("duplicate key, first given at line {}", mark.line));
    } else if (!known) {
      state_->report(node.key_marks[i], state_->dotted(key),
                     "unknown key" + suggestion(key, state_->known));
    }
  }
}

void read_header(Reader& reader) {
  reader.doc("Version of this format").integer("schema_version", 1, 1, 1);
  reader.doc("What the file holds").text("kind", "");
}

std::vector<Diagnostic> in_file_order(std::vector<Diagnostic> problems) {
  constexpr std::size_t kMostProblems = 100;
  // Files in the order in which their first problem was found.
  std::map<std::string, std::size_t> files;
  for (const Diagnostic& problem : problems) files.emplace(problem.where.file, files.size());
  std::stable_sort(problems.begin(), problems.end(), [&](const Diagnostic& a, const Diagnostic& b) {
    return std::tuple(files[a.where.file], a.where.line, a.where.column) <
           std::tuple(files[b.where.file], b.where.line, b.where.column);
  });
  if (problems.size() > kMostProblems) {
    const std::size_t more = problems.size() - kMostProblems;
    problems.resize(kMostProblems);
    Diagnostic rest;
    rest.message = fmt::format("and {} more {}", more, plural(more, "problem"));
    problems.push_back(std::move(rest));
  }
  return problems;
}

}  // namespace bitscale::config
