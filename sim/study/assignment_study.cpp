#include "sim/study/assignment_study.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "sim/config/files.hpp"
#include "sim/core/errors.hpp"
#include "sim/pipeline/runner.hpp"
#include "sim/pipeline/version.hpp"
#include "sim/precision/assignment.hpp"
#include "sim/report/files.hpp"
#include "sim/workload/classification.hpp"
#include "sim/workload/network.hpp"

namespace bitscale::study {
namespace {

using precision::ChosenTensor;
using precision::Sensitivity;

/// Images that machines run: cycles and energy per image hardly depend on which.
constexpr std::int64_t kCostImages = 2;
/// Uniform precisions that are measured beside the assignment.
constexpr int kNarrowest = 3, kWidest = 8;

std::vector<double> real_image(const Tensor& input, std::int64_t image) {
  const std::int64_t size = input.c * input.h * input.w;
  const double step = std::exp2(-input.type.frac_bits);
  std::vector<double> values;
  for (std::int64_t i = image * size; i < (image + 1) * size; ++i)
    values.push_back(step * input.values[static_cast<std::size_t>(i)]);
  return values;
}

/// Bits by layer, as profiles name them.
Profile profile_of(const std::vector<ChosenTensor>& tensors, const std::vector<int>& bits,
                   const std::string& source) {
  Profile profile;
  profile.name = kAssignedProfile;
  profile.description = "bits per layer from noise gains";
  profile.source = source;
  profile.confidence = Confidence::computed;
  for (std::size_t t = 0; t < tensors.size(); ++t) {
    auto& list = tensors[t].weights ? profile.weight_bits : profile.activation_bits;
    list.emplace_back(tensors[t].layer, bits[t]);
  }
  return profile;
}

class AssignmentStudy {
 public:
  AssignmentStudy(const AssignmentRequest& request, const ProgressOutput& output)
      : request_(request),
        output_(output),
        file_(load_workload_file(request.workload, request.images)),
        workload_(resolve(file_)),
        tensors_(precision::chosen_tensors(workload_)) {}

  AssignmentReport run() {
    AssignmentReport report;
    report.version = kVersion;
    report.command = request_.command;
    report.workload = workload_.name;
    report.target = request_.target;
    report.images = static_cast<std::uint64_t>(request_.images);
    report.rule = precision::to_string(request_.rule);
    for (const std::string& machine : request_.machines) (void)load_on(machine);
    read_images(report);
    const std::vector<double> gains = precision::noise_gains(images_, tensors_);
    require_gains(gains);
    const precision::PrecisionOffsets offsets = precision::equalise(gains);
    const std::vector<int> none(tensors_.size(), 0);
    const precision::PrecisionAssignment assigned = precision::assign_within_limits(
        images_, tensors_, offsets.offsets, request_.target, request_.rule);
    const precision::PrecisionAssignment uniform =
        precision::assign_within_limits(images_, tensors_, none, request_.target, request_.rule);
    report.least = assigned.least;
    report.least_closed_form = precision::least_precision_closed_form(gains, request_.target);
    for (std::size_t t = 0; t < tensors_.size(); ++t)
      report.tensors.push_back({tensors_[t].layer, tensors_[t].weights ? "weights" : "activations",
                                gains[t], offsets.offsets[t], assigned.bits[t]});
    report.notes.emplace_back(
        "stored weights and images have no more bits than their own, and lose nothing with them; "
        "two's complement has at least 2");
    add_setting(report, kAssignedProfile, assigned.bits, true);
    add_setting(report, fmt::format("uniform_{}, same target", uniform.least), uniform.bits, true);
    for (int b = kWidest; b >= kNarrowest; --b)
      add_setting(report, fmt::format("uniform_{}", b),
                  precision::bits_within_limits(tensors_, b, none), b == kWidest);
    note_excess(report);
    return report;
  }

