// Runs a command several times, and once more before to warm up, and prints the medians as `wall-seconds cpu-seconds peak-kilobytes`. Its standard input comes
// from a file, its output goes to another, so that only the command is measured. RUNS 0 is a single run without another
// before it, for a command that changes what the next run finds.
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

double seconds(const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; }

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
    std::fprintf(stderr, "measure: %s failed with status %d\n", command[0], WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
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
    std::fputs("usage: measure RUNS INPUT OUTPUT COMMAND [ARGUMENT]...\n", stderr);
    return 64;
  }
  const int wanted = std::atoi(argv[1]);
  std::vector<Run> runs(static_cast<std::size_t>(std::max(1, wanted)));
  if (wanted > 0) run_once(argv[2], argv[3], argv + 4);
  for (Run& run : runs) run = run_once(argv[2], argv[3], argv + 4);
  std::printf("%.4f %.4f %.0f\n", median(runs, &Run::wall), median(runs, &Run::cpu), median(runs, &Run::peak));
  return 0;
}
