#include "arch/dvafs/subword_multiplier.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace bitscale {
namespace {

using netlist::Bits;
using netlist::Builder;
using netlist::kNoNode;
using netlist::NetlistError;
using netlist::NodeId;
using netlist::Row;

void check_config(const Builder& b, const SubwordMultiplierConfig& config) {
  const auto expect = [&](bool holds, const std::string& problem) {
    if (!holds) throw NetlistError(b.name(), problem);
  };
  const auto power_of_two = [](int value) {
    return value > 0 && std::has_single_bit(static_cast<unsigned>(value));
  };
  expect(power_of_two(config.word_bits) && config.word_bits >= 2 &&
             config.word_bits <= kMaxSubwordWordBits,
         fmt::format("words of {} bits, expected a power of two up to {}", config.word_bits,
                     kMaxSubwordWordBits));
  expect(!config.widths.empty(), "no subword widths");
  for (std::size_t mode = 0; mode < config.widths.size(); ++mode) {
    const int width = config.widths[mode];
    const int limit = mode == 0 ? config.word_bits : config.widths[mode - 1] - 1;
    expect(power_of_two(width) && width >= 2 && width <= limit,
           fmt::format("subwords of {} bits, expected powers of two within the word of {}, "
                       "widest first",
                       width, config.word_bits));
  }
  expect(config.reduction != netlist::Reduction::booth,
         "Booth digits span subwords; expected dadda or array");
}

/// Modes for which `holds` is true of their cut.
template <typename Holds>
ModeSet modes_where(const SubwordMultiplierConfig& config, Holds&& holds) {
  ModeSet set = 0;
  for (std::size_t mode = 0; mode < config.widths.size(); ++mode) {
    if (holds(config.cut(mode))) set |= ModeSet{1} << mode;
  }
  return set;
}

/// The partial products of all modes in one matrix. A row's bit is ANDed once with the modes in
/// which a run of its cells is kept, so that killed cells stand still at 0; cells with a sign bit
/// in some modes only are inverted there by an XOR.
class PartialProducts {
 public:
  PartialProducts(Builder& b, ModeSelect& modes, const SubwordMultiplierConfig& config)
      : b_(b), modes_(modes), config_(config) {}

  [[nodiscard]] NodeId cell(int i, NodeId x, int j, NodeId y) {
    const ModeSet kept = modes_where(config_, [&](const SubwordCut& c) { return c.kept(i, j); });
    const ModeSet inverted =
        modes_where(config_, [&](const SubwordCut& c) { return c.inverted(i, j); });
    if (kept == 0) return kNoNode;
    if (inverted == modes_.all()) return b_.nand_gate(x, y);
    if (inverted == kept) return b_.and_gate(modes_.in(kept), b_.nand_gate(x, y));
    const NodeId product = b_.and_gate(x, gated(y, kept));
    return inverted == 0 ? product : b_.xor_gate(product, modes_.in(inverted));
  }

  [[nodiscard]] std::vector<Row> rows(const Bits& x, const Bits& y) {
    const auto width = 2 * static_cast<std::size_t>(config_.word_bits);
    std::vector<Row> rows;
    for (std::size_t j = 0; j < y.size(); ++j) {
      Row row(width, kNoNode);
      for (std::size_t i = 0; i < x.size(); ++i) {
        row[i + j] = cell(static_cast<int>(i), x[i], static_cast<int>(j), y[j]);
      }
      rows.push_back(std::move(row));
    }
    return rows;
  }

  /// What the inverted cells leave, as ones that depend on the mode, in vacant places.
  void add_sign_constants(std::vector<Row>& rows) {
    const auto width = 2 * static_cast<std::size_t>(config_.word_bits);
    for (std::size_t column = 0; column < width; ++column) {
      const ModeSet ones = modes_where(
          config_, [&](const SubwordCut& c) { return (sign_constants(c) >> column & 1U) != 0; });
      if (ones == 0) continue;
      auto row = std::ranges::find_if(rows, [&](const Row& r) { return r[column] == kNoNode; });
      if (row == rows.end()) row = rows.insert(rows.end(), Row(width, kNoNode));
      (*row)[column] = modes_.in(ones);
    }
  }

