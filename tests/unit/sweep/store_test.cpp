#include "sim/sweep/store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "sim/sweep/query.hpp"

namespace bitscale::sweep {
namespace {

using testing::HasSubstr;

class Stores : public testing::Test {
 protected:
  Stores()
      : folder_(std::filesystem::temp_directory_path() /
                ("bitscale_store_" + std::to_string(::getpid()))) {
    std::filesystem::create_directory(folder_);
  }
  ~Stores() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }

  static StoredSweep sweep() {
    StoredSweep sweep;
    sweep.hash = "0123456789";
    sweep.name = "test";
    sweep.candidates = 4;
    sweep.keys = {"batch"};
    sweep.axes = {Axis{"batch", {"batch"}, {}, {}, {}}};
    return sweep;
  }

  static FinishedPoint point(std::uint64_t index, double cycles, Status status = Status::ok) {
    FinishedPoint point;
    point.index = index;
    point.settings = R"({"batch":")" + std::to_string(index + 1) + "\"}";
    point.outcome.key = "key" + std::to_string(index);
    point.outcome.status = status;
    if (status != Status::ok) {
      point.outcome.message = "why";
      return point;
    }
    point.outcome.result.machine = "stripes";
    point.outcome.result.metrics.assign(point_metrics().size(), std::nullopt);
    point.outcome.result.metrics[*metric_index("cycles")] = cycles;
    point.outcome.result.energy_pJ = {{"multiplier", 1.5}};
    return point;
  }

  static std::string csv(Store& store, const Query& query) {
    ResultTable table(store, store.find_sweep(""), query);
    std::string text;
    write_csv(table, [&](const std::string& line) { text += line; });
    return text;
  }

  static std::string error_of(const std::string& path, Store::Mode mode = Store::Mode::write) {
    try {
      const Store store(path, mode);
    } catch (const IoError& error) {
      return error.what();
    }
    return "";
  }

  std::filesystem::path folder_;
};

TEST_F(Stores, KeepASweepAcrossReopening) {
  StoredSweep written = sweep();
  {
    Store store(path("a"), Store::Mode::write);
    store.register_sweep(written);
    store.add(written.id, {point(2, 10)});
  }
  Store store(path("a"), Store::Mode::read);
  EXPECT_EQ(store.find_sweep("test").keys, written.keys);
  EXPECT_EQ(store.done(written.id, 4), (std::vector<bool>{false, false, true, false}));
  EXPECT_TRUE(store.has_result("key2"));
}

TEST_F(Stores, DoNotReplaceAResult) {
  StoredSweep written = sweep();
  Store store(path("a"), Store::Mode::write);
  store.register_sweep(written);
  store.add(written.id, {point(0, 10)});
  store.add(written.id, {point(0, 99)});
  EXPECT_EQ(csv(store, {"", {"cycles"}, {}, 0}), "cycles\n10\n");
}

TEST_F(Stores, ReplaceAFailureThatWasTriedAgain) {
  StoredSweep written = sweep();
  Store store(path("a"), Store::Mode::write);
  store.register_sweep(written);
  FinishedPoint lost = point(0, 0, Status::crashed);
  lost.outcome.key = "unresolved";
  store.add(written.id, {lost});
  EXPECT_EQ(store.failed(written.id), std::vector<std::uint64_t>{0});
  store.add(written.id, {point(0, 10)}, true);
  EXPECT_TRUE(store.failed(written.id).empty());
  EXPECT_EQ(csv(store, {"", {"cycles", "status"}, {}, 0}), "cycles,status\n10,ok\n");
}

TEST_F(Stores, MergeToTheSameTableInEitherOrder) {
  for (const auto& [name, index] : {std::pair("a", 0U), std::pair("b", 1U)}) {
    StoredSweep written = sweep();
    Store store(path(name), Store::Mode::write);
    store.register_sweep(written);
    store.add(written.id, {point(index, 10 + index), point(2, 30)});
  }
  Store first(path("ab"), Store::Mode::write);
  first.merge(path("a"));
  first.merge(path("b"));
  Store second(path("ba"), Store::Mode::write);
  second.merge(path("b"));
  second.merge(path("a"));
  const std::string table = csv(first, {});
  EXPECT_EQ(table, csv(second, {}));
  EXPECT_THAT(table, HasSubstr("\n2,3,ok,"));
}

TEST_F(Stores, RefuseToMergeIntoThemselves) {
  Store store(path("a"), Store::Mode::write);
  std::filesystem::create_symlink(path("a"), path("link"));
  for (const char* name : {"a", "link"}) {
    try {
      store.merge(path(name));
      FAIL() << name;
    } catch (const UsageError& error) {
      EXPECT_THAT(error.what(), HasSubstr("cannot be merged into itself"));
    }
  }
}

