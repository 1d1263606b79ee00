// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "common/json/json_tree.hpp"

namespace map_stix {

using common::Json;

/// The API or table that a record comes from, where that is another one than Graph's security incidents, in words that
/// complete "a record of …"; "" where nothing tells.
std::string foreign_source(Json record);

}  // namespace map_stix
