// Machines made equal in what their arrays have.
#include "sim/study/iso.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/core/errors.hpp"
#include "sim/study/compare_plan.hpp"

namespace bitscale::study {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::ThrowsMessage;

ExperimentRequest request(const std::string& machine, const std::string& workload = "lenet") {
  ExperimentRequest result;
  result.machine = machine;
  result.workload = workload;
  result.operands = "off";
  return result;
}

IsoRequest iso(Held held, std::optional<OperandBits> bits = {}) { return {held, {}, bits}; }

ComparePlan plan(const std::vector<std::string>& workloads = {"lenet"}) {
  ComparePlan result;
  result.machines = {"dadiannao", "bit_fusion"};
  result.workloads = workloads;
  result.common.operands = "off";
  return result;
}

TEST(ParseIso, ReadsAQuantityWithItsValue) {
  EXPECT_EQ(parse_iso("area").held, Held::area);
  EXPECT_FALSE(parse_iso("area").value);
  EXPECT_EQ(parse_iso("area=1.5mm2").value, 1.5e6);
  EXPECT_EQ(parse_iso("power=200mW").value, 200);
  EXPECT_EQ(parse_iso("throughput=1.2TMAC/s").value, 1.2e12);
  EXPECT_EQ(parse_iso("macs=4096").value, 4096);
}

TEST(ParseIso, RefusesValuesWithoutTheirUnit) {
  for (const char* text : {"area=1.5", "area=", "area=-1mm2", "power=0W", "throughput=1G", "macs=x",
                           "macs=1.5", "size", "", "=4"})
    EXPECT_THROW((void)parse_iso(text), UsageError) << text;
}

TEST(Quantity, PeakThroughputFollowsTheOperands) {
  const Experiment fusion = load_experiment(request("bit_fusion"));
  const double at_8 = quantity({&fusion}, iso(Held::throughput, OperandBits{8, 8}));
  EXPECT_EQ(at_8, 512 * 500e6);
  EXPECT_EQ(quantity({&fusion}, iso(Held::throughput, OperandBits{2, 2})), 16 * at_8);
  EXPECT_EQ(quantity({&fusion}, iso(Held::throughput, OperandBits{16, 16})), at_8 / 4);
}

TEST(Quantity, PeakThroughputOfLayersIsTheirTimeOnAFullArray) {
  // Of serial units a layer takes as long as its activations are wide.
  ExperimentRequest serial = request("stripes", "alexnet");
  serial.profile = "stripes_100";
  const Experiment experiment = load_experiment(serial);
  double macs = 0;
  double cycles = 0;
  for (const Layer& layer : experiment.workload.layers) {
    if (!is_array_layer(layer.kind)) continue;
    macs += static_cast<double>(layer.shape.macs());
    cycles += static_cast<double>(layer.shape.macs()) * layer.activation.bits / 65536;
  }
  EXPECT_NEAR(quantity({&experiment}, iso(Held::throughput)) / (macs / cycles * 606e6), 1, 1e-12);
}

TEST(Quantity, PowerIsProportionalToUnitsAndClock) {
  ExperimentRequest small = request("bit_fusion");
  small.overrides = {"machine.array.rows.size=8", "machine.array.rows.loops=C 8",
                     "machine.clock=1GHz"};
  const Experiment half = load_experiment(small);
  const Experiment whole = load_experiment(request("bit_fusion"));
  const IsoRequest power = iso(Held::power, OperandBits{4, 4});
  EXPECT_NEAR(quantity({&half}, power) / quantity({&whole}, power), 1, 1e-12);
}

TEST(Resize, ComesNearestToTheArea) {
  const ResizedExperiment small = load_at_area(request("bit_fusion"), 4e5);
  EXPECT_NEAR(array_area_um2(small.experiment), 4e5, 4e3);
  EXPECT_NEAR(array_area_um2(small.experiment), small.size.held.value(), 1e-3);
  EXPECT_EQ(small.experiment.machine.config.array.rows.size, small.size.rows);
  EXPECT_EQ(small.experiment.machine.config.array.columns.size, small.size.columns);
}

TEST(Resize, LeavesBuffersAndChannelAlone) {
  const Experiment declared = load_experiment(request("bit_fusion"));
  MemoryConfig resized = load_at_area(request("bit_fusion"), 4e5).experiment.machine.config.memory;
  EXPECT_LT(resized.weights.port_bits, declared.machine.config.memory.weights.port_bits);
  const MemoryConfig& own = declared.machine.config.memory;
  resized.activations.port_bits = own.activations.port_bits;
  resized.weights.port_bits = own.weights.port_bits;
  resized.outputs.port_bits = own.outputs.port_bits;
  EXPECT_EQ(resized, own);
}

TEST(Resize, RefusesWhatNoSizeReaches) {
  EXPECT_THAT([] { (void)load_at_area(request("dadiannao"), 100); },
              ThrowsMessage<UsageError>(HasSubstr("no size of machine 'dadiannao' comes within")));
}

TEST(Resize, RefusesMoreThanAMachineMayHave) {
  EXPECT_THAT([] { (void)load_at_area(request("dadiannao"), 1e15); },
              ThrowsMessage<UsageError>(HasSubstr("2^24 multiplier positions")));
}

TEST(PlanComparison, HoldsTheFirstMachineAsItIs) {
  ComparePlan held = plan();
  held.iso = iso(Held::macs);
  const CompareExperiments result = plan_comparison(held);
  EXPECT_FALSE(result.sizes[0].resized());
  EXPECT_EQ(result.sizes[0].positions(), 4096);
  EXPECT_EQ(result.sizes[1].positions(), 4096);
  EXPECT_EQ(result.machines[1][0].machine.config.array.positions(), 4096);
  EXPECT_EQ(result.iso->given_by, "dadiannao");
}

TEST(PlanComparison, ResizesTheFirstMachineTooForAGivenValue) {
  ComparePlan held = plan();
  held.iso = iso(Held::macs);
  held.iso->value = 1024;
  const CompareExperiments result = plan_comparison(held);
  EXPECT_EQ(result.sizes[0].positions(), 1024);
  EXPECT_EQ(result.sizes[1].positions(), 1024);
}

std::vector<std::string> differences(const std::vector<std::string>& machines) {
  ComparePlan request = plan();
  request.machines = machines;
  CompareResult result;
  add_conditions(plan_comparison(request), result);
  return result.free;
}

TEST(AddConditions, NamesMachinesThatNeverWaitForTheirChannel) {
  EXPECT_THAT(differences({"dadiannao", "bit_fusion"}),
              Contains("off-chip channel (dadiannao ideal; bit_fusion 96 Gbit/s)"));
}

TEST(AddConditions, SaysNothingOfChannelsThatAreAlike) {
  EXPECT_THAT(differences({"dadiannao", "stripes"}), Not(Contains(HasSubstr("channel"))));
}

TEST(AddConditions, NamesSuppliesAndWhatOneMachineAloneDeclares) {
  EXPECT_THAT(differences({"moons40", "mac8"}),
              AllOf(Contains("supplies (moons40 dvas; mac8 fixed)"),
                    Contains("declared power (moons40 70 pJ of control per cycle, 5 mW of leakage; "
                             "mac8 nothing)")));
  EXPECT_THAT(differences({"dadiannao", "stripes"}),
              Not(Contains(AnyOf(HasSubstr("supplies"), HasSubstr("declared power")))));
}

TEST(PlanComparison, RefusesDifferentWork) {
  ComparePlan different = plan();
  different.workload_for = {"bit_fusion=convnet"};
  EXPECT_THAT([&] { (void)plan_comparison(different); },
              ThrowsMessage<UsageError>(HasSubstr("different work on lenet and convnet: layer "
                                                  "'conv1'")));
}

TEST(PlanComparison, RefusesOtherPrecisionsOfTheSameLayers) {
  ComparePlan different = plan({"alexnet"});
  different.workload_for = {"bit_fusion=alexnet:int8"};
  EXPECT_THAT([&] { (void)plan_comparison(different); },
              ThrowsMessage<UsageError>(HasSubstr("activations of layer 'conv1' are")));
}

TEST(PlanComparison, SaysWhichNetworksStandForOneTask) {
  ComparePlan different = plan();
  different.workload_for = {"bit_fusion=convnet"};
  different.iso_task = true;
  const CompareExperiments result = plan_comparison(different);
  ASSERT_EQ(result.iso_task.size(), 1U);
  EXPECT_THAT(result.iso_task[0], HasSubstr("convnet on bit_fusion"));
  EXPECT_THAT(result.iso_task[0], HasSubstr("against lenet on dadiannao"));
  EXPECT_EQ(result.tasks[0], "lenet");
}

TEST(PlanComparison, TakesTheSameWorkUnderAnotherName) {
  ComparePlan same = plan();
  same.workload_for = {"bit_fusion=lenet"};
  EXPECT_THAT(plan_comparison(same).iso_task, IsEmpty());
}

}  // namespace
}  // namespace bitscale::study
