// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>

#include "tools/push-opencti/ledger/ledger.hpp"
#include "tools/push-opencti/settlement.hpp"

namespace push_opencti {

/// The figures of --summary, as JSON. `state_from` and `state_to`: the states before and after, "" for none. `seconds`:
/// without waiting for input.
std::string push_figures(const Settlement::Counts& counts, const SettleCounts& ledger, std::uint64_t requests,
                         const std::string& state_from, const std::string& state_to, double seconds);

}  // namespace push_opencti
