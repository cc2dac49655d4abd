#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace bitscale {

/// A file of an output directory.
struct OutputFile {
  std::string name;  ///< within the directory, no slash
  std::string content;
};

/// Writes all files into `directory`, made with its parents where it does not exist: everything
/// under temporary names first, then renamed, so that no name ever holds half a file and a failure
/// leaves the directory as it was. Throws IoError with the path and the reason.
void write_files_atomically(const std::string& directory, const std::vector<OutputFile>& files);

/// The same for one file; its directory must exist.
void write_file_atomically(const std::string& path, const std::string& content);

/// Takes the next piece of a file's content.
using FileWriter = std::function<void(std::string_view)>;

/// The same for a file too large to be held in memory: `produce` hands over piece by piece.
void stream_file_atomically(const std::string& path,
                            const std::function<void(const FileWriter&)>& produce);

/// Throws the IoError that writing into `directory` would throw, before hours of work are done for
/// it. Leaves nothing behind.
void require_writable(const std::string& directory);

/// The same for a file that is to be written with write_file_atomically(); a device or anything
/// else that is no plain file is refused.
void require_file_writable(const std::string& path);

}  // namespace bitscale
