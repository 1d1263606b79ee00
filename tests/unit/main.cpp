#define CATCH_CONFIG_RUNNER
#include "tests/unit/catch.hpp"

#include <csignal>

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // as run_tool does
  return Catch::Session().run(argc, argv);
}
