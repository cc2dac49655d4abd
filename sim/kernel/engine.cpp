#include "sim/kernel/engine.hpp"

#include <fmt/format.h>

#include <memory>

#include "sim/core/errors.hpp"
#include "sim/kernel/pin_array.hpp"
#include "sim/kernel/sequencer.hpp"
#include "sim/kernel/tile_executor.hpp"
#include "sim/kernel/watchdog.hpp"

namespace bitscale::kernel {
namespace {

/// Cycles by which every layer has ended: mappings that may take more than 2^50 are refused.
constexpr std::int64_t kPatience = std::int64_t{1} << 51U;

/// Swallows passes, so that nothing ever drains: the watchdog's test case.
class LosingExecutor : public PassExecutor {
 public:
  [[nodiscard]] Visits visits() const override { return Visits::in_time; }
  void execute(const Pass&, std::int64_t) override { sc_core::wait(sc_core::sc_event()); }
  void flush() override {}
  [[nodiscard]] const ExecutionRecord& record() const override { return record_; }

 private:
  ExecutionRecord record_;
};

std::unique_ptr<PassExecutor> make_executor(const Mapping& mapping, const Unit& unit,
                                            const Operands* operands,
                                            const SimulationOptions& options) {
  if (options.lose_results) return std::make_unique<LosingExecutor>();
  if (options.fidelity == Fidelity::tile)
    return std::make_unique<TileExecutor>(mapping, unit, operands, options.widths);
  if (operands == nullptr)
    throw MappingError(mapping.layer, "fidelity: pin moves real operands; none were made");
  return std::make_unique<PinArray>("array", mapping, unit, *operands, options.vcd_path,
                                    options.vcd_max_bytes);
}

/// Cycles from formulas and counts from the schedule, no SystemC: exact where memory is ideal,
/// refused elsewhere.
LayerSimulation from_closed_form(const Schedule& schedule) {
  const Mapping& mapping = schedule.mapping();
  if (!mapping.dram.ideal()) {
    throw MappingError(
        mapping.layer,
        "fidelity: closed_form needs ideal DRAM; waits for a channel have no closed form");
  }
  LayerSimulation result;
  result.cycles = closed_form(mapping);
  for (std::int64_t t = 0; t < schedule.tiles(); ++t) {
    const Tile tile = schedule.tile(t);
    result.traffic += tile_traffic(tile);
    for (std::int64_t p = 0; p < schedule.passes(tile); ++p)
      result.traffic += pass_traffic(mapping, schedule.pass(tile, p));
  }
  return result;
}

}  // namespace

std::string_view to_string(Fidelity fidelity) {
  switch (fidelity) {
    case Fidelity::tile:
      return "tile";
    case Fidelity::pin:
      return "pin";
    case Fidelity::closed_form:
      break;
  }
  return "closed_form";
}

LayerSimulation simulate_layer(const Mapping& mapping, const Unit& unit, const Operands* operands,
                               const SimulationOptions& options) {
  const Schedule schedule(mapping);
  if (options.fidelity == Fidelity::closed_form) return from_closed_form(schedule);
  const SimulationContext context;
  const std::unique_ptr<PassExecutor> array = make_executor(mapping, unit, operands, options);
  Dram dram("dram", mapping);
  std::optional<Timeline> timeline;
  if (options.timeline) timeline.emplace();
  Sequencer sequencer("sequencer", schedule, *array, dram, timeline ? &*timeline : nullptr);
  Watchdog watchdog(
      "watchdog", kPatience, sequencer.finish(), [&] { return sequencer.finished(); },
      [&] { return sequencer.state(); });
  sc_core::sc_start();
  if (!sequencer.finished()) {
    throw SimulationError(
        fmt::format("error: layer '{}': the simulation makes no progress\n{}", mapping.layer,
                    watchdog.report().empty() ? sequencer.state() : watchdog.report()));
  }
  LayerSimulation result;
  if (auto* tile = dynamic_cast<TileExecutor*>(array.get())) {
    tile->finish();
    result.partial_sums = tile->partial_sums();
    result.sum_bound = tile->sum_bound();
  }
  if (sequencer.account().total() != static_cast<std::uint64_t>(sequencer.end_cycle())) {
    throw SimulationError(
        fmt::format("error: layer '{}': causes sum to {} cycles, but the clock says {}",
                    mapping.layer, sequencer.account().total(), sequencer.end_cycle()));
  }
  const ExecutionRecord& record = array->record();
  result.cycles = sequencer.account();
  result.traffic = sequencer.traffic();
  result.dram_busy_cycles = dram.busy_cycles();
  result.overflow_events = record.overflow_events;
  result.macs_visited = record.macs;
  result.pin_active_macs = record.active_macs;
  result.timeline = std::move(timeline);
  result.sums = record.sums;
  return result;
}

}  // namespace bitscale::kernel
