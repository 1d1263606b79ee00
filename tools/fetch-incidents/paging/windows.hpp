// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <vector>

#include "tools/fetch-incidents/graph/page_reader.hpp"
#include "tools/fetch-incidents/paging/emitter.hpp"
#include "tools/fetch-incidents/paging/link_trail.hpp"

namespace fetch_incidents {

/// Reads a range without $orderby, as half-open windows of time: oldest first, the last one open-ended, each sorted
/// here. A window is made narrow enough for one page, because one answer shows one moment and no change can hide an
/// incident in it. Several pages are read only if one tick (100 ns) holds more than a page or Graph returns empty
/// pages; then they are read until two readings agree.
class WindowPaging {
 public:
  WindowPaging(PageReader& pages, Emitter& emitter, std::optional<common::Instant> until, common::Clock& clock,
               common::Log& log)
      : pages_(pages), emitter_(emitter), until_(until), clock_(clock), log_(log) {}

  /// Reads to the end of the range. Throws Failure(stopped_early) when a window's readings never agree.
  void run(const Bound& from);

 private:
  struct Window {
    common::Instant from;
    std::optional<common::Instant> until;
    std::int64_t width = 0;  ///< ticks; for the open-ended one, up to now
  };
  using Incidents = std::vector<Incident>;

  Window window_at(common::Instant from) const;
  std::optional<Incidents> read(const Window& window);
  std::optional<Incidents> read_by_links(const Window& window);
  std::optional<Incidents> one_pass(const Window& window);
  Page first_page(const Window& window);
  void check_inside(const Page& page, const Window& window) const;
  void narrow(const Window& window, std::optional<std::int64_t> count);
  void widen(std::size_t found);
  void emit(Incidents incidents);

  PageReader& pages_;
  Emitter& emitter_;
  std::optional<common::Instant> until_;
  common::Clock& clock_;
  common::Log& log_;
  std::int64_t width_ = 0;  ///< ticks, of the next window
  std::optional<std::int64_t> last_count_;
};

}  // namespace fetch_incidents
