#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <new>
#include <string>

#include "sim/app/commands.hpp"
#include "sim/app/usage.hpp"
#include "sim/pipeline/version.hpp"

namespace {

using bitscale::ExitCode;

std::string join(int argc, char** argv) {
  std::string text = "bitscale";
  for (int i = 1; i < argc; ++i) text += std::string(" ") + argv[i];
  return text;
}

int fail(ExitCode code, const std::string& message) {
  // Where standard error cannot be written either, the exit code is all there is to say.
  (void)std::fputs((message + (message.ends_with('\n') ? "" : "\n")).c_str(), stderr);
  return static_cast<int>(code);
}

int run(int argc, char** argv) {
  CLI::App app{"Cycle-level simulator of precision-scalable DNN accelerators", "bitscale"};
  app.set_version_flag("--version", fmt::format("bitscale {}", bitscale::kVersion));
  app.require_subcommand(1);
  app.fallthrough(false);
  app.footer(
      "First steps: bitscale reproduce stripes\n"
      "             bitscale compare --machines dadiannao,stripes --workload alexnet --profile "
      "stripes_100\n"
      "             bitscale list machines");
  bitscale::app::Action action;
  const std::string command_line = join(argc, argv);
  bitscale::app::add_run(app, action, command_line);
  bitscale::app::add_compare(app, action, command_line);
  bitscale::app::add_accuracy(app, action, command_line);
  bitscale::app::add_reproduce(app, action, command_line);
  bitscale::app::add_sweep(app, action);
  bitscale::app::add_query(app, action);
  bitscale::app::add_status(app, action);
  bitscale::app::add_merge(app, action);
  bitscale::app::add_import(app, action);
  bitscale::app::add_export(app, action);
  bitscale::app::add_report(app, action);
  bitscale::app::add_unit(app, action, command_line);
  bitscale::app::add_precision(app, action, command_line);
  bitscale::app::add_check(app, action);
  bitscale::app::add_list(app, action);
  bitscale::app::add_explain(app, action);
  bitscale::app::add_explain_layer(app, action, command_line);
  bitscale::app::add_schema(app, action);
  bitscale::app::add_completion(app, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    return fail(ExitCode::usage, bitscale::app::usage_error(app, error));
  }
  return static_cast<int>(action());
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const bitscale::Error& error) {
    return fail(error.exit_code(), error.what());
  } catch (const std::bad_alloc&) {
    return fail(ExitCode::internal,
                "error: out of memory; run fewer images at a time (--batch) or smaller layers");
  } catch (const std::exception& error) {
    return fail(ExitCode::internal,
                fmt::format("internal error: {}\nThis is a defect of bitscale, please report it.",
                            error.what()));
  }
}

/// libsystemc.so brings a main() that calls this; ours wins, but the symbol must exist.
extern "C" int sc_main(int /*argc*/, char** /*argv*/) { return 0; }
