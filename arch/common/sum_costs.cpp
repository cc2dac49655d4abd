#include "arch/common/sum_costs.hpp"

namespace bitscale {

void count_sum(const UnitActivity& activity, int tree_bits, std::vector<ActionCount>& actions) {
  if (activity.lanes > 1) {
    ActionCount tree;
    tree.component = "adder_tree";
    tree.width_a = tree_bits;
    tree.count = activity.macs - activity.unit_steps;
    actions.push_back(tree);
  }
  ActionCount accumulate;
  accumulate.component = "accumulator";
  accumulate.width_a = activity.types.accumulator.bits;
  accumulate.count = activity.lanes > 1 ? activity.unit_steps : activity.active_unit_steps;
  actions.push_back(accumulate);
}

void count_sum_area(std::int64_t lanes, std::uint64_t count, int tree_bits, int accumulator_bits,
                    std::uint64_t accumulators, std::vector<AreaItem>& area) {
  if (lanes > 1) {
    area.push_back({"adder_tree", Action::add, tree_bits, 0, 0,
                    static_cast<std::uint64_t>(lanes - 1) * count});
  }
  area.push_back({"accumulator", Action::add, accumulator_bits, 0, 0, accumulators * count});
}

}  // namespace bitscale