TEST_F(Stores, WithoutTablesButOfAnotherVersionAreRefused) {
  Database(path("a"), Database::Mode::create).execute("PRAGMA user_version = 9");
  EXPECT_THROW(Store(path("a"), Store::Mode::write), IoError);
}

TEST_F(Stores, MergeAResultOverAFailure) {
  StoredSweep written = sweep();
  {
    Store store(path("failed"), Store::Mode::write);
    store.register_sweep(written);
    FinishedPoint lost = point(0, 0, Status::timeout);
    lost.outcome.key = "unresolved";
    store.add(written.id, {lost});
  }
  Store store(path("good"), Store::Mode::write);
  store.register_sweep(written);
  store.add(written.id, {point(0, 10)});
  Store all(path("all"), Store::Mode::write);
  all.merge(path("failed"));
  all.merge(path("good"));
  all.merge(path("failed"));
  EXPECT_EQ(csv(all, {"", {"cycles", "status"}, {}, 0}), "cycles,status\n10,ok\n");
}

TEST_F(Stores, FilterByKeysAndMetrics) {
  StoredSweep written = sweep();
  Store store(path("a"), Store::Mode::write);
  store.register_sweep(written);
  store.add(written.id, {point(0, 10), point(1, 20), point(2, 30)});
  EXPECT_EQ(
      csv(store, {"batch >= 2 and cycles < 25", {"index", "batch", "energy_multiplier_pJ"}, {}, 0}),
      "index,batch,energy_multiplier_pJ\n1,2,1.5\n");
  EXPECT_EQ(csv(store, {"", {"index"}, "-cycles", 2}), "index\n2\n1\n");
}

TEST_F(Stores, MarkRowsThatMeetTheConstraintsOverMetrics) {
  StoredSweep written = sweep();
  written.constraints = {"batch < 3", "cycles < 15"};
  Store store(path("a"), Store::Mode::write);
  store.register_sweep(written);
  store.add(written.id, {point(0, 10), point(1, 20), point(2, 0, Status::refused)});
  EXPECT_EQ(csv(store, {"", {"index", "feasible"}, {}, 0}), "index,feasible\n0,1\n1,0\n2,0\n");
}

TEST_F(Stores, SuggestTheColumnThatWasMeant) {
  StoredSweep written = sweep();
  Store store(path("a"), Store::Mode::write);
  store.register_sweep(written);
  try {
    (void)csv(store, {"cycels < 3", {}, {}, 0});
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("did you mean 'cycles'?"));
  }
}

TEST_F(Stores, RefuseAnotherVersion) {
  { const Store store(path("a"), Store::Mode::write); }
  Database(path("a"), Database::Mode::create).execute("PRAGMA user_version = 99");
  EXPECT_THAT(error_of(path("a")), HasSubstr("a store of schema version 99, this program reads and "
                                             "writes version 1"));
}

TEST_F(Stores, RefuseADatabaseOfAnotherProgram) {
  Database(path("a"), Database::Mode::create).execute("CREATE TABLE t(x)");
  EXPECT_THAT(error_of(path("a")), HasSubstr("not a store of bitscale"));
}

TEST_F(Stores, RefuseAFileThatIsNoDatabase) {
  std::ofstream(path("a")) << std::string(1000, 'x');
  EXPECT_THAT(error_of(path("a")), HasSubstr("file is not a database; give a store"));
}

TEST_F(Stores, GiveBackSimulationsByTheirKeys) {
  const std::string one(64, 'a');
  const std::string two(64, 'b');
  Store store(path("a"), Store::Mode::write);
  store.add_simulations({{two, "second"}, {one, std::string("\0first", 6)}});
  store.add_simulations({{one, "again"}});
  EXPECT_EQ(store.simulation(one), std::string("\0first", 6));
  EXPECT_EQ(store.simulation(two), "second");
  EXPECT_EQ(store.simulation(std::string(64, 'c')), std::nullopt);
}

TEST_F(Stores, DoNotMakeAStoreToReadIt) {
  EXPECT_THAT(error_of(path("none"), Store::Mode::read), HasSubstr("no such store"));
  EXPECT_FALSE(std::filesystem::exists(path("none")));
}

TEST(Outcome, SurvivesThePipe) {
  Outcome outcome;
  outcome.key = "k";
  outcome.status = Status::ok;
  outcome.seconds = 0.25;
  outcome.result.machine = "stripes";
  outcome.result.metrics = {1.5, std::nullopt, 9007199254740991.0};
  outcome.result.energy_pJ = {{"adder", 2.5}};
  outcome.result.cycles = {{"compute", 7}};
  outcome.simulations = {{"s", std::string("\0\xff", 2)}};
  EXPECT_EQ(outcome_of(to_message(outcome)), outcome);
}

}  // namespace
}  // namespace bitscale::sweep
