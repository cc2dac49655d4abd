#include "sim/core/account.hpp"

namespace bitscale {

std::string_view to_string(Action action) {
  switch (action) {
    case Action::multiply:
      return "multiply";
    case Action::add:
      return "add";
    case Action::sram_read:
      return "sram_read";
    case Action::sram_write:
      return "sram_write";
    case Action::dram_read:
      return "dram_read";
    case Action::dram_write:
      return "dram_write";
    case Action::switch_zero_delay:
      return "switch_zero_delay";
    case Action::switch_glitch:
      return "switch_glitch";
    case Action::flip_flop_clock:
      return "flip_flop_clock";
    case Action::flip_flop_toggle:
      return "flip_flop_toggle";
    case Action::array_transfer:
      return "array_transfer";
    case Action::wire_toggle:
      return "wire_toggle";
  }
  return "?";
}

}  // namespace bitscale
