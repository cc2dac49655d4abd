#include "sim/power/voltage.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/core/quantity.hpp"

namespace bitscale {

namespace {

constexpr double kMinSupplyVolt = 0.1, kMaxSupplyVolt = 10;

DomainRule parse_domain(config::Reader& reader, std::string_view key, bool required) {
  const std::optional<DomainRule> fallback =
      required ? std::nullopt : std::optional(DomainRule::fixed);
  return reader
      .doc(
          "Stays nominal, is the datapath's rail, or follows the clock alone (a path of the "
          "unit's widest mode must fit)")
      .choice<DomainRule>(key,
                          {{"fixed", DomainRule::fixed},
                           {"follow", DomainRule::follow},
                           {"scaled", DomainRule::scaled}},
                          fallback);
}

/// Every domain has a rule of its own; where the datapath scales, none is taken for granted.
void parse_domains(config::Reader& reader, VoltagePolicy& policy) {
  const bool required = policy.kind != VoltageScaling::fixed;
  reader.doc("What the other supplies do; both are required where the datapath's scales");
  reader.optional_section("domains", [&](config::Reader& domains) {
    policy.control = parse_domain(domains, "control", required);
    policy.memory = parse_domain(domains, "memory", required);
    domains.finish();
    return 0;
  });
  if (required && !reader.describing() && !reader.has("domains")) {
    reader.problem("domains",
                   "required: a supply that scales needs 'control' and 'memory', each with fixed, "
                   "follow or scaled");
  }
}

std::vector<double> parse_steps(config::Reader& reader) {
  std::vector<double> steps;
  const std::vector<std::string> texts =
      reader.doc("Supplies there are, such as [0.6V, 0.7V]; absent: any multiple of 0.1 mV")
          .texts("steps", std::vector<std::string>{});
  for (const std::string& text : texts) {
    const std::optional<double> value = parse_quantity(text, QuantityUnit::volt);
    if (!value || *value < kMinSupplyVolt || *value > kMaxSupplyVolt) {
      reader.problem("steps", fmt::format("expected voltages such as 0.7V, got '{}'", text));
      return {};
    }
    if (!steps.empty() && *value <= steps.back()) {
      reader.problem("steps", fmt::format("expected ascending voltages, got {} after {}",
                                          format_V(*value), format_V(steps.back())));
      return {};
    }
    steps.push_back(*value);
  }
  return steps;
}

void parse_throughput(config::Reader& reader, VoltagePolicy& policy) {
  policy.macs_per_s = reader.doc("dvfs: multiply-accumulates per second that every layer reaches")
                          .number("macs_per_s", 1, 1e18, 0.0);
  policy.frames_per_s = reader.doc("dvfs: images per second through the whole network")
                            .number("frames_per_s", 1e-6, 1e12, 0.0);
  if (reader.describing()) return;
  const int given = (reader.has("macs_per_s") ? 1 : 0) + (reader.has("frames_per_s") ? 1 : 0);
  const bool dvfs = policy.kind == VoltageScaling::dvfs;
  if (given == (dvfs ? 1 : 0)) return;
  reader.problem("policy", dvfs ? "dvfs needs macs_per_s or frames_per_s, one of them"
                                : "only dvfs has a required throughput (macs_per_s, frames_per_s)");
}

/// What the policy asks for against what the technology's delay model covers.
class PolicyCheck {
 public:
  PolicyCheck(const VoltagePolicy& policy, const Technology& technology)
      : policy_(policy), technology_(technology) {}

  double run() {
    const double highest_V = technology_.delay ? with_model(*technology_.delay) : without_model();
    if (!problems_.empty()) throw ConfigError(std::move(problems_));
    return highest_V;
  }

 private:
  void problem(const Mark& where, std::string key, std::string message) {
    problems_.push_back({where, "voltage." + std::move(key), std::move(message)});
  }

  /// A table of costs alone: one supply.
  double without_model() {
    if (policy_.kind != VoltageScaling::fixed) {
      problem(policy_.policy_where, "policy",
              fmt::format("expected fixed: technology '{}' has no delay model ('delay:'), from "
                          "which a supply could follow",
                          technology_.name));
    } else if (policy_.vdd_V && *policy_.vdd_V != technology_.vdd_V) {
      problem(policy_.where, "vdd",
              fmt::format("expected {} V, the supply at which the costs of technology '{}' hold, "
                          "got {} V; a table of costs does not scale with voltage",
                          technology_.vdd_V, technology_.name, *policy_.vdd_V));
    }
    check_bias();
    return technology_.vdd_V;
  }

