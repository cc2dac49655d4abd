#include "sim/sweep/sqlite.hpp"

#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cctype>
#include <filesystem>
#include <system_error>

#include "sim/core/errors.hpp"

namespace bitscale::sweep {
namespace {

/// How long a writer waits for another one before it gives up.
constexpr int kBusy_ms = 60'000;

/// What to do about a failure, where there is something.
std::string_view way_out(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return "; what was stored before is kept: make room and run again";
    case SQLITE_READONLY:
      return "; the file or its folder may not be written: change that, or give another store";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "; another process has held it for a minute: run again, or give each its own store "
             "and "
             "merge them";
    case SQLITE_CANTOPEN:
      return "; its folder must exist, and may have to be writable";
    case SQLITE_NOTADB:
      return "; give a store that `bitscale sweep` made, or a file that does not exist yet";
    case SQLITE_CORRUPT:
      return "; the file is damaged: restore it or start a new one";
    default:
      return "";
  }
}

[[noreturn]] void fail(const std::string& path, sqlite3* database, int code) {
  const char* const why = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code);
  throw IoError(fmt::format("{}: error: {}{}", path, why, way_out(code)));
}

void check(const std::string& path, sqlite3_stmt* statement, int code) {
  if (code != SQLITE_OK) fail(path, sqlite3_db_handle(statement), code);
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

void Statement::bind(int parameter, std::int64_t value) {
  check(name_, statement_.get(), sqlite3_bind_int64(statement_.get(), parameter, value));
}

void Statement::bind(int parameter, double value) {
  check(name_, statement_.get(), sqlite3_bind_double(statement_.get(), parameter, value));
}

void Statement::bind(int parameter, std::string_view text) {
  check(name_, statement_.get(),
        sqlite3_bind_text64(statement_.get(), parameter, text.data(), text.size(), SQLITE_TRANSIENT,
                            SQLITE_UTF8));
}

void Statement::bind_blob(int parameter, std::string_view bytes) {
  check(name_, statement_.get(),
        sqlite3_bind_blob64(statement_.get(), parameter, bytes.data(), bytes.size(),
                            SQLITE_TRANSIENT));
}

void Statement::bind_null(int parameter) {
  check(name_, statement_.get(), sqlite3_bind_null(statement_.get(), parameter));
}

bool Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  fail(name_, sqlite3_db_handle(statement_.get()), code);
}

void Statement::run() {
  while (step()) {
  }
  reset();
}

void Statement::reset() { sqlite3_reset(statement_.get()); }

int Statement::columns() const { return sqlite3_column_count(statement_.get()); }

std::string Statement::column_name(int column) const {
  return sqlite3_column_name(statement_.get(), column);
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

bool Statement::is_integer(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_INTEGER;
}

bool Statement::is_number(int column) const {
  const int type = sqlite3_column_type(statement_.get(), column);
  return type == SQLITE_INTEGER || type == SQLITE_FLOAT;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

double Statement::real(int column) const { return sqlite3_column_double(statement_.get(), column); }

std::string Statement::text(int column) const {
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  const auto count = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes), count};
}

// Readers of a database in WAL mode write too: its index of the log, which the last of them
// removes. Where they may not, one that a writer keeps is read as it is; without a log nobody
// writes, and the file is what it says (sqlite.org/wal.html, "Read-Only Databases").
std::string uri_to_read(const std::string& path) {
  const std::filesystem::path file = std::filesystem::absolute(path);
  std::string uri = "file://";
  for (const char c : file.string()) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '/' || c == '.';
    uri += plain ? std::string(1, c) : fmt::format("%{:02x}", static_cast<unsigned char>(c));
  }
  const auto writable = [](const std::filesystem::path& what) {
    return ::access(what.c_str(), W_OK) == 0;
  };
  if (writable(file) && writable(file.parent_path())) return uri + "?mode=rw";
  std::error_code missing;
  const std::uintmax_t log = std::filesystem::file_size(path + "-wal", missing);
  const bool logged = !missing && log > 0;
  const bool shared = std::filesystem::exists(path + "-shm", missing);
  return uri + (logged || shared ? "?mode=ro" : "?immutable=1");
}

void Database::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

Database::Database(const std::string& path, Mode mode) : path_(path) {
  // A file may be named `file:...` too; what ATTACH opens goes by its URI.
  const std::string name = mode == Mode::read          ? uri_to_read(path)
                           : path.starts_with("file:") ? "./" + path
                                                       : path;
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI;
  if (mode == Mode::create) flags |= SQLITE_OPEN_CREATE;
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &database, flags, nullptr);
  database_.reset(database);
  if (code != SQLITE_OK) fail(path_, database, code);
  sqlite3_busy_timeout(database, kBusy_ms);
  // Files of strangers: no functions of theirs run, and a mistyped name is no text.
  sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
}

Database::Database() : Database(":memory:", Mode::create) { path_ = "expression"; }

void Database::execute(const std::string& sql) {
  const int code = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(path_, database_.get(), code);
}

Statement Database::prepare(std::string_view sql) {
  Statement statement;
  statement.name_ = path_;
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  statement.statement_.reset(raw);
  if (code != SQLITE_OK) fail(path_, database_.get(), code);
  return statement;
}

std::int64_t Database::last_row() const { return sqlite3_last_insert_rowid(database_.get()); }

Transaction::Transaction(Database& database) : database_(database) {
  database_.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  if (open_) sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
  database_.execute("COMMIT");
  open_ = false;
}

}  // namespace bitscale::sweep
