// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace stand_in {

/// How a connection comes to its end before its time.
enum class Ending { finish, reset };

/// Ends this process's connection between the two ports on loopback, so that nothing more reaches the client:
/// with FIN, or with RST. To be called only by the thread that serves the connection.
void end_connection(int local_port, int remote_port, Ending ending);

}  // namespace stand_in
