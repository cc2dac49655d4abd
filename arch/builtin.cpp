#include "arch/builtin.hpp"

#include <array>
#include <functional>
#include <utility>

#include "arch/bit_serial/bit_serial.hpp"
#include "arch/parallel/parallel.hpp"

namespace bitscale {

namespace {

using UnitPointer = std::shared_ptr<const Unit>;

UnitPointer read_parallel(config::Reader& reader) {
  return std::make_shared<ParallelUnit>(parse_parallel(reader));
}

UnitPointer read_bit_serial(config::Reader& reader) {
  return std::make_shared<BitSerialUnit>(parse_bit_serial(reader));
}

}  // namespace

std::span<const UnitKind> builtin_units() {
  static const std::array<UnitKind, 2> kUnits = {{
      {"parallel", "multipliers of fixed width, one step per cycle", read_parallel},
      {"bit_serial", "serial inner-product unit: time grows with the bits used", read_bit_serial},
  }};
  return kUnits;
}

std::shared_ptr<const Unit> parse_unit(config::Reader& reader) {
  std::vector<std::pair<std::string, std::function<UnitPointer(config::Reader&)>>> alternatives;
  for (const UnitKind& unit : builtin_units()) alternatives.emplace_back(unit.name, unit.parse);
  return reader.doc("The kind of arithmetic unit").variant<UnitPointer>("kind", alternatives);
}

}  // namespace bitscale
