#include "sim/app/sweep_worker.hpp"

#include <chrono>
#include <memory>
#include <optional>

#include "sim/app/point_experiments.hpp"
#include "sim/pipeline/run_reuse.hpp"
#include "sim/pipeline/runner.hpp"
#include "sim/sweep/outcome.hpp"
#include "sim/sweep/store.hpp"

namespace bitscale::app {
namespace {

using sweep::Outcome;
using sweep::Status;

/// One worker's memory of what it did.
class SweepWorker {
 public:
  SweepWorker(const sweep::SweepConfig& sweep, const sweep::Space& space, const std::string& store,
              bool again)
      : space_(space), again_(again), experiments_(sweep) {
    if (store.empty()) return;
    store_.emplace(store, sweep::Store::Mode::read);
    reuse_ = RunReuse([this](const std::string& key) { return store_->simulation(key); });
  }

  std::string run(std::uint64_t index) {
    const auto start = std::chrono::steady_clock::now();
    Outcome outcome;
    try {
      evaluate(index, outcome);
    } catch (const ConfigError& error) {
      fail(outcome, Status::invalid, error);
    } catch (const MappingError& error) {
      fail(outcome, Status::refused, error);
    } catch (const Error& error) {
      fail(outcome, Status::failed, error);
    }
    outcome.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return to_message(outcome);
  }

 private:
  void evaluate(std::uint64_t index, Outcome& outcome) {
    const PointExperiment point = experiments_.make(space_.at(index));
    outcome.key = point.key;
    if (store_ && !again_ && store_->has_result(point.key)) {
      outcome.known = true;
      return;
    }
    reuse_.begin(point.experiment, point.machine_key, point.unit_key);
    const RunResult run = run_experiment(point.experiment, {}, {}, &reuse_);
    outcome.result = sweep::summarise(run);
    if (!run.check_matched().value_or(true)) {
      outcome.status = Status::failed;
      outcome.message = "outputs differ from the reference convolution";
    }
    for (RunReuse::Kept& kept : reuse_.take_new())
      outcome.simulations.push_back({std::move(kept.key), std::move(kept.content)});
  }

  static void fail(Outcome& outcome, Status status, const Error& error) {
    outcome.status = status;
    std::string_view message = error.what();
    if (message.starts_with("error: ")) message.remove_prefix(7);
    outcome.message = message;
  }

  const sweep::Space& space_;
  bool again_ = false;
  PointExperiments experiments_;
  std::optional<sweep::Store> store_;
  RunReuse reuse_;
};

}  // namespace

sweep::WorkerPool::Work make_sweep_work(const sweep::SweepConfig& sweep, const sweep::Space& space,
                                        const std::string& store, bool again) {
  const auto worker = std::make_shared<SweepWorker>(sweep, space, store, again);
  return [worker](std::uint64_t index) { return worker->run(index); };
}

}  // namespace bitscale::app
