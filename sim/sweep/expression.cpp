#include "sim/sweep/expression.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "sim/config/values.hpp"
#include "sim/core/quantity.hpp"
#include "sim/core/rounding.hpp"
#include "sim/core/suggest.hpp"

namespace bitscale::sweep {
namespace {

constexpr std::size_t kMaxText = 4096;

constexpr std::array<std::string_view, 14> kKeywords = {"and",  "or",   "not",  "in",   "between",
                                                        "is",   "null", "like", "case", "when",
                                                        "then", "else", "end",  "true"};
constexpr std::array<std::string_view, 17> kFunctions = {
    "abs", "min", "max",   "round", "sqrt",  "ln",  "log2",     "log10", "exp",
    "pow", "mod", "floor", "ceil",  "power", "iif", "coalesce", "trunc"};

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return result;
}

std::string quoted(std::string_view text, char quote) {
  std::string result(1, quote);
  for (const char c : text) {
    if (c == quote) result += quote;
    result += c;
  }
  return result + quote;
}

std::optional<double> quantity(std::string_view text) {
  for (const QuantityUnit unit :
       {QuantityUnit::hertz, QuantityUnit::volt, QuantityUnit::second, QuantityUnit::joule,
        QuantityUnit::watt, QuantityUnit::bits, QuantityUnit::square_micrometre}) {
    if (const auto value = parse_quantity(text, unit)) return value;
  }
  return std::nullopt;
}

}  // namespace

Value value_of(std::string_view text) {
  if (const auto number = parse_decimal(text)) return *number;
  if (text == "true") return 1.0;
  if (text == "false") return 0.0;
  if (!text.empty() && is_digit(text.front())) {
    if (const auto value = quantity(text)) return *value;
  }
  return std::string(text);
}

Expression::Expression(std::string text, Mark where)
    : text_(std::move(text)), where_(std::move(where)) {
  if (text_.size() > kMaxText) refuse(0, fmt::format("an expression over {} bytes", kMaxText));
  std::size_t at = 0;
  while (at < text_.size()) {
    if (std::isspace(static_cast<unsigned char>(text_[at])) != 0) {
      ++at;
    } else {
      at = read_token(at);
    }
  }
  if (tokens_.empty()) refuse(0, "expected an expression, got nothing");
  check_syntax();
}

void Expression::refuse(std::size_t offset, const std::string& message) const {
  throw ConfigError({{where_, "",
                      fmt::format("in the expression '{}': column {}: {}",
                                  text_.size() > 120 ? text_.substr(0, 120) + "..." : text_,
                                  offset + 1, message)}});
}

void Expression::refuse_name(std::string_view name, const std::vector<std::string>& known) const {
  std::size_t start = 0;
  for (const Token& token : tokens_) {
    if (token.name && names_[*token.name] == name) {
      start = token.start;
      break;
    }
  }
  const auto near = nearest(name, known);
  refuse(start, fmt::format("'{}' is neither a key of the experiment nor a metric{}",
                            config::excerpt(name),
                            near ? fmt::format(", did you mean '{}'?", *near) : ""));
}

bool Expression::uses(std::string_view name) const {
  return std::ranges::find(names_, name) != names_.end();
}

std::size_t Expression::read_token(std::size_t at) {
  const char c = text_[at];
  if (is_letter(c) || c == '`') return read_word(at);
  const bool fraction = c == '.' && at + 1 < text_.size() && is_digit(text_[at + 1]);
  if (is_digit(c) || fraction) return read_number(at);
  if (c == '\'' || c == '"') return read_text(at);
  return read_operator(at);
}

void Expression::add_name(std::string name, std::size_t start) {
  const auto found = std::ranges::find(names_, name);
  const auto index = static_cast<std::size_t>(found - names_.begin());
  if (found == names_.end()) names_.push_back(std::move(name));
  tokens_.push_back({"", index, start});
}

std::size_t Expression::read_word(std::size_t at) {
  if (text_[at] == '`') {
    const std::size_t end = text_.find('`', at + 1);
    if (end == std::string::npos || end == at + 1) refuse(at, "expected a name between backquotes");
    add_name(text_.substr(at + 1, end - at - 1), at);
    return end + 1;
  }
  std::size_t end = at;
  const auto part = [&](std::size_t i) { return is_letter(text_[i]) || is_digit(text_[i]); };
  while (end < text_.size() &&
         (part(end) || (text_[end] == '.' && end + 1 < text_.size() && part(end + 1))))
    ++end;
  const std::string word = text_.substr(at, end - at);
  const std::string known = lower(word);
  if (std::ranges::find(kKeywords, known) != kKeywords.end() || known == "false") {
    tokens_.push_back({known, std::nullopt, at});
    return end;
  }
  std::size_t next = end;
  while (next < text_.size() && text_[next] == ' ') ++next;
  if (next < text_.size() && text_[next] == '(') {
    if (std::ranges::find(kFunctions, known) == kFunctions.end()) {
      const std::vector<std::string> functions(kFunctions.begin(), kFunctions.end());
      refuse(at, fmt::format("unknown function '{}'{}", word, suggestion(known, functions)));
    }
    tokens_.push_back({known, std::nullopt, at});
    return end;
  }
  add_name(word, at);
  return end;
}

