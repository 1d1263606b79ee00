// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>

#include "tools/push-opencti/ledger/ledger.hpp"
#include "tools/push-opencti/options.hpp"
#include "tools/push-opencti/platform/platform.hpp"

namespace push_opencti {

/// Opens the platform, which is connected already, with the ledger that the options name: asks what has become of the
/// works of earlier runs, tells what OpenCTI refused, and lists in --refetch what has to come again. Nothing where no
/// ledger is named or none can be used; then the platform is opened without. Throws Failure.
std::unique_ptr<Ledger> open_with_ledger(const Options& options, Platform& platform, Context& context);

}  // namespace push_opencti
