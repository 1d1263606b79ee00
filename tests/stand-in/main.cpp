// SPDX-License-Identifier: Apache-2.0
#include <malloc.h>
#include <sys/prctl.h>
#include <unistd.h>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <stdexcept>

#include "tests/stand-in/options.hpp"
#include "tests/stand-in/services.hpp"

namespace {

/// Ends this process when its parent does, also where the parent is killed.
void follow_parent() {
  const pid_t parent = getppid();
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  // The parent may have ended before the line above.
  if (getppid() != parent) std::_Exit(0);
}

/// Lets the allocator keep what large answers needed: giving it back each time costs more than making the
/// answers.
void keep_freed_memory() {
  static constexpr int much = 256 << 20;
  mallopt(M_MMAP_THRESHOLD, much);
  mallopt(M_TRIM_THRESHOLD, much);
  mallopt(M_ARENA_MAX, 2);
}

/// The file appears whole or not at all, so that a reader never sees half the addresses.
void write_ready_file(const std::string& path, const std::string& text) {
  const std::string unfinished = path + ".tmp";
  std::ofstream file(unfinished);
  file << text << std::flush;
  if (!file || std::rename(unfinished.c_str(), path.c_str()) != 0) {
    throw std::runtime_error("cannot write " + path);
  }
}

sigset_t block_ending_signals() {
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return ending;
}

}  // namespace

int main(int argc, char** argv) try {
  const auto options = stand_in::read_options(argc, argv);
  if (!options) return 0;
  if (options->exit_with_parent) follow_parent();
  keep_freed_memory();
  const sigset_t ending = block_ending_signals();
  stand_in::Services services(*options);
  services.start();
  if (options->ready_file.empty()) {
    std::cout << services.addresses() << std::flush;
  } else {
    write_ready_file(options->ready_file, services.addresses());
  }
  int received = 0;
  sigwait(&ending, &received);
  // Requests may hang on purpose and idle connections stay open for an hour, so nothing is waited for. All
  // that was recorded is in its files already.
  std::_Exit(0);
} catch (const std::exception& error) {
  std::cerr << "stand-in: error: " << error.what() << '\n';
  return 78;
}
