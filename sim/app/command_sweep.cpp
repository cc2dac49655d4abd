// The command that runs sweeps.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <thread>
#include <utility>

#include "sim/app/commands.hpp"
#include "sim/app/sweep_command.hpp"
#include "sim/app/sweep_worker.hpp"
#include "sim/core/plural.hpp"
#include "sim/pipeline/version.hpp"
#include "sim/report/table.hpp"
#include "sim/sweep/query.hpp"
#include "sim/sweep/shard.hpp"

namespace bitscale::app {

std::string default_store(const sweep::SweepConfig& config) { return config.name + ".sqlite"; }

LoadedSweep::LoadedSweep(const std::string& file, const std::vector<std::string>& overrides)
    : config(sweep::load_sweep(file, overrides)),
      space(config),
      experiments(config),
      constraints(config, space, [this](const sweep::Point& point, const std::string& key) {
        return experiments.value(point, key);
      }) {}

sweep::Sweep LoadedSweep::sweep() {
  sweep::StoredSweep stored;
  stored.hash = experiments.sweep_hash();
  stored.name = config.name;
  stored.description = config.description;
  stored.definition = config.definition;
  stored.version = kVersion;
  stored.candidates = space.size();
  stored.keys = space.keys();
  stored.axes = config.axes;
  for (const sweep::Constraint& constraint : config.constraints)
    stored.constraints.push_back(constraint.text);
  stored.objectives = config.objectives;
  return {config, space, constraints, std::move(stored),
          [this](const sweep::Point& point) { return experiments.cost(point); }};
}

std::optional<sweep::Point> LoadedSweep::first_point() {
  for (std::uint64_t i = 0; i < space.size(); ++i) {
    sweep::Point point = space.at(i);
    if (constraints.admits(point)) return point;
  }
  return std::nullopt;
}

void LoadedSweep::require_valid_start() {
  const std::optional<sweep::Point> point = first_point();
  if (point) (void)experiments.make(*point);
}

namespace {

struct SweepRequest {
  std::vector<std::string> words;  ///< FILE, or `retry FILE`
  std::string file, store, csv, shard, progress = "text";
  std::size_t workers = 0;
  bool retry = false, dry_run = false, quiet = false;
  std::vector<std::string> overrides;
};

std::string counts_text(const sweep::Counts& counts) {
  std::string text;
  for (const auto& [status, count] : counts.by_status) {
    text +=
        fmt::format("{}{} {}", text.empty() ? "" : ", ", format_integer(count), to_string(status));
  }
  return text.empty() ? "nothing yet" : text;
}

std::string summary_text(const sweep::RunSummary& summary, const sweep::Counts& counts,
                         const SweepRequest& request, const std::string& name) {
  // A store may hold points of other parts too.
  const bool shared = counts.done() > summary.selected;
  const std::uint64_t all = shared ? summary.candidates : summary.selected;
  std::string text =
      fmt::format("{}: {} of {} {} in {}: {}\n", name, format_integer(counts.done()),
                  format_integer(all), plural(all, "point"), request.store, counts_text(counts));
  text += fmt::format("  this time: {} run, {} taken over, {} failed, in {:.3g} s",
                      format_integer(summary.ran - summary.reused), format_integer(summary.reused),
                      format_integer(summary.failed), summary.seconds);
  if (summary.ran > 0 && summary.seconds > 0) {
    text += fmt::format(" ({:.0f} points a minute, store {:.1f} %)",
                        60 * static_cast<double>(summary.ran) / summary.seconds,
                        100 * summary.store_seconds / summary.seconds);
  }
  text += "\n";
  if (summary.selected == 0 && request.shard.empty())
    text += fmt::format("  the constraints exclude all {} candidates\n",
                        format_integer(summary.candidates));
  for (const std::string& message : summary.messages) text += "  " + message + "\n";
  if (summary.failed > summary.messages.size()) {
    text += fmt::format("  and {} more; bitscale query {} --where \"status != 'ok'\" shows all\n",
                        summary.failed - summary.messages.size(), request.store);
  }
  if (summary.stopped_by != 0) text += "  stopped; the same command goes on from here\n";
  return text;
}

sweep::ProgressForm progress_form(const SweepRequest& request) {
  if (request.quiet || request.progress == "none") return sweep::ProgressForm::none;
  return request.progress == "json" ? sweep::ProgressForm::json : sweep::ProgressForm::people;
}

/// How long the sweep will take, from a few points spread over it, run one after another.
std::string estimate_text(const LoadedSweep& loaded, const std::vector<bool>& selected,
                          std::size_t workers) {
  constexpr std::uint64_t kTimed = 5;
  std::vector<std::uint64_t> indices;
  for (std::uint64_t i = 0; i < selected.size(); ++i) {
    if (selected[i]) indices.push_back(i);
  }
  if (indices.empty()) return "  nothing to run\n";
  std::vector<std::uint64_t> timed;
  for (std::uint64_t i = 0; i < std::min<std::uint64_t>(kTimed, indices.size()); ++i)
    timed.push_back(indices[i * indices.size() / std::min<std::uint64_t>(kTimed, indices.size())]);
  double seconds = 0;
  std::uint64_t done = 0;
  std::string failures;
  {
    sweep::WorkerPool pool(1, {loaded.config.limits.time_s, 0},
                           [&] { return make_sweep_work(loaded.config, loaded.space, "", false); });
    std::size_t next = 0;
    sweep::WorkHooks hooks;
    hooks.next = [&]() -> std::optional<std::uint64_t> {
      if (next >= timed.size()) return std::nullopt;
      return timed[next++];
    };
    hooks.finished = [&](const sweep::Finished& finished) {
      if (finished.loss) return;
      const sweep::Outcome outcome = sweep::outcome_of(finished.message);
      seconds += outcome.seconds;
      ++done;
      if (outcome.status != sweep::Status::ok)
        failures += fmt::format("  point {}: {}: {}\n", finished.index, to_string(outcome.status),
                                outcome.message);
    };
    (void)pool.run(hooks);
  }
  const double each_s = done > 0 ? seconds / static_cast<double>(done) : 0;
  const double whole_s =
      each_s * static_cast<double>(indices.size()) / static_cast<double>(workers);
  return failures + fmt::format(
                        "  {} timed {} took {:.3g} ms each; all of them about {} with "
                        "{} {}, less what points share\n",
                        done, plural(done, "point"), 1e3 * each_s, format_duration(whole_s),
                        workers, plural(workers, "worker"));
}

ExitCode dry_run(LoadedSweep& loaded, const SweepRequest& request, std::size_t workers) {
  const sweep::Sweep sweep = loaded.sweep();
  sweep::Shard shard;
  if (!request.shard.empty()) shard = sweep::parse_shard(request.shard);
  const std::vector<bool> selected = select_points(sweep, shard);
  const auto count = static_cast<std::uint64_t>(std::ranges::count(selected, true));
  print(fmt::format("{}: {} {} of {} {} ({})\n", loaded.config.name, format_integer(count),
                    plural(count, "point"), format_integer(selected.size()),
                    plural(selected.size(), "candidate"), to_string(loaded.config.combine)) +
        estimate_text(loaded, selected, workers));
  return ExitCode::ok;
}

/// Exit codes of what a signal stopped start here, as shells have it.
constexpr int kSignalled = 128;

/// Bytes that go into a file at once.
constexpr std::size_t kBlock = std::size_t{1} << 16U;

void write_csv_file(const std::string& path, const std::string& store_path,
                    const std::string& hash) {
  sweep::Store store(store_path, sweep::Store::Mode::read);
  sweep::ResultTable table(store, store.find_sweep(hash), {});
  stream_file_atomically(path, [&](const FileWriter& write) {
    std::string block;
    write_csv(table, [&](const std::string& line) {
      block += line;
      if (block.size() > kBlock) write(std::exchange(block, {}));
    });
    write(block);
  });
}

ExitCode run(SweepRequest request) {
  request.file = request.words.back();
  if (request.words.size() == 2) {
    if (request.words.front() != "retry")
      throw UsageError("error: one sweep at a time: bitscale sweep FILE, or sweep retry FILE");
    request.retry = true;
  }
  LoadedSweep loaded(request.file, request.overrides);
  const std::size_t workers = request.workers > 0
                                  ? request.workers
                                  : std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
  loaded.require_valid_start();
  if (request.dry_run) return dry_run(loaded, request, workers);
  if (request.store.empty()) request.store = default_store(loaded.config);
  if (!request.csv.empty()) require_file_writable(request.csv);
  sweep::Sweep sweep = loaded.sweep();
  sweep::RunOptions options;
  options.store = request.store;
  options.workers = workers;
  if (!request.shard.empty()) options.shard = sweep::parse_shard(request.shard);
  options.retry = request.retry;
  options.progress = progress_form(request);
  options.output = stderr_progress(request.quiet);
  const sweep::RunSummary summary = run_sweep(sweep, options, [&] {
    return make_sweep_work(loaded.config, loaded.space, request.store, request.retry);
  });
  sweep::Counts counts;
  {
    sweep::Store store(request.store, sweep::Store::Mode::read);
    counts = store.counts(sweep.stored.id);
  }
  if (!request.csv.empty()) write_csv_file(request.csv, request.store, sweep.stored.hash);
  print(summary_text(summary, counts, request, loaded.config.name));
  if (summary.stopped_by != 0) return static_cast<ExitCode>(kSignalled + summary.stopped_by);
  return counts.failed() > 0 ? ExitCode::check_failed : ExitCode::ok;
}

}  // namespace

void add_sweep(CLI::App& app, Action& action) {
  auto request = std::make_shared<SweepRequest>();
  CLI::App* command =
      app.add_subcommand("sweep", "Run the points of a sweep file that are missing");
  command->add_option("file", request->words, "Sweep by name or path; `retry FILE` as with --retry")
      ->type_name("SWEEP")
      ->required()
      ->expected(1, 2);
  command->add_option("--store", request->store, "SQLite file of results; NAME.sqlite otherwise")
      ->type_name("FILE");
  command->add_option("-j,--jobs", request->workers, "Worker processes; one per core otherwise")
      ->check(CLI::Range(1, 4096));
  command->add_option("--shard", request->shard, "Only part I of N, as I/N")->type_name("I/N");
  command->add_option("--csv", request->csv, "Write the results as CSV in the end")
      ->type_name("FILE");
  command->add_option("--progress", request->progress, "text, json (an object a line) or none")
      ->check(CLI::IsMember({"text", "json", "none"}));
  command->add_flag("--retry", request->retry, "Run the failed points again instead");
  command->add_flag("--dry-run", request->dry_run, "How many points, and how long about");
  command->add_flag("--quiet", request->quiet, "No progress on standard error");
  command->add_option("--set", request->overrides, "Change one key of the sweep file: a.b.c=value")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  command->callback([&action, request] { action = [request] { return run(*request); }; });
}

}  // namespace bitscale::app
