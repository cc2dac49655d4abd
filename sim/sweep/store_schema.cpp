#include "sim/sweep/store_schema.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "sim/sweep/outcome.hpp"

namespace bitscale::sweep {
namespace {

std::vector<std::string> result_columns() {
  std::vector<std::string> columns = {"key",      "status",       "message", "worker_seconds",
                                      "machine",  "workload",     "profile", "technology",
                                      "operands", "result_digest"};
  for (const PointMetric& metric : point_metrics()) columns.emplace_back(metric.name);
  columns.emplace_back("energy_by_component_pJ");
  columns.emplace_back("cycles_by_cause");
  return columns;
}

/// A failure is replaced, a result is not.
std::string on_conflict() {
  std::vector<std::string> assignments;
  for (const std::string& column : result_columns()) {
    if (column != "key") assignments.push_back(fmt::format("{0} = excluded.{0}", column));
  }
  return fmt::format("ON CONFLICT(key) DO UPDATE SET {} WHERE points.status <> 'ok'",
                     fmt::join(assignments, ", "));
}

}  // namespace

// Rows as long as these are appended, and only an index is in the order of their random keys: in a
// table without row ids every insertion would rewrite pages all over the file.
std::string store_schema() {
  std::string metrics;
  for (const PointMetric& metric : point_metrics())
    metrics += fmt::format("  {} {},\n", metric.name, metric.integer ? "INTEGER" : "REAL");
  return R"(
CREATE TABLE sweeps(
  id INTEGER PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  candidates INTEGER NOT NULL,
  about TEXT NOT NULL,
  definition TEXT NOT NULL);
CREATE TABLE points(
  key TEXT PRIMARY KEY,
  status TEXT NOT NULL,
  message TEXT NOT NULL,
  worker_seconds REAL NOT NULL,
  machine TEXT NOT NULL,
  workload TEXT NOT NULL,
  profile TEXT NOT NULL,
  technology TEXT NOT NULL,
  operands TEXT NOT NULL,
  result_digest TEXT NOT NULL,
)" + metrics +
         R"(  energy_by_component_pJ TEXT NOT NULL,
  cycles_by_cause TEXT NOT NULL);
CREATE TABLE sweep_points(
  sweep INTEGER NOT NULL REFERENCES sweeps(id),
  idx INTEGER NOT NULL,
  key TEXT NOT NULL,
  settings TEXT NOT NULL,
  PRIMARY KEY(sweep, idx)) WITHOUT ROWID;
CREATE TABLE simulations(
  key BLOB PRIMARY KEY,
  content BLOB NOT NULL);
CREATE VIEW results AS
  SELECT sweeps.name AS sweep, sweep_points.idx AS idx, sweep_points.settings AS settings, points.*
  FROM sweep_points JOIN points USING(key) JOIN sweeps ON sweeps.id = sweep_points.sweep;
)";
}

std::string insert_result_sql() {
  const std::vector<std::string> columns = result_columns();
  std::vector<std::string> parameters;
  for (std::size_t i = 0; i < columns.size(); ++i) parameters.push_back(fmt::format("?{}", i + 1));
  return fmt::format("INSERT INTO points({}) VALUES({}) {}", fmt::join(columns, ", "),
                     fmt::join(parameters, ", "), on_conflict());
}

std::string merge_sql() {
  const std::vector<std::string> columns = result_columns();
  // `WHERE true` keeps the parser from reading ON CONFLICT as the ON of a join.
  return fmt::format(
      "INSERT INTO main.points({0}) SELECT {0} FROM other.points WHERE true {1};"
      "INSERT OR IGNORE INTO main.sweeps(hash, name, version, candidates, about, definition) "
      "SELECT hash, name, version, candidates, about, definition FROM other.sweeps ORDER BY id;"
      "INSERT INTO main.sweep_points(sweep, idx, key, settings) "
      "SELECT main.sweeps.id, p.idx, p.key, p.settings FROM other.sweep_points AS p "
      "JOIN other.sweeps AS s ON s.id = p.sweep JOIN main.sweeps ON main.sweeps.hash = s.hash "
      "WHERE true ON CONFLICT(sweep, idx) DO UPDATE SET key = excluded.key "
      "WHERE (SELECT status FROM main.points WHERE key = sweep_points.key) <> 'ok' "
      "AND (SELECT status FROM main.points WHERE key = excluded.key) = 'ok';"
      "INSERT OR IGNORE INTO main.simulations(key, content) "
      "SELECT key, content FROM other.simulations;",
      fmt::join(columns, ", "), on_conflict());
}

}  // namespace bitscale::sweep
