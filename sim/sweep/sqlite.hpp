#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace bitscale::sweep {

/// A prepared statement. Columns and parameters count as SQLite counts them: from 0 and from 1.
class Statement {
 public:
  Statement() = default;
  void bind(int parameter, std::int64_t value);
  void bind(int parameter, double value);
  void bind(int parameter, std::string_view text);
  void bind_blob(int parameter, std::string_view bytes);
  void bind_null(int parameter);

  /// True where there is a row. Throws IoError.
  bool step();
  /// Runs to the end and makes ready for the next parameters.
  void run();
  void reset();

  [[nodiscard]] int columns() const;
  [[nodiscard]] std::string column_name(int column) const;
  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] bool is_integer(int column) const;
  [[nodiscard]] bool is_number(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] std::string text(int column) const;  ///< of a blob: its bytes

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  std::string name_;  ///< of the file, for messages
};

/// A connection to a database file. Failures are IoErrors that name the file and say what can be
/// done.
class Database {
 public:
  enum class Mode { create, read };

  Database(const std::string& path, Mode mode);
  /// In memory, for expressions.
  Database();

  void execute(const std::string& sql);
  [[nodiscard]] Statement prepare(std::string_view sql);
  [[nodiscard]] std::int64_t last_row() const;
  [[nodiscard]] sqlite3* handle() const { return database_.get(); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<sqlite3, Close> database_;
  std::string path_;
};

/// URI under which a file is opened to be read, by whoever may read it. Beside a file that this
/// user may not write nothing is made, but for the index of a log that was copied without it.
[[nodiscard]] std::string uri_to_read(const std::string& path);

/// A transaction that is undone unless committed. Takes the write lock at once, so that waiting for
/// another writer happens here and not in the middle.
class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace bitscale::sweep
