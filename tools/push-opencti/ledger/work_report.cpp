// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/ledger/work_report.hpp"

#include <simdjson.h>

#include <array>

#include "common/console/printable.hpp"

namespace push_opencti {

namespace {

namespace dom = simdjson::dom;

struct KnownError {
  std::string_view words;
  IngestError kind;
};

// The first row whose words the message holds decides. "single ref": the worker makes a reference of an observable that
// is there already, after it has updated the object itself (6.8.10 and 7.260817; at 6.8.10 a network-traffic gets this
// error at its first push).
constexpr std::array known_errors = {
    KnownError{"Cant add another relation on single ref", IngestError::harmless},
    KnownError{"MISSING_REFERENCE", IngestError::missing_reference},
    KnownError{"Element(s) not found", IngestError::missing_reference},
};

constexpr std::size_t most_reason = 200;

std::string_view text_of(simdjson::simdjson_result<dom::element> element) {
  std::string_view text;
  return element.get_string().get(text) == simdjson::SUCCESS ? text : std::string_view{};
}

std::int64_t number_of(simdjson::simdjson_result<dom::element> element) {
  std::int64_t number = 0;
  return element.get_int64().get(number) == simdjson::SUCCESS ? number : 0;
}

// The source is the object's JSON, or a bundle of it, or words in place of an object that is too long.
void read_source(std::string_view source, WorkError& error) {
  if (source.empty()) return;
  dom::parser parser;
  dom::element root;
  if (parser.parse(source.data(), source.size()).get(root) != simdjson::SUCCESS) return;
  dom::element first;
  if (text_of(root["type"]) == "bundle" && root["objects"].at(0).get(first) == simdjson::SUCCESS) root = first;
  error.object = text_of(root["id"]);
  if (error.kind == IngestError::missing_reference) error.refers_to = ids_referred_to(simdjson::minify(root));
}

// The worker hands on the text of a Python dict: {'name': 'X', 'error_message': 'what happened', …}.
std::string_view essence(std::string_view message) {
  constexpr std::string_view name = "'error_message': ";
  const std::size_t at = message.find(name);
  if (at == std::string_view::npos || at + name.size() + 1 >= message.size()) return message;
  const char quote = message[at + name.size()];
  const std::string_view rest = message.substr(at + name.size() + 1);
  const std::size_t end = rest.find(quote);
  return quote == '\'' || quote == '"' ? rest.substr(0, end) : message;
}

WorkError read_error(const dom::element& element) {
  const std::string_view message = text_of(element["message"]);
  WorkError error;
  for (const KnownError& known : known_errors) {
    if (message.find(known.words) == std::string_view::npos) continue;
    error.kind = known.kind;
    break;
  }
  read_source(text_of(element["source"]), error);
  error.reason = common::excerpt(essence(message), most_reason);
  return error;
}

}  // namespace

WorkReport read_work_report(std::string_view text) {
  WorkReport report;
  dom::parser parser;
  dom::element work;
  if (parser.parse(text.data(), text.size()).get(work) != simdjson::SUCCESS || !work.is_object()) return report;
  report.found = true;
  report.complete = text_of(work["status"]) == "complete";
  report.expected = number_of(work["tracking"]["import_expected_number"]);
  report.processed = number_of(work["tracking"]["import_processed_number"]);
  dom::array errors;
  if (work["errors"].get_array().get(errors) != simdjson::SUCCESS) return report;
  for (const dom::element error : errors) report.errors.push_back(read_error(error));
  return report;
}

WorkFate fate_of(LedgerWork& work, const WorkReport& report, std::int64_t now) {
  if (!report.found) return WorkFate::gone;
  const bool moved = work.seen_at == 0 || work.seen_at > now || work.seen_expected != report.expected ||
                     work.seen_processed != report.processed;
  if (moved) {
    work.seen_expected = report.expected;
    work.seen_processed = report.processed;
    work.seen_at = now;
  }
  const std::int64_t still = now - work.seen_at;
  // What this tool has added for itself, it reports when it closes the work.
  const std::int64_t own = report.complete ? 0 : work.own;
  const std::int64_t missing = report.expected - report.processed - own;
  const bool counted_some = report.expected > work.own;
  const bool counted_all = counted_some && report.expected - work.own >= work.objects;
  if (missing <= 0 && (counted_all || (counted_some && still >= patience))) return WorkFate::ingested;
  if (missing <= work.doubtful && counted_all && still >= patience) return WorkFate::ingested;
  return still >= long_patience ? WorkFate::stuck : WorkFate::running;
}

}  // namespace push_opencti
