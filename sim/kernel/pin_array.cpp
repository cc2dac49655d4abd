#include "sim/kernel/pin_array.hpp"

#include <deque>
#include <vector>

#include "sim/core/errors.hpp"
#include "sim/kernel/pin_grid.hpp"
#include "sim/kernel/waveforms.hpp"

namespace bitscale::kernel {
namespace {

/// What the corner of the array does in one cycle; a unit with skew d does it d cycles later.
/// Disabled: the array waits for operands, or nothing is left.
struct Slot {
  bool enabled = false;
  std::shared_ptr<const Pass> pass;
  std::int64_t step = 0;
  int cycle = 0;
  bool first = false, last = false;  ///< cycle of the pass
};

/// What the driver holds for a unit while a step lasts.
struct UnitStep {
  std::vector<std::int32_t> activations, weights;
  bool zero = true;                ///< no activation of the step is nonzero
  std::vector<std::int64_t> sums;  ///< that its segments belong to, in State::sums; -1: idle

  [[nodiscard]] bool works() const { return !sums.empty() && sums.front() >= 0; }
};

}  // namespace

struct PinArray::State {
  State(const std::string& name, const Mapping& mapping_in, const Unit& unit,
        const Operands& operands_in, const std::string& vcd_path, std::uint64_t vcd_max_bytes_in)
      : mapping(mapping_in),
        operands(operands_in),
        layout(mapping_in),
        grid(name.c_str(), layout, unit, mapping_in.types, sized(sums, mapping_in)),
        steps(grid.units().size()),
        slots(static_cast<std::size_t>(layout.max_delay() + 1)),
        vcd_max_bytes(vcd_max_bytes_in),
        waveforms(vcd_path, [this](sc_core::sc_trace_file* file) { grid.trace(file); }) {}

  static std::vector<std::int64_t>& sized(std::vector<std::int64_t>& sums, const Mapping& mapping) {
    sums.assign(static_cast<std::size_t>(mapping.sums_per_output() * mapping.shape.outputs()), 0);
    return sums;
  }

  void tick(const Slot& slot);
  void drive(GridUnit& unit, UnitStep& step, const Slot& slot);
  void begin_step(GridUnit& unit, UnitStep& step, const Slot& slot);
  void begin_pass(GridUnit& unit, const UnitStep& step, const Pass& pass);
  void collect(GridUnit& unit, const UnitStep& step, const Slot& slot);
  void count();
  void merge();
  [[nodiscard]] std::int64_t sum_at(const Slot& slot, const GridPlace& place,
                                    std::int64_t segment) const;

  const Mapping& mapping;
  const Operands& operands;
  PinLayout layout;
  ExecutionRecord record;
  std::vector<std::int64_t> sums;  ///< [sum of an output][n][filter][P][Q]
  PinGrid grid;
  std::vector<UnitStep> steps;
  std::deque<Slot> slots;  ///< of the last cycles, newest first
  std::uint64_t vcd_max_bytes;
  Waveforms waveforms;
};

/// One array cycle: pins at its start, edges in its second half, results at its end.
void PinArray::State::tick(const Slot& slot) {
  slots.push_front(slot);
  slots.pop_back();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    GridUnit& unit = grid.units()[i];
    drive(unit, steps[i], slots[static_cast<std::size_t>(unit.delay)]);
  }
  grid.tick();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    GridUnit& unit = grid.units()[i];
    collect(unit, steps[i], slots[static_cast<std::size_t>(unit.delay)]);
  }
}

void PinArray::State::drive(GridUnit& unit, UnitStep& step, const Slot& slot) {
  if (slot.enabled && slot.cycle == 0) begin_step(unit, step, slot);
  // A unit without a product of its own still hands on the partial sum of its chain.
  const bool works = slot.enabled && step.works();
  unit.enable.write(works);
  unit.bank_valid.write(works);
  if (!works) return;
  for (std::size_t lane = 0; lane < unit.activations.size(); ++lane) {
    unit.activations[lane].write(unit.pins->activation_pins(step.activations[lane], slot.cycle));
  }
  for (std::size_t lane = 0; lane < unit.weights.size(); ++lane) {
    unit.weights[lane].write(unit.pins->weight_pins(step.weights[lane], slot.cycle));
  }
  if (layout.uses_bank()) {
    unit.clear.write(true);
    return;
  }
  unit.clear.write(false);
  if (slot.first) begin_pass(unit, step, *slot.pass);
}

