// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/evidence/process_tree.hpp"

#include <algorithm>
#include <tuple>

namespace map_stix {

namespace {

bool comes_before(const ProcessStart& a, const ProcessStart& b) {
  return std::tie(a.pid, a.created, a.device) < std::tie(b.pid, b.created, b.device);
}

std::optional<ProcessStart> start_of(Json pid, Json created, std::string_view device) {
  const auto number = usable_integer(pid);
  const auto at = usable_instant(created);
  if (!number || !at) return std::nullopt;
  return ProcessStart{*number, whole_millisecond(*at), device, {}};
}

// The first of the sorted starts that is the wanted one; none where there is none.
ObjectRef find(const std::vector<ProcessStart>& starts, const ProcessStart& wanted) {
  const auto found = std::lower_bound(starts.begin(), starts.end(), wanted, comes_before);
  const bool same = found != starts.end() && found->pid == wanted.pid && found->created == wanted.created &&
                    (wanted.device.empty() || found->device == wanted.device);
  return same ? found->process : ObjectRef{};
}

}  // namespace

void add_process_start(const Evidence& evidence, ObjectRef process) {
  const std::string_view device = usable_text(evidence["mdeDeviceId"]);
  AlertScope& alert = evidence.alert();
  if (auto start = start_of(evidence["processId"], evidence["processCreationDateTime"], device)) {
    start->process = process;
    alert.starts.push_back(*start);
  }
  if (const auto parent = start_of(evidence["parentProcessId"], evidence["parentProcessCreationDateTime"], device))
    alert.children.push_back({*parent, process, evidence.at()});
}

void join_processes(AlertScope& alert) {
  std::stable_sort(alert.starts.begin(), alert.starts.end(), comes_before);
  for (const ChildProcess& child : alert.children) {
    ProcessStart wanted = child.parent;
    ObjectRef parent = find(alert.starts, wanted);
    if (!parent && !wanted.device.empty()) {
      // A start that names no device sorts first among those of its process id and time.
      wanted.device = {};
      const auto unnamed = std::lower_bound(alert.starts.begin(), alert.starts.end(), wanted, comes_before);
      if (unnamed != alert.starts.end() && !comes_before(wanted, *unnamed)) parent = unnamed->process;
    }
    relate(alert.work(), parent, RelationshipType::related_to, child.process, child.at);
  }
}

}  // namespace map_stix
