#include "sim/config/files.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "tests/unit/config/support.hpp"

namespace bitscale::config {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::problems_of;

constexpr const char* kHeader = "schema_version: 1\nkind: machine\n";

/// A search root of its own, first on $BITSCALE_PATH.
class Files : public ::testing::Test {
 public:
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;
  Files(Files&&) = delete;
  Files& operator=(Files&&) = delete;

 protected:
  Files() { setenv("BITSCALE_PATH", (root_ / "").c_str(), 1); }
  ~Files() override { unsetenv("BITSCALE_PATH"); }

  /// Writes a machine with its header and returns its path.
  std::string machine(const std::string& name, const std::string& text) {
    root_.write("configs/machines/" + name + ".yaml", kHeader + text);
    return root_ / ("configs/machines/" + name + ".yaml");
  }

  static std::string resolved(std::string_view name) {
    return emit_yaml(load_resolved(FileKind::machine, name));
  }

  static std::vector<std::string> problems(std::string_view name) {
    return problems_of([&] { static_cast<void>(load_resolved(FileKind::machine, name)); });
  }

  testing::TemporaryFolder root_;
};

TEST_F(Files, AreFoundByName) {
  const std::string path = machine("zzz_one", "");
  EXPECT_EQ(find_file(FileKind::machine, "zzz_one", {}), path);
}

TEST_F(Files, AreFoundByPath) {
  const std::string path = machine("zzz_one", "");
  EXPECT_EQ(find_file(FileKind::machine, path, {}), path);
}

TEST_F(Files, AreFoundRelativeToTheFileThatNamesThem) {
  const std::string path = machine("zzz_one", "");
  const Mark where{root_ / "configs/experiments/e.yaml", 3, 10};
  EXPECT_EQ(find_file(FileKind::machine, "../machines/zzz_one.yaml", where), path);
}

TEST_F(Files, OfUnknownNamesAreSuggested) {
  machine("zzz_stripes", "");
  EXPECT_THAT(problems("zzz_strips"),
              ElementsAre("error: no machine is named 'zzz_strips', did you mean 'zzz_stripes'?"));
}

TEST_F(Files, AreNotNamedByWhatLeavesTheirFolder) {
  root_.write("secret.yaml", kHeader);
  for (const char* name : {"..", ".", "a b", "", "x\\y", "~"}) {
    EXPECT_THAT(problems(name), ElementsAre(HasSubstr("expected the name of a machine"))) << name;
  }
}

TEST_F(Files, ThatDoNotExistAreNamedWithThePlaceThatNamesThem) {
  try {
    static_cast<void>(find_file(FileKind::machine, "none.yaml", Mark{root_ / "e.yaml", 3, 10}));
    FAIL();
  } catch (const IoError& error) {
    EXPECT_EQ(std::string(error.what()), (root_ / "e.yaml") + ":3:10: error: cannot read '" +
                                             (root_ / "none.yaml") + "': no such file");
  }
}

TEST_F(Files, OfAnEarlierRootHideLaterOnes) {
  const testing::TemporaryFolder first;
  machine("zzz_one", "");
  first.write("configs/machines/zzz_one.yaml", kHeader);
  setenv("BITSCALE_PATH", ((first / "") + ":" + (root_ / "")).c_str(), 1);
  EXPECT_EQ(find_file(FileKind::machine, "zzz_one", {}), first / "configs/machines/zzz_one.yaml");
}

TEST_F(Files, AreListedByNameWithTheirDescription) {
  machine("zzz_b", "description: Second.\n");
  machine("zzz_a", "description: First.\n");
  root_.write("configs/machines/zzz_c.txt", "");
  std::vector<std::string> seen;
  for (const Preset& preset : list_presets(FileKind::machine)) {
    if (preset.name.starts_with("zzz_")) seen.push_back(preset.name + ": " + preset.description);
  }
  EXPECT_THAT(seen, ElementsAre("zzz_a: First.", "zzz_b: Second."));
}

TEST_F(Files, StayInTheListWhereBroken) {
  root_.write("configs/machines/zzz_bad.yaml", "a: [");
  const auto presets = list_presets(FileKind::machine);
  EXPECT_TRUE(std::any_of(presets.begin(), presets.end(),
                          [](const Preset& preset) { return preset.name == "zzz_bad"; }));
}

TEST_F(Files, KeepTheirHeader) { EXPECT_EQ((machine("zzz_a", ""), resolved("zzz_a")), kHeader); }

TEST_F(Files, MustStateVersionAndKind) {
  root_.write("configs/machines/zzz_a.yaml", "schema_version: 2\nkind: workload\n");
  root_.write("configs/machines/zzz_b.yaml", "name: x\n");
  EXPECT_THAT(
      problems("zzz_a"),
      ElementsAre(EndsWith("zzz_a.yaml:1:17: error: schema_version: expected 1, got '2' "
                           "(this program reads version 1)"),
                  EndsWith("zzz_a.yaml:2:7: error: kind: expected machine, got 'workload'")));
  EXPECT_THAT(problems("zzz_b"),
              ElementsAre(EndsWith("zzz_b.yaml:1:1: error: schema_version: missing required key, "
                                   "expected 1"),
                          EndsWith("zzz_b.yaml:1:1: error: kind: missing required key, expected "
                                   "machine")));
}

TEST_F(Files, MergeIncludedMappingsKeyByKey) {
  machine("zzz_base", "array: {rows: 4, columns: 8}\nname: base\n");
  machine("zzz_a", "include: zzz_base\narray: {rows: 2}\nextra: 1\n");
  EXPECT_EQ(resolved("zzz_a"),
            std::string(kHeader) + "array:\n  rows: 2\n  columns: 8\nname: base\nextra: 1\n");
}

TEST_F(Files, ReplaceIncludedLists) {
  machine("zzz_base", "layers: [1, 2, 3]\n");
  machine("zzz_a", "include: zzz_base\nlayers: [4]\n");
  EXPECT_EQ(resolved("zzz_a"), std::string(kHeader) + "layers: [4]\n");
}

TEST_F(Files, LetLaterIncludesWin) {
  machine("zzz_b", "x: 1\ny: 1\nz: 1\n");
  machine("zzz_c", "x: 2\ny: 2\n");
  machine("zzz_a", "x: 3\ninclude: [zzz_b, zzz_c]\n");
  EXPECT_EQ(resolved("zzz_a"), std::string(kHeader) + "x: 3\ny: 2\nz: 1\n");
}

TEST_F(Files, KeepThePlacesOfMergedValues) {
  const std::string base = machine("zzz_base", "array: {rows: 4, columns: 8}\n");
  const std::string path = machine("zzz_a", "include: zzz_base\narray:\n  rows: 2\n");
  const Node tree = load_resolved(FileKind::machine, "zzz_a");
  EXPECT_EQ(tree.find("array")->find("rows")->where, (Mark{path, 5, 9}));
  EXPECT_EQ(tree.find("array")->find("columns")->where, (Mark{base, 3, 27}));
}

TEST_F(Files, KeepDuplicateKeysForTheReader) {
  machine("zzz_base", "x: 1\n");
  machine("zzz_a", "include: zzz_base\nx: 2\nx: 3\n");
  EXPECT_EQ(resolved("zzz_a"), std::string(kHeader) + "x: 2\nx: 3\n");
}

TEST_F(Files, RefuseCyclesOfIncludes) {
  machine("zzz_a", "include: zzz_b\n");
  machine("zzz_b", "include: zzz_a\n");
  EXPECT_THAT(problems("zzz_a"), ElementsAre(HasSubstr("zzz_b.yaml:3:10: error: include: ")));
  EXPECT_THAT(problems("zzz_a"), ElementsAre(EndsWith("zzz_a.yaml' includes itself")));
}

TEST_F(Files, AllowTheSameIncludeTwice) {
  machine("zzz_base", "x: 1\n");
  machine("zzz_b", "include: zzz_base\n");
  machine("zzz_a", "include: [zzz_b, zzz_base]\n");
  EXPECT_EQ(resolved("zzz_a"), std::string(kHeader) + "x: 1\n");
}

TEST_F(Files, RefuseLongChainsOfIncludes) {
  machine("zzz_0", "");
  for (int i = 1; i <= 16; ++i) {
    machine("zzz_" + std::to_string(i), "include: zzz_" + std::to_string(i - 1) + "\n");
  }
  EXPECT_TRUE(problems("zzz_15").empty());
  EXPECT_THAT(problems("zzz_16"),
              ElementsAre(EndsWith("zzz_1.yaml:3:10: error: include: a chain of more than 16 "
                                   "files")));
}

TEST_F(Files, RefuseIncludesThatMultiply) {
  machine("zzz_0", "");
  for (int i = 1; i <= 12; ++i) {
    const std::string below = "zzz_" + std::to_string(i - 1);
    machine("zzz_" + std::to_string(i), fmt::format("include: [{0}, {0}]\n", below));
  }
  EXPECT_THAT(problems("zzz_12"), ElementsAre(EndsWith("error: include: more than 256 files")));
}

TEST_F(Files, RefuseMalformedIncludes) {
  machine("zzz_a", "include: {a: b}\n");
  machine("zzz_b", "include: []\n");
  machine("zzz_c", "include:\n");
  machine("zzz_d", "include: zzz_a\ninclude: zzz_b\n");
  const std::string expected = "include: expected a name or a path, or a list of them, got ";
  EXPECT_THAT(problems("zzz_a"), ElementsAre(EndsWith(expected + "a mapping")));
  EXPECT_THAT(problems("zzz_b"), ElementsAre(EndsWith(expected + "a list")));
  EXPECT_THAT(problems("zzz_c"), ElementsAre(EndsWith(expected + "nothing")));
  EXPECT_THAT(problems("zzz_d"),
              ElementsAre(EndsWith("4:1: error: include: duplicate key, first given at line 3")));
}

TEST_F(Files, AreMappings) {
  root_.write("configs/machines/zzz_a.yaml", "[1]\n");
  EXPECT_THAT(problems("zzz_a"),
              ElementsAre(EndsWith("1:1: error: expected a mapping, got a list")));
}

TEST_F(Files, ReplaceTheNamesThatReferToThem) {
  machine("zzz_a", "x: 1\n");
  Node tree = parse_yaml("machine: zzz_a\n", root_ / "e.yaml");
  resolve_reference(tree, "machine", FileKind::machine);
  EXPECT_EQ(tree.find("machine")->find("x")->scalar, "1");
}

TEST_F(Files, AreChangedInThePlaceThatRefersToThem) {
  machine("zzz_a", "x: 1\ny: 2\n");
  Node tree = parse_yaml("machine: {include: zzz_a, x: 5}\n", root_ / "e.yaml");
  resolve_reference(tree, "machine", FileKind::machine);
  EXPECT_EQ(tree.find("machine")->find("x")->scalar, "5");
  EXPECT_EQ(tree.find("machine")->find("y")->scalar, "2");
  EXPECT_EQ(tree.find("machine")->find("include"), nullptr);
}

TEST_F(Files, AreLeftAloneWhereSpelledOut) {
  Node tree = parse_yaml("machine: {x: 5}\nother: 1\n", root_ / "e.yaml");
  const Node before = tree;
  resolve_reference(tree, "machine", FileKind::machine);
  resolve_reference(tree, "absent", FileKind::machine);
  EXPECT_TRUE(same_content(tree, before));
}

TEST_F(Files, OfUnknownNamesAreLocatedWhereTheyAreNamed) {
  Node tree = parse_yaml("machine: zzz_none\n", "e.yaml");
  EXPECT_THAT(problems_of([&] { resolve_reference(tree, "machine", FileKind::machine); }),
              ElementsAre(HasSubstr("e.yaml:1:10: error: no machine is named 'zzz_none'")));
}

TEST(SearchRoots, IncludeTheSourceTree) {
  const auto roots = search_roots();
  EXPECT_TRUE(std::any_of(roots.begin(), roots.end(), [](const std::string& root) {
    return std::filesystem::exists(std::filesystem::path(root) / "sim/config/files.hpp");
  }));
}

}  // namespace
}  // namespace bitscale::config
