// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>

#include "common/console/log.hpp"
#include "common/records/rejects.hpp"
#include "tools/fetch-incidents/graph/graph_client.hpp"
#include "tools/fetch-incidents/paging/output.hpp"
#include "tools/fetch-incidents/paging/written.hpp"
#include "tools/fetch-incidents/reading.hpp"

namespace fetch_incidents {

/// Takes incidents in the order of the stream, drops versions that were written before, keeps failed ones in the file
/// of --failed, and hands the rest on for writing.
class Emitter {
 public:
  Emitter(Written& written, const GraphClient& graph, common::Rejects& failed, BatchQueue& queue, common::Log& log)
      : written_(written), graph_(graph), failed_(failed), queue_(queue), log_(log) {}

  /// Returns whether this version was new. Throws Failure(stopped_early) for a failed incident without a --failed file.
  bool take(Incident incident);
  /// Hands everything taken since the last call to the writer.
  void commit();
  /// How many incidents could not be fetched.
  std::uint64_t missing() const { return missing_; }
  /// When the first page was asked for, and the latest time not later than that of what was handed on.
  Reading reading() const;

 private:
  void keep_failed(const Incident& incident);

  Written& written_;
  const GraphClient& graph_;
  common::Rejects& failed_;
  BatchQueue& queue_;
  common::Log& log_;
  Batch batch_;
  std::uint64_t missing_ = 0;
  Reading reading_;
};

}  // namespace fetch_incidents
