#include "sim/sweep/query.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sqlite3.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "sim/core/rounding.hpp"
#include "sim/core/suggest.hpp"
#include "sim/report/csv.hpp"
#include "sim/sweep/expression.hpp"

namespace bitscale::sweep {
namespace {

std::string text_literal(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') result += c;
    result += c;
  }
  return result + "'";
}

/// A member of a JSON object in a column, whatever its name holds.
std::string member(const std::string& column, std::string_view name) {
  return fmt::format("({} ->> ('$.' || json_quote({})))", column, text_literal(name));
}

/// SQL: setting_value('600MHz') is 6e8, as in constraints.
void setting_value(sqlite3_context* context, int /*count*/, sqlite3_value** values) {
  if (sqlite3_value_type(values[0]) == SQLITE_NULL) return sqlite3_result_null(context);
  const auto* const text = reinterpret_cast<const char*>(sqlite3_value_text(values[0]));
  const Value value = value_of(text != nullptr ? text : "");
  if (const double* number = std::get_if<double>(&value)) {
    sqlite3_result_double(context, *number);
  } else {
    sqlite3_result_value(context, values[0]);
  }
}

/// JSON numbers without the digits that nobody computed.
std::string cell_text(const Cell& cell) {
  switch (cell.kind) {
    case Cell::Kind::nothing:
      return "";
    case Cell::Kind::integer:
      return std::to_string(cell.integer);
    case Cell::Kind::real:
      return format_significant(cell.real);
    case Cell::Kind::text:
      return cell.text;
  }
  return "";
}

}  // namespace

ResultTable::ResultTable(Store& store, StoredSweep sweep, const Query& query)
    : store_(store), sweep_(std::move(sweep)) {
  sqlite3_create_function_v2(store_.database().handle(), "setting_value", 1,
                             SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, nullptr,
                             setting_value, nullptr, nullptr, nullptr);
  add_columns();
  std::vector<std::string> selected;
  if (query.columns.empty()) {
    for (const Source& source : sources_) {
      if (!source.shown) continue;
      columns_.push_back(source.name);
      selected.push_back(source.sql);
    }
  }
  for (const std::string& name : query.columns) {
    const Source* source = find(name);
    if (source == nullptr)
      throw UsageError(
          fmt::format("error: no column is named '{}'{}", name, suggestion(name, names())));
    columns_.push_back(name);
    selected.push_back(source->sql);
  }
  std::string conditions = fmt::format("sweep_points.sweep = {}", sweep_.id);
  if (query.feasible_only) conditions += " AND " + find("feasible")->sql;
  if (!query.where.empty()) conditions += " AND " + condition(query.where, {"--where", 0, 0});
  std::string order = "sweep_points.idx";
  if (query.order) {
    const bool descending = query.order->starts_with("-");
    const std::string name = query.order->substr(descending ? 1 : 0);
    const Source* source = find(name);
    if (source == nullptr)
      throw UsageError(
          fmt::format("error: no column is named '{}'{}", name, suggestion(name, names())));
    const std::string by = source->comparable.empty() ? source->sql : source->comparable;
    order = fmt::format("{0} IS NULL, {0} {1}, sweep_points.idx", by, descending ? "DESC" : "ASC");
  }
  sql_ = fmt::format("SELECT {} FROM sweep_points JOIN points USING(key) WHERE {} ORDER BY {}{}",
                     fmt::join(selected, ", "), conditions, order,
                     query.limit > 0 ? fmt::format(" LIMIT {}", query.limit) : "");
}

