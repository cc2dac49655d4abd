#include "sim/report/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "sim/core/errors.hpp"
#include "sim/report/comparison.hpp"
#include "sim/report/json.hpp"
#include "sim/report/unit_report.hpp"
#include "tests/unit/report/results.hpp"

namespace bitscale {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::ordered_json;

/// Keys anywhere in a document.
void collect_keys(const Json& json, std::set<std::string>& keys) {
  if (json.is_object()) {
    for (const auto& [key, value] : json.items()) {
      keys.insert(key);
      collect_keys(value, keys);
    }
  } else if (json.is_array()) {
    for (const Json& value : json) collect_keys(value, keys);
  }
}

TEST(Metrics, ExplainEveryKeyOfEveryDocument) {
  std::set<std::string> keys;
  collect_keys(run_json(small_run()), keys);
  CompareResult comparison{{slow_run(), small_run()}, {}, {}};
  comparison.sizes.resize(1);
  comparison.iso.emplace();
  collect_keys(compare_json(comparison), keys);
  collect_keys(reproduce_json(small_reproduction()), keys);
  UnitReport unit;
  unit.modes.resize(1);
  collect_keys(unit_json(unit), keys);
  EXPECT_GT(keys.size(), 100U);
  for (const std::string& key : keys) {
    EXPECT_NE(find_metric(key), nullptr) << key << " has no explanation";
  }
}

TEST(Metrics, HaveEachNameOnce) {
  std::set<std::string_view> names;
  for (const Metric& metric : all_metrics()) {
    EXPECT_TRUE(names.insert(metric.name).second) << metric.name;
    EXPECT_EQ(find_metric(metric.name), &metric) << metric.name;
  }
}

TEST(Metrics, CarryTheirUnitInTheName) {
  const std::pair<std::string_view, std::string_view> suffixes[] = {
      {"_pJ", "pJ"}, {"_um2", "um2"}, {"_mW", "mW"}, {"_Hz", "Hz"}, {"_V", "V"}, {"_bits", "bits"}};
  for (const Metric& metric : all_metrics()) {
    for (const auto& [suffix, unit] : suffixes) {
      if (metric.name.ends_with(suffix)) {
        EXPECT_EQ(metric.unit, unit) << metric.name;
      }
    }
  }
}

TEST(Metrics, AreFoundWhateverCaseAndPunctuation) {
  EXPECT_EQ(find_metric("TOPS/W")->name, "tops_per_W");
  EXPECT_EQ(find_metric("edp")->name, "edp_pJ_s");
  EXPECT_EQ(find_metric("Energy-pJ")->name, "energy_pJ");
  EXPECT_EQ(find_metric("geometric mean")->name, "geometric_means");
  EXPECT_EQ(find_metric("nonsense"), nullptr);
}

TEST(ExplainMetric, GivesUnitDefinitionAndFormula) {
  EXPECT_EQ(explain_metric("pJ_per_mac"),
            "pJ_per_mac [pJ]\n  Energy per multiply-accumulate.\n  Formula: energy_pJ / macs\n");
}

TEST(ExplainMetric, SuggestsTheNearestNameForAnUnknownOne) {
  try {
    (void)explain_metric("utilisation");
    FAIL() << "an unknown metric passed";
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(),
                 "error: unknown metric 'utilisation', did you mean 'utilization'?; `bitscale "
                 "explain` lists all");
  }
}

TEST(ListMetrics, NamesAll) {
  const std::string text = list_metrics();
  const std::string markdown = metrics_markdown();
  for (const Metric& metric : all_metrics()) {
    EXPECT_THAT(text, HasSubstr("  " + std::string(metric.name)));
    EXPECT_THAT(markdown, HasSubstr("| `" + std::string(metric.name) + "` |"));
  }
}

TEST(MetricsMarkdown, KeepsTableCellsWhole) {
  // A bar inside a cell would split it: five bars a row.
  const std::string text = metrics_markdown();
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = text.find('\n', begin);
    const std::string line = text.substr(begin, end - begin);
    if (line.starts_with("|")) {
      std::size_t bars = 0;
      for (std::size_t i = 0; i < line.size(); ++i)
        bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\');
      EXPECT_EQ(bars, 5U) << line;
    }
    begin = end + 1;
  }
}

}  // namespace
}  // namespace bitscale
