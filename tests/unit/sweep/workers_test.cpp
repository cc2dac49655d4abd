#include "sim/sweep/workers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <map>

namespace bitscale::sweep {
namespace {

using testing::HasSubstr;

/// Runs pieces 0 .. count-1 and returns what became of each.
std::map<std::uint64_t, Finished> run(std::size_t workers, std::uint64_t count,
                                      const WorkerPool::Work& work, WorkerLimits limits = {}) {
  std::map<std::uint64_t, Finished> done;
  WorkerPool pool(workers, limits, [work] { return work; });
  std::uint64_t next = 0;
  WorkHooks hooks;
  hooks.next = [&]() -> std::optional<std::uint64_t> {
    if (next == count) return std::nullopt;
    return next++;
  };
  hooks.finished = [&](Finished finished) {
    const std::uint64_t index = finished.index;
    EXPECT_TRUE(done.emplace(index, std::move(finished)).second) << "twice: " << index;
  };
  EXPECT_TRUE(pool.run(hooks));
  return done;
}

std::string doubled(std::uint64_t index) { return std::to_string(2 * index); }

TEST(Workers, AnswerEveryPieceOnce) {
  const auto done = run(3, 1000, doubled);
  ASSERT_EQ(done.size(), 1000U);
  for (const auto& [index, finished] : done) {
    EXPECT_EQ(finished.message, doubled(index));
    EXPECT_FALSE(finished.loss);
  }
}

TEST(Workers, CarryMessagesLargerThanAPipe) {
  const auto done =
      run(2, 4, [](std::uint64_t index) { return std::string(3'000'000 + index, 'x'); });
  EXPECT_EQ(done.at(3).message.size(), 3'000'003U);
}

TEST(Workers, LoseOnlyThePieceThatCrashes) {
  // Not SIGSEGV: sanitizers make an exit of that.
  const auto done = run(2, 50, [](std::uint64_t index) {
    if (index == 7) ::raise(SIGABRT);
    return doubled(index);
  });
  ASSERT_EQ(done.size(), 50U);
  EXPECT_EQ(done.at(7).loss, Loss::crashed);
  EXPECT_THAT(done.at(7).reason, HasSubstr("SIGABRT"));
  for (const auto& [index, finished] : done) EXPECT_EQ(finished.loss.has_value(), index == 7);
}

TEST(Workers, GoOnAfterEveryPieceCrashed) {
  const auto done = run(2, 6, [](std::uint64_t) -> std::string { ::_exit(3); });
  EXPECT_EQ(done.size(), 6U);
  EXPECT_THAT(done.at(0).reason, HasSubstr("ended with status 3"));
}

TEST(Workers, EndAPieceThatTakesTooLong) {
  WorkerLimits limits;
  limits.time_s = 0.2;
  const auto done = run(
      1, 3,
      [](std::uint64_t index) {
        if (index == 1) {
          for (;;) ::pause();
        }
        return doubled(index);
      },
      limits);
  EXPECT_EQ(done.at(1).loss, Loss::timeout);
  EXPECT_FALSE(done.at(2).loss);
}

TEST(Workers, CallAPieceTooLargeOnceAFreshProcessCouldNotHoldItEither) {
  const auto done = run(1, 3, [](std::uint64_t index) {
    if (index == 1) throw std::bad_alloc();
    return doubled(index);
  });
  EXPECT_EQ(done.at(1).loss, Loss::memory);
  EXPECT_FALSE(done.at(2).loss);
}

TEST(Workers, GiveAFreshProcessToAPieceThatOthersLeftNoMemoryFor) {
  int before = 0;
  const auto done = run(1, 3, [before](std::uint64_t index) mutable {
    if (before++ > 0) throw std::bad_alloc();
    return doubled(index);
  });
  for (const auto& [index, finished] : done) EXPECT_FALSE(finished.loss) << index;
}

TEST(Workers, StopWhenASignalAsks) {
  const StopSignals signals;
  WorkerPool pool(1, {}, [] { return doubled; });
  WorkHooks hooks;
  std::uint64_t next = 0;
  hooks.next = [&]() -> std::optional<std::uint64_t> { return next++; };
  hooks.finished = [&](const Finished& finished) {
    if (finished.index == 20) ::raise(SIGTERM);
  };
  EXPECT_FALSE(pool.run(hooks));
}

}  // namespace
}  // namespace bitscale::sweep
