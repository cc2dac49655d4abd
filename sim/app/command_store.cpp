// The commands about stores of sweeps: query, status, merge.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "sim/app/commands.hpp"
#include "sim/core/plural.hpp"
#include "sim/core/rounding.hpp"
#include "sim/report/table.hpp"
#include "sim/sweep/answers.hpp"

namespace bitscale::app {
namespace {

using sweep::Candidate;
using sweep::Objective;
using sweep::Store;
using sweep::StoredSweep;

struct QueryRequest {
  std::string store, sweep, where, format = "text", output;
  std::vector<std::string> columns, objectives;
  std::optional<std::string> order;
  std::uint64_t limit = 0;
  bool pareto = false, best = false, sensitivity = false;
};

/// Where an answer goes: standard output, or a file that appears whole or not at all.
void deliver(const QueryRequest& request, const std::string& text) {
  if (request.output.empty()) return print(text);
  write_file_atomically(request.output, text);
}

/// Six digits: neighbours in a sweep differ in the fifth.
std::string metric_text(double value) { return fmt::format("{:.6g}", value); }

std::string cell_text(const sweep::Cell& cell) {
  if (cell.kind == sweep::Cell::Kind::integer) return std::to_string(cell.integer);
  if (cell.kind == sweep::Cell::Kind::real) return metric_text(cell.real);
  return cell.text;
}

/// Rows for people: without what is empty everywhere.
std::string table_text(sweep::ResultTable& table) {
  std::vector<std::vector<std::string>> rows;
  std::vector<bool> used(table.columns().size(), false);
  table.for_each([&](const std::vector<sweep::Cell>& cells) {
    std::vector<std::string>& row = rows.emplace_back();
    for (std::size_t i = 0; i < cells.size(); ++i) {
      row.push_back(cell_text(cells[i]));
      used[i] = used[i] || !row.back().empty();
    }
  });
  std::vector<Table::Column> columns;
  for (std::size_t i = 0; i < used.size(); ++i) {
    if (used[i]) columns.push_back({table.columns()[i]});
  }
  Table text(columns);
  for (const std::vector<std::string>& row : rows) {
    std::vector<std::string> cells;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (used[i]) cells.push_back(row[i]);
    }
    text.add_row(std::move(cells));
  }
  return text.text() + fmt::format("  {} {}\n", rows.size(), plural(rows.size(), "row"));
}

void print_rows(const QueryRequest& request, Store& store, const StoredSweep& sweep) {
  sweep::Query query{request.where, request.columns, request.order, request.limit};
  if (request.columns.empty() && request.format == "text") {
    query.columns = {"index"};
    query.columns.insert(query.columns.end(), sweep.keys.begin(), sweep.keys.end());
    for (const char* column : {"status", "message", "cycles", "energy_pJ", "area_um2"})
      query.columns.emplace_back(column);
  }
  sweep::ResultTable table(store, sweep, query);
  if (request.format == "text") return deliver(request, table_text(table));
  const auto rows = [&](const FileWriter& write) {
    std::string block;
    const auto add = [&](const std::string& line) {
      block += line;
      constexpr std::size_t kBlock = std::size_t{1} << 16U;
      if (block.size() > kBlock) write(std::exchange(block, {}));
    };
    if (request.format == "csv") {
      write_csv(table, add);
    } else {
      write_json(table, add);
    }
    write(block);
  };
  if (!request.output.empty()) return stream_file_atomically(request.output, rows);
  rows([](std::string_view text) { print(std::string(text)); });
}

const std::string kNothingFeasible = "no result meets the constraints\n";

/// Candidates in the form that was asked for.
std::string candidates_text(const QueryRequest& request, const StoredSweep& sweep,
                            const std::vector<Objective>& objectives,
                            const std::vector<Candidate>& rows) {
  std::vector<std::string> titles = {"index"};
  for (const Objective& objective : objectives) titles.push_back(objective.metric);
  titles.insert(titles.end(), sweep.keys.begin(), sweep.keys.end());
  if (request.format == "json") {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const Candidate& row : rows) {
      nlohmann::ordered_json& item = list.emplace_back();
      item["index"] = row.index;
      for (std::size_t i = 0; i < objectives.size(); ++i)
        item[objectives[i].metric] = round_significant(row.values[i]);
      for (std::size_t i = 0; i < sweep.keys.size(); ++i) item[sweep.keys[i]] = row.settings[i];
    }
    return list.dump(2) + "\n";
  }
  std::vector<Table::Column> columns;
  columns.reserve(titles.size());
  for (const std::string& title : titles) columns.push_back({title});
  Table table(columns);
  std::string csv;
  const auto csv_row = [&csv](const std::vector<std::string>& cells) {
    std::vector<sweep::Cell> line;
    line.reserve(cells.size());
    for (const std::string& cell : cells) line.push_back({sweep::Cell::Kind::text, 0, 0, cell});
    csv += csv_line(line);
  };
  csv_row(titles);
  for (const Candidate& row : rows) {
    std::vector<std::string> cells = {std::to_string(row.index)};
    const bool people = request.format == "text";
    for (const double value : row.values)
      cells.push_back(people ? metric_text(value) : format_significant(value));
    cells.insert(cells.end(), row.settings.begin(), row.settings.end());
    csv_row(cells);
    table.add_row(std::move(cells));
  }
  if (request.format == "csv") return csv;
  return rows.empty() ? kNothingFeasible : table.text();
}

