// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "common/http/http.hpp"

namespace fetch_incidents {

/// What Graph says about a failed request.
struct GraphError {
  std::string text;        ///< status, code, message and request-id, as one line
  std::string request_id;  ///< "" when there is none
};

/// Reads Graph's error body (`{"error":{"code","message","innerError":{"request-id"}}}`, in either spelling of
/// innerError) and headers; a body of another kind, a proxy's say, is quoted by its beginning.
GraphError read_graph_error(const common::HttpResponse& response);

}  // namespace fetch_incidents
