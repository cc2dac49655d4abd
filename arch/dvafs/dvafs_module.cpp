#include "arch/dvafs/dvafs_module.hpp"

#include <fmt/format.h>

namespace bitscale {

DvafsMultiplier::DvafsMultiplier(const sc_core::sc_module_name& name, std::size_t lanes,
                                 Guard guard, const DvafsSetting& setting,
                                 const AccumulatorConfig& segment)
    : ClockedUnit(name, lanes * static_cast<std::size_t>(setting.cut.count()), 1,
                  static_cast<std::size_t>(setting.segments), segment),
      guard_(guard),
      setting_(setting),
      activation_word_("activation_word", lanes),
      weight_word_("weight_word", lanes),
      product_("product", lanes) {
  SC_METHOD(show);
  for (std::size_t position = 0; position < positions(); ++position) {
    sensitive << activation_in[position] << weight_in[position] << lane_valid[position];
  }
}

DvafsMultiplier::Words DvafsMultiplier::pack(std::size_t lane) const {
  Words words;
  for (int subword = 0; subword < setting_.cut.count(); ++subword) {
    const std::size_t position =
        lane * static_cast<std::size_t>(setting_.cut.count()) + static_cast<std::size_t>(subword);
    if (!lane_valid[position].read()) continue;
    words.activation |= setting_.activation_at(activation_in[position].read(), subword);
    words.weight |= setting_.weight_at(weight_in[position].read(), subword);
  }
  return words;
}

std::int64_t DvafsMultiplier::addend(int /*cycle*/, std::size_t segment) const {
  std::int64_t sum = 0;
  for (std::size_t lane = 0; lane < product_.size(); ++lane) {
    const Words words = pack(lane);
    sum += product_of(setting_.cut, packed_product(setting_.cut, words.activation, words.weight),
                      static_cast<int>(segment));
  }
  return sum >> setting_.shift;  // in units of the operands' product: the low bits are 0
}

bool DvafsMultiplier::lane_works(std::size_t /*position*/) const {
  return guard_ != Guard::lane_group || !hold.read();
}

void DvafsMultiplier::show() {
  for (std::size_t lane = 0; lane < product_.size(); ++lane) {
    const Words words = pack(lane);
    activation_word_[lane].write(words.activation);
    weight_word_[lane].write(words.weight);
    product_[lane].write(packed_product(setting_.cut, words.activation, words.weight));
  }
}

void DvafsMultiplier::trace(sc_core::sc_trace_file* file) const {
  ClockedUnit::trace(file);
  for (std::size_t lane = 0; lane < product_.size(); ++lane) {
    const auto add = [&](const auto& traced, const char* label) {
      sc_core::sc_trace(file, traced, fmt::format("{}.{}_{}", name(), label, lane));
    };
    add(activation_word_[lane], "activation_word");
    add(weight_word_[lane], "weight_word");
    add(product_[lane], "product");
  }
}

std::unique_ptr<PinUnit> DvafsUnit::make_pin_unit(const std::string& name, std::int64_t lanes,
                                                  const OperandTypes& types) const {
  return std::make_unique<DvafsMultiplier>(
      name.c_str(), static_cast<std::size_t>(lanes), config_.guard, setting(types),
      AccumulatorConfig{mode(types).accumulator_bits, types.accumulator.overflow});
}

}  // namespace bitscale
