#include "sim/report/files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "sim/core/errors.hpp"

namespace bitscale {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class OutputFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "bitscale-files-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
  }
  void TearDown() override { fs::remove_all(root_); }

  static std::string content(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  /// Names in a directory, hidden ones included.
  static std::vector<std::string> names(const fs::path& directory) {
    std::vector<std::string> result;
    for (const auto& entry : fs::directory_iterator(directory)) {
      result.push_back(entry.path().filename().string());
    }
    std::sort(result.begin(), result.end());
    return result;
  }
  template <typename F>
  static std::string io_error(F action) {
    try {
      action();
    } catch (const IoError& error) {
      return error.what();
    }
    return "";
  }

  fs::path root_;
};

TEST_F(OutputFiles, MakesTheDirectoryWithItsParents) {
  write_files_atomically((root_ / "a" / "b").string(), {{"x.json", "1"}, {"y.csv", "2"}});
  EXPECT_EQ(content(root_ / "a" / "b" / "x.json"), "1");
  EXPECT_EQ(names(root_ / "a" / "b"), (std::vector<std::string>{"x.json", "y.csv"}));
}

TEST_F(OutputFiles, TakesATrailingSlash) {
  write_files_atomically((root_ / "a").string() + "/", {{"x", "1"}});
  EXPECT_EQ(content(root_ / "a" / "x"), "1");
}

TEST_F(OutputFiles, ReplacesFilesAndLeavesOthersAlone) {
  std::ofstream(root_ / "x") << "old";
  std::ofstream(root_ / "other") << "kept";
  write_files_atomically(root_.string(), {{"x", "new"}});
  EXPECT_EQ(content(root_ / "x"), "new");
  EXPECT_EQ(content(root_ / "other"), "kept");
}

TEST_F(OutputFiles, LeaveNothingBehindWhereOneCannotBeWritten) {
  fs::create_directory(root_ / "y");  // in the way of the second file
  EXPECT_THAT(io_error([&] {
                write_files_atomically(root_.string(), {{"x", "1"}, {"y", "2"}});
              }),
              HasSubstr((root_ / "y").string() + "': Is a directory"));
  EXPECT_EQ(names(root_), (std::vector<std::string>{"y"}));
}

TEST_F(OutputFiles, LeaveNoDirectoryBehindWhereOneCannotBeWritten) {
  const std::string too_long(300, 'n');
  EXPECT_THAT(io_error([&] {
                write_files_atomically((root_ / "a" / "b").string(), {{too_long, "1"}});
              }),
              HasSubstr("File name too long"));
  EXPECT_TRUE(names(root_).empty());
}

TEST_F(OutputFiles, BelowAFileAreRefusedWithPathAndReason) {
  std::ofstream(root_ / "file") << "x";
  EXPECT_EQ(io_error([&] {
              write_files_atomically((root_ / "file").string(), {{"x", "1"}});
            }),
            "error: cannot write '" + (root_ / "file").string() + "': Not a directory");
  EXPECT_THAT(io_error([&] {
                write_files_atomically((root_ / "file" / "a").string(), {{"x", "1"}});
              }),
              HasSubstr("Not a directory"));
}

TEST_F(OutputFiles, ASingleFileIsReplacedAtOnce) {
  write_file_atomically((root_ / "x").string(), std::string(100000, 'z'));
  EXPECT_EQ(content(root_ / "x").size(), 100000U);
  EXPECT_EQ(names(root_), (std::vector<std::string>{"x"}));
}

TEST_F(OutputFiles, PiecesBecomeOneFileOrNone) {
  const std::string path = (root_ / "x").string();
  stream_file_atomically(path, [](const FileWriter& write) {
    write("one ");
    write("two");
  });
  EXPECT_EQ(content(path), "one two");
  EXPECT_THROW(stream_file_atomically(path,
                                      [](const FileWriter& write) {
                                        write("half");
                                        throw IoError("no more");
                                      }),
               IoError);
  EXPECT_EQ(content(path), "one two");
  EXPECT_EQ(names(root_), (std::vector<std::string>{"x"}));
}

TEST_F(OutputFiles, WhatIsNoPlainFileIsNotReplaced) {
  const std::string path = (root_ / "pipe").string();
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_THAT(io_error([&] { write_file_atomically(path, "x"); }), HasSubstr("Invalid argument"));
  EXPECT_TRUE(fs::is_fifo(path));
}

TEST_F(OutputFiles, ProbingLeavesNoTrace) {
  require_writable((root_ / "a" / "b").string());
  EXPECT_TRUE(names(root_).empty());
  std::ofstream(root_ / "file") << "x";
  EXPECT_THAT(io_error([&] { require_writable((root_ / "file").string()); }),
              HasSubstr("Not a directory"));
}

}  // namespace
}  // namespace bitscale
