#include "sim/power/structure.hpp"

#include "sim/core/rounding.hpp"

namespace bitscale {
namespace {

using config::Reader;
using config::Unit;

constexpr double kMinPinJ = 1e-21, kMaxPinJ = 1e-12;
constexpr double kMaxUnits = 1e6;

Cost parse_pin(Reader& reader) {
  Cost pin;
  pin.value = round_significant(reader.doc("Energy of charging one NAND input pin")
                                    .quantity("energy", Unit::joule, kMinPinJ, kMaxPinJ) *
                                1e12);
  pin.source = reader.section("source", parse_source);
  reader.finish();
  return pin;
}

Cost parse_glitches(Reader& reader) {
  Cost gain;
  gain.value =
      reader.doc("0: none count, 1: all that unit gate delays predict").number("gain", 0, 1);
  gain.source = reader.section("source", parse_source);
  reader.finish();
  return gain;
}

Cost parse_broadcast(Reader& reader) {
  Cost wire;
  wire.value =
      reader.doc("Pins' worth of the wire of one bit").number("units_per_bit", 0, kMaxUnits);
  wire.source = reader.section("source", parse_source);
  reader.finish();
  return wire;
}

}  // namespace

StructureCosts parse_structure(Reader& reader) {
  StructureCosts costs;
  costs.pin_pJ = reader.doc("Capacitance").section("pin", parse_pin);
  costs.glitch_gain =
      reader.doc("Toggles between settled states").section("glitches", parse_glitches);
  reader.doc("Registers, beside the nets they drive");
  reader.section("flip_flop", [&](Reader& section) {
    costs.flip_flop_clock_units.value =
        section.doc("Pins' worth of a clock edge").number("clock_units", 0, kMaxUnits);
    costs.flip_flop_toggle_units.value =
        section.doc("Pins' worth of a change").number("toggle_units", 0, kMaxUnits);
    costs.flip_flop_clock_units.source = section.section("source", parse_source);
    costs.flip_flop_toggle_units.source = costs.flip_flop_clock_units.source;
    section.finish();
    return 0;
  });
  costs.broadcast_units_per_bit =
      reader.doc("Wires that carry operands from the buffers to the units")
          .section("broadcast", parse_broadcast);
  reader.finish();
  return costs;
}

}  // namespace bitscale
