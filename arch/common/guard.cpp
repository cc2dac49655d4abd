#include "arch/common/guard.hpp"

#include <utility>
#include <vector>

namespace bitscale {

std::string_view to_string(Guard guard) {
  switch (guard) {
    case Guard::none:
      return "none";
    case Guard::activation:
      return "activation";
    case Guard::weight:
      return "weight";
    case Guard::product:
      return "product";
    case Guard::lane_group:
      return "lane_group";
  }
  return "";
}

Guard parse_guard(config::Reader& reader, std::span<const Guard> known) {
  std::vector<std::pair<std::string_view, Guard>> names;
  for (const Guard guard : known) names.emplace_back(to_string(guard), guard);
  return reader.doc("Which zero operands hold the unit still instead of being computed")
      .choice<Guard>("guard", names, Guard::none);
}

}  // namespace bitscale