std::string sensitivity_text(const QueryRequest& request, const StoredSweep& sweep,
                             const Objective& objective, const std::vector<Candidate>& all) {
  const std::optional<Candidate> through = best(all, {objective});
  if (!through) return kNothingFeasible;
  const std::vector<sweep::Sensitivity> axes = sensitivities(sweep, all, *through);
  if (request.format == "json") {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    const auto number = [](const std::optional<double>& value) {
      return value ? nlohmann::ordered_json(round_significant(*value)) : nlohmann::ordered_json();
    };
    for (const sweep::Sensitivity& axis : axes) {
      list.push_back({{"axis", axis.axis},
                      {"metric", objective.metric},
                      {"levels", axis.levels},
                      {"sobol_first_order", number(axis.first_order)},
                      {"estimated", axis.sampled},
                      {"through_index", through->index},
                      {"lowest", number(axis.lowest)},
                      {"highest", number(axis.highest)}});
    }
    return list.dump(2) + "\n";
  }
  Table table({{"axis", Table::Align::left},
               {"levels"},
               {"first order"},
               {"lowest"},
               {"highest"},
               {"ratio"}});
  for (const sweep::Sensitivity& axis : axes) {
    const bool line = axis.lowest.has_value();
    table.add_row({axis.axis, std::to_string(axis.levels), format_percent(axis.first_order),
                   line ? metric_text(*axis.lowest) : "-", line ? metric_text(*axis.highest) : "-",
                   line && *axis.lowest > 0 ? format_ratio(*axis.highest / *axis.lowest) : "-"});
  }
  return fmt::format(
      "{} over {} {}; first order: share of its variance that the axis alone "
      "explains (Sobol){};\nlowest and highest: the axis moved alone through the best "
      "point, {}\n{}",
      objective.metric, all.size(), plural(all.size(), "result"),
      axes.front().sampled ? ", estimated: not every combination is among the results" : "",
      through->index, table.text());
}

std::vector<Objective> objectives_of(const QueryRequest& request, const StoredSweep& sweep) {
  if (request.objectives.empty()) return sweep.objectives;
  std::vector<Objective> objectives;
  for (const std::string& text : request.objectives)
    objectives.push_back(sweep::parse_objective(text));
  return objectives;
}

/// Says so where answers set results of different networks against each other.
std::string networks_note(Store& store, const StoredSweep& sweep, const std::string& where) {
  const bool key = std::ranges::find(sweep.keys, "workload") != sweep.keys.end();
  const std::string column = key ? "workload_name" : "workload";
  const std::string feasible = where.empty() ? "feasible" : "feasible and (" + where + ")";
  std::set<std::string> names;
  sweep::ResultTable(store, sweep, {feasible, {column}, std::nullopt, 0})
      .for_each([&](const std::vector<sweep::Cell>& cells) { names.insert(cells.front().text); });
  if (names.size() < 2) return "";
  return fmt::format(
      "  results of {} networks are compared with each other; --where \"{} = '{}'\" picks one\n",
      names.size(), column, *names.begin());
}

ExitCode query(const QueryRequest& request) {
  Store store(request.store, Store::Mode::read);
  const StoredSweep sweep = store.find_sweep(request.sweep);
  const std::vector<Objective> objectives = objectives_of(request, sweep);
  if (!request.pareto && !request.best && !request.sensitivity) {
    if (!request.objectives.empty())
      throw UsageError("error: --objectives needs --pareto, --best or --sensitivity beside it");
    print_rows(request, store, sweep);
    return ExitCode::ok;
  }
  const std::vector<Candidate> all = candidates(store, sweep, objectives, request.where);
  const std::string note =
      request.format == "text" ? networks_note(store, sweep, request.where) : "";
  if (request.sensitivity) {
    deliver(request, sensitivity_text(request, sweep, objectives.front(), all) + note);
  } else if (request.best) {
    std::vector<Candidate> rows;
    if (const auto one = best(all, objectives)) rows.push_back(*one);
    deliver(request, candidates_text(request, sweep, objectives, rows) + note);
  } else {
    deliver(request,
            candidates_text(request, sweep, objectives, pareto_front(all, objectives)) + note);
  }
  return ExitCode::ok;
}

