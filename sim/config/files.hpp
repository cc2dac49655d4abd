#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "sim/config/tree.hpp"

namespace bitscale::config {

class Reader;

/// Stands for the file in marks of what `--set` gave.
inline constexpr std::string_view kOverrideFile = "--set";

/// The kinds of files; the `kind:` key of each must say which it is.
enum class FileKind { machine, workload, technology, experiment, sweep };

[[nodiscard]] std::string_view to_string(FileKind kind);

/// Where presets are looked for, in order: $BITSCALE_PATH (colon-separated roots), the installed
/// share folder, the source tree the program was built from. A root holds configs/machines,
/// configs/technologies, configs/experiments, configs/sweeps and workloads.
[[nodiscard]] std::vector<std::string> search_roots();

/// A preset found by name.
struct Preset {
  std::string name;
  std::string path;
  std::string description;  ///< the file's `description:`
};

/// Every preset of a kind, sorted by name; an earlier root hides a later one's file of the same
/// name.
[[nodiscard]] std::vector<Preset> list_presets(FileKind kind);

/// Path of `name_or_path`: a path where it holds a '/' or ends in .yaml or .yml, else the preset's
/// name. `referrer` is the file whose `include:` (or `machine:` ...) names it: a relative path is
/// relative to that file's folder; empty for the command line. Throws ConfigError with the nearest
/// names ('did you mean') where nothing is found, located at `where` when it has a file; IoError
/// for a path that does not exist.
[[nodiscard]] std::string find_file(FileKind kind, std::string_view name_or_path,
                                    const Mark& where);

/// Loads a file and resolves its `include:` (one name or path, or a list, later ones winning):
/// included trees come first, the including file's keys change them. Mappings merge key by key,
/// lists that say what a file rests on (sources, assumed, notes, recalled) are appended to;
/// everything else is replaced; a sequence under a key `layers` or `profiles` ... merges by
/// nothing: it is replaced too. Refuses include cycles and chains over 16 files. Checks
/// `schema_version: 1` and `kind:` of each file (a missing one is a problem of that file). The
/// result has no `include` key. Throws ConfigError, IoError.
[[nodiscard]] Node load_resolved(FileKind kind, std::string_view name_or_path,
                                 const Mark& where = {});

/// Every file that load_resolved reads for it, included ones behind the including one.
[[nodiscard]] std::vector<std::string> resolved_files(FileKind kind, std::string_view name_or_path);

/// Replaces the value under `key` of `tree` where it is a scalar (a name or a path) or a mapping
/// with `include:`, by the resolved file of `kind`. An experiment's `machine: stripes` becomes the
/// whole machine, so that overrides reach into it.
void resolve_reference(Node& tree, std::string_view key, FileKind kind);

/// Applies `a.b.c=value` to the tree; the value is parsed as YAML. A sequence's element is named by
/// its index or by its `name:`. Missing mappings on the way are made, so that the reader can report
/// an unknown key with its suggestion. The mark of the new value is file `--set`, line 1, its
/// column in the text. Throws ConfigError for malformed text or an index outside the sequence.
void apply_override(Node& tree, std::string_view assignment);

/// Puts a value under a dotted key, as apply_override does; the key stands at `where`, marks of the
/// value are its own.
void set_value(Node& tree, std::string_view key, const Node& value, const Mark& where);

/// What stands under a dotted key, or nullptr. Throws ConfigError for a key with an empty part.
[[nodiscard]] const Node* find_value(const Node& tree, std::string_view key);

/// JSON Schema of a file of this kind, whose content `parse` reads: the header is required, and a
/// file with `include` needs no other key.
[[nodiscard]] nlohmann::ordered_json file_schema(FileKind kind,
                                                 const std::function<void(Reader&)>& parse);

}  // namespace bitscale::config
