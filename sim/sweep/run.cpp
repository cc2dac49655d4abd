#include "sim/sweep/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "sim/core/hash.hpp"
#include "sim/sweep/query.hpp"
#include "sim/sweep/shard.hpp"

namespace bitscale::sweep {
namespace {

using Clock = std::chrono::steady_clock;

/// Results wait this long for a common commit: what a kill may cost.
constexpr std::chrono::milliseconds kCommitPeriod{100};
constexpr std::size_t kCommitPoints = 2000;
/// Simulations only spare work later, and cost most of what storing costs: they wait longer, so
/// that more of them share the pages of their index.
constexpr std::chrono::seconds kSimulationsPeriod{2};
constexpr std::size_t kMostSimulations = 10'000;
constexpr std::size_t kMostMessages = 5;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

Status status_of(Loss loss) {
  if (loss == Loss::timeout) return Status::timeout;
  return loss == Loss::memory ? Status::memory : Status::crashed;
}

/// The parent's side of a run: chooses points, stores what comes back.
class Runner {
 public:
  Runner(Sweep& sweep, const RunOptions& options, RunSummary& summary)
      : sweep_(sweep), options_(options), summary_(summary) {}

  void prepare() {
    open();
    store_->register_sweep(sweep_.stored);
    todo_ = select_points(sweep_, options_.shard);
    summary_.candidates = sweep_.space.size();
    summary_.selected = static_cast<std::uint64_t>(std::ranges::count(todo_, true));
    if (options_.retry) {
      std::vector<bool> wanted(todo_.size(), false);
      for (const std::uint64_t index : store_->failed(sweep_.stored.id)) {
        if (index < todo_.size() && todo_[index]) wanted[index] = true;
      }
      todo_ = std::move(wanted);
    } else {
      const std::vector<bool> done = store_->done(sweep_.stored.id, todo_.size());
      for (std::size_t i = 0; i < todo_.size(); ++i) {
        if (!todo_[i] || !done[i]) continue;
        todo_[i] = false;
        ++summary_.before;
      }
    }
    const auto total = static_cast<std::uint64_t>(std::ranges::count(todo_, true));
    const Objective objective =
        sweep_.config.objectives.empty() ? Objective{} : sweep_.config.objectives.front();
    progress_.emplace(options_.output, options_.progress, sweep_.config.name, total, objective);
    if (options_.progress != ProgressForm::none && !objective.metric.empty()) show_best(objective);
    last_commit_ = last_simulations_ = Clock::now();
  }

  [[nodiscard]] bool anything() const { return std::ranges::find(todo_, true) != todo_.end(); }

  WorkHooks hooks() {
    WorkHooks hooks;
    hooks.next = [this] { return next(); };
    hooks.finished = [this](Finished finished) { take(std::move(finished)); };
    hooks.idle = [this] {
      if (Clock::now() - last_commit_ >= kCommitPeriod) commit();
      if (Clock::now() - last_simulations_ >= kSimulationsPeriod) commit_simulations();
      progress_->show();
    };
    hooks.before_fork = [this] {
      commit();
      commit_simulations();
      store_.reset();
    };
    hooks.after_fork = [this] { open(); };
    return hooks;
  }

  void finish() {
    commit();
    commit_simulations();
    progress_->show(true);
    progress_.reset();
  }

 private:
  /// What earlier calls found counts as the best so far.
  void show_best(const Objective& objective) {
    const Query query{"feasible",
                      {"index", objective.metric},
                      (objective.maximise ? "-" : "") + objective.metric,
                      1};
    ResultTable(*store_, sweep_.stored, query).for_each([&](const std::vector<Cell>& cells) {
      const Cell& value = cells[1];
      if (value.kind == Cell::Kind::nothing) return;
      const bool whole = value.kind == Cell::Kind::integer;
      progress_->result(whole ? static_cast<double>(value.integer) : value.real,
                        static_cast<std::uint64_t>(cells[0].integer));
    });
  }

  void open() { store_ = std::make_unique<Store>(options_.store, Store::Mode::write); }

  std::optional<std::uint64_t> next() {
    while (next_ < todo_.size() && !todo_[next_]) ++next_;
    if (next_ >= todo_.size()) return std::nullopt;
    return next_++;
  }

