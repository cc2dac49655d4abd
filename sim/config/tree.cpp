#include "sim/config/tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

namespace bitscale::config {

const Node* Node::find(std::string_view key) const {
  if (kind != Kind::mapping) return nullptr;
  const auto found = std::find(keys.begin(), keys.end(), key);
  if (found == keys.end()) return nullptr;
  return &items[static_cast<std::size_t>(found - keys.begin())];
}

Node* Node::find(std::string_view key) {
  if (kind != Kind::mapping) return nullptr;
  const auto found = std::find(keys.begin(), keys.end(), key);
  if (found == keys.end()) return nullptr;
  return &items[static_cast<std::size_t>(found - keys.begin())];
}

std::size_t count_nodes(const Node& node) {
  std::size_t count = 1;
  for (const Node& item : node.items) count += count_nodes(item);
  return count;
}

bool same_content(const Node& a, const Node& b) {
  if (a.kind != b.kind || a.scalar != b.scalar || a.quoted != b.quoted || a.keys != b.keys) {
    return false;
  }
  return std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), same_content);
}

Node load_yaml(const std::string& path) {
  const auto fail = [&](int error) {
    return IoError(fmt::format("{}: error: cannot read the file: {}", path,
                               std::generic_category().message(error)));
  };
  std::error_code status_error;
  if (std::filesystem::is_directory(path, status_error)) throw fail(EISDIR);
  // A pipe nobody writes to would be waited for without end.
  if (std::filesystem::is_fifo(path, status_error)) throw fail(ESPIPE);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  if (!file) throw fail(errno);
  // One byte more than is allowed, so that parse_yaml sees and refuses an oversized file.
  std::string text(std::size_t{64} << 10U, '\0');
  std::size_t length = 0;
  while (length <= kMaxTextBytes) {
    if (length == text.size()) text.resize(2 * text.size());
    const std::size_t count = std::fread(text.data() + length, 1, text.size() - length, file.get());
    if (count == 0) break;
    length += count;
  }
  if (std::ferror(file.get()) != 0) throw fail(errno);
  text.resize(length);
  return parse_yaml(text, path);
}

}  // namespace bitscale::config
