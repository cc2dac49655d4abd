#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "arch/builtin.hpp"
#include "arch/unit.hpp"
#include "sim/core/errors.hpp"

namespace bitscale::testing_support {

/// One configuration of a kind of unit, as text of a `unit:` section.
struct UnitCase {
  std::string name, yaml;
  bool narrow = false;  ///< its accumulator overflows often, else never
  friend std::ostream& operator<<(std::ostream& out, const UnitCase& unit) {
    return out << unit.yaml;
  }
};

/// The unit of a case; nothing where its own reader refuses the combination of choices.
inline std::shared_ptr<const Unit> unit_of(const UnitKind& kind, const std::string& yaml) {
  try {
    return config::read_all(config::parse_yaml("{" + yaml + "}", kind.name),
                            [](config::Reader& reader) { return parse_unit(reader); });
  } catch (const ConfigError&) {
    return nullptr;
  }
}

/// An accumulator that overflows often: 6 bits, or as many as leave about 6 to each sum where it
/// is cut into segments or sums stand above its lowest bits.
inline int narrow_accumulator_bits(const UnitKind& kind, const std::string& yaml) {
  for (int bits = 6; bits <= 48; bits += 6) {
    const auto unit = unit_of(kind, yaml + ", accumulator: {bits: " + std::to_string(bits) + "}");
    if (unit == nullptr) continue;
    const OperandTypes types{{4, Encoding::twos, 0}, {4, Encoding::twos, 0}, unit->accumulator()};
    if (unit->refusal(types).empty() && unit->mode(types).accumulator_bits >= 6) return bits;
  }
  return 6;
}

/// Every combination of the choices that a unit's parse function offers, with an accumulator that
/// holds everything and, where it has one, with narrow ones.
inline std::vector<UnitCase> cases_of(const UnitKind& kind) {
  const nlohmann::ordered_json schema = config::Reader::describe(
      kind.name, [&](config::Reader& reader) { static_cast<void>(kind.parse(reader)); });
  const nlohmann::ordered_json properties =
      schema.value("properties", nlohmann::ordered_json::object());
  std::vector<UnitCase> cases = {{kind.name, "kind: " + kind.name, false}};
  for (const auto& [key, property] : properties.items()) {
    if (!property.contains("enum")) continue;
    std::vector<UnitCase> next;
    for (const UnitCase& unit : cases) {
      for (const auto& value : property["enum"]) {
        const auto text = value.get<std::string>();
        UnitCase chosen{unit.name, unit.yaml, false};
        chosen.name.append("_").append(text);
        chosen.yaml.append(", ").append(key).append(": ").append(text);
        next.push_back(std::move(chosen));
      }
    }
    cases = std::move(next);
  }
  std::erase_if(cases, [&](const UnitCase& unit) { return unit_of(kind, unit.yaml) == nullptr; });
  if (!properties.contains("accumulator")) return cases;
  const std::vector<UnitCase> wide = cases;
  for (const UnitCase& unit : wide) {
    const std::string bits = std::to_string(narrow_accumulator_bits(kind, unit.yaml));
    for (const std::string overflow : {"wrap", "saturate"}) {
      UnitCase narrow{unit.name, unit.yaml, true};
      narrow.name.append("_").append(bits).append("_bit_").append(overflow);
      narrow.yaml.append(", accumulator: {bits: ").append(bits);
      narrow.yaml.append(", overflow: ").append(overflow).append("}");
      cases.push_back(std::move(narrow));
    }
  }
  return cases;
}

enum class Accumulators { all, wide, narrow };

inline std::vector<UnitCase> all_cases(Accumulators accumulators) {
  std::vector<UnitCase> all;
  for (const UnitKind& kind : builtin_units()) {
    for (const UnitCase& unit : cases_of(kind)) {
      if (accumulators == Accumulators::all ||
          unit.narrow == (accumulators == Accumulators::narrow))
        all.push_back(unit);
    }
  }
  return all;
}

}  // namespace bitscale::testing_support
