#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/sweep/outcome.hpp"
#include "sim/sweep/sqlite.hpp"
#include "sim/sweep/sweep_file.hpp"

namespace bitscale::sweep {

/// Version of the tables; docs/sweeps.md describes them.
inline constexpr int kStoreVersion = 1;

/// A sweep as the store knows it.
struct StoredSweep {
  std::int64_t id = 0;
  std::string hash;  ///< of its resolved definition
  std::string name, description, definition, version;
  std::uint64_t candidates = 0;
  std::vector<std::string> keys;  ///< that points may set
  std::vector<Axis> axes;         ///< name and keys only
  std::vector<std::string> constraints;
  std::vector<Objective> objectives;
};

/// A point that finished, with the place it has in its sweep.
struct FinishedPoint {
  std::uint64_t index = 0;
  std::string settings;  ///< JSON object from key to value, as settings_json writes it
  Outcome outcome;
};

/// Settings of a point as a JSON object from key to text.
[[nodiscard]] std::string settings_json(const std::vector<Setting>& settings);
[[nodiscard]] std::vector<std::pair<std::string, std::string>> settings_of(const std::string& json);

/// How many points of a sweep ended how.
struct Counts {
  std::vector<std::pair<Status, std::uint64_t>> by_status;  ///< those that occur
  [[nodiscard]] std::uint64_t done() const;
  [[nodiscard]] std::uint64_t failed() const;
};

/// Results of sweeps in one SQLite file. Several processes may write it at once; what is committed
/// survives whatever happens to them. Throws IoError.
class Store {
 public:
  enum class Mode { write, read };
  /// write: makes the file where it does not exist. Refuses files of other programs and of other
  /// versions.
  Store(const std::string& path, Mode mode);

  /// The sweep's row, made where it is new; sets `id`.
  void register_sweep(StoredSweep& sweep);
  [[nodiscard]] std::vector<StoredSweep> sweeps();
  /// The sweep of that name (the newest) or hash prefix; the newest of all for ''.
  [[nodiscard]] StoredSweep find_sweep(const std::string& name_or_hash);

  /// Indices whose points are done, failed ones too, as one flag per candidate.
  [[nodiscard]] std::vector<bool> done(std::int64_t sweep, std::uint64_t candidates);
  /// Indices that have no result, in order.
  [[nodiscard]] std::vector<std::uint64_t> failed(std::int64_t sweep);
  [[nodiscard]] Counts counts(std::int64_t sweep);

  /// Adds points and their results in one transaction. A result that is there stays, unless it was
  /// a failure. `retried`: forgets failures that the points replace.
  void add(std::int64_t sweep, const std::vector<FinishedPoint>& points, bool retried = false);
  /// Adds simulations in one transaction; many at once touch each page of their index once.
  void add_simulations(std::vector<KeptSimulation> simulations);

  [[nodiscard]] bool has_result(const std::string& key);
  [[nodiscard]] std::optional<std::string> simulation(const std::string& key);

  /// Adds everything of another store. Returns how many points were new here.
  std::uint64_t merge(const std::string& path);

  [[nodiscard]] Database& database() { return database_; }
  [[nodiscard]] const std::string& path() const { return database_.path(); }

 private:
  void create_tables();
  void check_version() const;

  Database database_;
  std::optional<Statement> find_result_, find_simulation_;
};

}  // namespace bitscale::sweep
