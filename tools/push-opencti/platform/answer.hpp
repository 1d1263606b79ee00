// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/http/http.hpp"
#include "common/program/failure.hpp"

namespace push_opencti {

/// A parsed JSON document, known to answer.cpp alone.
struct AnswerDocument;

/// What an answer of the platform means for the one who asked.
enum class AnswerKind {
  ok,
  again,              ///< a transient fault: the same request later
  again_briefly,      ///< mostly final, but seen briefly while a platform starts: a few tries
  too_large,          ///< the request is larger than the platform or a proxy takes
  invalid_bundle,     ///< the bundle is refused, or the connector is unknown: the platform does not say which
  connector_unknown,  ///< the connector was deleted
  refused,            ///< credentials or rights
  asked_to_wait,      ///< a transient fault, but the platform asked for more patience than there is
  wrong_address,      ///< what answers is not OpenCTI
  final_fault,        ///< anything else: asking again would bring the same
  cancelled,          ///< the tool was asked to stop
};

/// An answer, read.
struct Answer {
  AnswerKind kind = AnswerKind::final_fault;
  std::string code;        ///< GraphQL error code, or "HTTP status 502"
  std::string message;     ///< the platform's words, made short; "" for ok
  std::string tried = {};  ///< " (tried 3 times)", "" after a single try
  bool answered = false;   ///< there was an HTTP answer at all
  /// The parsed document of an ok answer; copies share it.
  std::shared_ptr<const AnswerDocument> document = {};
  bool ok() const { return kind == AnswerKind::ok; }
};

/// Reads what the platform answered to one operation, by a table of HTTP statuses and one of GraphQL error codes: the
/// platform answers HTTP 200 to every GraphQL error.
Answer read_answer(const common::HttpResponse& response);

/// What an answer that is not ok says, for a message.
std::string reason_of(const Answer& answer);

/// The exit status for an answer that cannot be got over.
common::ExitStatus exit_status(const Answer& answer);

/// The text of the member `path` ("registerConnector.config.push") of an ok answer's `data`, "" when absent or null;
/// numbers and booleans as they stand.
std::string field(const Answer& answer, std::string_view path);
/// Whether that member is the boolean true.
bool is_true(const Answer& answer, std::string_view path);
/// The texts of `name` in each object of the array `path`, as an ok answer's `data` holds it; none where it is absent.
std::vector<std::string> names_in(const Answer& answer, std::string_view path);
/// The ids (standard_id and x_opencti_stix_ids) of the nodes in the connection `path` of an ok answer's `data`.
std::vector<std::string> node_ids(const Answer& answer, std::string_view path);
/// Whether that member is there and not null.
bool has_field(const Answer& answer, std::string_view path);

}  // namespace push_opencti
