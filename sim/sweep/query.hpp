#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/sweep/store.hpp"

namespace bitscale::sweep {

/// Which rows of a sweep, and which columns of them.
struct Query {
  std::string where;                 ///< expression over keys, metrics and columns; '' for all
  std::vector<std::string> columns;  ///< '' for all of them
  std::optional<std::string> order;  ///< a column; `-column` for the largest first
  std::uint64_t limit = 0;           ///< 0: no limit
  bool feasible_only = false;        ///< without what the constraints exclude
};

/// A cell as the store has it.
struct Cell {
  enum class Kind { nothing, integer, real, text } kind = Kind::nothing;
  std::int64_t integer = 0;
  double real = 0;
  std::string text;
};

/// A sweep's rows as one tidy table, by index unless ordered otherwise: index, the keys that points
/// set, status, what ran, metrics, whether constraints over metrics are met, energy by component,
/// cycles by cause.
class ResultTable {
 public:
  /// Throws ConfigError for a where-clause that does not parse, UsageError for unknown columns.
  ResultTable(Store& store, StoredSweep sweep, const Query& query);

  [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }
  /// Calls `take` with one cell per column.
  void for_each(const std::function<void(const std::vector<Cell>&)>& take);
  [[nodiscard]] const StoredSweep& sweep() const { return sweep_; }

 private:
  struct Source {
    std::string name, sql;
    bool shown = true;            ///< where no columns are asked for
    std::string comparable = {};  ///< in expressions, where that is another text
  };
  void add_columns();
  void add_json_columns(const std::string& column, const std::string& prefix,
                        const std::string& suffix);
  [[nodiscard]] const Source* find(const std::string& name) const;
  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] std::string condition(const std::string& text, const Mark& where) const;

  Store& store_;
  StoredSweep sweep_;
  std::vector<Source> sources_;
  std::vector<std::string> columns_;
  std::string sql_;
};

/// RFC 4180, LF, nine significant digits; the same bytes for the same results.
[[nodiscard]] std::string csv_line(const std::vector<Cell>& cells);
void write_csv(ResultTable& table, const std::function<void(const std::string&)>& write);
/// A JSON array with an object a line.
void write_json(ResultTable& table, const std::function<void(const std::string&)>& write);

}  // namespace bitscale::sweep
