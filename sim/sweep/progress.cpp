#include "sim/sweep/progress.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/report/table.hpp"

namespace bitscale::sweep {
namespace {

constexpr double kTerminalPeriod_s = 0.2;
constexpr double kLogPeriod_s = 5;
constexpr double kJsonPeriod_s = 1;
constexpr std::string_view kClearLine = "\r\x1b[K";

}  // namespace

SweepProgress::SweepProgress(ProgressOutput output, ProgressForm form, std::string name,
                             std::uint64_t total, Objective objective)
    : output_(std::move(output)),
      form_(form),
      name_(std::move(name)),
      total_(total),
      objective_(std::move(objective)) {
  if (!output_.now) {
    output_.now = [] {
      return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch());
    };
  }
  start_s_ = shown_s_ = output_.now().count();
}

SweepProgress::~SweepProgress() {
  if (shown_ && form_ == ProgressForm::people && output_.terminal && output_.write)
    output_.write(kClearLine);
}

void SweepProgress::finished(bool failed) {
  ++done_;
  if (failed) ++failed_;
}

void SweepProgress::result(double value, std::uint64_t index) {
  // Equal values: the lower index, so that the order of arrival shows nowhere.
  const bool better = !best_ || (objective_.maximise ? value > *best_ : value < *best_) ||
                      (value == *best_ && index < best_index_);
  if (!better) return;
  best_ = value;
  best_index_ = index;
}

std::string SweepProgress::people_text(double elapsed_s) const {
  std::string text = fmt::format("{}: {}/{} points", name_, done_, total_);
  if (failed_ > 0) text += fmt::format(", {} failed", failed_);
  if (done_ > 0 && elapsed_s > 0) {
    const double rate = static_cast<double>(done_) / elapsed_s;
    text += fmt::format(", {:.3g}/s, {} left", rate,
                        format_duration(static_cast<double>(total_ - done_) / rate));
  }
  if (best_)
    text += fmt::format(", best {} {} (point {})", objective_.metric, format_plain(*best_),
                        best_index_);
  return text;
}

std::string SweepProgress::json_text(double elapsed_s, bool last) const {
  nlohmann::ordered_json json;
  const double rate = elapsed_s > 0 ? static_cast<double>(done_) / elapsed_s : 0;
  json["sweep"] = name_;
  json["finished"] = last;
  json["done"] = done_;
  json["failed"] = failed_;
  json["total"] = total_;
  json["elapsed_s"] = elapsed_s;
  json["points_per_s"] = rate;
  json["left_s"] = nullptr;
  if (rate > 0) json["left_s"] = static_cast<double>(total_ - done_) / rate;
  json["best"] = nullptr;
  if (best_)
    json["best"] = {{"metric", objective_.metric}, {"value", *best_}, {"index", best_index_}};
  return json.dump() + "\n";
}

void SweepProgress::show(bool last) {
  if (!output_.write || form_ == ProgressForm::none) return;
  const double now_s = output_.now().count();
  const double elapsed_s = now_s - start_s_;
  const bool json = form_ == ProgressForm::json;
  const double period_s = json               ? kJsonPeriod_s
                          : output_.terminal ? kTerminalPeriod_s
                                             : kLogPeriod_s;
  if (!last && now_s - shown_s_ < period_s) return;
  if (last && !json) return;  // the summary follows
  shown_s_ = now_s;
  shown_ = true;
  if (json) return output_.write(json_text(elapsed_s, last));
  const std::string text = people_text(elapsed_s);
  output_.write(output_.terminal ? std::string(kClearLine) + text : text + "\n");
}

}  // namespace bitscale::sweep
