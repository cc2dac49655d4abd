// Networks of other tools: import makes a workload file of them, export writes one for them.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <memory>

#include "sim/app/commands.hpp"
#include "sim/core/plural.hpp"
#include "sim/import/onnx.hpp"
#include "sim/import/scale_sim.hpp"
#include "sim/workload/npy.hpp"
#include "sim/workload/widths.hpp"
#include "sim/workload/workload_file.hpp"

namespace bitscale::app {
namespace {

namespace fs = std::filesystem;

/// A model file without external data ends here; a topology is text.
constexpr std::uint64_t kMaxModelBytes = std::uint64_t{2} << 30U;
constexpr std::uint64_t kMaxTopologyBytes = std::uint64_t{16} << 20U;

struct ImportRequest {
  std::string file, output, format = "auto", bits = "8x8", weights, name;
  std::vector<std::string> leave_out;
  bool bits_given = false;
};

[[noreturn]] void unreadable(const std::string& path, std::string_view reason) {
  throw IoError(fmt::format("{}: error: cannot read the file: {}", path, reason));
}

std::string read_file(const std::string& path, std::uint64_t most) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (!fs::exists(status)) unreadable(path, "no such file");
  if (!fs::is_regular_file(status)) unreadable(path, "not a regular file");
  const std::uint64_t size = fs::file_size(path, error);
  if (error) unreadable(path, error.message());
  if (size > most) unreadable(path, fmt::format("{} bytes; at most {} are read", size, most));
  std::string bytes(size, '\0');
  std::ifstream stream(path, std::ios::binary);
  if (!stream) unreadable(path, "permission denied");
  if (!stream.read(bytes.data(), static_cast<std::streamsize>(size)))
    unreadable(path, "it ended early");
  return bytes;
}

/// `8x4`: activation bits x weight bits.
importing::Widths parse_widths(const std::string& text) {
  const std::optional<WidthPair> widths = parse_width_pair(text);
  if (!widths || widths->activation < 2 || widths->weight < 2) {
    throw UsageError(
        fmt::format("error: --bits: expected activation bits x weight bits, 2..16 each, such as "
                    "8x4, got '{}'",
                    text));
  }
  return {widths->activation, widths->weight, false};
}

std::string format_of(const ImportRequest& request) {
  if (request.format != "auto") return request.format;
  const std::string extension = fs::path(request.file).extension().string();
  if (extension == ".onnx") return "onnx";
  if (extension == ".csv") return "scale-sim";
  throw UsageError(
      fmt::format("error: cannot tell the format of '{}': give --format onnx or --format scale-sim",
                  request.file));
}

importing::Imported read_network(const ImportRequest& request) {
  importing::Widths widths = parse_widths(request.bits);
  widths.given = request.bits_given;
  importing::Imported imported;
  if (format_of(request) == "onnx") {
    const std::string bytes = read_file(request.file, kMaxModelBytes);
    imported = importing::import_onnx(std::as_bytes(std::span(bytes)), request.file,
                                      {widths, !request.weights.empty(), request.leave_out});
  } else {
    if (!request.weights.empty())
      throw UsageError("error: --weights: a SCALE-Sim topology has no weights");
    imported.draft =
        importing::read_scale_sim(read_file(request.file, kMaxTopologyBytes), request.file, widths);
  }
  if (!request.name.empty()) imported.draft.name = request.name;
  return imported;
}

/// Names the weight files in the draft, relative to the workload's folder, and hands them over.
std::vector<OutputFile> weight_files(const ImportRequest& request, importing::Imported& imported) {
  std::error_code error;
  const fs::path folder = fs::weakly_canonical(fs::absolute(request.weights), error);
  const fs::path base = fs::weakly_canonical(fs::absolute(request.output), error).parent_path();
  fs::path relative = folder.lexically_relative(base);
  if (relative.empty()) relative = folder;
  std::vector<OutputFile> files;
  for (importing::WeightFile& weights : imported.weights) {
    const std::string name = weights.layer + ".npy";
    for (importing::DraftLayer& layer : imported.draft.layers) {
      if (layer.name == weights.layer) layer.weight_path = (relative / name).string();
    }
    const std::vector<std::byte> bytes = encode_npy(weights.tensor);
    files.push_back({name, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}});
    weights.tensor.values = {};
  }
  return files;
}

