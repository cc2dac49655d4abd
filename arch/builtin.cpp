#include "arch/builtin.hpp"

#include <array>
#include <functional>
#include <utility>

#include "arch/add_sub/add_sub.hpp"
#include "arch/bit_fusion/bit_fusion.hpp"
#include "arch/bit_serial/bit_serial.hpp"
#include "arch/codebook/codebook.hpp"
#include "arch/dvafs/dvafs.hpp"
#include "arch/parallel/parallel.hpp"
#include "arch/shift_add/shift_add.hpp"
#include "arch/xnor/xnor.hpp"

namespace bitscale {

namespace {

using UnitPointer = std::shared_ptr<const Unit>;

/// What a kind's parse function reads, as a unit.
template <class Kind, auto parse>
UnitPointer read(config::Reader& reader) {
  return std::make_shared<Kind>(parse(reader));
}

}  // namespace

std::span<const UnitKind> builtin_units() {
  static const auto kUnits = std::to_array<UnitKind>({
      {"parallel", "multipliers of fixed width, one step per cycle",
       read<ParallelUnit, parse_parallel>},
      {"bit_serial", "serial inner-product unit: time grows with the bits used",
       read<BitSerialUnit, parse_bit_serial>},
      {"bit_fusion", "16 BitBricks that fuse: narrower operands, more products per cycle",
       read<BitFusionUnit, parse_bit_fusion>},
      {"dvafs", "multipliers cut into subwords: narrower operands, more products per cycle",
       read<DvafsUnit, parse_dvafs>},
      {"xnor", "XNOR gates and a population count for operands of +-1", read<XnorUnit, parse_xnor>},
      {"add_sub", "adders that add, subtract or skip: binary and ternary weights",
       read<AddSubUnit, parse_add_sub>},
      {"shift_add", "barrel shifters and adders: weights that are powers of two",
       read<ShiftAddUnit, parse_shift_add>},
      {"codebook", "table look-up, then multiply: weights that are indices",
       read<CodebookUnit, parse_codebook>},
  });
  return kUnits;
}

std::shared_ptr<const Unit> parse_unit(config::Reader& reader) {
  std::vector<std::pair<std::string, std::function<UnitPointer(config::Reader&)>>> alternatives;
  for (const UnitKind& unit : builtin_units()) alternatives.emplace_back(unit.name, unit.parse);
  return reader.doc("The kind of arithmetic unit").variant<UnitPointer>("kind", alternatives);
}

}  // namespace bitscale
