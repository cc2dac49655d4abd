#include "sim/power/machine_power.hpp"

namespace bitscale {

MachinePower parse_machine_power(config::Reader& reader) {
  using config::Reader;
  using config::Unit;
  MachinePower power;
  reader.doc("Leakage of the chip; absent: none is counted");
  reader.optional_section("leakage", [&](Reader& leakage) {
    power.has_leakage = true;
    power.leakage_W = leakage.doc("At the nominal supply, without body bias")
                          .quantity("power", Unit::watt, 0, 1e4);
    power.control_leakage_share =
        leakage.doc("Share in the control domain").number("control_share", 0, 1, 0.0);
    power.memory_leakage_share =
        leakage.doc("Share in the memory domain").number("memory_share", 0, 1, 0.0);
    if (power.datapath_leakage_share() < 0) {
      leakage.problem("memory_share",
                      "expected shares of control and memory that sum to at most 1");
    }
    power.leakage_source = leakage.section("source", parse_source);
    leakage.finish();
    return 0;
  });
  reader.doc("Control of the array; absent: it costs nothing");
  reader.optional_section("control", [&](Reader& control) {
    power.has_control = true;
    power.control_pJ = 1e12 * control.doc("Per array cycle, stalled ones included")
                                  .quantity("energy", Unit::joule, 0, 1e-3);
    power.control_V =
        control.doc("Supply at which that holds; absent: that of the technology's costs")
            .quantity("at", Unit::volt, 0.1, 10, 0.0);
    power.control_source = control.section("source", parse_source);
    control.finish();
    return 0;
  });
  reader.doc("Root of the clock tree, not gated while the array waits; absent: gated as a whole");
  reader.optional_section("clock_root", [&](Reader& clock) {
    power.has_clock_root = true;
    power.clock_root_share =
        clock.doc("Its share of the registers' clock energy").number("share", 0, 1);
    power.clock_source = clock.section("source", parse_source);
    clock.finish();
    return 0;
  });
  reader.finish();
  return power;
}

}  // namespace bitscale
