#include "sim/app/sweep_document.hpp"

#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

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

std::set<std::int64_t> front_of(sweep::Store& store, const sweep::StoredSweep& stored) {
  std::set<std::int64_t> indices;
  if (stored.objectives.empty()) return indices;
  for (const sweep::Candidate& one : sweep::pareto_front(
           sweep::candidates(store, stored, stored.objectives, ""), stored.objectives))
    indices.insert(static_cast<std::int64_t>(one.index));
  return indices;
}

Json document(sweep::Store& store, const sweep::StoredSweep& stored) {
  const std::uint64_t done = store.counts(stored.id).done();
  const auto stride = static_cast<std::int64_t>((done + kMaxRows - 1) / kMaxRows);
  Json json = {{"schema_version", kReportSchemaVersion},
               {"kind", "sweep"},
               {"name", stored.name},
               {"version", stored.version},
               {"description", stored.description},
               {"candidates", stored.candidates},
               {"done", done},
               {"keys", stored.keys},
               {"objectives", Json::array()},
               {"points", Json::array()}};
  for (const sweep::Objective& objective : stored.objectives)
    json["objectives"].push_back({{"metric", objective.metric}, {"more", objective.maximise}});
  const std::set<std::int64_t> front =
      stride > 1 ? front_of(store, stored) : std::set<std::int64_t>();
  sweep::ResultTable table(store, stored, {});
  std::int64_t row = 0;
  table.for_each([&](const std::vector<sweep::Cell>& cells) {
    // The first column is the index.
    if (row++ % stride != 0 && !front.contains(cells.front().integer)) return;
    Json point;
    for (std::size_t i = 0; i < cells.size(); ++i) point[table.columns()[i]] = value(cells[i]);
    json["points"].push_back(std::move(point));
  });
  return json;
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
  for (const sweep::StoredSweep& stored : store.sweeps())
    inputs.push_back({path.string() + ": " + stored.name, "sweep", document(store, stored).dump()});
  return inputs;
}

}  // namespace bitscale::app