 private:
  /// Says so where the network does worse than its bound.
  static void note_excess(AssignmentReport& report) {
    const auto count = std::ranges::count_if(
        report.settings, [](const PrecisionSetting& s) { return s.measured > s.capped; });
    if (count == 0) return;
    report.notes.emplace_back(fmt::format(
        "{} of the settings change more classes than their capped bound: that is a bound to first "
        "order and for random errors, leaves out the rounding of sums and what saturates at full "
        "scale, and with few images chance has its part",
        count));
  }

  /// Real-number scores and derivatives of every image.
  void read_images(AssignmentReport& report) {
    if (workload_.input_source.kind == TensorSource::Kind::synthetic)
      report.notes.emplace_back(
          "the network's input is synthetic: mismatches say nothing of real "
          "images");
    const precision::RealNetwork network = precision::RealNetwork::from(workload_);
    const Tensor input = make_network_input(workload_);
    Progress progress(output_, "noise gains of " + workload_.name, "images",
                      static_cast<std::uint64_t>(request_.images));
    for (std::int64_t i = 0; i < input.n; ++i) {
      progress.update(static_cast<std::uint64_t>(i), "");
      images_.push_back(network.sensitivity(real_image(input, i)));
    }
    report.operands = to_string(input.origin);
  }

  void require_gains(const std::vector<double>& gains) const {
    if (std::ranges::any_of(gains, [](double gain) { return gain > 0; })) return;
    std::vector<Diagnostic> problems(1);
    problems[0].key = "layers";
    problems[0].message = fmt::format(
        "no tensor of {} moves a score on these images (all zero, or one class only), so that no "
        "bits follow; expected a trained network and images",
        workload_.name);
    throw ConfigError(std::move(problems));
  }

  void add_setting(AssignmentReport& report, const std::string& name, const std::vector<int>& bits,
                   bool costs) {
    PrecisionSetting setting;
    setting.name = name;
    setting.bits = bits;
    const precision::MismatchEstimate estimate =
        precision::estimate_mismatch(images_, tensors_, bits);
    setting.bound = estimate.bound;
    setting.capped = estimate.capped;
    setting.gaussian = estimate.gaussian;
    double weighted = 0;
    double macs = 0;
    for (std::size_t t = 0; t < tensors_.size(); ++t) {
      const auto share =
          static_cast<double>(workload_.layers[tensors_[t].layer_index].shape.macs());
      weighted += share * bits[t];
      macs += share;
    }
    setting.mean_bits = weighted / macs;
    measure(bits, setting);
    if (costs) {
      for (const std::string& machine : request_.machines)
        setting.costs.push_back(cost(machine, bits));
    }
    report.settings.push_back(std::move(setting));
  }

  /// Runs the network bit-true and compares its classes with those in real numbers.
  void measure(const std::vector<int>& bits, PrecisionSetting& setting) {
    WorkloadFile file = file_;
    file.profiles = {profile_of(tensors_, bits, "under test")};
    const Workload fixed = resolve(file, kAssignedProfile);
    const Tensor scores = run_reference(fixed).back();
    const std::vector<std::int32_t> classes = classes_of(scores);
    std::uint64_t changed = 0;
    for (std::size_t i = 0; i < classes.size(); ++i)
      changed += classes[i] != images_[i].chosen ? 1 : 0;
    setting.measured = static_cast<double>(changed) / static_cast<double>(classes.size());
    if (const auto labelled = classify(fixed, scores)) setting.accuracy = labelled->accuracy();
  }

  /// The network on a machine, with `bits` of every tensor where there are any.
  [[nodiscard]] Experiment load_on(const std::string& machine,
                                   const std::vector<int>& bits = {}) const {
    ExperimentRequest one;
    one.machine = machine;
    one.workload = request_.workload;
    one.batch = std::min(kCostImages, request_.images);
    one.operands = "chained";
    if (bits.empty()) return load_experiment(one);
    one.profile = "bits";
    const auto set = [&](const std::string& key, const std::string& value) {
      one.overrides.push_back("workload.profiles.bits." + key + "=" + value);
    };
    set("description", "under test");
    set("source", "precision assign");
    set("confidence", "computed");
    for (std::size_t t = 0; t < tensors_.size(); ++t)
      set(fmt::format("{}.{}", tensors_[t].weights ? "weight_bits" : "activation_bits",
                      tensors_[t].layer),
          std::to_string(bits[t]));
    return load_experiment(one);
  }

