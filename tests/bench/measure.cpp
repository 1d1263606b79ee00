// SPDX-License-Identifier: Apache-2.0
// Runs a command several times, and once more before to warm up, and prints the medians as `wall-seconds cpu-seconds
// peak-kilobytes`. Several commands, with `--` between, take turns, so that whatever else the machine does meets them
// alike; each gets a line. Standard input comes from a file, output goes to another, so that only the command is
// measured. RUNS 0 is a single run without another before it, for a command that changes what the next run finds.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

namespace {

struct Run {
  double wall = 0;
  double cpu = 0;
  double peak = 0;
};

void redirect(const char* path, int flags, int target) {
  const int fd = ::open(path, flags, 0600);
  if (fd < 0 || ::dup2(fd, target) < 0) {
    std::perror(path);
    ::_exit(66);
  }
  ::close(fd);
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

Run run_once(const char* input, const char* output, char* const* command) {
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = ::fork();
  if (child == 0) {
    redirect(input, O_RDONLY, 0);
    redirect(output, O_WRONLY | O_CREAT | O_TRUNC, 1);
    redirect("/dev/null", O_WRONLY, 2);
    ::execvp(command[0], command);
    std::perror(command[0]);
    ::_exit(127);
  }
  int status = 0;
  rusage usage = {};
  if (child < 0 || ::wait4(child, &status, 0, &usage) < 0) {
    std::perror("measure");
    std::exit(70);
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    std::fprintf(stderr, "measure: %s failed with status %d\n", command[0],
                 WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    std::exit(1);
  }
  return {wall.count(), seconds(usage.ru_utime) + seconds(usage.ru_stime), static_cast<double>(usage.ru_maxrss)};
}

double median(const std::vector<Run>& runs, double Run::*figure) {
  std::vector<double> values;
  for (const Run& run : runs) values.push_back(run.*figure);
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc < 5) {
    std::fputs("usage: measure RUNS INPUT OUTPUT COMMAND [ARGUMENT]... [-- COMMAND [ARGUMENT]...]...\n", stderr);
    return 64;
  }
  std::vector<char**> commands = {argv + 4};
  for (char** at = argv + 4; *at != nullptr; ++at) {
    if (std::string_view(*at) != "--") continue;
    *at = nullptr;
    commands.push_back(at + 1);
  }
  const int wanted = std::atoi(argv[1]);
  std::vector<std::vector<Run>> runs(commands.size());
  for (int round = wanted > 0 ? -1 : 0; round < std::max(1, wanted); ++round) {
    for (std::size_t i = 0; i < commands.size(); ++i) {
      const Run run = run_once(argv[2], argv[3], commands[i]);
      if (round >= 0) runs[i].push_back(run);
    }
  }
  for (const std::vector<Run>& all : runs)
    std::printf("%.4f %.4f %.0f\n", median(all, &Run::wall), median(all, &Run::cpu), median(all, &Run::peak));
  return 0;
}
