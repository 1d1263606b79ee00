// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/connection.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cstdlib>
#include <memory>

namespace stand_in {

namespace {

struct FolderCloser {
  void operator()(DIR* folder) const { closedir(folder); }
};

template <typename NameOf>
int port_of(int descriptor, NameOf name_of) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (name_of(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) return -1;
  return address.sin_family == AF_INET ? int{ntohs(address.sin_port)} : -1;
}

/// The connection's descriptor, or -1. httplib hides it, and a fault that cuts a connection needs it. Only
/// the connection's own thread asks, so it cannot be closed meanwhile. Without a remote port, since the client has gone
/// already, there is none: what has no peer either is the socket that listens.
int find_connection(int local_port, int remote_port) {
  if (remote_port < 0) return -1;
  const std::unique_ptr<DIR, FolderCloser> folder(opendir("/proc/self/fd"));
  if (folder == nullptr) return -1;
  while (const dirent* entry = readdir(folder.get())) {
    const int descriptor = std::atoi(entry->d_name);
    if (descriptor > 2 && port_of(descriptor, getpeername) == remote_port &&
        port_of(descriptor, getsockname) == local_port) {
      return descriptor;
    }
  }
  return -1;
}

}  // namespace

void end_connection(int local_port, int remote_port, Ending ending) {
  const int descriptor = find_connection(local_port, remote_port);
  if (descriptor < 0) return;
  if (ending == Ending::finish) {
    shutdown(descriptor, SHUT_RDWR);
    return;
  }
  // Closing with a linger time of 0 sends RST; /dev/null takes the number's place, for httplib will close it
  // again.
  const linger at_once{1, 0};
  setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  dup3(nothing, descriptor, O_CLOEXEC);
  close(nothing);
}

}  // namespace stand_in
