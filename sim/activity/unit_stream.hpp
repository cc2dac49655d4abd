#pragma once

#include <cstdint>
#include <vector>

#include "sim/activity/operand_reader.hpp"
#include "sim/activity/unit_gates.hpp"

namespace bitscale {

/// How the bits of one operand move, over the steps looked at.
struct OperandActivity {
  std::uint64_t bus_toggles = 0;   ///< of the wires to the unit, before what its guard holds
  std::uint64_t used_bits = 0;     ///< stored bits of all products, step by step
  std::uint64_t fetched_bits = 0;  ///< of these, those neither stationary nor skipped as zeros
  OperandActivity& operator+=(const OperandActivity& other);
  bool operator==(const OperandActivity&) const = default;
};

/// What a lane of the evaluator runs through: columns of input bus values, one per cycle. The last
/// of those before the window settles the gates and counts nothing; where the unit has registers of
/// its own a whole step comes before the window, to know what they hold.
struct Window {
  std::vector<std::uint64_t> columns;  ///< [column][word], as UnitGates packs them
  std::size_t settling = 1;            ///< columns before the window
  std::size_t transitions = 0;         ///< columns after those
};

/// Shared by all walks of a layer.
struct StreamSetup {
  StreamSetup(const Mapping& mapping, const Unit& unit, const Operands& operands,
              const UnitGates& gates);

  const Mapping& mapping;
  const UnitGates& gates;
  OperandReader reader;
  Guard guard = Guard::none;
  bool skip_activations = false, skip_weights = false;  ///< zeros are not read from the buffer
  /// Offsets of the units of a chain from its head, in order; empty where sums stay in the unit.
  std::vector<PerDim<std::int64_t>> chain;
  /// Whether what a chain hands on is a sum over channels, made in one cycle.
  bool chain_of_channels = false;
  std::vector<int> alignment;  ///< bits by which a segment's register holds its sum shifted up
  bool sums_fit = true;        ///< no partial sum can leave a register
  /// Columns that settle the gates: one, or a whole step where the unit has registers of its own.
  std::size_t settle_columns = 1;
};

/// Follows one unit cycle by cycle and notes what its inputs and accumulators carry. Guarded steps
/// leave everything as it is and make no columns.
class UnitStream {
 public:
  /// The unit stands at reset before the first step of `walk`, wherever in the schedule that is.
  UnitStream(const StreamSetup& setup, const UnitWalk& walk);

  /// Goes back as far as needed for what the unit held before the walk's step, and comes forward
  /// again.
  void warm_up();

  /// The next `steps` steps of the unit, or what is left of them, into `window`; adds to the
  /// tallies of both operands. False where the unit has no step left afterwards.
  bool read(std::int64_t steps, Window& window, OperandActivity& activations,
            OperandActivity& weights);

 private:
  bool run_step();
  void follow_wires();
  void enter_sums();
  void enter_chain(std::int64_t cycle);
  [[nodiscard]] std::int64_t summed_in_order(std::int64_t segment) const;
  [[nodiscard]] bool holds();
  void tally_toggles(const Window& window, OperandActivity& activations,
                     OperandActivity& weights) const;
  [[nodiscard]] bool changed(std::initializer_list<Dim> dims) const;

  const StreamSetup& setup_;
  UnitWalk walk_;
  bool at_end_ = false, moved_ = false;
  UnitOperands operands_, upstream_;
  std::vector<std::int64_t> buses_;          ///< as they stand
  std::vector<std::int64_t> sums_;           ///< of each segment, as its register holds it
  std::vector<std::uint64_t> step_columns_;  ///< of the last step that was not held
  PerDim<std::int64_t> before_;              ///< coordinates of the step before
  std::uint64_t used_positions_ = 0;         ///< of it, guarded ones included
  bool skips_activations_ = false, skips_weights_ = false;  ///< in it: all zeros, not read
  // Of a unit with a guard: what the wires to it carry, whether it looks or not.
  std::vector<std::int64_t> wires_;
  std::vector<std::uint64_t> wire_column_, wires_before_;
  std::uint64_t activation_wire_toggles_ = 0, weight_wire_toggles_ = 0;
};

}  // namespace bitscale
