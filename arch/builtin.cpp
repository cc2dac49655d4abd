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

UnitPointer read_parallel(config::Reader& reader) {
  return std::make_shared<ParallelUnit>(parse_parallel(reader));
}

UnitPointer read_bit_serial(config::Reader& reader) {
  return std::make_shared<BitSerialUnit>(parse_bit_serial(reader));
}

UnitPointer read_bit_fusion(config::Reader& reader) {
  return std::make_shared<BitFusionUnit>(parse_bit_fusion(reader));
}

UnitPointer read_dvafs(config::Reader& reader) {
  return std::make_shared<DvafsUnit>(parse_dvafs(reader));
}

UnitPointer read_xnor(config::Reader& reader) {
  return std::make_shared<XnorUnit>(parse_xnor(reader));
}

UnitPointer read_add_sub(config::Reader& reader) {
  return std::make_shared<AddSubUnit>(parse_add_sub(reader));
}

UnitPointer read_shift_add(config::Reader& reader) {
  return std::make_shared<ShiftAddUnit>(parse_shift_add(reader));
}

UnitPointer read_codebook(config::Reader& reader) {
  return std::make_shared<CodebookUnit>(parse_codebook(reader));
}

}  // namespace

std::span<const UnitKind> builtin_units() {
  static const auto kUnits = std::to_array<UnitKind>({
      {"parallel", "multipliers of fixed width, one step per cycle", read_parallel},
      {"bit_serial", "serial inner-product unit: time grows with the bits used", read_bit_serial},
      {"bit_fusion", "16 BitBricks that fuse: narrower operands, more products per cycle",
       read_bit_fusion},
      {"dvafs", "multipliers cut into subwords: narrower operands, more products per cycle",
       read_dvafs},
      {"xnor", "XNOR gates and a population count for operands of +-1", read_xnor},
      {"add_sub", "adders that add, subtract or skip: binary and ternary weights", read_add_sub},
      {"shift_add", "barrel shifters and adders: weights that are powers of two", read_shift_add},
      {"codebook", "table look-up, then multiply: weights that are indices", read_codebook},
  });
  return kUnits;
}

std::shared_ptr<const Unit> parse_unit(config::Reader& reader) {
  std::vector<std::pair<std::string, std::function<UnitPointer(config::Reader&)>>> alternatives;
  for (const UnitKind& unit : builtin_units()) alternatives.emplace_back(unit.name, unit.parse);
  return reader.doc("The kind of arithmetic unit").variant<UnitPointer>("kind", alternatives);
}

}  // namespace bitscale
