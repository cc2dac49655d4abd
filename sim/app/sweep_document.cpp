#include "sim/app/sweep_document.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <unordered_map>

#include "sim/config/tree.hpp"
#include "sim/report/json.hpp"
#include "sim/sweep/answers.hpp"
#include "sim/sweep/query.hpp"

namespace bitscale::app {
namespace {

using Json = nlohmann::ordered_json;

/// More rows make a page that browsers are slow with.
constexpr std::uint64_t kMaxRows = 20'000;

Json value(const sweep::Cell& cell) {
  switch (cell.kind) {
    case sweep::Cell::Kind::nothing:
      return nullptr;
    case sweep::Cell::Kind::integer:
      return cell.integer;
    case sweep::Cell::Kind::real:
      return cell.real;
    case sweep::Cell::Kind::text:
      return cell.text;
  }
  return nullptr;
}

std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Values of one column in the shortest of three forms: {"same": value}; {"levels": [...], "at":
/// [index...]} where few values come again and again; or a plain list.
class PackedColumn {
 public:
  void add(const Json& value) {
    const std::string text = dumped(value);
    const auto [place, fresh] = levels_.try_emplace(text, levels_.size());
    if (fresh) distinct_ += (distinct_.empty() ? "" : ",") + text;
    list_ += (list_.empty() ? "" : ",") + text;
    at_ += (at_.empty() ? "" : ",") + std::to_string(place->second);
  }

  [[nodiscard]] std::string text() const {
    if (levels_.size() == 1) return "{\"same\":" + distinct_ + "}";
    if (distinct_.size() + at_.size() < list_.size())
      return "{\"levels\":[" + distinct_ + "],\"at\":[" + at_ + "]}";
    return "[" + list_ + "]";
  }

 private:
  std::unordered_map<std::string, std::size_t> levels_;
  std::string distinct_, at_, list_;
};

/// Hashes compress badly, and the store has them under the point's index.
bool left_out(const std::string& column) { return column == "key" || column == "result_digest"; }

std::set<std::int64_t> front_of(sweep::Store& store, const sweep::StoredSweep& stored) {
  std::set<std::int64_t> indices;
  if (stored.objectives.empty()) return indices;
  for (const sweep::Candidate& one : sweep::pareto_front(
           sweep::candidates(store, stored, stored.objectives, ""), stored.objectives))
    indices.insert(static_cast<std::int64_t>(one.index));
  return indices;
}

/// Keys of a mapping and everything below, dotted as for --set, with their values as text.
void add_settings(const config::Node& node, const std::string& path, Json& settings) {
  if (node.kind == config::Node::Kind::mapping && !node.keys.empty()) {
    for (std::size_t i = 0; i < node.keys.size(); ++i)
      add_settings(node.items[i], path.empty() ? node.keys[i] : path + "." + node.keys[i],
                   settings);
    return;
  }
  std::string text = node.scalar;
  if (node.kind != config::Node::Kind::scalar) text = config::emit_yaml(node);
  while (text.ends_with('\n')) text.pop_back();
  settings.push_back({path.empty() ? "experiment" : path, text});
}

/// What a sweep changes: its experiment's own keys, or its name where it has one.
Json base_of(const sweep::StoredSweep& stored) {
  Json settings = Json::array();
  if (stored.definition.empty()) return settings;
  const config::Node definition = config::parse_yaml(stored.definition, stored.name);
  if (const config::Node* experiment = definition.find("experiment"))
    add_settings(*experiment, "", settings);
  return settings;
}

/// The page's data as text: a column of values per name, in place of an object per point.
std::string document(sweep::Store& store, const sweep::StoredSweep& stored) {
  const std::uint64_t done = store.counts(stored.id).done();
  const auto stride = static_cast<std::int64_t>((done + kMaxRows - 1) / kMaxRows);
  Json json = {{"schema_version", kReportSchemaVersion},
               {"kind", "sweep"},
               {"name", stored.name},
               {"version", stored.version},
               {"hash", stored.hash},
               {"description", stored.description},
               {"candidates", stored.candidates},
               {"done", done},
               {"base", base_of(stored)},
               {"definition", stored.definition},
               {"axes", Json::array()},
               {"constraints", stored.constraints},
               {"keys", stored.keys},
               {"objectives", Json::array()}};
  for (const sweep::Axis& axis : stored.axes)
    json["axes"].push_back({{"name", axis.name}, {"keys", axis.keys}});
  for (const sweep::Objective& objective : stored.objectives)
    json["objectives"].push_back({{"metric", objective.metric}, {"more", objective.maximise}});
  const std::set<std::int64_t> front =
      stride > 1 ? front_of(store, stored) : std::set<std::int64_t>();
  sweep::ResultTable table(store, stored, {});
  std::vector<PackedColumn> columns(table.columns().size());
  std::int64_t row = 0;
  std::uint64_t shown = 0;
  table.for_each([&](const std::vector<sweep::Cell>& cells) {
    // The first column is the index.
    if (row++ % stride != 0 && !front.contains(cells.front().integer)) return;
    ++shown;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (!left_out(table.columns()[i])) columns[i].add(value(cells[i]));
    }
  });
  json["shown"] = shown;
  std::string text = dumped(json);
  text.pop_back();
  text += ",\"columns\":{";
  for (std::size_t i = 0; shown > 0 && i < columns.size(); ++i) {
    if (left_out(table.columns()[i])) continue;
    text += (i > 0 ? "," : "") + dumped(table.columns()[i]) + ":" + columns[i].text();
  }
  return text + "}}";
}

}  // namespace

bool is_store(const std::filesystem::path& path) {
  std::array<char, 16> head{};
  std::ifstream file(path, std::ios::binary);
  file.read(head.data(), head.size());
  return std::string_view(head.data(), head.size()) == std::string_view("SQLite format 3\0", 16);
}

std::vector<ReportInput> sweep_documents(const std::filesystem::path& path) {
  sweep::Store store(path.string(), sweep::Store::Mode::read);
  std::vector<ReportInput> inputs;
  const std::vector<sweep::StoredSweep> all = store.sweeps();
  for (auto stored = all.begin(); stored != all.end(); ++stored) {
    // As in queries, the newest of a name: older ones had another definition or another program.
    const auto same = [&](const sweep::StoredSweep& other) { return other.name == stored->name; };
    if (std::any_of(std::next(stored), all.end(), same)) continue;
    inputs.push_back({path.string() + ": " + stored->name, "sweep", document(store, *stored)});
  }
  return inputs;
}

}  // namespace bitscale::app
