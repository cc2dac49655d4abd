#include "sim/import/csv_rows.hpp"

namespace bitscale::importing {
namespace {

constexpr std::string_view kSpaces = " \t\r\v\f";

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

/// Splits one line; `at` is where the next value starts.
class LineSplitter {
 public:
  LineSplitter(std::string_view line, int number) : line_(line) { row_.line = number; }

  CsvRow run(const std::string& file, std::vector<Diagnostic>& problems) {
    bool more = true;
    while (more) {
      at_ = std::min(line_.find_first_not_of(kSpaces, at_), line_.size());
      if (at_ < line_.size() && line_[at_] == '#') break;
      if (at_ < line_.size() && line_[at_] == '"') {
        more = quoted(file, problems);
      } else {
        more = plain();
      }
    }
    while (!row_.fields.empty() && row_.fields.back().text.empty()) row_.fields.pop_back();
    return std::move(row_);
  }

 private:
  void add(std::string_view text, std::size_t start) {
    row_.fields.push_back({std::string(text), static_cast<int>(start) + 1});
  }

  bool plain() {
    const std::size_t start = at_;
    const std::size_t comma = line_.find(',', at_);
    add(trim(line_.substr(start, comma == std::string_view::npos ? comma : comma - start)), start);
    at_ = comma == std::string_view::npos ? line_.size() : comma + 1;
    return comma != std::string_view::npos;
  }

  bool quoted(const std::string& file, std::vector<Diagnostic>& problems) {
    const std::size_t start = at_;
    const std::size_t end = line_.find('"', start + 1);
    if (end == std::string_view::npos) {
      problems.push_back(
          {{file, row_.line, static_cast<int>(start) + 1}, "", "a quote that does not end"});
      at_ = line_.size();
      return false;
    }
    add(trim(line_.substr(start + 1, end - start - 1)), start);
    at_ = line_.find_first_not_of(kSpaces, end + 1);
    if (at_ == std::string_view::npos) return false;
    if (line_[at_] != ',') {
      problems.push_back(
          {{file, row_.line, static_cast<int>(at_) + 1}, "", "expected a comma behind the quote"});
      return false;
    }
    ++at_;
    return true;
  }

  std::string_view line_;
  CsvRow row_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<CsvRow> split_csv(std::string_view text, const std::string& file,
                              std::vector<Diagnostic>& problems) {
  std::vector<CsvRow> rows;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  int number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = text.find('\n');
    CsvRow row = LineSplitter(text.substr(0, end), number).run(file, problems);
    if (!row.fields.empty()) rows.push_back(std::move(row));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return rows;
}

}  // namespace bitscale::importing
