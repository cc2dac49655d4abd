#include "arch/bit_fusion/bit_fusion_module.hpp"

#include <fmt/format.h>

namespace bitscale {

BitBrickModule::BitBrickModule(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
  SC_METHOD(multiply);
  sensitive << activation << weight;
}

void BitBrickModule::multiply() {
  product.write(BitBrick::multiply(activation.read(), weight.read()));
}

FusionUnitModule::FusionUnitModule(const sc_core::sc_module_name& name, const FusionMode& mode)
    : sc_core::sc_module(name),
      activation("activation", static_cast<std::size_t>(mode.products())),
      weight("weight", static_cast<std::size_t>(mode.products())),
      valid("valid", static_cast<std::size_t>(mode.products())),
      mode_(mode),
      activation_digits_("activation_digit", kBricks),
      weight_digits_("weight_digit", kBricks),
      products_("product", kBricks),
      bricks_("bit_brick", kBricks) {
  for (std::size_t brick = 0; brick < kBricks; ++brick) {
    bricks_[brick].activation(activation_digits_[brick]);
    bricks_[brick].weight(weight_digits_[brick]);
    bricks_[brick].product(products_[brick]);
  }
  SC_METHOD(distribute);
  for (std::size_t product = 0; product < valid.size(); ++product) {
    sensitive << activation[product] << weight[product] << valid[product];
  }
  SC_METHOD(add);
  for (std::size_t brick = 0; brick < kBricks; ++brick) sensitive << products_[brick];
}

void FusionUnitModule::distribute() {
  for (std::size_t brick = 0; brick < kBricks; ++brick) {
    const int row = static_cast<int>(brick / kBrickRows);
    const int column = static_cast<int>(brick % kBrickRows);
    const int product = mode_.product_at(row, column);
    const auto pin = static_cast<std::size_t>(product);
    const bool works = valid[pin].read();
    const std::int32_t x = works ? activation[pin].read() : 0;
    const std::int32_t y = works ? weight[pin].read() : 0;
    activation_digits_[brick].write(mode_.activation.digit(x, row - mode_.first_row(product)));
    weight_digits_[brick].write(mode_.weight.digit(y, column - mode_.first_column(product)));
  }
}

void FusionUnitModule::add() {
  Bricks products{};
  for (std::size_t brick = 0; brick < kBricks; ++brick) products[brick] = products_[brick].read();
  sum.write(shift_add(mode_, products));
}

void FusionUnitModule::trace(sc_core::sc_trace_file* file) const {
  for (std::size_t brick = 0; brick < kBricks; ++brick) {
    const auto add = [&](const auto& traced, const char* label) {
      sc_core::sc_trace(file, traced, fmt::format("{}.{}", bricks_[brick].name(), label));
    };
    add(activation_digits_[brick], "activation");
    add(weight_digits_[brick], "weight");
    add(products_[brick], "product");
  }
}

BitFusionMac::BitFusionMac(const sc_core::sc_module_name& name, std::size_t lanes, Guard guard,
                           const FusionMode& mode, const AccumulatorConfig& accumulator)
    : ClockedUnit(name, lanes * static_cast<std::size_t>(mode.products()), mode.cycles(), 1,
                  accumulator),
      guard_(guard),
      mode_(mode),
      sums_("fusion_sum", lanes) {
  const auto products = static_cast<std::size_t>(mode.products());
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    FusionUnitModule& unit =
        fusion_units_.emplace_back(fmt::format("fusion_unit_{}", lane).c_str(), mode);
    for (std::size_t product = 0; product < products; ++product) {
      const std::size_t position = lane * products + product;
      unit.activation[product](activation_in[position]);
      unit.weight[product](weight_in[position]);
      unit.valid[product](lane_valid[position]);
    }
    unit.sum(sums_[lane]);
  }
  SC_METHOD(pass_on);
  for (std::size_t lane = 0; lane < lanes; ++lane) sensitive << sums_[lane];
}

std::int64_t BitFusionMac::addend(int cycle, std::size_t /*segment*/) const {
  std::int64_t sum = 0;
  for (std::size_t lane = 0; lane < sums_.size(); ++lane) sum += sums_[lane].read();
  return sum * (std::int64_t{1} << mode_.shift(cycle));
}

bool BitFusionMac::lane_works(std::size_t /*position*/) const {
  return guard_ != Guard::lane_group || !hold.read();
}

void BitFusionMac::trace(sc_core::sc_trace_file* file) const {
  ClockedUnit::trace(file);
  for (std::size_t lane = 0; lane < fusion_units_.size(); ++lane) {
    sc_core::sc_trace(file, sums_[lane], fmt::format("{}.sum", fusion_units_[lane].name()));
    fusion_units_[lane].trace(file);
  }
}

std::unique_ptr<PinUnit> BitFusionUnit::make_pin_unit(const std::string& name, std::int64_t lanes,
                                                      const OperandTypes& types) const {
  return std::make_unique<BitFusionMac>(name.c_str(), static_cast<std::size_t>(lanes),
                                        config_.guard, fusion_mode(types), types.accumulator);
}

}  // namespace bitscale