  void take(Finished finished) {
    FinishedPoint point;
    point.index = finished.index;
    const Point settings = sweep_.space.at(finished.index);
    point.settings = settings_json(settings.settings);
    if (finished.loss) {
      point.outcome.status = status_of(*finished.loss);
      point.outcome.message = message_of(*finished.loss, finished.reason);
    } else {
      point.outcome = outcome_of(finished.message);
    }
    Outcome& outcome = point.outcome;
    // What could not be resolved has no key of its own: its place in the sweep stands for it.
    if (outcome.key.empty()) {
      outcome.key = sha256_hex(fmt::format("unresolved {} {}", sweep_.stored.hash, finished.index));
    }
    note(settings, outcome);
    std::ranges::move(outcome.simulations, std::back_inserter(simulations_));
    outcome.simulations.clear();
    if (simulations_.size() >= kMostSimulations) commit_simulations();
    waiting_.push_back(std::move(point));
    if (waiting_.size() >= kCommitPoints) commit();
  }

  [[nodiscard]] std::string message_of(Loss loss, const std::string& reason) const {
    switch (loss) {
      case Loss::timeout:
        return fmt::format("took longer than limits.time, {} s", sweep_.config.limits.time_s);
      case Loss::memory:
        return sweep_.config.limits.memory_bits > 0
                   ? fmt::format("wanted more than limits.memory, {} MiB",
                                 sweep_.config.limits.memory_bits / 8 / (1 << 20))
                   : std::string("wanted more memory than there is");
      case Loss::crashed:
        break;
    }
    return reason;
  }

  void note(const Point& point, const Outcome& outcome) {
    ++summary_.ran;
    if (outcome.known) ++summary_.reused;
    const bool failed = outcome.status != Status::ok;
    progress_->finished(failed);
    if (failed) {
      ++summary_.failed;
      if (summary_.messages.size() < kMostMessages) {
        summary_.messages.push_back(fmt::format("point {}: {}: {}", point.index,
                                                to_string(outcome.status), outcome.message));
      }
      return;
    }
    if (outcome.known || sweep_.config.objectives.empty()) return;
    const auto metric = metric_index(sweep_.config.objectives.front().metric);
    if (!metric || !outcome.result.metrics[*metric]) return;
    if (sweep_.constraints.feasible(point, outcome.result))
      progress_->result(*outcome.result.metrics[*metric], point.index);
  }

  void commit() {
    last_commit_ = Clock::now();
    if (waiting_.empty()) return;
    store_->add(sweep_.stored.id, waiting_, options_.retry);
    waiting_.clear();
    summary_.store_seconds += seconds_since(last_commit_);
  }

  void commit_simulations() {
    last_simulations_ = Clock::now();
    store_->add_simulations(std::exchange(simulations_, {}));
    summary_.store_seconds += seconds_since(last_simulations_);
  }

  Sweep& sweep_;
  const RunOptions& options_;
  RunSummary& summary_;
  std::unique_ptr<Store> store_;
  std::optional<SweepProgress> progress_;
  std::vector<bool> todo_;
  std::size_t next_ = 0;
  std::vector<FinishedPoint> waiting_;
  std::vector<KeptSimulation> simulations_;
  Clock::time_point last_commit_, last_simulations_;
};

}  // namespace

std::vector<bool> select_points(const Sweep& sweep, const Shard& shard) {
  const std::uint64_t size = sweep.space.size();
  std::vector<bool> selected(size, true);
  if (sweep.constraints.over_keys()) {
    for (std::uint64_t i = 0; i < size; ++i)
      selected[i] = sweep.constraints.admits(sweep.space.at(i));
  }
  if (shard.count > 1) keep_shard(sweep, shard, selected);
  return selected;
}

RunSummary run_sweep(Sweep& sweep, const RunOptions& options,
                     std::function<WorkerPool::Work()> make_work) {
  RunSummary summary;
  const Clock::time_point start = Clock::now();
  const StopSignals signals;
  WorkerLimits limits;
  limits.time_s = sweep.config.limits.time_s;
  limits.memory_bytes = static_cast<std::uint64_t>(sweep.config.limits.memory_bits) / 8;
  // Forked first: a child must not inherit the parent's database.
  WorkerPool pool(options.workers, limits, std::move(make_work));
  Runner runner(sweep, options, summary);
  runner.prepare();
  if (runner.anything() && !pool.run(runner.hooks())) summary.stopped_by = StopSignals::signal();
  runner.finish();
  summary.seconds = seconds_since(start);
  return summary;
}

}  // namespace bitscale::sweep
