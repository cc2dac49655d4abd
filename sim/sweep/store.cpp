#include "sim/sweep/store.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "sim/core/suggest.hpp"
#include "sim/sweep/store_schema.hpp"

namespace bitscale::sweep {
namespace {

using Json = nlohmann::ordered_json;

/// An 'SQLite 3' file of ours: 'bits' in ASCII.
constexpr std::int64_t kApplicationId = 0x62697473;

Database open(const std::string& path, Store::Mode mode) {
  struct stat status {};
  const bool exists = ::stat(path.c_str(), &status) == 0;
  if (mode == Store::Mode::read && !exists)
    throw IoError(fmt::format(
        "{}: error: no such store; `bitscale sweep FILE --store {}` makes one", path, path));
  if (mode == Store::Mode::read && ::access(path.c_str(), R_OK) != 0)
    throw IoError(fmt::format("{}: error: this user may not read it", path));
  return Database(path, mode == Store::Mode::read ? Database::Mode::read : Database::Mode::create);
}

std::int64_t pragma(Database& database, const std::string& name) {
  Statement statement = database.prepare("PRAGMA " + name);
  return statement.step() ? statement.integer(0) : 0;
}

Json sweep_json(const StoredSweep& sweep) {
  Json json;
  json["description"] = sweep.description;
  json["keys"] = sweep.keys;
  json["axes"] = Json::array();
  for (const Axis& axis : sweep.axes)
    json["axes"].push_back({{"name", axis.name}, {"keys", axis.keys}});
  json["constraints"] = sweep.constraints;
  json["objectives"] = Json::array();
  for (const Objective& objective : sweep.objectives)
    json["objectives"].push_back({{"metric", objective.metric}, {"maximise", objective.maximise}});
  return json;
}

void read_sweep_json(const std::string& path, const std::string& text, StoredSweep& sweep) {
  try {
    const Json json = Json::parse(text);
    sweep.description = json.at("description").get<std::string>();
    sweep.keys = json.at("keys").get<std::vector<std::string>>();
    for (const Json& item : json.at("axes")) {
      Axis axis;
      axis.name = item.at("name").get<std::string>();
      axis.keys = item.at("keys").get<std::vector<std::string>>();
      sweep.axes.push_back(std::move(axis));
    }
    sweep.constraints = json.at("constraints").get<std::vector<std::string>>();
    for (const Json& item : json.at("objectives")) {
      sweep.objectives.push_back(
          {item.at("metric").get<std::string>(), item.at("maximise").get<bool>()});
    }
  } catch (const Json::exception& error) {
    throw IoError(fmt::format("{}: error: the description of sweep '{}' is damaged: {}", path,
                              sweep.name, error.what()));
  }
}

/// 16 of the key's bytes: a quarter of its text, in a table whose index is most of the work.
std::string short_key(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size() && bytes.size() < 16; i += 2) {
    unsigned value = 0;
    std::from_chars(hex.data() + i, hex.data() + i + 2, value, 16);
    bytes += static_cast<char>(value);
  }
  return bytes;
}

template <typename Pairs>
std::string object_json(const Pairs& pairs) {
  Json json = Json::object();
  for (const auto& [name, value] : pairs) json[name] = value;
  return json.dump();
}

void bind_result(Statement& statement, const Outcome& outcome) {
  const PointResult& result = outcome.result;
  int parameter = 0;
  statement.bind(++parameter, std::string_view(outcome.key));
  statement.bind(++parameter, to_string(outcome.status));
  statement.bind(++parameter, std::string_view(outcome.message));
  statement.bind(++parameter, outcome.seconds);
  for (const std::string* text : {&result.machine, &result.workload, &result.profile,
                                  &result.technology, &result.operands, &result.result_digest}) {
    statement.bind(++parameter, std::string_view(*text));
  }
  const std::vector<PointMetric>& metrics = point_metrics();
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    ++parameter;
    if (i >= result.metrics.size() || !result.metrics[i]) {
      statement.bind_null(parameter);
    } else if (metrics[i].integer) {
      statement.bind(parameter, static_cast<std::int64_t>(*result.metrics[i]));
    } else {
      statement.bind(parameter, *result.metrics[i]);
    }
  }
  statement.bind(++parameter, std::string_view(object_json(result.energy_pJ)));
  statement.bind(++parameter, std::string_view(object_json(result.cycles)));
}

}  // namespace

