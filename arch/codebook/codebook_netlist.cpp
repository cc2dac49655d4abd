#include <fmt/format.h>

#include <algorithm>

#include "arch/codebook/codebook.hpp"
#include "arch/common/accumulator_netlist.hpp"
#include "arch/common/integer_bus.hpp"
#include "arch/unit_netlist.hpp"
#include "sim/netlist/signs.hpp"
#include "sim/workload/encodings.hpp"

namespace bitscale {

namespace {

using netlist::Bits;
using netlist::Builder;
using netlist::NodeId;

/// The entry that an index chooses, by a tree of multiplexers, lowest bit first. What the cells of
/// the table itself use is left out: entries are inputs that a layer holds still.
Bits look_up(Builder& b, std::vector<Bits> entries, const Bits& index) {
  for (const NodeId select : index) {
    std::vector<Bits> chosen;
    for (std::size_t i = 0; i < entries.size(); i += 2)
      chosen.push_back(mux_all(b, select, entries[i], entries[i + 1]));
    entries = std::move(chosen);
  }
  return entries.front();
}

struct Controls {
  std::size_t lanes = 1, entries = 2;
  std::size_t used_entries = 2;  ///< that indices of the layer's width reach
  TensorType weight;
  bool holds = false;  ///< a lane without work keeps its operands and is masked
  bool has_sign_input = false;
  std::int64_t is_signed = 1;
};

/// Entries of a lane's table, as buses carry them: the value in the low bits, above them whether it
/// is a guess or a weight that came by. Gates know no layer: tables start as those of uniform
/// weights, and every weight that is not there takes the place of a guess. A layer has no more
/// different weights than entries, so that its table is complete after its first steps and stands
/// still from then on.
constexpr std::int64_t kGuess = std::int64_t{1} << 61, kWeight = std::int64_t{1} << 62;

std::int64_t entry_of(std::int64_t kind, std::int32_t value) {
  return kind | static_cast<std::int64_t>(static_cast<std::uint32_t>(value));
}

/// Index of a weight, which is in the table then.
std::int64_t find_entry(std::int32_t weight, std::span<std::int64_t> table,
                        const TensorType& type) {
  if ((table[0] & (kGuess | kWeight)) == 0) {
    for (std::size_t i = 0; i < table.size(); ++i)
      table[i] = entry_of(kGuess, even_entry(type, static_cast<std::int32_t>(i)));
  }
  auto place = std::ranges::find(table, entry_of(kWeight, weight));
  if (place == table.end()) place = std::ranges::find(table, entry_of(kGuess, weight));
  if (place == table.end())
    place = std::ranges::find_if(table, [](std::int64_t e) { return (e & kGuess) != 0; });
  if (place == table.end()) place = table.begin() + (weight & (std::ssize(table) - 1));
  *place = entry_of(kWeight, weight);
  return place - table.begin();
}

void drive(const Controls& c, const StepOperands& step, std::span<std::int64_t> buses) {
  const std::size_t first_entry = 2 * c.lanes;
  const std::size_t first_enable = first_entry + c.lanes * c.entries;
  for (std::size_t lane = 0; lane < c.lanes; ++lane) {
    const bool works = step.valid[lane] != 0;
    if (c.holds) buses[first_enable + lane] = works ? 1 : 0;
    if (!works) {
      if (!c.holds) buses[2 * lane] = 0;
      continue;
    }
    const auto table = buses.subspan(first_entry + lane * c.entries, c.used_entries);
    buses[2 * lane] = step.activations[lane];
    buses[2 * lane + 1] = find_entry(step.weights[lane], table, c.weight);
  }
  if (c.has_sign_input) buses.back() = c.is_signed;
}

}  // namespace

UnitNetlist CodebookUnit::make_netlist(std::int64_t lanes, const OperandTypes& types) const {
  Builder b(fmt::format("codebook_{}x{}_{}_{}", config_.activation_bits, config_.entry_bits,
                        config_.index_bits, lanes));
  Controls controls;
  controls.lanes = static_cast<std::size_t>(lanes);
  controls.entries = std::size_t{1} << static_cast<unsigned>(config_.index_bits);
  controls.used_entries = std::size_t{1} << static_cast<unsigned>(types.weight.bits);
  controls.weight = types.weight;
  // A lone multiplier's guard stops the accumulator's clock instead.
  controls.holds = config_.guard != Guard::none && lanes > 1;
  controls.has_sign_input = config_.activation_bits < kSignedOnlyBits;
  controls.is_signed = types.activation.encoding == Encoding::twos ? 1 : 0;

  std::vector<Bits> activations, indices;
  std::vector<std::vector<Bits>> tables(controls.lanes);
  for (std::int64_t lane = 0; lane < lanes; ++lane) {
    activations.push_back(b.input(fmt::format("activation{}", lane), config_.activation_bits));
    indices.push_back(b.input(fmt::format("weight{}", lane), config_.index_bits));
  }
  for (std::size_t lane = 0; lane < controls.lanes; ++lane) {
    for (std::size_t i = 0; i < controls.entries; ++i)
      tables[lane].push_back(b.input(fmt::format("entry{}_{}", lane, i), config_.entry_bits, true));
  }
  Bits enables;
  for (std::int64_t lane = 0; controls.holds && lane < lanes; ++lane)
    enables.push_back(b.input(fmt::format("enable{}", lane), 1)[0]);
  const NodeId is_signed = sign_input(b, "activation_signed", config_.activation_bits);

  std::vector<Bits> products;
  for (std::size_t lane = 0; lane < controls.lanes; ++lane) {
    const Bits weight = look_up(b, tables[lane], indices[lane]);
    Bits product = multiply(b, netlist::SignedWhen{activations[lane], is_signed},
                            netlist::SignedWhen{weight, b.constant(true)},
                            netlist::Reduction::dadda, netlist::AdderKind::ripple);
    if (controls.holds) product = and_all(b, product, enables[lane]);
    products.push_back(std::move(product));
  }
  draw_accumulator(b, "accumulator0",
                   adder_tree(b, netlist::AdderKind::ripple, std::move(products), true),
                   types.accumulator, netlist::AdderKind::ripple);

  UnitNetlist unit;
  unit.netlist = b.build();
  for (std::int64_t lane = 0; lane < lanes; ++lane) {
    tie_unused_bits(unit, fmt::format("activation{}", lane), types.activation);
    const Bits& index = input_bus(unit.netlist, fmt::format("weight{}", lane)).bits;
    for (auto bit = static_cast<std::size_t>(types.weight.bits); bit < index.size(); ++bit)
      unit.ties.push_back({index[bit], false});
  }
  tie_activation_sign(unit, config_.activation_bits, types.activation);
  unit.drive = [controls](const StepOperands& step, std::int64_t /*cycle*/,
                          std::span<std::int64_t> buses) {
    bitscale::drive(controls, step, buses);
  };
  unit.addend = [](const StepOperands& step, std::int64_t /*cycle*/, std::int64_t /*segment*/) {
    return sum_of_products(step);
  };
  return unit;
}

}  // namespace bitscale
