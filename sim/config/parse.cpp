#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <map>
#include <sstream>

#include "sim/config/syntax.hpp"
#include "sim/config/tree.hpp"
#include "sim/config/utf8.hpp"

namespace bitscale::config {

namespace {

[[noreturn]] void refuse(const Mark& where, std::string message) {
  throw ConfigError({{where, "", std::move(message)}});
}

/// False where a plain scalar can only be text (`a: b` over two lines, `%x`): such a scalar counts
/// as quoted, so that written out again it stays what it was.
bool is_simple_plain(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  constexpr std::string_view kIndicators = "?:,[]{}#&*!|>'\"%@`";
  if (text.empty() || kIndicators.find(text.front()) != std::string_view::npos) return false;
  if (text == "-" || text.starts_with("- ") || text.starts_with("---")) return false;
  if (text.starts_with("...") || text.front() == ' ' || text.back() == ' ') return false;
  if (text.back() == ':' || text.find(kByteOrderMark) != std::string_view::npos) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
    if (c == '#' && text[i - 1] == ' ') return false;
    if (c == ':' && text[i + 1] == ' ') return false;
  }
  return true;
}

/// Builds the tree from yaml-cpp's events. Only the event interface shows duplicate keys, quoting
/// and aliases, and lets the limits bite before memory is used.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(const std::string& file) : file_(file) {}

  [[nodiscard]] Node take() { return std::move(root_); }
  [[nodiscard]] const Mark& last_quoted() const { return last_quoted_; }
  [[nodiscard]] Mark to_mark(const YAML::Mark& mark) const {
    return Mark{file_, mark.line + 1, mark.column + 1};
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (started_) refuse(to_mark(mark), "expected one document, got another one behind it");
    started_ = true;
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (expects_key()) refuse_key(mark, "nothing");
    Node node;
    node.where = to_mark(mark);
    place(std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    if (expects_key()) refuse_key(mark, "a list (or its ']' is missing)");
    open(Node::Kind::sequence, mark, tag, anchor);
  }
  void OnSequenceEnd() override { open_.pop_back(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    if (expects_key()) refuse_key(mark, "a mapping (or its '}' is missing)");
    open(Node::Kind::mapping, mark, tag, anchor);
  }
  void OnMapEnd() override { open_.pop_back(); }

 private:
  /// What a tree costs and how deep it is, for the limits.
  struct Extent {
    std::size_t nodes = 0;
    std::size_t text = 0;
    std::size_t height = 0;
  };

  [[nodiscard]] bool expects_key() const {
    return !open_.empty() && open_.back()->kind == Node::Kind::mapping &&
           open_.back()->keys.size() == open_.back()->items.size();
  }

  [[noreturn]] void refuse_key(const YAML::Mark& mark, std::string_view what) const {
    refuse(to_mark(mark), fmt::format("expected a key made of text, got {}", what));
  }

  void check_tag(const YAML::Mark& mark, const std::string& tag) const {
    if (tag.empty() || tag == "?" || tag == "!") return;
    refuse(to_mark(mark), "tags are not supported; write the value without one");
  }

  void charge(const Mark& where, const Extent& extent) {
    nodes_ += extent.nodes;
    text_ += extent.text;
    if (nodes_ > kMaxNodes) {
      refuse(where, fmt::format("more than {} values, aliases expanded", kMaxNodes));
    }
    if (text_ > kMaxTextBytes) refuse(where, "more than 16 MiB of text, aliases expanded");
    if (open_.size() + extent.height > kMaxDepth) {
      refuse(where, fmt::format("nested deeper than {} levels", kMaxDepth));
    }
  }

  [[nodiscard]] static Extent measure(const Node& node) {
    Extent extent{1, node.scalar.size(), 1};
    for (const std::string& key : node.keys) extent.text += key.size();
    for (const Node& item : node.items) {
      const Extent inner = measure(item);
      extent.nodes += inner.nodes;
      extent.text += inner.text;
      extent.height = std::max(extent.height, inner.height + 1);
    }
    return extent;
  }

  /// Puts a node into the innermost open collection. Pointers to open nodes stay valid: a
  /// collection grows only while none of its elements is open.
  Node& place(Node node, YAML::anchor_t anchor) {
    charge(node.where, Extent{1, node.scalar.size(), 1});
    if (anchor != YAML::NullAnchor) {
      std::vector<std::uint32_t>& path = anchors_[anchor];
      for (const Node* parent : open_) {
        path.push_back(static_cast<std::uint32_t>(parent->items.size() - 1));
      }
      if (!path.empty()) ++path.back();
    }
    return append(std::move(node));
  }

  Node& append(Node node) {
    if (open_.empty()) return root_ = std::move(node);
    return open_.back()->items.emplace_back(std::move(node));
  }

  void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    check_tag(mark, tag);
    Node node;
    node.kind = kind;
    node.where = to_mark(mark);
    Node& placed = place(std::move(node), anchor);
    open_.push_back(&placed);
  }

  const std::string& file_;
  Node root_;
  bool started_ = false;
  Mark last_quoted_;
  std::vector<Node*> open_;  ///< from the root to the innermost collection that is not closed
  std::map<YAML::anchor_t, std::vector<std::uint32_t>> anchors_;  ///< paths of anchored nodes
  std::size_t nodes_ = 0;
  std::size_t text_ = 0;
};

void TreeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  const Mark where = to_mark(mark);
  if (expects_key()) refuse_key(mark, "an alias");
  const auto path = anchors_.find(anchor);
  if (path == anchors_.end()) refuse(where, "the alias does not name a value");
  const Node* source = &root_;
  for (const std::uint32_t index : path->second) source = &source->items[index];
  if (path->second.size() < open_.size() && open_[path->second.size()] == source) {
    refuse(where, "the alias stands inside the value it names");
  }
  charge(where, measure(*source));
  append(Node(*source));
}

void TreeBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& value) {
  check_tag(mark, tag);
  if (tag == "!") last_quoted_ = to_mark(mark);
  if (value.find('\0') != std::string::npos) refuse(to_mark(mark), "text with a NUL character");
  if (expects_key()) {
    if (value == "<<" && tag != "!") {
      refuse(to_mark(mark),
             "merge keys are not supported; use 'include', or an alias as the value");
    }
    if (value.size() > kMaxKeyBytes) {
      refuse(to_mark(mark), fmt::format("a key longer than {} bytes", kMaxKeyBytes));
    }
    if (open_.back()->keys.size() == kMaxKeys) {
      refuse(to_mark(mark), fmt::format("more than {} keys in one mapping", kMaxKeys));
    }
    charge(to_mark(mark), Extent{0, value.size(), 0});
    open_.back()->keys.push_back(value);
    open_.back()->key_marks.push_back(to_mark(mark));
    return;
  }
  Node node;
  node.kind = Node::Kind::scalar;
  node.where = to_mark(mark);
  node.scalar = value;
  node.quoted = tag == "!" || !is_simple_plain(value);
  place(std::move(node), anchor);
}

/// Only the last quoted scalar can run to the end of the text for want of a closing quote.
void check_last_quote(const TreeBuilder& builder, std::string_view text) {
  const Mark& where = builder.last_quoted();
  if (where.line > 0 && is_unclosed_quote(text, where)) refuse(where, "the quote is never closed");
}

}  // namespace

void check_characters(std::string_view text, const std::string& file) {
  Mark where{file, 1, 1};
  std::size_t at = 0;
  while (at < text.size()) {
    const Utf8Character character = decode_utf8(text, at);
    if (character.length == 0) refuse(where, "not valid UTF-8");
    const char32_t c = character.code;
    const bool control = (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f ||
                         (c > 0x7f && c < 0xa0 && c != 0x85) || c == 0xfffe || c == 0xffff;
    if (c == 0) refuse(where, "a NUL byte; this is no text file");
    if (control) refuse(where, fmt::format("a control character (code {:#04x})", std::uint32_t{c}));
    at += character.length;
    where.column += static_cast<int>(character.length);
    if (c == '\n') where = Mark{file, where.line + 1, 1};
  }
}

Node parse_yaml(std::string_view text, const std::string& file) {
  if (text.size() > kMaxTextBytes) refuse({file, 0, 0}, "larger than 16 MiB");
  check_characters(text, file);
  std::istringstream stream{std::string(text)};
  TreeBuilder builder(file);
  try {
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) {
      refuse({file, 1, 1}, "expected a document, got an empty file");
    }
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    const Mark where = builder.to_mark(error.mark);
    check_last_quote(builder, text);
    refuse(where, explain_syntax_error(error.msg, text, where.line));
  }
  check_last_quote(builder, text);
  return builder.take();
}

}  // namespace bitscale::config
