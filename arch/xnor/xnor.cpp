#include "arch/xnor/xnor.hpp"

#include <bit>

#include "arch/common/accumulate.hpp"
#include "arch/common/accumulator.hpp"
#include "arch/common/operands.hpp"
#include "arch/common/scales.hpp"

namespace bitscale {

namespace {

/// Width of 2 x ones - lanes, from -lanes to lanes.
int offset_bits(std::int64_t lanes) {
  return static_cast<int>(std::bit_width(static_cast<std::uint64_t>(lanes))) + 1;
}

}  // namespace

XnorConfig parse_xnor(config::Reader& reader) {
  XnorConfig config;
  config.scales =
      reader.doc("Scale factors that every result is multiplied by, as in XNOR-Net")
          .choice<XnorScales>("scales",
                              {{"none", XnorScales::none},
                               {"filter", XnorScales::filter},
                               {"filter_and_position", XnorScales::filter_and_position}},
                              config.scales);
  config.scale_bits = parse_scale_bits(reader, config.scale_bits);
  config.accumulator = reader.section_or_default("accumulator", [&](config::Reader& section) {
    return parse_accumulator_like(section, config.accumulator);
  });
  reader.finish();
  return config;
}

std::string XnorUnit::refusal(const OperandTypes& types) const {
  std::string why = encoding_refusal("activations", types.activation, {Encoding::binary_pm1});
  if (why.empty()) why = encoding_refusal("weights", types.weight, {Encoding::binary_pm1});
  if (why.empty()) why = accumulator_refusal(types.accumulator);
  return why;
}

UnitMode XnorUnit::mode(const OperandTypes& types) const {
  UnitMode mode;
  mode.accumulator_bits = types.accumulator.bits;
  return mode;
}

int XnorUnit::stored_activation_bits(const TensorType& /*type*/) const { return 1; }

int XnorUnit::stored_weight_bits(const TensorType& /*type*/) const { return 1; }

std::uint64_t XnorUnit::accumulate(const AccumulateBlock& block, const OperandTypes& types) const {
  // 2 x ones - lanes is the exact sum of the products of +-1.
  return accumulate_block(block, types);
}

void XnorUnit::count_actions(const UnitActivity& activity,
                             std::vector<ActionCount>& actions) const {
  const auto add = [&](const char* component, int width, std::uint64_t count) {
    ActionCount action;
    action.component = component;
    action.width_a = width;
    action.count = count;
    actions.push_back(action);
  };
  // A count of n ones takes n - log2(n) full adders; the rest of one adder per product stands for
  // the XNOR gates (assumed).
  add("popcount", 1, activity.macs);
  add("offset", offset_bits(activity.lanes), activity.unit_steps);
  add("accumulator", activity.types.accumulator.bits, activity.unit_steps);
  count_scales(activity, static_cast<int>(config_.scales), config_.scale_bits, actions);
}

void XnorUnit::count_area(std::int64_t lanes, std::uint64_t count,
                          std::vector<AreaItem>& area) const {
  area.push_back({"popcount", Action::add, 1, 0, 0, static_cast<std::uint64_t>(lanes) * count});
  area.push_back({"offset", Action::add, offset_bits(lanes), 0, 0, count});
  area.push_back({"accumulator", Action::add, config_.accumulator.bits, 0, 0, count});
}

}  // namespace bitscale
