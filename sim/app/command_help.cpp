// The commands about the program itself: explain, completion.
#include <memory>

#include "sim/app/commands.hpp"
#include "sim/app/completion.hpp"
#include "sim/report/metrics.hpp"

namespace bitscale::app {

void add_explain(CLI::App& app, Action& action) {
  struct Request {
    std::string metric;
    bool all = false, markdown = false;
  };
  auto request = std::make_shared<Request>();
  CLI::App* command = app.add_subcommand("explain", "Definition and formula of a metric");
  command
      ->add_option("metric", request->metric,
                   "As in the reports; without it: all of them, a line each")
      ->type_name("METRIC");
  command->add_flag("--markdown", request->markdown,
                    "All of them, as the page of the documentation");
  command->callback([&action, request] {
    action = [request] {
      if (request->markdown) {
        print(metrics_markdown());
      } else {
        print(request->metric.empty() ? list_metrics() : explain_metric(request->metric));
      }
      return ExitCode::ok;
    };
  });
}

void add_completion(CLI::App& app, Action& action) {
  auto shell = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("completion", "Print the completion script of a shell");
  command->add_option("shell", *shell, "bash, zsh or fish")
      ->type_name("{bash,zsh,fish}")
      ->required();
  command->callback([&app, &action, shell] {
    action = [&app, shell] {
      print(completion_script(app, *shell));
      return ExitCode::ok;
    };
  });
}

}  // namespace bitscale::app
