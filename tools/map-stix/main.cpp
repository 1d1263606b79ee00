// map-stix: Graph security incidents, one a line, to STIX 2.1 bundles, one a line.
#include "common/rejects.hpp"
#include "common/run.hpp"
#include "tools/map-stix/line_mapper.hpp"
#include "tools/map-stix/options.hpp"

namespace {

common::ExitStatus run(const common::Arguments& arguments, common::Log& log) {
  const map_stix::Options options = map_stix::read_options(arguments, log);
  common::StopSignal stop;
  common::RecordWriter output;
  common::Rejects rejects(options.rejects, options.strict, log);
  common::RecordReader input({.files = arguments.files(),
                              .max_line = options.max_line,
                              .before_blocking = [&output] { output.flush(); },
                              .stop = &stop,
                              .what = "incidents"});
  map_stix::LineMapper mapper(options, log);

  common::Record record;
  common::ReadResult result = input.next(record);
  for (; result == common::ReadResult::record; result = input.next(record))
    mapper.map(record, output, rejects, input);
  output.flush();
  rejects.sync();
  log.summarise();
  log.info(mapper.summary(rejects.count()));
  if (result == common::ReadResult::stopped) return static_cast<common::ExitStatus>(128 + stop.received());
  return rejects.count() > 0 ? common::ExitStatus::rejected : common::ExitStatus::done;
}

}  // namespace

int main(int argc, char** argv) { return common::run_tool(map_stix::usage(), argc, argv, run); }
