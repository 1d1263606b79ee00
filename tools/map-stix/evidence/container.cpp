// SPDX-License-Identifier: Apache-2.0
#include "common/uuid.hpp"
#include "tools/map-stix/evidence/mappers.hpp"
#include "tools/map-stix/evidence/observables.hpp"

namespace map_stix {

namespace {

// Tells clusters of one name apart: " (", the last eight digits of the UUID of the cloud resource's full id, and ")".
std::string_view cluster_mark(const Evidence& evidence, Json cloud_resource) {
  for (const std::string_view member : {"resourceId", "amazonResourceId", "fullResourceName"}) {
    const std::string_view id = usable_text(cloud_resource[member]);
    if (id.empty()) continue;
    const std::string uuid = common::to_text(evidence.ids().of_text(id));
    return evidence.arena().join({" (", std::string_view(uuid).substr(uuid.size() - 8), ")"});
  }
  return {};
}

std::string_view cluster_path(const Evidence& evidence, Json cluster) {
  const std::string_view name = usable_text(cluster["name"]);
  return name.empty() ? name : evidence.arena().join({name, cluster_mark(evidence, cluster["cloudResource"])});
}

// The parts that are not empty, joined by "/".
std::string_view path_of(const Evidence& evidence, std::initializer_list<std::string_view> parts) {
  std::string path;
  for (const std::string_view part : parts) {
    if (part.empty()) continue;
    if (!path.empty()) path += '/';
    path += part;
  }
  return evidence.arena().copy(path);
}

std::string_view namespace_path(const Evidence& evidence, Json name_space) {
  return path_of(evidence, {cluster_path(evidence, name_space["cluster"]), usable_text(name_space["name"])});
}

std::string_view pod_path(const Evidence& evidence, Json pod) {
  const std::string_view name = usable_text(pod["name"]);
  return name.empty() ? name : path_of(evidence, {namespace_path(evidence, pod["namespace"]), "pod", name});
}

// A system named "cluster/namespace/kind/name"; none without a name. Graph may leave out the namespace of what a pod
// names as its own; then it is the pod's, or "serviceaccount/default" would be the same in every cluster.
ObjectRef make_workload(const Evidence& evidence, std::string_view kind, Json kind_member = {}) {
  const std::string_view name = evidence.text("name");
  if (name.empty()) return {};
  std::string_view root = namespace_path(evidence, evidence["namespace"]);
  if (root.empty() && evidence.parent() != nullptr)
    root = namespace_path(evidence, evidence.parent()->json()["namespace"]);
  const ObjectRef system =
      make_system(evidence, path_of(evidence, {root, kind, name}), {evidence["name"], kind_member});
  evidence.nested("namespace", "kubernetesNamespaceEvidence", system);
  return system;
}

}  // namespace

ObjectRef map_kubernetes_cluster(Evidence& evidence) {
  const ObjectRef system = make_system(evidence, cluster_path(evidence, evidence.json()), {evidence["name"]});
  if (!system) return {};
  evidence.nested("cloudResource", {}, system);
  return system;
}

ObjectRef map_kubernetes_namespace(Evidence& evidence) {
  if (evidence.text("name").empty()) return {};
  const ObjectRef system = make_system(evidence, namespace_path(evidence, evidence.json()), {evidence["name"]});
  evidence.nested("cluster", "kubernetesClusterEvidence", system);
  return system;
}

ObjectRef map_kubernetes_controller(Evidence& evidence) {
  return make_workload(evidence, evidence.text("type"), evidence["type"]);
}

ObjectRef map_kubernetes_pod(Evidence& evidence) {
  const ObjectRef pod = make_workload(evidence, "pod");
  if (!pod) return {};
  evidence.nested("controller", "kubernetesControllerEvidence", pod);
  evidence.nested("serviceAccount", "kubernetesServiceAccountEvidence", pod);
  evidence.nested("containers", "containerEvidence", pod);
  evidence.nested("initContainers", "containerEvidence", pod);
  evidence.nested("ephemeralContainers", "containerEvidence", pod);
  evidence.nested("podIp", "ipEvidence", pod);
  return pod;
}

ObjectRef map_kubernetes_service(Evidence& evidence) {
  const ObjectRef service = make_workload(evidence, "service");
  if (!service) return {};
  evidence.nested("clusterIP", "ipEvidence", service);
  evidence.nested("externalIPs", "ipEvidence", service);
  return service;
}

ObjectRef map_kubernetes_service_account(Evidence& evidence) { return make_workload(evidence, "serviceaccount"); }

ObjectRef map_kubernetes_secret(Evidence& evidence) { return make_workload(evidence, "secret"); }

// A container in a pod's own list belongs to that pod, which Graph does not repeat there.
ObjectRef map_container(Evidence& evidence) {
  const std::string_view name = evidence.text("name");
  const std::string_view id = evidence.text("containerId");
  if (name.empty() && id.empty()) return {};
  std::string_view pod = pod_path(evidence, evidence["pod"]);
  if (pod.empty() && evidence.parent() != nullptr) pod = pod_path(evidence, evidence.parent()->json());
  const ObjectRef system = make_system(evidence, name.empty() ? id : path_of(evidence, {pod, "container", name}),
                                       {evidence[name.empty() ? "containerId" : "name"]});
  evidence.nested("image", "containerImageEvidence", system);
  evidence.nested("pod", "kubernetesPodEvidence", system);
  return system;
}

ObjectRef map_container_image(Evidence& evidence) {
  const std::string_view id = evidence.text("imageId");
  if (id.empty()) return {};
  const std::size_t digest = id.find('@');
  const std::size_t slash = id.rfind('/');
  const std::size_t tag = id.find(':', slash == std::string_view::npos ? 0 : slash);
  const std::size_t split = digest != std::string_view::npos ? digest : tag;
  const bool versioned = split != std::string_view::npos && split > 0 && split + 1 < id.size();
  const ObjectRef image = make_software(evidence, versioned ? id.substr(0, split) : id, {},
                                        versioned ? id.substr(split + 1) : std::string_view{});
  if (!versioned) evidence["imageId"].mark_used();
  evidence.nested("registry", "containerRegistryEvidence", image);
  evidence.nested("digestImage", "containerImageEvidence", image);
  return image;
}

ObjectRef map_container_registry(Evidence& evidence) {
  const Json registry = evidence["registry"];
  std::string_view host = evidence.text("registry");
  if (const std::size_t scheme = host.find("://"); scheme != std::string_view::npos) host.remove_prefix(scheme + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  if (host.find(':') == host.rfind(':')) host = host.substr(0, host.find(':'));
  const ObjectRef domain = make_domain(evidence, registry, host);
  if (!domain) return {};
  if (const auto kind = judged_as(evidence.bundle().type(domain))) evidence.judge(domain, *kind, false);
  return domain;
}

}  // namespace map_stix
