#pragma once
<<<<<<< HEAD
// Catch2 2.13 (Debian 12) and 3 (Debian 13) keep their headers in different places.
=======
// Catch2 2 is one header; from version 3 on it is a library with another name for the header of everything.
>>>>>>> main
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
