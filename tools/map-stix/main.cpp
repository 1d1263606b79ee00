// SPDX-License-Identifier: Apache-2.0
// map-stix: Graph security incidents, one a line, to STIX 2.1 bundles, one a line.
#include <ctime>

#include "common/console/progress.hpp"
#include "common/console/summary.hpp"
#include "common/program/run_tool.hpp"
#include "common/records/rejects.hpp"
#include "tools/map-stix/line_mapper.hpp"
#include "tools/map-stix/options.hpp"

namespace {

// CPU time: map-stix never waits for a peer, so this is its working time.
double seconds_of_work() {
  timespec spent = {};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) * 1e-9;
}

common::ExitStatus run(const common::Arguments& arguments, common::Log& log) {
  common::Progress::Options showing = common::Progress::from(arguments);
  const map_stix::Options options = map_stix::read_options(arguments, log);
  common::StopSignal stop;
  common::SystemClock clock(&stop);
  common::RecordWriter output;
  common::Rejects rejects(options.rejects, options.strict, log, arguments.files());
  showing.noun = "line";
  showing.done = "mapped";
  common::Progress progress(showing, clock, log);
  common::Reached reached;
  common::Record record;
  map_stix::LineMapper mapper(options, log);
  bool date_is_old = false;
  const auto bring_up_to_date = [&] {
    if (date_is_old && progress.patience() && !record.oversize) reached.date = mapper.last_update();
    date_is_old = false;
  };
  common::RecordReader input({.files = arguments.files(),
                              .max_line = options.max_line,
                              .before_blocking =
                                  [&] {
                                    output.flush();
                                    bring_up_to_date();  // the line goes when more input comes
                                  },
                              .stop = &stop,
                              .what = "incidents"});
  common::Summary summary(arguments, log);

  common::ReadResult result = input.next(record, progress.patience());
  for (; result == common::ReadResult::record || result == common::ReadResult::timeout;
       result = input.next(record, progress.patience())) {
    if (result == common::ReadResult::record) {
      mapper.map(record, output, rejects, input);
      ++reached.count;
      date_is_old = true;
    }
    if (!progress.due()) continue;
    bring_up_to_date();
    reached.share = input.share();
    progress.show(reached);
  }
  output.flush();
  rejects.sync();
  progress.erase();
  log.summarise();
  summary.tell(mapper.summary(rejects.count()), mapper.figures(rejects.count(), seconds_of_work()));
  if (result == common::ReadResult::stopped) return static_cast<common::ExitStatus>(128 + stop.received());
  return rejects.count() > 0 ? common::ExitStatus::rejected : common::ExitStatus::done;
}

}  // namespace

int main(int argc, char** argv) { return common::run_tool(map_stix::usage(), argc, argv, run); }
