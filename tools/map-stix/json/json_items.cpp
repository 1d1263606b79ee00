// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/json/json_items.hpp"

#include "tools/map-stix/json/json_parser.hpp"

namespace map_stix {

bool JsonItems::begin_long() { return list_.tree_->parser_->begin_items(list_.index_); }

Json JsonItems::next_of_long() { return list_.tree_->parser_->next_item(); }

}  // namespace map_stix
