#include "sim/power/voltage.hpp"

#include <fmt/format.h>

namespace bitscale {

VoltagePolicy parse_voltage(config::Reader& reader) {
  VoltagePolicy policy;
  policy.kind = reader.doc("How the supply is chosen")
                    .choice<VoltagePolicy::Kind>("policy", {{"fixed", VoltagePolicy::Kind::fixed}},
                                                 VoltagePolicy::Kind::fixed);
  const bool given = reader.has("vdd");
  policy.where = reader.where("vdd");
  const double vdd_V = reader.doc("Supply of the datapath; absent: the technology's")
                           .quantity("vdd", config::Unit::volt, 0.1, 10, 0.0);
  if (given) policy.vdd_V = vdd_V;
  reader.finish();
  return policy;
}

double supply_V(const VoltagePolicy& policy, const Technology& technology) {
  if (!policy.vdd_V || *policy.vdd_V == technology.vdd_V) return technology.vdd_V;
  throw ConfigError({Diagnostic{
      policy.where, "voltage.vdd",
      fmt::format("expected {} V, the supply at which the costs of technology '{}' hold, got {} V; "
                  "a table of costs does not scale with voltage",
                  technology.vdd_V, technology.name, *policy.vdd_V)}});
}

}  // namespace bitscale
