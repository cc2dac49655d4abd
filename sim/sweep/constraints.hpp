#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/sweep/expression.hpp"
#include "sim/sweep/outcome.hpp"
#include "sim/sweep/space.hpp"

namespace bitscale::sweep {

/// Value of a key of a point's experiment that the point itself does not set; nothing where there
/// is no such key.
using KeyLookup = std::function<std::optional<Value>(const Point& point, const std::string& key)>;

/// The constraints of a sweep. Those over keys alone decide which candidates run; those over
/// metrics say which results count.
class Constraints {
 public:
  /// Throws ConfigError for expressions that do not parse and names that nothing has, all of them.
  Constraints(const SweepConfig& sweep, const Space& space, KeyLookup lookup);

  [[nodiscard]] bool admits(const Point& point);
  [[nodiscard]] bool feasible(const Point& point, const PointResult& result);
  [[nodiscard]] bool over_keys() const { return !keys_.empty(); }

 private:
  struct Term {
    Expression expression;
    Condition condition;
  };
  [[nodiscard]] Value value(const Point& point, const PointResult* result, const std::string& name);
  [[nodiscard]] bool hold(std::vector<Term>& terms, const Point& point, const PointResult* result);

  KeyLookup lookup_;
  std::vector<Term> keys_, results_;
};

}  // namespace bitscale::sweep