  double with_model(const DelayModel& model) {
    const double highest_V = policy_.vdd_V.value_or(model.vnom_V);
    const double lowest_V = lowest_modelled_V(model);
    const auto require_range = [&](const Mark& where, const char* key, double value, double top) {
      if (value >= lowest_V && value <= top) return;
      problem(where, key,
              fmt::format("expected a voltage between {} (where the delay model of technology "
                          "'{}' ends) and {}, got {}",
                          format_V(lowest_V), technology_.name, format_V(top), format_V(value)));
    };
    require_range(policy_.where, "vdd", highest_V, model.vnom_V);
    const bool possible = highest_V >= lowest_V && highest_V <= model.vnom_V;
    const double top_V = possible ? highest_V : model.vnom_V;
    if (policy_.floor_V) require_range(policy_.floor_where, "floor", *policy_.floor_V, top_V);
    for (const double step : policy_.steps_V) {
      require_range(policy_.steps_where, "steps", step, top_V);
    }
    check_bias();
    return highest_V;
  }

  void check_bias() {
    if (policy_.body_bias_V == 0 || (technology_.delay && technology_.leakage)) return;
    problem(policy_.bias_where, "body_bias",
            fmt::format("expected 0: technology '{}' lacks 'delay:' or 'leakage:', which say what "
                        "a bias does",
                        technology_.name));
  }

  const VoltagePolicy& policy_;
  const Technology& technology_;
  std::vector<Diagnostic> problems_;
};

}  // namespace

std::string_view to_string(VoltageScaling scaling) {
  switch (scaling) {
    case VoltageScaling::fixed:
      return "fixed";
    case VoltageScaling::dvas:
      return "dvas";
    case VoltageScaling::dvafs:
      return "dvafs";
    case VoltageScaling::dvfs:
      break;
  }
  return "dvfs";
}

VoltagePolicy parse_voltage(config::Reader& reader) {
  using config::Unit;
  VoltagePolicy policy;
  policy.kind = reader.doc("How supply and clock follow the precision of a layer")
                    .choice<VoltageScaling>("policy",
                                            {{"fixed", VoltageScaling::fixed},
                                             {"dvas", VoltageScaling::dvas},
                                             {"dvafs", VoltageScaling::dvafs},
                                             {"dvfs", VoltageScaling::dvfs}},
                                            VoltageScaling::fixed);
  policy.declared = reader.has("policy");
  policy.policy_where = reader.where("policy");
  policy.where = reader.where("vdd");
  policy.floor_where = reader.where("floor");
  policy.steps_where = reader.where("steps");
  policy.bias_where = reader.where("body_bias");
  const auto supply = [&](std::string_view key, std::string_view what) -> std::optional<double> {
    const bool given = reader.has(key);
    const double value =
        reader.doc(what).quantity(key, Unit::volt, kMinSupplyVolt, kMaxSupplyVolt, 0.0);
    return given ? std::optional(value) : std::nullopt;
  };
  policy.vdd_V =
      supply("vdd", "Supply of what does not scale, and the highest; absent: the technology's");
  policy.floor_V =
      supply("floor", "No supply falls below this; absent: 0.1 V above the threshold voltage");
  policy.steps_V = parse_steps(reader);
  parse_throughput(reader, policy);
  policy.body_bias_V =
      reader.doc("Body bias in modes narrower than the widest; negative cuts leakage")
          .quantity("body_bias", Unit::volt, -3, 3, 0.0);
  parse_domains(reader, policy);
  reader.finish();
  return policy;
}

double supply_V(const VoltagePolicy& policy, const Technology& technology) {
  return PolicyCheck(policy, technology).run();
}

DelayModel delay_of(const Technology& technology, double body_bias_V) {
  const DelayModel& model = technology.delay.value();
  if (body_bias_V == 0) return model;
  return with_threshold(model,
                        biased_threshold_V(technology.leakage.value(), model.vt_V, body_bias_V));
}

SupplyRange supply_range(const VoltagePolicy& policy, const DelayModel& model, double highest_V) {
  return {std::max(policy.floor_V.value_or(0), lowest_modelled_V(model)), highest_V,
          policy.steps_V};
}

}  // namespace bitscale
