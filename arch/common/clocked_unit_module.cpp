#include "arch/common/clocked_unit_module.hpp"

#include <fmt/format.h>

#include <string>

namespace bitscale {

ClockedUnit::ClockedUnit(const sc_core::sc_module_name& name, std::size_t positions,
                         int cycles_per_step, std::size_t segments,
                         const AccumulatorConfig& accumulator)
    : PinUnit(name, positions, segments),
      cycles_per_step_(cycles_per_step),
      addends_("addend", segments) {
  for (std::size_t segment = 0; segment < segments; ++segment) {
    AccumulatorModule& module =
        accumulators_.emplace_back(fmt::format("accumulator_{}", segment).c_str(), accumulator);
    module.clock(clock);
    module.enable(enable);
    module.load(clear);
    module.initial(partial_in[segment]);
    module.addend(addends_[segment]);
    module.value(sum_out[segment]);
  }

  SC_METHOD(settle);
  sensitive << cycle_ << enable << datapath_settled_;
  for (std::size_t lane = 0; lane < positions; ++lane) {
    sensitive << activation_in[lane] << weight_in[lane] << lane_valid[lane];
  }
  SC_METHOD(step);
  sensitive << clock.pos();
  dont_initialize();
}

void ClockedUnit::settle() {
  for (std::size_t segment = 0; segment < segments(); ++segment) {
    addends_[segment].write(enable.read() ? addend(cycle_.read(), segment) : 0);
  }
}

void ClockedUnit::step() {
  valid_out.write(enable.read());
  if (!enable.read()) {
    done.write(false);
    return;
  }
  for (std::size_t lane = 0; lane < positions(); ++lane) {
    activation_out[lane].write(activation_in[lane].read());
    weight_out[lane].write(weight_in[lane].read());
  }
  if (cycle_.read() == 0) count();
  const std::int32_t next = cycle_.read() + 1 == cycles_per_step_ ? 0 : cycle_.read() + 1;
  cycle_.write(next);
  busy.write(next != 0);
  done.write(next == 0);
}

void ClockedUnit::count() {
  std::uint64_t active = 0;
  std::uint64_t guarded = 0;
  for (std::size_t lane = 0; lane < positions(); ++lane) {
    if (!lane_valid[lane].read()) continue;
    ++(lane_works(lane) ? active : guarded);
  }
  counters_.active_macs += active;
  counters_.guarded_macs += guarded;
  counters_.unit_steps += active + guarded > 0 ? 1 : 0;
  counters_.active_unit_steps += active > 0 ? 1 : 0;
}

PinUnit::Counters ClockedUnit::counters() const {
  Counters counters = counters_;
  for (const AccumulatorModule& accumulator : accumulators_)
    counters.overflow_events += accumulator.overflow_events();
  return counters;
}

void ClockedUnit::trace(sc_core::sc_trace_file* file) const {
  const auto add = [&](const auto& traced, const std::string& label) {
    sc_core::sc_trace(file, traced, fmt::format("{}.{}", name(), label));
  };
  add(enable, "enable");
  add(clear, "clear");
  add(hold, "hold");
  for (std::size_t lane = 0; lane < activation_in.size(); ++lane) {
    add(activation_in[lane], fmt::format("activation_{}", lane));
    add(weight_in[lane], fmt::format("weight_{}", lane));
    add(lane_valid[lane], fmt::format("lane_valid_{}", lane));
  }
  add(cycle_, "cycle");
  for (std::size_t segment = 0; segment < segments(); ++segment) {
    const std::string suffix = segments() == 1 ? "" : fmt::format("_{}", segment);
    add(partial_in[segment], "partial_in" + suffix);
    add(addends_[segment], "addend" + suffix);
    add(sum_out[segment], "sum" + suffix);
    add(accumulators_[segment].overflow, "overflow" + suffix);
  }
  add(busy, "busy");
  add(done, "done");
}

}  // namespace bitscale
