#include "arch/dvafs/dvafs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>

#include "arch/common/accumulate.hpp"
#include "arch/common/accumulator.hpp"
#include "arch/common/operands.hpp"

namespace bitscale {

namespace {

/// Bits that a type needs in two's complement.
int signed_bits(const TensorType& type) {
  return type.bits + (type.encoding == Encoding::unsigned_ ? 1 : 0);
}

bool power_of_two(std::int64_t value) {
  return value > 0 && std::has_single_bit(static_cast<std::uint64_t>(value));
}

std::vector<int> parse_modes(config::Reader& reader, int word_bits) {
  std::vector<std::int64_t> fallback;
  for (int width = word_bits; width >= 2 && width >= word_bits / 4; width /= 2)
    fallback.push_back(width);
  const std::vector<std::int64_t> read =
      reader.doc("Subword widths that the multiplier can be cut into, in bits")
          .integers("modes", 2, kMaxSubwordWordBits, fallback);
  std::vector<int> modes(read.begin(), read.end());
  std::ranges::sort(modes, std::greater<>());
  const bool distinct = std::ranges::adjacent_find(modes) == modes.end();
  const bool fit = std::ranges::all_of(
      modes, [&](int width) { return power_of_two(width) && width <= word_bits; });
  if (modes.empty() || !distinct || !fit) {
    reader.problem("modes", fmt::format("expected different powers of two, each at most word_bits "
                                        "({})",
                                        word_bits));
    return {word_bits};
  }
  return modes;
}

DvafsNetlistConfig parse_netlist(config::Reader& reader) {
  using netlist::AdderKind;
  using netlist::Reduction;
  static const std::vector<std::pair<std::string_view, AdderKind>> kAdders = {
      {"ripple", AdderKind::ripple}, {"prefix", AdderKind::prefix}};
  DvafsNetlistConfig config;
  config.reduction =
      reader.doc("How partial products are reduced")
          .choice<Reduction>("reduction",
                             {{"dadda", Reduction::dadda}, {"array", Reduction::array}},
                             config.reduction);
  config.adder = reader.doc("How carries travel in the multiplier's final adder")
                     .choice<AdderKind>("adder", kAdders, config.adder);
  config.accumulator_adder =
      reader.doc("How carries travel in the accumulator")
          .choice<AdderKind>("accumulator_adder", kAdders, config.accumulator_adder);
  reader.finish();
  return config;
}

}  // namespace

DvafsConfig parse_dvafs(config::Reader& reader) {
  DvafsConfig config;
  config.word_bits =
      static_cast<int>(reader.doc("Width of both inputs of the multiplier in bits")
                           .integer("word_bits", 4, kMaxSubwordWordBits, config.word_bits));
  if (!power_of_two(config.word_bits)) {
    reader.problem("word_bits", "expected a power of two");
    config.word_bits = kMaxSubwordWordBits;
  }
  config.modes = parse_modes(reader, config.word_bits);
  config.subword_dim = reader.doc("Along which loop the subwords of a step lie")
                           .choice<SubwordDim>("subword_dim",
                                               {{"window", SubwordDim::window},
                                                {"filter", SubwordDim::filter},
                                                {"image", SubwordDim::image},
                                                {"channel", SubwordDim::channel}},
                                               config.subword_dim);
  config.combine =
      reader.doc("Whether the products of a step go to accumulator segments of their own or to one")
          .choice<Combine>("combine", {{"apart", Combine::apart}, {"together", Combine::together}},
                           config.combine);
  if (config.combine == Combine::together && config.subword_dim != SubwordDim::channel) {
    reader.problem("combine",
                   "together needs subword_dim: channel; products along window, filter or image "
                   "belong to different outputs");
    config.combine = Combine::apart;
  }
  config.alignment =
      reader.doc("Where an operand narrower than its subword stands in it")
          .choice<Alignment>("alignment", {{"msb", Alignment::msb}, {"lsb", Alignment::lsb}},
                             config.alignment);
  config.guard = reader.doc("Which zero operands hold the unit still: all subwords of a word")
                     .choice<Guard>("guard", {{"none", Guard::none}, {"word", Guard::lane_group}},
                                    config.guard);
  config.accumulator = reader.section_or_default("accumulator", parse_accumulator);
  config.netlist = reader.section_or_default("netlist", parse_netlist);
  reader.finish();
  return config;
}

int DvafsUnit::subword_for(int bits) const {
  for (auto width = config_.modes.rbegin(); width != config_.modes.rend(); ++width) {
    if (*width >= bits) return *width;
  }
  return 0;
}

SubwordMultiplierConfig DvafsUnit::multiplier() const {
  return {config_.word_bits, config_.modes, together(), config_.netlist.reduction,
          config_.netlist.adder};
}

std::string DvafsUnit::refusal(const OperandTypes& types) const {
  const int widest = config_.modes.front();
  for (const auto& [name, type] :
       {std::pair{"activations", types.activation}, std::pair{"weights", types.weight}}) {
    const bool is_unsigned = type.encoding == Encoding::unsigned_;
    std::string why = integer_refusal(name, type, is_unsigned ? widest - 1 : widest);
    if (!why.empty()) return why;
  }
  std::string why = accumulator_refusal(types.accumulator);
  if (!why.empty()) return why;
  const DvafsSetting set = setting(types);
  const int used = set.segment_bits - set.shift;
  if (used >= kMinAccumulatorBits) return "";
  return fmt::format(
      "accumulator of {} bits; in the {}x{} mode operands of {} and {} bits leave {} for each sum, "
      "and {} are the least",
      types.accumulator.bits, set.cut.count(), set.cut.width, types.activation.bits,
      types.weight.bits, std::max(used, 0), kMinAccumulatorBits);
}

DvafsSetting DvafsUnit::setting(const OperandTypes& types) const {
  DvafsSetting set;
  const int activation = signed_bits(types.activation);
  const int weight = signed_bits(types.weight);
  const int width = subword_for(std::max(activation, weight));
  const auto place = std::ranges::find(config_.modes, width);
  set.mode = static_cast<std::size_t>(place - config_.modes.begin());
  set.cut = {config_.word_bits, width, together()};
  if (config_.alignment == Alignment::msb) {
    set.gated_activation_bits = width - activation;
    set.gated_weight_bits = width - weight;
  }
  set.segments = together() ? 1 : set.cut.count();
  set.segment_bits = types.accumulator.bits / static_cast<int>(set.segments);
  set.shift = set.gated_activation_bits + set.gated_weight_bits;
  if (together()) set.shift += set.cut.product_place(0);
  return set;
}

UnitMode DvafsUnit::mode(const OperandTypes& types) const {
  const DvafsSetting set = setting(types);
  UnitMode mode;
  mode.products = set.cut.count();
  switch (config_.subword_dim) {
    case SubwordDim::window:
      mode.dim = Dim::PQ;
      break;
    case SubwordDim::filter:
      mode.dim = Dim::K;
      break;
    case SubwordDim::image:
      mode.dim = Dim::N;
      break;
    case SubwordDim::channel:
      mode.dim = Dim::C;
      break;
  }
  mode.segments = set.segments;
  mode.accumulator_bits = set.segment_bits - set.shift;
  return mode;
}

int DvafsUnit::stored_activation_bits(const TensorType& type) const {
  // The narrowest subword that holds the tensor; it is widened on its way to a wider mode.
  const int width = subword_for(signed_bits(type));
  return width == 0 ? config_.word_bits : width;
}

int DvafsUnit::stored_weight_bits(const TensorType& type) const {
  return stored_activation_bits(type);
}

std::uint64_t DvafsUnit::accumulate(const AccumulateBlock& block, const OperandTypes& types) const {
  // Products that stand 2^shift higher in a segment leave its low bits alone: it wraps and clamps
  // as the narrower register of its upper bits does.
  OperandTypes narrowed = types;
  narrowed.accumulator.bits = mode(types).accumulator_bits;
  return accumulate_block(block, narrowed);
}

void DvafsUnit::count_actions(const UnitActivity& activity,
                              std::vector<ActionCount>& actions) const {
  // Costs (assumed): a word cut into N subwords costs N multiplications of subword width; neither
  // the killed partial products nor the means to kill them cost anything. A subword without a
  // product is zero and costs nothing, a held unit neither.
  const DvafsSetting set = setting(activity.types);
  ActionCount multiply;
  multiply.component = "multiplier";
  multiply.action = Action::multiply;
  multiply.width_a = multiply.width_b = set.cut.width;
  multiply.count = activity.active_macs;
  actions.push_back(multiply);
  if (activity.lanes > 1) {
    // Each segment adds the products of its lanes; full segments, where a layer's edge leaves some
    // without a product.
    const auto sums = activity.active_unit_steps * static_cast<std::uint64_t>(set.segments);
    ActionCount tree;
    tree.component = "adder_tree";
    tree.width_a = 2 * set.cut.width + ceil_log2(activity.lanes);
    tree.count = activity.active_macs - std::min(activity.active_macs, sums);
    actions.push_back(tree);
  }
  ActionCount accumulate;  // one addition of the whole register, its carry chain cut
  accumulate.component = "accumulator";
  accumulate.width_a = activity.types.accumulator.bits;
  accumulate.count = activity.active_unit_steps;
  actions.push_back(accumulate);
  if (config_.subword_dim == SubwordDim::channel && set.segments > 1) {
    ActionCount merge;
    merge.component = "segment_merge";
    merge.width_a = set.segment_bits + ceil_log2(set.segments);
    merge.count = activity.outputs * static_cast<std::uint64_t>(set.segments - 1);
    actions.push_back(merge);
  }
}

void DvafsUnit::count_area(std::int64_t lanes, std::uint64_t count,
                           std::vector<AreaItem>& area) const {
  // The table has no price for the means to cut a multiplier: its netlist has (assumed 0 here).
  const auto multipliers = static_cast<std::uint64_t>(lanes);
  area.push_back({"multiplier", Action::multiply, config_.word_bits, config_.word_bits, 0,
                  multipliers * count});
  if (lanes > 1) {
    area.push_back({"adder_tree", Action::add, 2 * config_.word_bits + ceil_log2(lanes), 0, 0,
                    (multipliers - 1) * count});
  }
  area.push_back({"accumulator", Action::add, config_.accumulator.bits, 0, 0, count});
}

}  // namespace bitscale
