#include "arch/builtin.hpp"

#include <array>
#include <functional>
#include <utility>

#include "arch/bit_fusion/bit_fusion.hpp"
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

UnitPointer read_bit_fusion(config::Reader& reader) {
  return std::make_shared<BitFusionUnit>(parse_bit_fusion(reader));
}

}  // namespace

std::span<const UnitKind> builtin_units() {
  static const auto kUnits = std::to_array<UnitKind>({
      {"parallel", "multipliers of fixed width, one step per cycle", read_parallel},
      {"bit_serial", "serial inner-product unit: time grows with the bits used", read_bit_serial},
      {"bit_fusion", "16 BitBricks that fuse: narrower operands, more products per cycle",
       read_bit_fusion},
  });
  return kUnits;
}

std::shared_ptr<const Unit> parse_unit(config::Reader& reader) {
  std::vector<std::pair<std::string, std::function<UnitPointer(config::Reader&)>>> alternatives;
  for (const UnitKind& unit : builtin_units()) alternatives.emplace_back(unit.name, unit.parse);
  return reader.doc("The kind of arithmetic unit").variant<UnitPointer>("kind", alternatives);
}

}  // namespace bitscale