void ResultTable::add_columns() {
  sources_.push_back({"index", "sweep_points.idx"});
  for (const std::string& key : sweep_.keys) {
    const std::string value = member("sweep_points.settings", key);
    sources_.push_back({key, value, true, fmt::format("setting_value({})", value)});
  }
  for (const char* column :
       {"status", "message", "machine", "workload", "profile", "technology", "operands"}) {
    // A key of that name is what the point asked for; the column beside it, what it became.
    const bool taken = find(column) != nullptr;
    sources_.push_back(
        {taken ? fmt::format("{}_name", column) : column, fmt::format("points.{}", column)});
  }
  for (const PointMetric& metric : point_metrics())
    sources_.push_back({std::string(metric.name), fmt::format("points.{}", metric.name)});
  std::vector<std::string> terms = {"points.status = 'ok'"};
  for (const std::string& text : sweep_.constraints) {
    const Expression expression(text, {store_.path(), 0, 0});
    const bool over_metrics = std::ranges::any_of(
        expression.names(), [](const auto& name) { return metric_index(name).has_value(); });
    if (over_metrics) terms.push_back(condition(text, {store_.path(), 0, 0}));
  }
  sources_.push_back({"feasible", fmt::format("({})", fmt::join(terms, " AND "))});
  add_json_columns("energy_by_component_pJ", "energy_", "_pJ");
  add_json_columns("cycles_by_cause", "cycles_", "");
  sources_.push_back({"result_digest", "points.result_digest"});
  sources_.push_back({"key", "points.key"});
  // What differs between two runs of the same sweep is shown to those who ask for it.
  sources_.push_back({"worker_seconds", "points.worker_seconds", false});
}

void ResultTable::add_json_columns(const std::string& column, const std::string& prefix,
                                   const std::string& suffix) {
  // Which names occur does not depend on the order of rows.
  Statement select = store_.database().prepare(fmt::format(
      "SELECT DISTINCT each.key FROM sweep_points JOIN points USING(key), json_each(points.{}) AS "
      "each WHERE sweep = {} ORDER BY each.key",
      column, sweep_.id));
  while (select.step()) {
    const std::string name = select.text(0);
    sources_.push_back(
        {fmt::format("{}{}{}", prefix, name, suffix), member("points." + column, name)});
  }
}

const ResultTable::Source* ResultTable::find(const std::string& name) const {
  const auto found = std::ranges::find(sources_, name, &Source::name);
  return found != sources_.end() ? &*found : nullptr;
}

std::vector<std::string> ResultTable::names() const {
  std::vector<std::string> all;
  for (const Source& source : sources_) all.push_back(source.name);
  return all;
}

std::string ResultTable::condition(const std::string& text, const Mark& where) const {
  const Expression expression(text, where);
  std::vector<std::string> columns;
  for (const std::string& name : expression.names()) {
    const Source* source = find(name);
    if (source == nullptr) expression.refuse_name(name, names());
    columns.push_back(source->comparable.empty() ? source->sql : source->comparable);
  }
  return fmt::format("(({}) IS TRUE)", expression.sql(columns));
}

void ResultTable::for_each(const std::function<void(const std::vector<Cell>&)>& take) {
  Statement select = store_.database().prepare(sql_);
  std::vector<Cell> cells(columns_.size());
  while (select.step()) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const int column = static_cast<int>(i);
      Cell& cell = cells[i] = {};
      if (select.is_null(column)) continue;
      if (select.is_integer(column)) {
        cell.kind = Cell::Kind::integer;
        cell.integer = select.integer(column);
      } else if (select.is_number(column)) {
        cell.kind = Cell::Kind::real;
        cell.real = select.real(column);
      } else {
        cell.kind = Cell::Kind::text;
        cell.text = select.text(column);
      }
    }
    take(cells);
  }
}

std::string csv_line(const std::vector<Cell>& cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += ',';
    line += csv_cell(cell_text(cells[i]));
  }
  return line + "\n";
}

void write_csv(ResultTable& table, const std::function<void(const std::string&)>& write) {
  std::string header;
  for (const std::string& column : table.columns())
    header += (header.empty() ? "" : ",") + csv_cell(column);
  write(header + "\n");
  table.for_each([&](const std::vector<Cell>& cells) { write(csv_line(cells)); });
}

void write_json(ResultTable& table, const std::function<void(const std::string&)>& write) {
  bool first = true;
  write("[");
  table.for_each([&](const std::vector<Cell>& cells) {
    nlohmann::ordered_json row;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      auto& value = row[table.columns()[i]];
      const Cell& cell = cells[i];
      if (cell.kind == Cell::Kind::integer) value = cell.integer;
      if (cell.kind == Cell::Kind::real) value = round_significant(cell.real);
      if (cell.kind == Cell::Kind::text) value = cell.text;
    }
    write((first ? "\n" : ",\n") + row.dump());
    first = false;
  });
  write("\n]\n");
}

}  // namespace bitscale::sweep
