#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/core/errors.hpp"

namespace bitscale::importing {

/// One value of a table, without the white space and quotes around it.
struct CsvField {
  std::string text;
  int column = 0;  ///< of its first character, from 1
};

/// One row that holds anything.
struct CsvRow {
  int line = 0;  ///< from 1
  std::vector<CsvField> fields;
};

/// Rows of a text with commas between its values: a byte order mark, carriage returns, empty rows,
/// empty values at a row's end and `#` comments at the start of a value are left out; a value in
/// double quotes may hold commas. A quote that does not end is a problem.
[[nodiscard]] std::vector<CsvRow> split_csv(std::string_view text, const std::string& file,
                                            std::vector<Diagnostic>& problems);

}  // namespace bitscale::importing
