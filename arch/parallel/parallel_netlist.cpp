#include <fmt/format.h>

#include "arch/common/accumulator_netlist.hpp"
#include "arch/common/drawing.hpp"
#include "arch/parallel/parallel.hpp"
#include "arch/unit_netlist.hpp"
#include "sim/netlist/signs.hpp"

namespace bitscale {
namespace {

using netlist::Bits;
using netlist::Builder;
using netlist::NodeId;
using netlist::SignedWhen;

struct Drawing {
  Builder& b;
  const ParallelConfig& config;
  std::vector<SignedWhen> activations, weights;  ///< per lane
  Bits enables;                                  ///< per lane, where guards mask products
};

std::string activation_bus(std::int64_t lane) { return fmt::format("activation{}", lane); }
std::string weight_bus(std::int64_t lane) { return fmt::format("weight{}", lane); }

void draw_inputs(Drawing& d, std::int64_t lanes) {
  const ParallelConfig& config = d.config;
  for (std::int64_t lane = 0; lane < lanes; ++lane) {
    d.activations.push_back({d.b.input(activation_bus(lane), config.activation_bits), {}});
    d.weights.push_back({d.b.input(weight_bus(lane), config.weight_bits), {}});
  }
  // A lone multiplier's guard stops the accumulator's clock instead.
  if (config.guard != Guard::none && lanes > 1) {
    for (std::int64_t lane = 0; lane < lanes; ++lane) {
      d.enables.push_back(d.b.input(fmt::format("enable{}", lane), 1)[0]);
    }
  }
  const NodeId activation_signed = sign_input(d.b, "activation_signed", config.activation_bits);
  const NodeId weight_signed = sign_input(d.b, "weight_signed", config.weight_bits);
  for (SignedWhen& word : d.activations) word.is_signed = activation_signed;
  for (SignedWhen& word : d.weights) word.is_signed = weight_signed;
}

/// Products, their tree, and the accumulator's adder after it.
void draw_separate(Drawing& d, const AccumulatorConfig& accumulator) {
  const ParallelDrawing& drawing = d.config.drawing;
  std::vector<Bits> products;
  for (std::size_t lane = 0; lane < d.activations.size(); ++lane) {
    Bits product =
        multiply(d.b, d.activations[lane], d.weights[lane], drawing.reduction, drawing.adder);
    if (!d.enables.empty()) product = and_all(d.b, product, d.enables[lane]);
    products.push_back(std::move(product));
  }
  const Bits sum = adder_tree(d.b, drawing.adder, std::move(products), true);
  draw_accumulator(d.b, "accumulator0", sum, accumulator, drawing.accumulator_adder);
}

/// One reduction for partial products and register.
void draw_fused(Drawing& d, const AccumulatorConfig& accumulator) {
  const ParallelDrawing& drawing = d.config.drawing;
  const auto width = static_cast<std::size_t>(accumulator.bits);
  const Bits state = d.b.flip_flops("accumulator0", accumulator.bits);
  std::vector<netlist::Row> rows =
      product_rows(d.b, d.activations[0], d.weights[0], width, drawing.reduction);
  rows.push_back(state);
  d.b.connect(state, sum_rows(d.b, rows, width, drawing.reduction, drawing.accumulator_adder));
  d.b.output("accumulator0", state, true);
}

/// What the control inputs do in a mode.
struct Controls {
  std::int64_t lanes = 1;
  int activation_shift = 0, weight_shift = 0;
  bool guarded = false;
  bool has_enables = false;
  std::vector<std::int64_t> sign_values;  ///< of the sign inputs that there are
};

void drive(const Controls& controls, const StepOperands& step, std::span<std::int64_t> buses) {
  const auto lanes = static_cast<std::size_t>(controls.lanes);
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    const bool works = step.valid[lane] != 0;
    if (controls.has_enables) buses[2 * lanes + lane] = works ? 1 : 0;
    if (controls.guarded && !works) continue;  // the operand registers hold
    buses[2 * lane] = std::int64_t{step.activations[lane]} << controls.activation_shift;
    buses[2 * lane + 1] = std::int64_t{step.weights[lane]} << controls.weight_shift;
  }
  std::size_t bus = controls.has_enables ? 3 * lanes : 2 * lanes;
  for (const std::int64_t value : controls.sign_values) buses[bus++] = value;
}

}  // namespace

UnitNetlist ParallelUnit::make_netlist(std::int64_t lanes, const OperandTypes& types) const {
  Builder b(fmt::format("parallel_{}x{}_{}", config_.activation_bits, config_.weight_bits, lanes));
  if (config_.drawing.fused && lanes > 1) {
    throw netlist::NetlistError(
        b.name(), fmt::format("accumulate: fused takes units of one lane, this one has {}", lanes));
  }
  Drawing d{b, config_, {}, {}, {}};
  draw_inputs(d, lanes);
  const AccumulatorConfig accumulator{register_bits(types), types.accumulator.overflow};
  if (config_.drawing.fused) {
    draw_fused(d, accumulator);
  } else {
    draw_separate(d, accumulator);
  }

  UnitNetlist unit;
  unit.netlist = b.build();
  Controls controls{lanes,
                    gated_activation_bits(types),
                    gated_weight_bits(types),
                    config_.guard != Guard::none,
                    !d.enables.empty(),
                    {}};
  const auto set_sign = [&](const char* bus, const TensorType& type, int input_bits) {
    if (input_bits >= kSignedOnlyBits) return;
    controls.sign_values.push_back(is_signed(type) ? 1 : 0);
    append(unit.ties, tie_bus(unit.netlist, bus, controls.sign_values.back()));
  };
  set_sign("activation_signed", types.activation, config_.activation_bits);
  set_sign("weight_signed", types.weight, config_.weight_bits);
  for (std::int64_t lane = 0; lane < lanes; ++lane) {
    append(unit.ties, tie_low(unit.netlist, activation_bus(lane), controls.activation_shift));
    append(unit.ties, tie_low(unit.netlist, weight_bus(lane), controls.weight_shift));
  }
  unit.drive = [controls](const StepOperands& step, std::int64_t /*cycle*/,
                          std::span<std::int64_t> buses) {
    bitscale::drive(controls, step, buses);
  };
  unit.addend = [controls](const StepOperands& step, std::int64_t /*cycle*/,
                           std::int64_t /*segment*/) {
    std::int64_t sum = 0;
    for (std::size_t lane = 0; lane < step.activations.size(); ++lane) {
      if (step.valid[lane] != 0) sum += std::int64_t{step.activations[lane]} * step.weights[lane];
    }
    return sum * (std::int64_t{1} << (controls.activation_shift + controls.weight_shift));
  };
  return unit;
}

}  // namespace bitscale
