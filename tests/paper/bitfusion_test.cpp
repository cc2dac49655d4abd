#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "sim/pipeline/runner.hpp"
#include "sim/reproduce/reproductions.hpp"

namespace bitscale {
namespace {

const std::vector<ReproduceCheck>& checks() {
  static const std::vector<ReproduceCheck> all = reproduce::reproduce_bitfusion({});
  return all;
}

const ReproduceCheck& check_named(const std::string& name) {
  const auto found = std::ranges::find(checks(), name, &ReproduceCheck::name);
  if (found == checks().end()) throw std::invalid_argument("no check: " + name);
  return *found;
}

const std::vector<std::string> kNetworks = {"AlexNet",   "CIFAR10", "LSTM", "LeNet-5",
                                            "ResNet-18", "RNN",     "SVHN", "VGG-7"};

TEST(BitFusionPaper, SpeedUpOverStripesIsReproduced) {
  const ReproduceCheck& check = check_named("over Stripes, speed-up, geometric mean of 8 networks");
  EXPECT_EQ(check.published, 2.6);
  EXPECT_EQ(check.verdict, Verdict::reproduced) << check.simulated;
}

// 4096 one-bit multipliers against 512 x 16 bricks at the paper's precisions, every one of them
// busy: what the array sizes alone give. First layers run at 8 bits, which costs a little of it.
TEST(BitFusionPaper, UnitsAloneGiveTheirPeakRatioOverStripes) {
  const auto peak = [](const std::string& network) {
    return check_named("over Stripes, " + network + ", speed-up, cause: units, clock and precision")
        .simulated;
  };
  EXPECT_DOUBLE_EQ(peak("LSTM"), 2);     // 4 x 4 bits: 4 products against a step of 4 cycles
  EXPECT_DOUBLE_EQ(peak("LeNet-5"), 4);  // 2 x 2 bits: 16 products against 2 cycles
  EXPECT_DOUBLE_EQ(peak("VGG-7"), 4);
  EXPECT_LT(peak("AlexNet"), 2);
}

TEST(BitFusionPaper, CausesMultiplyToTheSpeedUp) {
  for (const std::string over : {"over Eyeriss, ", "over Stripes, "}) {
    for (const std::string& network : kNetworks) {
      const std::string name = over + network + ", speed-up";
      double product = 1;
      for (const char* cause :
           {"units, clock and precision", "mapping and idle positions", "waits for DRAM"})
        product *= check_named(name + ", cause: " + cause).simulated;
      EXPECT_NEAR(product / check_named(name).simulated, 1, 1e-12) << name;
    }
  }
}

TEST(BitFusionPaper, MeansAreThoseOfTheNetworks) {
  for (const std::string over : {"over Eyeriss, ", "over Stripes, "}) {
    for (const std::string quantity : {"speed-up", "energy"}) {
      std::vector<double> ratios;
      ratios.reserve(kNetworks.size());
      for (const std::string& network : kNetworks)
        ratios.push_back(check_named(fmt::format("{}{}, {}", over, network, quantity)).simulated);
      const std::string name = over + quantity + ", geometric mean of 8 networks";
      EXPECT_NEAR(check_named(name).simulated / geometric_mean(ratios), 1, 1e-12) << name;
    }
  }
}

TEST(BitFusionPaper, EyerissRunsAlexNetAboutAsFastAsTheChip) {
  EXPECT_EQ(check_named("baseline: Eyeriss at 200 MHz, AlexNet convolutions, batch 4").verdict,
            Verdict::reproduced);
}

TEST(BitFusionPaper, TemporalUnitsTakeTheAreaAndPowerThatArePublished) {
  EXPECT_EQ(check_named("temporal design over Fusion Unit, area").verdict, Verdict::reproduced);
  EXPECT_EQ(
      check_named("temporal design over Fusion Unit, power, geometric mean of three modes").verdict,
      Verdict::reproduced);
}

TEST(BitFusionPaper, EveryDeviationIsTakenApart) {
  std::set<double> published;
  for (const ReproduceCheck& check : checks()) {
    EXPECT_FALSE(check.inputs.empty()) << check.name;
    EXPECT_EQ(check.verdict == Verdict::deviates, !check.note.empty()) << check.name;
    if (check.published) published.insert(*check.published);
  }
  EXPECT_EQ(published, (std::set<double>{2.6, 3.2, 3.5, 3.9, 5.1, 34.7}));
}

TEST(Eyeriss, ReadsThreeWordsOfItsRegisterFilesPerProductAndWritesOne) {
  ExperimentRequest request;
  request.machine = "eyeriss";
  request.workload = "tiny";
  request.operands = "off";
  const RunResult run = run_experiment(load_experiment(request), {});
  for (const LayerResult& layer : run.layers) {
    if (layer.macs == 0) continue;
    std::uint64_t reads = 0;
    std::uint64_t writes = 0;
    std::uint64_t moved = 0;    // over the array's network
    std::uint64_t buffers = 0;  // read for the array, or written by it
    for (const ActionCount& action : layer.actions) {
      if (action.component == "register_file")
        (action.action == Action::sram_read ? reads : writes) += action.count;
      if (action.action == Action::array_transfer) moved += action.count;
      if (action.action == Action::sram_read &&
          (action.component == "activation_buffer" || action.component == "weight_buffer"))
        buffers += action.count;
      if (action.action == Action::sram_write && action.component == "output_buffer")
        buffers += action.count;
    }
    EXPECT_EQ(reads, 3 * 16 * layer.macs) << layer.name;
    EXPECT_EQ(writes, 16 * layer.macs) << layer.name;
    EXPECT_EQ(moved, buffers) << layer.name;
  }
}

}  // namespace
}  // namespace bitscale
