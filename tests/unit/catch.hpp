#pragma once
// Catch2 2 is one header; from version 3 on it is a library with another name for the header of everything.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