 private:
  NodeId gated(NodeId bit, ModeSet kept) {
    if (kept == modes_.all()) return bit;
    const auto known = gated_.find({bit, kept});
    if (known != gated_.end()) return known->second;
    return gated_[{bit, kept}] = b_.and_gate(bit, modes_.in(kept));
  }

  Builder& b_;
  ModeSelect& modes_;
  const SubwordMultiplierConfig& config_;
  std::map<std::pair<NodeId, ModeSet>, NodeId> gated_;
};

std::string name_of(const SubwordMultiplierConfig& config) {
  return fmt::format("subword_multiplier_{}_{}{}_{}_{}", config.word_bits,
                     fmt::join(config.widths, "_"), config.together ? "_together" : "",
                     config.reduction == netlist::Reduction::array ? "array" : "dadda",
                     config.adder == netlist::AdderKind::ripple ? "ripple" : "prefix");
}

}  // namespace

Bits draw_subword_product(Builder& b, ModeSelect& modes, const SubwordMultiplierConfig& config,
                          const Bits& x, const Bits& y) {
  check_config(b, config);
  const auto width = 2 * static_cast<std::size_t>(config.word_bits);
  PartialProducts products(b, modes, config);
  std::vector<Row> rows = products.rows(x, y);
  products.add_sign_constants(rows);
  netlist::CarryGates gates(width, kNoNode);
  for (std::size_t column = 0; column < width; ++column) {
    const ModeSet cut =
        modes_where(config, [&](const SubwordCut& c) { return c.cuts(static_cast<int>(column)); });
    if (cut != 0) gates[column] = modes.in(modes.all() & ~cut);
  }
  const netlist::Columns columns = config.reduction == netlist::Reduction::array
                                       ? reduce_array(b, rows, width, gates)
                                       : reduce_dadda(b, netlist::to_columns(rows, width), gates);
  return add_columns(b, columns, config.adder, gates);
}

netlist::Netlist subword_multiplier(const SubwordMultiplierConfig& config) {
  Builder b(name_of(config));
  check_config(b, config);
  const Bits x = b.input("a", config.word_bits);
  const Bits y = b.input("b", config.word_bits);
  ModeSelect modes(b, config.widths.size());
  b.output("product", draw_subword_product(b, modes, config, x, y));
  return b.build();
}

netlist::Netlist subword_partial_products(const SubwordMultiplierConfig& config) {
  Builder b(name_of(config) + "_partial_products");
  check_config(b, config);
  const Bits x = b.input("a", config.word_bits);
  const Bits y = b.input("b", config.word_bits);
  ModeSelect modes(b, config.widths.size());
  PartialProducts products(b, modes, config);
  for (std::size_t j = 0; j < y.size(); ++j) {
    Bits row;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const NodeId cell = products.cell(static_cast<int>(i), x[i], static_cast<int>(j), y[j]);
      row.push_back(cell == kNoNode ? b.constant(false) : cell);
    }
    b.output(fmt::format("row{}", j), row);
  }
  return b.build();
}

std::vector<netlist::Tie> tie_subwords(const netlist::Netlist& netlist,
                                       const SubwordMultiplierConfig& config, int width) {
  const auto place = std::ranges::find(config.widths, width);
  if (place == config.widths.end()) {
    throw NetlistError(netlist.name, fmt::format("no mode with subwords of {} bits", width));
  }
  if (config.widths.size() == 1) return {};
  const auto mode = static_cast<std::size_t>(place - config.widths.begin());
  return netlist::tie_bus(netlist, "mode", ModeSelect::code(mode));
}

std::size_t active_partial_products(const SubwordMultiplierConfig& config, int width) {
  const netlist::Netlist cells = subword_partial_products(config);
  const netlist::Timing timing = netlist::analyse_timing(cells, tie_subwords(cells, config, width));
  std::size_t active = 0;
  for (const netlist::Bus& row : cells.outputs) {
    active += static_cast<std::size_t>(std::ranges::count_if(
        row.bits, [&](NodeId cell) { return !timing.constant[cell].has_value(); }));
  }
  return active;
}

}  // namespace bitscale
