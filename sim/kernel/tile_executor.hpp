#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/kernel/pass_executor.hpp"

namespace bitscale::kernel {

/// The array at tile fidelity: the values of a pass, where asked for, are one call of the unit's
/// span kernel. Sums are kept with filters fastest, which is the layout the kernels vectorise over.
class TileExecutor : public PassExecutor {
 public:
  /// Without operands there is nothing to do. With `widths` the range of partial sums is noted, on
  /// accumulators that hold everything, beside the sums of the finite ones. `operands` and `unit`
  /// outlive the executor.
  TileExecutor(const Mapping& mapping, const Unit& unit, const Operands* operands,
               bool widths = false);

  [[nodiscard]] Visits visits() const override {
    return operands_ == nullptr ? Visits::none : Visits::untimed;
  }
  void execute(const Pass& pass, std::int64_t duration) override;
  void flush() override {}
  [[nodiscard]] const ExecutionRecord& record() const override { return record_; }
  /// Moves the sums into record().sums in tensor order; call once, after the simulation.
  void finish();
  [[nodiscard]] const std::optional<SumRange>& partial_sums() const { return range_; }
  [[nodiscard]] std::int64_t sum_bound() const { return max_sum_; }

 private:
  /// Reduction coordinates of a pass in schedule order; idle positions of an edge are rows of
  /// zeros.
  struct Reduction {
    std::int64_t c = -1, r = 0, s = 0;
  };

  void list_reduction(const Ranges& ranges, std::int64_t segment);
  void pack_weights(const Ranges& ranges, std::int64_t segment, std::int64_t first_filter,
                    std::int64_t filters);
  void compute_segment(const Ranges& ranges, std::int64_t segment);
  void pack_activations(std::int64_t n, std::int64_t group, std::int64_t first_pixel,
                        std::int64_t pixels);
  void accumulate_run(std::int64_t segment, std::int64_t n, std::int64_t group,
                      std::int64_t first_filter, std::int64_t filters, std::int64_t first_pixel,
                      std::int64_t pixels);

  const Mapping& mapping_;
  const Unit& unit_;
  const Operands* operands_;
  ExecutionRecord record_;
  std::vector<std::int64_t> sums_;       ///< [sum of an output][n][P][Q][filter]
  std::vector<std::int64_t> unbounded_;  ///< the same on accumulators that hold everything
  std::optional<SumRange> range_;
  std::vector<Reduction> reduction_;
  std::int64_t steps_ = 0, lanes_ = 0;
  Ranges packed_weights_for_;
  std::int64_t packed_segment_ = 0;
  bool weights_packed_ = false;
  std::vector<std::int16_t> weights_, activations_;
  bool exact_ = false;
  std::int64_t max_sum_ = 0;
};

/// Largest magnitude that any partial sum of the layer can reach in any order, also of a serial
/// operand's low bits: the largest activation times the largest sum of weight magnitudes of a
/// filter, negative two's-complement operands counted at full scale.
[[nodiscard]] std::int64_t partial_sum_bound(const LayerShape& shape, const Operands& operands,
                                             std::int16_t pad_value);

}  // namespace bitscale::kernel
