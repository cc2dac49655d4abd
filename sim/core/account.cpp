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
  }
  return "?";
}

}  // namespace bitscale