/// Every sweep of the stores with how far it is. Exit code 1 where points failed.
ExitCode status(const std::vector<std::string>& paths, const std::string& format) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  Table table({{"sweep", Table::Align::left},
               {"store", Table::Align::left},
               {"candidates"},
               {"done"},
               {"ok"},
               {"failed"},
               {"how", Table::Align::left}});
  bool failed = false;
  for (const std::string& path : paths) {
    Store store(path, Store::Mode::read);
    for (const StoredSweep& sweep : store.sweeps()) {
      const sweep::Counts counts = store.counts(sweep.id);
      failed = failed || counts.failed() > 0;
      std::string how;
      nlohmann::ordered_json by_status = nlohmann::ordered_json::object();
      for (const auto& [kind, count] : counts.by_status) {
        by_status[std::string(to_string(kind))] = count;
        if (kind == sweep::Status::ok) continue;
        how += fmt::format("{}{} {}", how.empty() ? "" : ", ", count, to_string(kind));
      }
      list.push_back({{"sweep", sweep.name},
                      {"hash", sweep.hash},
                      {"store", path},
                      {"candidates", sweep.candidates},
                      {"done", counts.done()},
                      {"failed", counts.failed()},
                      {"by_status", by_status}});
      table.add_row({sweep.name, path, format_integer(sweep.candidates),
                     format_integer(counts.done()), format_integer(counts.done() - counts.failed()),
                     format_integer(counts.failed()), how});
    }
  }
  print(format == "json" ? list.dump(2) + "\n" : table.text());
  return failed ? ExitCode::check_failed : ExitCode::ok;
}

ExitCode merge(const std::string& target, const std::vector<std::string>& parts) {
  // A missing part is found out before anything is written.
  for (const std::string& part : parts) const Store check(part, Store::Mode::read);
  Store store(target, Store::Mode::write);
  std::uint64_t added = 0;
  for (const std::string& part : parts) added += store.merge(part);
  print(fmt::format("{}: {} {} more, of {} {}\n", target, format_integer(added),
                    plural(added, "point"), parts.size(), plural(parts.size(), "store")));
  return ExitCode::ok;
}

}  // namespace

void add_query(CLI::App& app, Action& action) {
  auto request = std::make_shared<QueryRequest>();
  CLI::App* command = app.add_subcommand("query", "Rows and answers from a store of sweeps");
  command->add_option("store", request->store, "SQLite file of results")
      ->type_name("FILE")
      ->required();
  command->add_option("--sweep", request->sweep, "Name or hash of the sweep; the newest otherwise")
      ->type_name("NAME");
  command
      ->add_option("--where", request->where,
                   "Condition over keys and metrics, as in constraints of a sweep file")
      ->type_name("CONDITION");
  command->add_option("--columns", request->columns, "Columns with commas between")
      ->type_name("COLUMN,...")
      ->delimiter(',');
  command->add_option("--order", request->order, "Column to order by; -COLUMN for largest first")
      ->type_name("COLUMN");
  command->add_option("--limit", request->limit, "Most rows")->check(CLI::Range(0, 1'000'000'000));
  command
      ->add_option("--objectives", request->objectives,
                   "`min METRIC` or `max METRIC`, with commas between; the sweep's otherwise")
      ->type_name("OBJECTIVE,...")
      ->delimiter(',');
  CLI::Option* pareto =
      command->add_flag("--pareto", request->pareto, "Results that no other beats");
  CLI::Option* best =
      command->add_flag("--best", request->best, "The best result by the first objective");
  CLI::Option* sensitivity = command->add_flag("--sensitivity", request->sensitivity,
                                               "What each axis does to the first objective");
  pareto->excludes(best)->excludes(sensitivity);
  best->excludes(sensitivity);
  command->add_option("--format", request->format, "text, csv or json")
      ->check(CLI::IsMember({"text", "csv", "json"}));
  command->add_option("-o,--output", request->output, "File to write instead")->type_name("FILE");
  command->callback([&action, request] { action = [request] { return query(*request); }; });
}

void add_status(CLI::App& app, Action& action) {
  auto paths = std::make_shared<std::vector<std::string>>();
  auto format = std::make_shared<std::string>("text");
  CLI::App* command = app.add_subcommand("status", "How far the sweeps of stores are");
  command->add_option("stores", *paths, "SQLite files of results")->type_name("FILE")->required();
  command->add_option("--format", *format, "text or json")->check(CLI::IsMember({"text", "json"}));
  command->callback(
      [&action, paths, format] { action = [paths, format] { return status(*paths, *format); }; });
}

void add_merge(CLI::App& app, Action& action) {
  auto target = std::make_shared<std::string>();
  auto parts = std::make_shared<std::vector<std::string>>();
  CLI::App* command = app.add_subcommand("merge", "Add stores of shards to one store");
  command->add_option("store", *target, "Store that receives the results")
      ->type_name("FILE")
      ->required();
  command->add_option("parts", *parts, "Stores to add")->type_name("FILE")->required();
  command->callback(
      [&action, target, parts] { action = [target, parts] { return merge(*target, *parts); }; });
}

}  // namespace bitscale::app
