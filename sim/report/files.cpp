#include "sim/report/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>

#include "sim/core/errors.hpp"

namespace bitscale {

namespace {

namespace fs = std::filesystem;

constexpr int kMaxAttempts = 100;  ///< names left behind by killed processes that are stepped over

[[noreturn]] void fail(const fs::path& path, int error) {
  throw IoError(fmt::format("error: cannot write '{}': {}", path.string(), std::strerror(error)));
}

/// A device would be replaced by a file of its name.
void require_plain(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (fs::exists(status) && !fs::is_regular_file(status))
    fail(path, fs::is_directory(status) ? EISDIR : EINVAL);
}

/// Temporary files and fresh directories of one write; whatever was not kept is removed.
class Staging {
 public:
  Staging() = default;
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;
  ~Staging() {
    std::error_code ignored;
    for (const auto& [temporary, final_path] : files_) fs::remove(temporary, ignored);
    // Innermost first; a directory that got its files is not empty and stays.
    for (auto made = directories_.rbegin(); made != directories_.rend(); ++made) {
      fs::remove(*made, ignored);
    }
  }

  void make_directories(const fs::path& directory) {
    if (directory.empty()) return;
    std::error_code error;
    if (fs::is_directory(directory, error)) return;
    make_directories(directory.parent_path());
    if (::mkdir(directory.c_str(), 0777) != 0) {
      const int reason = errno;
      if (reason == EEXIST && fs::is_directory(directory, error)) return;
      fail(directory, reason == EEXIST ? ENOTDIR : reason);
    }
    directories_.push_back(directory);
  }

  void write(const fs::path& path, const std::string& content) {
    stream(path, [&](const FileWriter& write) { write(content); });
  }

  void stream(const fs::path& path, const std::function<void(const FileWriter&)>& produce) {
    require_plain(path);
    std::string name;
    int file = -1;
    for (int attempt = 0; file < 0; ++attempt) {
      name = (path.parent_path() /
              fmt::format(".{}.{}-{}.tmp", path.filename().string(), ::getpid(), attempt))
                 .string();
      file = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      if (file < 0 && (errno != EEXIST || attempt == kMaxAttempts)) fail(path, errno);
    }
    files_.emplace_back(name, path);
    const std::unique_ptr<int, Close> open(&file);
    produce([&](std::string_view content) {
      if (const int error = write_all(file, content); error != 0) fail(path, error);
    });
    // Reaches the disk before the name is given.
    if (::fsync(file) != 0) fail(path, errno);
  }

  void commit() {
    // A directory in the place of a file is the one failure of rename() that can be seen
    // beforehand.
    for (const auto& [temporary, final_path] : files_) {
      std::error_code error;
      if (fs::is_directory(final_path, error)) fail(final_path, EISDIR);
    }
    for (const auto& [temporary, final_path] : files_) {
      if (std::rename(temporary.c_str(), final_path.c_str()) != 0) fail(final_path, errno);
    }
    files_.clear();
    directories_.clear();
  }

 private:
  struct Close {
    void operator()(const int* file) const { ::close(*file); }
  };

  /// 0 or the errno of what failed.
  static int write_all(int file, std::string_view content) {
    std::size_t done = 0;
    while (done < content.size()) {
      const ssize_t written = ::write(file, content.data() + done, content.size() - done);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return errno;
      done += static_cast<std::size_t>(written);
    }
    return 0;
  }

  std::vector<std::pair<std::string, fs::path>> files_;  ///< temporary name, final name
  std::vector<fs::path> directories_;                    ///< made here, outermost first
};

}  // namespace

void write_files_atomically(const std::string& directory, const std::vector<OutputFile>& files) {
  Staging staging;
  const fs::path folder(directory);
  staging.make_directories(folder.has_filename() ? folder : folder.parent_path());
  for (const OutputFile& file : files) staging.write(folder / file.name, file.content);
  staging.commit();
}

void write_file_atomically(const std::string& path, const std::string& content) {
  Staging staging;
  staging.write(path, content);
  staging.commit();
}

void stream_file_atomically(const std::string& path,
                            const std::function<void(const FileWriter&)>& produce) {
  Staging staging;
  staging.stream(path, produce);
  staging.commit();
}

void require_file_writable(const std::string& path) { Staging().write(path, ""); }

void require_writable(const std::string& directory) {
  Staging staging;
  const fs::path folder(directory);
  staging.make_directories(folder.has_filename() ? folder : folder.parent_path());
  staging.write(folder / "write-test", "");
}

}  // namespace bitscale
