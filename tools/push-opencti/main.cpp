// SPDX-License-Identifier: Apache-2.0
// push-opencti: pushes STIX bundles, one a line, to OpenCTI or to a directory. See push-opencti(1).
#include "common/console/summary.hpp"
#include "common/program/run_tool.hpp"
#include "tools/push-opencti/check.hpp"
#include "tools/push-opencti/options.hpp"
#include "tools/push-opencti/push_run.hpp"
#include "tools/push-opencti/tasks.hpp"

namespace {

common::ExitStatus perform(const common::Arguments& arguments, const push_opencti::Options& options,
                           push_opencti::Context& context) {
  using push_opencti::Task;
  switch (options.task) {
    case Task::dry_run: return push_opencti::dry_run(options, context);
    case Task::print_state: return push_opencti::print_state(options, context);
    case Task::print_ledger: return push_opencti::print_ledger(options);
    case Task::keep_alive: return push_opencti::keep_alive(options, context);
    case Task::check: return push_opencti::check(options, context);
    case Task::push: break;
  }
  common::Summary summary(arguments, context.log);
  return push_opencti::PushRun(options, context, summary).run();
}

common::ExitStatus push_opencti_main(const common::Arguments& arguments, common::Log& log) {
  common::StopSignal stop;
  common::SystemClock clock(&stop);
  const push_opencti::Options options = push_opencti::read_options(arguments, common::process_environment(), log);
  push_opencti::Context context{stop, clock, log, push_opencti::connect_over_http(options.platform.endpoint, log)};
  try {
    return perform(arguments, options, context);
  } catch (const common::Failure& failure) {
    // A request that a signal interrupted fails with an empty message.
    if (stop.received() == 0 || *failure.what() != '\0') throw;
    return static_cast<common::ExitStatus>(128 + stop.received());
  }
}

}  // namespace

int main(int argc, char** argv) { return common::run_tool(push_opencti::usage(), argc, argv, push_opencti_main); }
