#include "arch/common/signed_sum_netlist.hpp"

namespace bitscale {

netlist::Bits signed_word(netlist::Builder& b, const netlist::Bits& bus,
                          netlist::NodeId is_signed) {
  netlist::Bits word = bus;
  word.push_back(b.and_gate(bus.back(), is_signed));
  return word;
}

OpenSum add_or_subtract(netlist::Builder& b, std::vector<netlist::Bits> words,
                        const netlist::Bits& negatives) {
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = xor_all(b, words[i], negatives[i]);
  // n words take n - 1 adders, so that n - 1 ones find a carry input.
  std::size_t next = 0;
  while (words.size() > 1) {
    const std::size_t width = words.front().size() + 1;
    std::vector<netlist::Bits> sums;
    for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
      sums.push_back(add(b, netlist::AdderKind::ripple, resize(b, words[i], width, true),
                         resize(b, words[i + 1], width, true), negatives[next++])
                         .bits);
    }
    if (words.size() % 2 == 1) sums.push_back(resize(b, words.back(), width, true));
    words = std::move(sums);
  }
  return {words.front(), negatives.back()};
}

}  // namespace bitscale
