#pragma once

#include <string>

namespace bitscale::sweep {

/// The tables of a store and the view that joins them.
[[nodiscard]] std::string store_schema();

/// Inserts a row of `points`; a failure gives way to a newer outcome, a result does not.
[[nodiscard]] std::string insert_result_sql();

/// Copies everything of the attached database `other` that is not here.
[[nodiscard]] std::string merge_sql();

}  // namespace bitscale::sweep
