#pragma once

#include <string>

#include "sim/report/result.hpp"

namespace bitscale {

/// One array layer with energies that are round in binary and decimal.
inline LayerResult conv_layer() {
  LayerResult layer;
  layer.name = "conv1";
  layer.kind = "conv";
  layer.macs = 1000;
  layer.cycles[Cause::compute] = 80;
  layer.cycles[Cause::wait_weights] = 20;
  layer.slots = {800, 200, 400, 200};
  layer.activation_bits = 8;
  layer.weight_bits = 4;
  layer.accumulator_bits = 32;
  layer.operands = {"real", "synthetic", "mixed", 0.5, 0.25, 375};
  layer.actions = {{"multiplier", Action::multiply, 8, 4, 0, 0, 1000},
                   {"weight_buffer", Action::sram_read, 0, 0, 65536, 64, 0}};
  layer.dram_bits_weights = 640;
  layer.mapping = "K 4 | C 16";
  layer.energy.actions = {
      {layer.actions[0], 0.125, 125, {CostLabel::interpolated, "between", false}},
      {layer.actions[1], 0, 0, {}}};
  layer.energy.components_pJ = {{"multiplier", 125}, {"weight_buffer", 0}};
  layer.energy.total_pJ = 125;
  layer.check = CheckResult{true, 0, ""};
  return layer;
}

/// A layer without MACs.
inline LayerResult pool_layer() {
  LayerResult layer;
  layer.name = "pool1";
  layer.kind = "max_pool";
  layer.cycles[Cause::vector] = 25;
  layer.energy.components_pJ = {{"vector", 25}};
  layer.energy.total_pJ = 25;
  return layer;
}

inline RunResult small_run(const std::string& machine = "stripes",
                           const std::string& workload = "lenet") {
  RunResult run;
  run.provenance.version = "0.1.0";
  run.provenance.command = "bitscale run";
  run.provenance.machine = machine;
  run.provenance.workload = workload;
  run.provenance.technology = "horowitz45";
  run.provenance.fidelity = "tile";
  run.provenance.config_sha256 = std::string(64, 'c');
  run.provenance.workload_sha256 = std::string(64, 'w');
  run.provenance.technology_sha256 = std::string(64, 't');
  run.provenance.seeds = {1, 2};
  run.provenance.recalled = {"weights of " + workload};
  run.provenance.assumed = {"a shared buffer"};
  run.provenance.costs = {"multiply 8x4 bit: interpolated (between)"};
  run.clock_Hz = 1e9;
  run.vdd_V = 0.9;
  run.positions = 16;
  run.layers = {conv_layer(), pool_layer()};
  run.area.components_um2 = {{"multiplier", 4000}};
  run.area.total_um2 = 4000;
  run.area.left_out = {"weight_buffer"};
  run.provenance.result_digest = std::string(64, 'd');
  return run;
}

/// A machine that needs twice the cycles and four times the energy.
inline RunResult slow_run(const std::string& machine = "dadiannao",
                          const std::string& workload = "lenet") {
  RunResult run = small_run(machine, workload);
  for (LayerResult& layer : run.layers) {
    for (std::uint64_t& cycles : layer.cycles.by_cause) cycles *= 2;
    for (ComponentShare& share : layer.energy.components_pJ) share.value *= 4;
    layer.energy.total_pJ *= 4;
  }
  return run;
}

inline ReproduceResult small_reproduction() {
  ReproduceCheck mean;
  mean.experiment = "stripes";
  mean.name = "geometric mean speed-up";
  mean.published = 2.24;
  mean.simulated = 2.2475;
  mean.unit = "x";
  mean.tolerance = 0.015;
  mean.verdict = Verdict::reproduced;
  mean.inputs = {"profiles: declared", "shapes: computed"};
  mean.source = "CAL 2015";
  mean.headline = true;
  ReproduceCheck lenet = mean;
  lenet.name = "lenet, \"ideal\"";
  lenet.published.reset();
  lenet.simulated = 16.0 / 3;
  lenet.verdict = Verdict::information;
  lenet.source = "";
  lenet.headline = false;
  return {"0.1.0", {mean, lenet}};
}

}  // namespace bitscale