  [[nodiscard]] SettingCost cost(const std::string& machine, const std::vector<int>& bits) const {
    SettingCost result;
    result.machine = machine;
    const Experiment experiment = load_on(machine, bits);
    try {
      const RunResult run = run_experiment(experiment, {});
      const auto images = static_cast<double>(experiment.workload.batch);
      result.cycles = static_cast<double>(run.cycles().total()) / images;
      result.energy_pJ = run.energy().total_pJ / images;
    } catch (const MappingError& error) {
      result.failure = error.what();
    }
    return result;
  }

  const AssignmentRequest& request_;
  const ProgressOutput& output_;
  WorkloadFile file_;
  Workload workload_;
  std::vector<ChosenTensor> tensors_;
  std::vector<Sensitivity> images_;
};

/// What is written includes the network: it must not take the place of a file that the network is
/// read from, included ones and tensors among them. Throws UsageError, and IoError where it cannot
/// be written.
void require_own_file(const AssignmentRequest& request) {
  std::vector<std::string> files =
      config::resolved_files(config::FileKind::workload, request.workload);
  for (const Layer& layer : load_workload(request.workload).layers)
    files.insert(files.end(), {layer.weight_source.path, layer.activation_source.path});
  for (const std::string& file : files) {
    std::error_code none;
    if (!std::filesystem::equivalent(request.write, file, none)) continue;
    throw UsageError(
        fmt::format("error: --write: '{}' is a file that the network is read from; name another",
                    request.write));
  }
  require_file_writable(request.write);
}

/// What --workload takes for a path, not for a preset's name.
bool is_path(const std::string& text) {
  return text.find('/') != std::string::npos || text.ends_with(".yaml") || text.ends_with(".yml");
}

/// A workload that adds the assignment to the one it was made for.
std::string workload_yaml(const AssignmentRequest& request, const AssignmentReport& report) {
  const std::string include =
      is_path(request.workload)
          ? std::filesystem::absolute(request.workload).lexically_normal().string()
          : request.workload;
  const auto list = [&report](const char* tensor) {
    std::vector<std::string> entries;
    for (const PrecisionTensor& each : report.tensors) {
      if (each.tensor == tensor) entries.push_back(fmt::format("{}: {}", each.layer, each.bits));
    }
    return fmt::format("{{{}}}", fmt::join(entries, ", "));
  };
  return fmt::format(
      "# Written by bitscale precision assign.\n"
      "schema_version: 1\nkind: workload\ninclude: {}\n"
      "profiles:\n  {}:\n"
      "    description: bits per layer from noise gains, for at most {:g} % of changed classes\n"
      "    source: noise gains on {} images; bound {:.3g}, capped {:.3g}, measured {:.3g}\n"
      "    confidence: computed\n"
      "    activation_bits: {}\n    weight_bits: {}\n",
      nlohmann::json(include).dump(), kAssignedProfile, 100 * report.target, report.images,
      report.settings.front().bound, report.settings.front().capped,
      report.settings.front().measured, list("activations"), list("weights"));
}

}  // namespace

AssignmentReport study_assignment(const AssignmentRequest& request, const ProgressOutput& output) {
  if (!request.write.empty()) require_own_file(request);
  AssignmentReport report = AssignmentStudy(request, output).run();
  if (!request.write.empty()) {
    write_file_atomically(request.write, workload_yaml(request, report));
    report.next = {fmt::format(
        "bitscale compare --machines {} --workload {} --profile {} "
        "--operands chained",
        fmt::join(request.machines, ","),
        is_path(request.write) ? request.write : "./" + request.write, kAssignedProfile)};
  }
  return report;
}

}  // namespace bitscale::study
