// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

// Catch2 2 is one header; from version 3 on it is a library with another name for the header of everything, and for the
// matcher of a part of a text.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
inline auto contains_text(const std::string& part) { return Catch::Matchers::ContainsSubstring(part); }
#else
#include <catch2/catch.hpp>
inline auto contains_text(const std::string& part) { return Catch::Matchers::Contains(part); }
#endif