std::string summary(const ImportRequest& request, const importing::Draft& draft,
                    const Workload& workload) {
  std::int64_t macs = 0;
  std::size_t array_layers = 0;
  for (const Layer& layer : workload.layers) {
    if (!is_array_layer(layer.kind)) continue;
    macs += layer.shape.macs();
    ++array_layers;
  }
  std::string text =
      fmt::format("{}: {} {}, {} of them with {} multiply-accumulates\n", request.output,
                  workload.layers.size(), plural(workload.layers.size(), "layer"),
                  array_layers == 0 ? "none" : std::to_string(array_layers), macs);
  for (const std::string& note : draft.notes) text += fmt::format("  {}\n", note);
  for (const std::string& assumed : draft.assumed) text += fmt::format("  assumed: {}\n", assumed);
  return text + fmt::format("Next: bitscale run --machine stripes --workload {}\n", request.output);
}

ExitCode run_import(const ImportRequest& request) {
  if (!request.weights.empty() && request.output.empty())
    throw UsageError("error: --weights needs --output: the workload names its weight files");
  importing::Imported imported = read_network(request);
  const bool has_weights = !imported.weights.empty();
  std::vector<OutputFile> files;
  if (has_weights) files = weight_files(request, imported);
  const config::Node tree = importing::to_tree(imported.draft);
  const Workload workload = importing::check_tree(tree);
  const std::string yaml = config::emit_yaml(tree);
  if (request.output.empty()) {
    print(yaml);
    return ExitCode::ok;
  }
  // The workload comes last, so that it is there only when all that it names is; that it can be
  // written is found out before.
  if (has_weights) {
    const fs::path folder = fs::path(request.output).parent_path();
    if (!folder.empty() && !fs::is_directory(folder))
      throw IoError(fmt::format("error: cannot write '{}': no such folder", request.output));
    if (fs::is_directory(request.output))
      throw IoError(fmt::format("error: cannot write '{}': it is a folder", request.output));
    require_writable(folder.empty() ? "." : folder.string());
    write_files_atomically(request.weights, files);
  }
  write_file_atomically(request.output, yaml);
  print(summary(request, imported.draft, workload));
  return ExitCode::ok;
}

struct ExportRequest {
  std::string workload, output, format = "scale-sim";
};

ExitCode run_export(const ExportRequest& request) {
  const Workload workload = load_workload(request.workload);
  const importing::ScaleSimTopology topology = importing::write_scale_sim(workload);
  std::string remarks;
  for (const std::string& remark : topology.remarks) remarks += fmt::format("  {}\n", remark);
  if (request.output.empty()) {
    print(topology.csv);
    (void)std::fputs(remarks.c_str(), stderr);
    return ExitCode::ok;
  }
  write_file_atomically(request.output, topology.csv);
  print(fmt::format("{}: written for SCALE-Sim\n{}", request.output, remarks));
  return ExitCode::ok;
}

}  // namespace

void add_import(CLI::App& app, Action& action) {
  auto request = std::make_shared<ImportRequest>();
  CLI::App* command =
      app.add_subcommand("import", "Make a workload of an ONNX model or a SCALE-Sim topology");
  command->add_option("file", request->file, "Model (.onnx) or topology (.csv)")
      ->type_name("FILE")
      ->required();
  command
      ->add_option("-o,--output", request->output,
                   "Workload file to write; without it: standard output")
      ->type_name("FILE");
  const CLI::Option* bits =
      command
          ->add_option("--bits", request->bits,
                       "Activation bits x weight bits of all array layers, such as 8x4")
          ->type_name("AxW")
          ->capture_default_str();
  command
      ->add_option("--weights", request->weights,
                   "Folder for the model's weights, quantised to .npy files the workload reads")
      ->type_name("FOLDER");
  command
      ->add_option("--leave-out", request->leave_out,
                   "Operators to skip that keep a tensor's shape: Sigmoid,Tanh")
      ->type_name("OPERATOR,...")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_option("--name", request->name, "Name of the workload; without it: the file's")
      ->type_name("NAME");
  command->add_option("--format", request->format, "onnx, scale-sim, or auto: by the file's ending")
      ->check(CLI::IsMember({"auto", "onnx", "scale-sim"}))
      ->capture_default_str();
  command->callback([&action, request, bits] {
    request->bits_given = bits->count() > 0;
    action = [request] { return run_import(*request); };
  });
}

void add_export(CLI::App& app, Action& action) {
  auto request = std::make_shared<ExportRequest>();
  CLI::App* command = app.add_subcommand("export", "Write a workload as another tool reads it");
  command->add_option("workload", request->workload, "Network by name or path")
      ->type_name("NETWORK")
      ->required();
  command->add_option("-o,--output", request->output, "File to write; without it: standard output")
      ->type_name("FILE");
  command->add_option("--format", request->format, "scale-sim: topology CSV")
      ->check(CLI::IsMember({"scale-sim"}))
      ->capture_default_str();
  command->callback([&action, request] { action = [request] { return run_export(*request); }; });
}

}  // namespace bitscale::app
