// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/json/json_tree.hpp"
#include "common/time.hpp"
#include "tools/map-stix/stix/bundle.hpp"

namespace map_stix {

using common::Json;
using common::JsonKind;

/// The text of a string that is not blank, or the digits of a number; "" for everything else.
std::string_view usable_text(Json value);
/// Whether a value exists but is neither text nor number, where one of these is expected.
bool is_wrong_type(Json value);
/// Marks a value as written if it has usable text: a list or object in its place stays for the catch-all.
void mark_text(Json value);
/// Marks as used what says nothing: null, "", "unknownFutureValue", and lists and objects that hold nothing else. True
/// when the value itself is such.
bool mark_empty(Json value);
/// A whole number, written as number or as string.
std::optional<std::int64_t> usable_integer(Json value);
/// A date; nothing where it is missing, malformed or of year 0001.
std::optional<common::Instant> usable_instant(Json value);
/// Whether something stands there that is not a date.
bool is_bad_date(Json value);

/// Cut down to the whole second, as every `created` is, since it is part of ids.
common::Instant whole_second(common::Instant at);
/// Cut down to the millisecond, the precision of the bundle.
common::Instant whole_millisecond(common::Instant at);

/// Write a value into a property and mark it as used, if the bundle then holds it without loss: a value that
/// the property does not hold word for word stays unmarked, and the catch-all carries it. False when the
/// value is unusable.
bool put_text(Bundle& bundle, ObjectRef object, Property property, Json value);
bool put_number(Bundle& bundle, ObjectRef object, Property property, Json value, std::int64_t least, std::int64_t most);
bool put_time(Bundle& bundle, ObjectRef object, Property property, Json value);
/// Adds each usable text of a list, or a single one, to a list of texts.
void put_texts(Bundle& bundle, ObjectRef object, Property property, Json values);
/// Marks a date as used when `written` is what the bundle holds and says it word for word.
void mark_if_exact(Json value, common::Instant written);

}  // namespace map_stix