/// Looks up the operands of a unit's lanes, and where its sum goes.
void PinArray::State::begin_step(GridUnit& unit, UnitStep& step, const Slot& slot) {
  step.sums.resize(static_cast<std::size_t>(layout.segments()));
  for (std::size_t segment = 0; segment < step.sums.size(); ++segment) {
    step.sums[segment] =
        sum_at(slot, layout.chain_head(unit.place), static_cast<std::int64_t>(segment));
  }
  if (!step.works()) return;  // idle, as are all that take operands or partial sums from here
  step.activations.assign(unit.lane_valid.size(), 0);
  step.weights.assign(unit.lane_valid.size(), 0);
  step.zero = true;
  PerDim<std::int64_t> at;
  for (std::size_t lane = 0; lane < unit.lane_valid.size(); ++lane) {
    const Position position{unit.place.row, unit.place.column, static_cast<std::int64_t>(lane)};
    const bool valid = position_coordinates(mapping, slot.pass->ranges, slot.step, position, at);
    unit.lane_valid[lane].write(valid);
    if (!valid) continue;
    const ElementIndex index = element_index(mapping, at);
    step.activations[lane] =
        index.activation < 0
            ? mapping.pad_value
            : operands.activations.values[static_cast<std::size_t>(index.activation)];
    step.weights[lane] = operands.weights.values[static_cast<std::size_t>(index.weight)];
    step.zero = step.zero && step.activations[lane] == 0;
  }
  unit.hold.write(step.zero);
  unit.bank_address.write(step.sums.front());
}

/// Sum that a segment of a place belongs to; the first lane at the head of a chain has a product
/// where any has. A segment along C may have none in the last channels: it then adds nothing.
std::int64_t PinArray::State::sum_at(const Slot& slot, const GridPlace& place,
                                     std::int64_t segment) const {
  PerDim<std::int64_t> at;
  const bool along_reduction = mapping.sums_per_output() > 1;
  const Position position{place.row, place.column, along_reduction ? 0 : segment};
  if (!position_coordinates(mapping, slot.pass->ranges, slot.step, position, at)) return -1;
  const std::int64_t output = element_index(mapping, at).output;
  return along_reduction ? segment * mapping.shape.outputs() + output : output;
}

/// Accumulators start from zero or from spilled sums; otherwise they go on where the pass before
/// left them.
void PinArray::State::begin_pass(GridUnit& unit, const UnitStep& step, const Pass& pass) {
  if (!pass.starts && !pass.restores) return;
  for (std::size_t segment = 0; segment < step.sums.size(); ++segment) {
    const bool restores = pass.restores && step.sums[segment] >= 0;
    unit.partials[segment].write(restores ? sums[static_cast<std::size_t>(step.sums[segment])] : 0);
  }
  unit.clear.write(true);
}

void PinArray::State::collect(GridUnit& unit, const UnitStep& step, const Slot& slot) {
  if (layout.uses_bank() || !slot.last || !step.works()) return;
  for (std::size_t segment = 0; segment < step.sums.size(); ++segment) {
    if (step.sums[segment] < 0) continue;
    sums[static_cast<std::size_t>(step.sums[segment])] = unit.sums[segment].read();
  }
}

/// Segments along C are added exactly as results drain.
void PinArray::State::merge() {
  const auto outputs = static_cast<std::size_t>(mapping.shape.outputs());
  record.sums.assign(outputs, 0);
  for (std::size_t i = 0; i < sums.size(); ++i) record.sums[i % outputs] += sums[i];
}

void PinArray::State::count() {
  record.macs = record.active_macs = record.unit_steps = record.overflow_events = 0;
  for (const GridUnit& unit : grid.units()) {
    const PinUnit::Counters counters = unit.pins->counters();
    record.macs += counters.active_macs + counters.guarded_macs;
    record.active_macs += counters.active_macs;
    record.unit_steps += counters.unit_steps;
    record.overflow_events += counters.overflow_events;
    if (unit.bank) record.overflow_events += unit.bank->overflow_events();
  }
}

PinArray::PinArray(const std::string& name, const Mapping& mapping, const Unit& unit,
                   const Operands& operands, const std::string& vcd_path,
                   std::uint64_t vcd_max_bytes)
    : state_(std::make_unique<State>(name, mapping, unit, operands, vcd_path, vcd_max_bytes)) {}

PinArray::~PinArray() = default;

void PinArray::execute(const Pass& pass, std::int64_t duration) {
  const auto shared = std::make_shared<const Pass>(pass);
  const auto unit_cycles = state_->mapping.unit_cycles;
  for (std::int64_t cycle = 0; cycle < duration; ++cycle) {
    Slot slot;
    slot.pass = shared;
    slot.step = cycle / pass.step_cycles;
    slot.cycle = static_cast<int>(cycle % pass.step_cycles);
    slot.enabled = slot.cycle < unit_cycles;  // the rest of the step waits for a port
    slot.first = cycle == 0;
    slot.last = slot.step + 1 == pass.steps && slot.cycle + 1 == unit_cycles;
    state_->tick(slot);
  }
  state_->waveforms.keep_within(state_->vcd_max_bytes);
}

void PinArray::flush() {
  for (std::int64_t cycle = 0; cycle < state_->mapping.fill_cycles; ++cycle) state_->tick({});
  state_->count();
  state_->merge();
}

const ExecutionRecord& PinArray::record() const { return state_->record; }

}  // namespace bitscale::kernel