std::string settings_json(const std::vector<Setting>& settings) {
  Json json = Json::object();
  for (const Setting& setting : settings) {
    const config::Node& value = setting.value;
    std::string text = value.scalar;
    if (value.kind == config::Node::Kind::mapping || value.kind == config::Node::Kind::sequence) {
      text = config::emit_yaml(value);
      while (text.ends_with('\n')) text.pop_back();
    }
    json[setting.key] = text;
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::vector<std::pair<std::string, std::string>> settings_of(const std::string& json) {
  std::vector<std::pair<std::string, std::string>> settings;
  const Json object = Json::parse(json, nullptr, false);
  for (const auto& [key, value] : object.items()) {
    if (value.is_string()) settings.emplace_back(key, value.get<std::string>());
  }
  return settings;
}

std::uint64_t Counts::done() const {
  std::uint64_t sum = 0;
  for (const auto& [status, count] : by_status) sum += count;
  return sum;
}

std::uint64_t Counts::failed() const {
  std::uint64_t sum = 0;
  for (const auto& [status, count] : by_status) {
    if (status != Status::ok) sum += count;
  }
  return sum;
}

Store::Store(const std::string& path, Mode mode) : database_(open(path, mode)) {
  const bool fresh = pragma(database_, "schema_version") == 0;
  if (!fresh) check_version();
  if (mode == Mode::read) {
    if (fresh) check_version();
    database_.execute("PRAGMA query_only = 1");
    return;
  }
  // The log goes into the file every 32 MiB: each time syncs the disk. Until then a kill loses
  // nothing, and a loss of power the last commits at most.
  database_.execute(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
      "PRAGMA wal_autocheckpoint = 8000; PRAGMA cache_size = -32768;");
  if (fresh) create_tables();
}

void Store::check_version() const {
  Database& database = const_cast<Database&>(database_);  // NOLINT: reading takes a statement
  const std::int64_t application = pragma(database, "application_id");
  const std::int64_t version = pragma(database, "user_version");
  if (application != kApplicationId)
    throw IoError(fmt::format("{}: error: an SQLite file, but not a store of bitscale", path()));
  if (version != kStoreVersion) {
    throw IoError(
        fmt::format("{}: error: a store of schema version {}, this program reads and "
                    "writes version {}; use the bitscale that made it, or give a new "
                    "store",
                    path(), version, kStoreVersion));
  }
}

void Store::create_tables() {
  Transaction transaction(database_);
  // Another process may have made them while this one waited for the lock.
  if (pragma(database_, "user_version") != 0) return check_version();
  database_.execute(store_schema());
  database_.execute(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {};",
                                kApplicationId, kStoreVersion));
  transaction.commit();
}

void Store::register_sweep(StoredSweep& sweep) {
  Transaction transaction(database_);
  Statement insert = database_.prepare(
      "INSERT INTO sweeps(hash, name, version, candidates, about, definition) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT(hash) DO UPDATE SET name = excluded.name, "
      "about = excluded.about, definition = excluded.definition");
  insert.bind(1, std::string_view(sweep.hash));
  insert.bind(2, std::string_view(sweep.name));
  insert.bind(3, std::string_view(sweep.version));
  insert.bind(4, static_cast<std::int64_t>(sweep.candidates));
  insert.bind(5, std::string_view(sweep_json(sweep).dump()));
  insert.bind(6, std::string_view(sweep.definition));
  insert.run();
  Statement find = database_.prepare("SELECT id FROM sweeps WHERE hash = ?1");
  find.bind(1, std::string_view(sweep.hash));
  if (find.step()) sweep.id = find.integer(0);
  find.reset();
  transaction.commit();
}

std::vector<StoredSweep> Store::sweeps() {
  std::vector<StoredSweep> sweeps;
  Statement select = database_.prepare(
      "SELECT id, hash, name, version, candidates, about, definition FROM sweeps ORDER BY id");
  while (select.step()) {
    StoredSweep& sweep = sweeps.emplace_back();
    sweep.id = select.integer(0);
    sweep.hash = select.text(1);
    sweep.name = select.text(2);
    sweep.version = select.text(3);
    sweep.candidates = static_cast<std::uint64_t>(select.integer(4));
    read_sweep_json(path(), select.text(5), sweep);
    sweep.definition = select.text(6);
  }
  return sweeps;
}

StoredSweep Store::find_sweep(const std::string& name_or_hash) {
  std::vector<StoredSweep> all = sweeps();
  std::vector<std::string> names;
  for (std::size_t i = all.size(); i-- > 0;) {
    const bool prefix = name_or_hash.size() >= 6 && all[i].hash.starts_with(name_or_hash);
    if (name_or_hash.empty() || all[i].name == name_or_hash || prefix) return std::move(all[i]);
    names.push_back(all[i].name);
  }
  if (names.empty()) throw IoError(fmt::format("{}: error: the store has no sweep yet", path()));
  throw UsageError(fmt::format("error: the store {} has no sweep '{}'{}", path(), name_or_hash,
                               suggestion(name_or_hash, names)));
}

std::vector<bool> Store::done(std::int64_t sweep, std::uint64_t candidates) {
  std::vector<bool> flags(candidates, false);
  Statement select = database_.prepare("SELECT idx FROM sweep_points WHERE sweep = ?1");
  select.bind(1, sweep);
  while (select.step()) {
    const auto index = static_cast<std::uint64_t>(select.integer(0));
    if (index < candidates) flags[index] = true;
  }
  return flags;
}

std::vector<std::uint64_t> Store::failed(std::int64_t sweep) {
  std::vector<std::uint64_t> indices;
  Statement select = database_.prepare(
      "SELECT idx FROM sweep_points JOIN points USING(key) WHERE sweep = ?1 AND status <> 'ok' "
      "ORDER BY idx");
  select.bind(1, sweep);
  while (select.step()) indices.push_back(static_cast<std::uint64_t>(select.integer(0)));
  return indices;
}

Counts Store::counts(std::int64_t sweep) {
  Counts counts;
  Statement select = database_.prepare(
      "SELECT status, count(*) FROM sweep_points JOIN points USING(key) WHERE sweep = ?1 GROUP BY "
      "status");
  select.bind(1, sweep);
  while (select.step()) {
    if (const auto status = status_of(select.text(0)))
      counts.by_status.emplace_back(*status, static_cast<std::uint64_t>(select.integer(1)));
  }
  std::ranges::sort(counts.by_status);
  return counts;
}

void Store::add(std::int64_t sweep, const std::vector<FinishedPoint>& points, bool retried) {
  if (points.empty()) return;
  Transaction transaction(database_);
  Statement result = database_.prepare(insert_result_sql());
  Statement place = database_.prepare(
      "INSERT OR REPLACE INTO sweep_points(sweep, idx, key, settings) VALUES(?1, ?2, ?3, ?4)");
  Statement forget = database_.prepare(
      "DELETE FROM points WHERE status <> 'ok' AND key IN "
      "(SELECT key FROM sweep_points WHERE sweep = ?1 AND idx = ?2)");
  for (const FinishedPoint& point : points) {
    if (retried) {
      forget.bind(1, sweep);
      forget.bind(2, static_cast<std::int64_t>(point.index));
      forget.run();
    }
    if (!point.outcome.known) {
      bind_result(result, point.outcome);
      result.run();
    }
    place.bind(1, sweep);
    place.bind(2, static_cast<std::int64_t>(point.index));
    place.bind(3, std::string_view(point.outcome.key));
    place.bind(4, std::string_view(point.settings));
    place.run();
  }
  transaction.commit();
}

void Store::add_simulations(std::vector<KeptSimulation> simulations) {
  if (simulations.empty()) return;
  std::ranges::sort(simulations, {}, &KeptSimulation::key);
  Transaction transaction(database_);
  Statement insert =
      database_.prepare("INSERT OR IGNORE INTO simulations(key, content) VALUES(?1, ?2)");
  for (const KeptSimulation& kept : simulations) {
    insert.bind_blob(1, short_key(kept.key));
    insert.bind_blob(2, kept.content);
    insert.run();
  }
  transaction.commit();
}

bool Store::has_result(const std::string& key) {
  if (!find_result_)
    find_result_ = database_.prepare("SELECT 1 FROM points WHERE key = ?1 AND status = 'ok'");
  find_result_->bind(1, std::string_view(key));
  const bool found = find_result_->step();
  find_result_->reset();
  return found;
}

std::optional<std::string> Store::simulation(const std::string& key) {
  if (!find_simulation_)
    find_simulation_ = database_.prepare("SELECT content FROM simulations WHERE key = ?1");
  find_simulation_->bind_blob(1, short_key(key));
  std::optional<std::string> content;
  if (find_simulation_->step()) content = find_simulation_->text(0);
  find_simulation_->reset();
  return content;
}

std::uint64_t Store::merge(const std::string& other_path) {
  { const Store other(other_path, Mode::read); }  // says what is wrong with it
  std::error_code unknown;
  if (std::filesystem::equivalent(path(), other_path, unknown))
    throw UsageError(fmt::format("error: {} cannot be merged into itself", path()));
  Statement attach = database_.prepare("ATTACH DATABASE ?1 AS other");
  attach.bind(1, std::string_view(uri_to_read(other_path)));
  attach.run();
  const auto count = [&] {
    Statement select = database_.prepare("SELECT count(*) FROM main.sweep_points");
    return select.step() ? static_cast<std::uint64_t>(select.integer(0)) : 0;
  };
  std::uint64_t added = 0;
  {
    Transaction transaction(database_);
    const std::uint64_t before = count();
    database_.execute(merge_sql());
    added = count() - before;
    transaction.commit();
  }
  database_.execute("DETACH DATABASE other");
  return added;
}

}  // namespace bitscale::sweep
