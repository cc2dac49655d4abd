#include "arch/common/scales.hpp"

namespace bitscale {

void count_scales(const UnitActivity& activity, int per_output, int scale_bits,
                  std::vector<ActionCount>& actions) {
  if (per_output == 0) return;
  ActionCount scale;
  scale.component = "scale";
  scale.action = Action::multiply;
  scale.width_a = activity.types.accumulator.bits;
  scale.width_b = scale_bits;
  scale.count = activity.outputs * static_cast<std::uint64_t>(per_output);
  actions.push_back(scale);
}

int parse_scale_bits(config::Reader& reader, int fallback) {
  return static_cast<int>(reader.doc("Width of a scale factor in bits (assumed)")
                              .integer("scale_bits", 2, 32, fallback));
}

}  // namespace bitscale
