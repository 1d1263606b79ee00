// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/json/json_tokens.hpp"

#include <algorithm>

namespace map_stix {

namespace {

constexpr int cuts_tried = 4;

}  // namespace

void JsonTokens::begin(std::string_view line, std::size_t from) {
  line_ = line;
  begin_ = end_ = from;
  next_ = last_ = nullptr;
  count_ = 0;
  error_ = simdjson::SUCCESS;
}

simdjson::error_code JsonTokens::find(std::size_t size) {
  const bool fits = first_stage_ != nullptr && first_stage_->capacity() >= size;
  if (!fits) {
    const auto error = simdjson::get_active_implementation()->create_dom_parser_implementation(std::max(size, window_),
                                                                                               1, first_stage_);
    if (error != simdjson::SUCCESS) return error;  // and then first_stage_ has room for nothing
  }
  if (first_stage_ == nullptr) return simdjson::MEMALLOC;
  return first_stage_->stage1(reinterpret_cast<const std::uint8_t*>(line_.data()) + end_, size,
                              simdjson::stage1_mode::regular);
}

// A window ends behind a comma between two values. Whether a comma is one, or stands in a string, is what the first
// stage tells: a window that ends in a string holds a string without an end.
bool JsonTokens::find_more() {
  const std::string_view rest = line_.substr(end_);
  if (rest.empty() || error_ != simdjson::SUCCESS) return false;
  for (std::size_t most = window_;; most *= 2) {
    std::size_t size = std::min(rest.size(), most);
    for (int cut = 0; cut < cuts_tried; ++cut) {
      const bool whole = size == rest.size();
      if (!whole) size = rest.rfind(',', size - 1) + 1;  // 0 where there is none
      if (size == 0) break;
      const simdjson::error_code error = find(size);
      if (error == simdjson::UNCLOSED_STRING && !whole) {
        if (--size == 0) break;
        continue;
      }
      begin_ = end_;
      end_ += size;
      base_ = line_.data() + begin_;
      if (error != simdjson::SUCCESS) {
        const bool nothing_follows = error == simdjson::EMPTY && begin_ > 0;
        if (!nothing_follows) error_ = error;
        return false;
      }
      count_ = first_stage_->n_structural_indexes;
      next_ = first_stage_->structural_indexes.get();
      last_ = next_ + count_;
      return true;
    }
  }
}

}  // namespace map_stix
