// SPDX-License-Identifier: Apache-2.0
// The test program's main: Catch2 2 generates it here, Catch2 3 offers a session to run.
#if !__has_include(<catch2/catch_all.hpp>)
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#else
#include <catch2/catch_session.hpp>
int main(int argc, char* argv[]) { return Catch::Session().run(argc, argv); }
#endif
