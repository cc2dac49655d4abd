#include "sim/kernel/unit_waveforms.hpp"

#include <fmt/format.h>

#include <memory>
#include <vector>

#include "sim/core/errors.hpp"
#include "sim/core/rng.hpp"
#include "sim/kernel/context.hpp"
#include "sim/kernel/pin_unit.hpp"
#include "sim/kernel/waveforms.hpp"
#include "sim/workload/uniform.hpp"

namespace bitscale::kernel {
namespace {

/// One unit with a signal on every pin and a thread that drives them.
class UnitBench : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(UnitBench);
  UnitBench(const sc_core::sc_module_name& name, const Unit& kind, std::int64_t lanes,
            const OperandTypes& types, std::int64_t steps)
      : sc_core::sc_module(name),
        types_(types),
        mode_(kind.mode(types)),
        steps_(steps),
        positions_(static_cast<std::size_t>(lanes * mode_.products)),
        unit(kind.make_pin_unit("unit", lanes, types)),
        partial_("partial", static_cast<std::size_t>(mode_.segments)),
        sum_("sum", static_cast<std::size_t>(mode_.segments)),
        activations_("activations", positions_),
        weights_("weights", positions_),
        activations_out_("activations_out", positions_),
        weights_out_("weights_out", positions_),
        valid_("valid", positions_) {
    unit->clock(clock);
    unit->enable(enable_);
    unit->clear(clear_);
    unit->hold(hold_);
    unit->partial_in(partial_);
    unit->activation_in(activations_);
    unit->weight_in(weights_);
    unit->lane_valid(valid_);
    unit->activation_out(activations_out_);
    unit->weight_out(weights_out_);
    unit->valid_out(valid_out_);
    unit->sum_out(sum_);
    unit->busy(busy_);
    unit->done(done_);
    SC_THREAD(drive);
  }

 private:
  void drive() {
    const CounterRng random(1, 0);
    std::uint64_t index = 0;
    for (std::size_t i = 0; i < positions_; ++i) valid_[i].write(true);
    std::vector<std::int32_t> activations(positions_);
    std::vector<std::int32_t> weights(positions_);
    for (std::int64_t step = 0; step < steps_; ++step) {
      bool zero = true;
      for (std::size_t i = 0; i < positions_; ++i) {
        activations[i] = uniform_value(types_.activation, random(index++));
        weights[i] = uniform_value(types_.weight, random(index++));
        zero = zero && activations[i] == 0;
      }
      hold_.write(zero);
      for (int cycle = 0; cycle < mode_.cycles; ++cycle) {
        enable_.write(true);
        clear_.write(step == 0 && cycle == 0);
        for (std::size_t i = 0; i < positions_; ++i) {
          activations_[i].write(unit->activation_pins(activations[i], cycle));
          weights_[i].write(unit->weight_pins(weights[i], cycle));
        }
        tick();
      }
    }
    enable_.write(false);
    tick();
    stop_quietly();
  }

  void tick() {
    const sc_core::sc_time half = cycle_time() / 2;
    sc_core::wait(half);
    clock.write(true);
    sc_core::wait(half);
    clock.write(false);
  }

  OperandTypes types_;
  UnitMode mode_;
  std::int64_t steps_;
  std::size_t positions_;

 public:
  std::unique_ptr<PinUnit> unit;
  sc_core::sc_signal<bool> clock{"clock"};

 private:
  sc_core::sc_signal<bool> enable_, clear_, hold_, valid_out_, busy_, done_;
  sc_core::sc_vector<sc_core::sc_signal<std::int64_t>> partial_, sum_;
  sc_core::sc_vector<sc_core::sc_signal<std::int32_t>> activations_, weights_, activations_out_,
      weights_out_;
  sc_core::sc_vector<sc_core::sc_signal<bool>> valid_;
};

}  // namespace

void write_unit_waveforms(const Unit& unit, std::int64_t lanes, const OperandTypes& types,
                          std::int64_t steps, const std::string& path) {
  if (!path.ends_with(".vcd"))
    throw IoError(fmt::format("error: '{}': expected a name that ends in .vcd", path));
  const SimulationContext context;
  UnitBench bench("bench", unit, lanes, types, steps);
  const Waveforms waveforms(path.substr(0, path.size() - 4), [&](sc_core::sc_trace_file* file) {
    sc_core::sc_trace(file, bench.clock, "clock");
    bench.unit->trace(file);
  });
  sc_core::sc_start();
}

}  // namespace bitscale::kernel