std::size_t Expression::read_number(std::size_t at) {
  std::size_t end = at;
  while (end < text_.size() && (is_digit(text_[end]) || text_[end] == '.')) ++end;
  if (end + 1 < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
    std::size_t digits = end + 1;
    if (text_[digits] == '-' || text_[digits] == '+') ++digits;
    if (digits < text_.size() && is_digit(text_[digits])) {
      while (digits < text_.size() && is_digit(text_[digits])) ++digits;
      end = digits;
    }
  }
  std::size_t unit = end;
  while (unit < text_.size() && (is_letter(text_[unit]) || is_digit(text_[unit]))) ++unit;
  const std::string word = text_.substr(at, unit - at);
  const auto number =
      unit == end ? parse_decimal(word.front() == '.' ? "0" + word : word) : quantity(word);
  if (!number) refuse(at, fmt::format("'{}' is no number and no quantity", config::excerpt(word)));
  // A real literal, so that 3/2 is 1.5.
  std::string literal = fmt::format("{:.17g}", *number);
  if (literal.find_first_of(".e") == std::string::npos) literal += ".0";
  tokens_.push_back({literal, std::nullopt, at});
  return unit;
}

std::size_t Expression::read_text(std::size_t at) {
  const char quote = text_[at];
  const std::size_t end = text_.find(quote, at + 1);
  if (end == std::string::npos) refuse(at, "a text without its closing quote");
  tokens_.push_back({quoted(text_.substr(at + 1, end - at - 1), '\''), std::nullopt, at});
  return end + 1;
}

std::size_t Expression::read_operator(std::size_t at) {
  struct Operator {
    std::string_view text, sql;
  };
  // The longer of two that start alike first.
  static constexpr std::array<Operator, 19> kOperators = {{{"&&", "AND"},
                                                           {"||", "OR"},
                                                           {"<=", "<="},
                                                           {">=", ">="},
                                                           {"==", "="},
                                                           {"!=", "<>"},
                                                           {"<>", "<>"},
                                                           {"<", "<"},
                                                           {">", ">"},
                                                           {"=", "="},
                                                           {"!", "NOT"},
                                                           {"+", "+"},
                                                           {"-", "-"},
                                                           {"*", "*"},
                                                           {"/", "/"},
                                                           {"%", "%"},
                                                           {"(", "("},
                                                           {")", ")"},
                                                           {",", ","}}};
  const std::string_view rest = std::string_view(text_).substr(at);
  for (const Operator& candidate : kOperators) {
    if (!rest.starts_with(candidate.text)) continue;
    const bool comment = rest.starts_with("--") || rest.starts_with("/*");
    if (comment) refuse(at, fmt::format("'{}' is no operator", rest.substr(0, 2)));
    tokens_.push_back({std::string(candidate.sql), std::nullopt, at});
    return at + candidate.text.size();
  }
  refuse(at, fmt::format("'{}' is no operator", config::excerpt(rest.substr(0, 1))));
}

std::string Expression::sql(const std::vector<std::string>& columns) const {
  std::string text;
  for (const Token& token : tokens_) text += (token.name ? columns[*token.name] : token.sql) + " ";
  return text;
}

void Expression::check_syntax() const {
  const Database database;
  // A condition: there min() and max() of one value, which would be of all rows, are refused.
  std::string text = "SELECT 1 WHERE (";
  std::vector<std::size_t> starts;
  std::size_t open = 0;
  for (const Token& token : tokens_) {
    if (token.sql == "(") ++open;
    if (token.sql == ")" && open-- == 0) refuse(token.start, "')' without its '('");
    starts.push_back(text.size());
    text += (token.name ? fmt::format("?{}", *token.name + 1) : token.sql) + " ";
  }
  const std::size_t end = text.size();
  text += ")";
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(database.handle(), text.c_str(), -1, &statement, nullptr);
  const int columns = statement != nullptr ? sqlite3_column_count(statement) : 0;
  sqlite3_finalize(statement);
  if (code == SQLITE_OK && columns == 1) return;
  const int offset = sqlite3_error_offset(database.handle());
  if (offset >= static_cast<int>(end)) refuse(text_.size(), "the expression ends too early");
  const std::string why = sqlite3_errmsg(database.handle());
  if (offset < 0) refuse(0, why);
  const auto after = std::ranges::upper_bound(starts, static_cast<std::size_t>(offset));
  const auto index = static_cast<std::size_t>(std::max<std::ptrdiff_t>(after - starts.begin(), 1));
  const Token& token = tokens_[index - 1];
  refuse(token.start, token.name ? fmt::format("'{}' is not expected here", names_[*token.name])
                                 : fmt::format("'{}' is not expected here", token.sql));
}

Condition::Condition(const Expression& expression) {
  std::string text = "SELECT (";
  for (const Expression::Token& token : expression.tokens_)
    text += (token.name ? fmt::format("?{}", *token.name + 1) : token.sql) + " ";
  statement_ = database_.prepare(text + ") IS TRUE");
}

bool Condition::holds(const std::vector<Value>& values) {
  statement_.reset();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const int parameter = static_cast<int>(i) + 1;
    if (const double* number = std::get_if<double>(&values[i])) {
      statement_.bind(parameter, *number);
    } else if (const std::string* text = std::get_if<std::string>(&values[i])) {
      statement_.bind(parameter, std::string_view(*text));
    } else {
      statement_.bind_null(parameter);
    }
  }
  return statement_.step() && statement_.integer(0) != 0;
}

}  // namespace bitscale::sweep
