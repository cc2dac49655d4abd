#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/core/errors.hpp"
#include "sim/sweep/sqlite.hpp"

namespace bitscale::sweep {

/// What a name of an expression stands for at a point; nothing where it has no value there.
using Value = std::variant<std::monostate, double, std::string>;

/// A text as a value: numbers and quantities in base units (`600MHz` is 6e8), other texts as they
/// are.
[[nodiscard]] Value value_of(std::string_view text);

/// An expression over names, written as in SQL or as in C: `machine.clock >= 500MHz and
/// (workload = 'lenet' or energy_pJ < 1e6)`. Names in backquotes may hold anything. Nothing but
/// operators, literals, names and functions of numbers gets through: what is left is safe to hand
/// to SQLite.
class Expression {
 public:
  /// Throws ConfigError, located within the text, for what is no expression.
  Expression(std::string text, Mark where);

  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  [[nodiscard]] const std::string& text() const { return text_; }
  /// The expression with the SQL `columns[i]` for names()[i].
  [[nodiscard]] std::string sql(const std::vector<std::string>& columns) const;
  /// Throws the ConfigError that says a name is unknown, with the nearest of `known`.
  [[noreturn]] void refuse_name(std::string_view name, const std::vector<std::string>& known) const;
  [[nodiscard]] bool uses(std::string_view name) const;

 private:
  friend class Condition;
  struct Token {
    std::string sql;
    std::optional<std::size_t> name;
    std::size_t start = 0;  ///< in the text
  };
  [[noreturn]] void refuse(std::size_t offset, const std::string& message) const;
  std::size_t read_token(std::size_t at);
  std::size_t read_word(std::size_t at);
  std::size_t read_number(std::size_t at);
  std::size_t read_text(std::size_t at);
  std::size_t read_operator(std::size_t at);
  void add_name(std::string name, std::size_t start);
  void check_syntax() const;

  std::string text_;
  Mark where_;
  std::vector<Token> tokens_;
  std::vector<std::string> names_;
};

/// An expression ready to be evaluated many times.
class Condition {
 public:
  explicit Condition(const Expression& expression);
  /// Whether it holds for values of the expression's names, in their order; a name without a value
  /// makes it false, as does one that the rest of the expression does not make true.
  [[nodiscard]] bool holds(const std::vector<Value>& values);

 private:
  Database database_;
  Statement statement_;
};

}  // namespace bitscale::sweep
