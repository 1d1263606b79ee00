// SPDX-License-Identifier: Apache-2.0
// Any bytes as Graph's answer: a page, an incident, a page of alerts or an error body. What is taken apart must be JSON
// to simdjson as well, leave as one line, and read again as the same incident.
#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/json/json_text.hpp"
#include "tools/fetch-incidents/graph/graph_error.hpp"
#include "tools/fetch-incidents/graph/incident.hpp"

namespace {

/// Numbers beyond a double and escapes of lone surrogates are valid by the grammar, whatever simdjson makes of them;
/// its versions differ in how they call such faults, so those of the grammar are named here.
bool is_json_elsewhere(const std::string& text) {
  static simdjson::dom::parser parser;
  const auto error = parser.parse(text).error();
  return error != simdjson::TAPE_ERROR && error != simdjson::UNCLOSED_STRING && error != simdjson::UNESCAPED_CHARS &&
         error != simdjson::UTF8_ERROR && error != simdjson::EMPTY && error != simdjson::DEPTH_ERROR;
}

void check_line(std::string_view incident) {
  if (!simdjson::validate_utf8(incident.data(), incident.size())) std::abort();
  std::string line;
  common::append_minified(line, incident);
  if (line.find('\n') != std::string::npos) std::abort();
  if (!simdjson::validate_utf8(line.data(), line.size())) std::abort();
  if (!is_json_elsewhere(line)) std::abort();
  std::string again;
  common::append_minified(again, line);
  if (again != line) std::abort();
}

template <typename Read>
void try_to_read(Read read) {
  try {
    read();
  } catch (const fetch_incidents::AnswerFault&) {
    // refused, as it should be
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  try_to_read([&] {
    for (const auto& incident : fetch_incidents::split_page(text, 50).incidents) {
      check_line(incident.text);
      std::string line;
      common::append_minified(line, incident.text);
      if (incident.compact && line != incident.text) std::abort();
      check_line(fetch_incidents::with_alerts(incident, "{\"id\":\"further\"}").text);
    }
  });
  try_to_read([&] { check_line(fetch_incidents::read_single(text).text); });
  try_to_read([&] {
    const auto page = fetch_incidents::split_alerts_page(text);
    check_line("[" + page.alerts + "]");
  });
  common::HttpResponse refusal;
  refusal.status = 400;
  refusal.body = text;
  fetch_incidents::read_graph_error(refusal);
  return 0;
}
