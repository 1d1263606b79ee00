// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "common/console/log.hpp"
#include "common/time.hpp"
#include "tools/push-opencti/platform/graphql_client.hpp"
#include "tools/push-opencti/state/pending_works.hpp"

namespace push_opencti {

/// Compares the works' progress with the connector's queue. What the platform does not tell counts as ingested. Where
/// something seems lost it looks twice, some seconds apart: RabbitMQ's figures are a little old, and the platform says
/// 0 when it cannot ask RabbitMQ.
PendingReport check_pending(GraphqlClient& client, const std::string& connector_id, PendingWorks pending,
                            common::Clock& clock, common::Log& log);

}  // namespace push_opencti
