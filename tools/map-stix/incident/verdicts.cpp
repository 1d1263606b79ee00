// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/incident/verdicts.hpp"

#include <algorithm>
#include <string>

#include "tools/map-stix/incident/workspace.hpp"
#include "tools/map-stix/text/address.hpp"
#include "tools/map-stix/text/json_values.hpp"
#include "tools/map-stix/text/stix_values.hpp"
#include "tools/map-stix/text/unicode.hpp"
#include "tools/map-stix/text/url.hpp"

namespace map_stix {

namespace {

constexpr std::int64_t malicious_score = 90;
constexpr std::int64_t suspicious_score = 60;

// Without the dot of the root, which programs pass over even behind an address.
std::string_view without_root(std::string_view host) {
  while (host.ends_with('.')) host.remove_suffix(1);
  return host;
}

// A host as it is compared: an address by its bytes, however it is written; a name in lower case.
std::string host_key(std::string_view host) {
  host = without_root(host);
  const auto address = parse_address(host);
  if (address && !address->is_network)
    return {reinterpret_cast<const char*>(address->bytes.data()), address->is_v4 ? 4u : address->bytes.size()};
  return ascii_lower(host);
}

bool is_internal_host(std::string_view host) {
  if (host_key(host) == "localhost") return true;
  const auto address = parse_address(without_root(host));
  return address && is_internal(*address);
}

std::string_view main_type(ObjectType type) {
  switch (type) {
    case ObjectType::ipv4_addr: return "IPv4-Addr";
    case ObjectType::ipv6_addr: return "IPv6-Addr";
    case ObjectType::url: return "Url";
    case ObjectType::domain_name: return "Domain-Name";
    case ObjectType::email_addr: return "Email-Addr";
    case ObjectType::file: return "StixFile";
    default: return {};
  }
}

void append_quoted(std::string& out, std::string_view text) {
  out += '\'';
  for (const char c : text) {
    if (c == '\\' || c == '\'') out += '\\';
    out += c;
  }
  out += '\'';
}

// The STIX pattern that finds the observable again.
std::string pattern_of(const Bundle& bundle, ObjectRef object) {
  std::string pattern = "[";
  if (bundle.type(object) != ObjectType::file) {
    pattern.append(row_of(bundle.type(object)).name).append(":value = ");
    append_quoted(pattern, bundle.text(object, Property::value));
    return pattern + "]";
  }
  struct Hash {
    Property property;
    std::string_view path;
  };
  constexpr Hash hashes[] = {{Property::sha256, "file:hashes.'SHA-256' = "},
                             {Property::sha1, "file:hashes.'SHA-1' = "},
                             {Property::md5, "file:hashes.MD5 = "}};
  for (const Hash& hash : hashes) {
    const std::string_view text = bundle.text(object, hash.property);
    if (text.empty()) continue;
    if (pattern.size() > 1) pattern += " OR ";
    pattern += hash.path;
    append_quoted(pattern, text);
  }
  return pattern + "]";
}

std::string_view first_hash(const Bundle& bundle, ObjectRef file) {
  for (const Property property : {Property::sha256, Property::sha1, Property::md5}) {
    if (const std::string_view hash = bundle.text(file, property); !hash.empty()) return hash;
  }
  return {};
}

}  // namespace

std::int64_t score_of(std::string_view verdict) {
  if (equals_ignoring_case(verdict, "malicious")) return malicious_score;
  if (equals_ignoring_case(verdict, "suspicious")) return suspicious_score;
  return 0;
}

void Verdicts::add(ObjectRef object, ScoreKind kind, std::int64_t score, const AlertScope& alert, common::Instant at,
                   bool indicator) {
  if (object && score > 0) candidates_.push_back({object, kind, score, alert.position, alert.object, at, indicator});
}

void Verdicts::add_sample(ObjectRef malware, ObjectRef file, const AlertScope& alert) {
  samples_.push_back({alert.position, file, malware});
}

void Verdicts::add_own_address(std::string_view address) {
  const std::size_t at = address.rfind('@');
  const std::string_view domain = strip(at == std::string_view::npos ? address : address.substr(at + 1));
  if (!domain.empty()) given_domains_.number_of(domain);
}

void Verdicts::add_device_host(std::string_view host) {
  if (!host.empty()) given_hosts_.number_of(host);
}

void Verdicts::reset() {
  candidates_.clear();
  samples_.clear();
  for (TextIndex* const texts : {&given_domains_, &given_hosts_, &own_domains_, &device_hosts_}) texts->reset();
}

void Verdicts::settle(IncidentScope& incident) {
  if (candidates_.empty()) return;
  Workspace& work = incident.work;
  for (const std::string_view domain : given_domains_.texts())
    own_domains_.number_of(work.arena.copy(ascii_lower(domain)));
  for (const std::string_view host : given_hosts_.texts()) {
    // Of a host that is but a dot nothing is left, as of URLs that have no host.
    const std::string key = host_key(host);
    if (!key.empty()) device_hosts_.number_of(work.arena.copy(key));
  }
  std::sort(samples_.begin(), samples_.end());
  samples_.erase(std::unique(samples_.begin(), samples_.end()), samples_.end());
  const IndicatorLevel level = work.options.indicators;
  for (const Candidate& candidate : candidates_) {
    if (is_excluded(incident, candidate)) continue;
    work.bundle.set_number(candidate.object, Property::x_opencti_score, candidate.score);
    const bool wanted = level == IndicatorLevel::suspicious ||
                        (level == IndicatorLevel::malicious && candidate.score == malicious_score);
    if (wanted && candidate.indicator) make_indicator(incident, candidate);
  }
}

bool Verdicts::is_excluded(const IncidentScope& incident, const Candidate& candidate) const {
  const Bundle& bundle = incident.work.bundle;
  const std::string_view value = bundle.text(candidate.object, Property::value);
  switch (candidate.kind) {
    case ScoreKind::address:
      return is_internal_host(value.substr(0, value.find('/'))) || device_hosts_.holds(host_key(value));
    case ScoreKind::domain: return device_hosts_.holds(host_key(value));
    case ScoreKind::sender: return own_domains_.holds(domain_of_address(value));
    case ScoreKind::url: {
      const std::string host = host_of_url(value);
      return is_internal_host(host) || device_hosts_.holds(host_key(host));
    }
    case ScoreKind::file: return is_hash_of_nothing(first_hash(bundle, candidate.object));
  }
  return false;
}

// An indicator of a file indicates the malware that names the file as its own. Much evidence may be about one file, but
// its samples are walked once.
void Verdicts::link_malware(Workspace& work, ObjectRef indicator, const Candidate& candidate) {
  const Sample first{candidate.alert, candidate.object, ObjectRef{0}};
  auto sample = std::lower_bound(samples_.begin(), samples_.end(), first);
  for (; sample != samples_.end() && sample->alert == first.alert && sample->file == first.file; ++sample) {
    if (sample->linked) return;
    sample->linked = true;
    relate(work, indicator, RelationshipType::indicates, sample->malware, candidate.at);
  }
}

void Verdicts::make_indicator(IncidentScope& incident, const Candidate& candidate) {
  Workspace& work = incident.work;
  Bundle& bundle = work.bundle;
  const ObjectType type = bundle.type(candidate.object);
  const std::string_view value = bundle.text(candidate.object, Property::value);
  if (main_type(type).empty() || (candidate.kind == ScoreKind::address && value.find('/') != std::string_view::npos))
    return;
  const std::string_view file_name = bundle.text(candidate.object, Property::name);
  const std::string_view name = type != ObjectType::file ? value
                                : !file_name.empty()     ? file_name
                                                         : first_hash(bundle, candidate.object);
  const std::string_view pattern = work.arena.copy(pattern_of(bundle, candidate.object));
  const common::Instant date = whole_second(candidate.at);
  const ObjectRef indicator = bundle.add(ObjectType::indicator, work.ids.indicator(pattern), date, date);
  bundle.set_text(indicator, Property::name, name);
  bundle.set_text(indicator, Property::pattern, pattern);
  bundle.set_text(indicator, Property::pattern_type, "stix");
  bundle.set_time(indicator, Property::valid_from, whole_millisecond(candidate.at));
  bundle.add_text(indicator, Property::indicator_types, "malicious-activity");
  bundle.set_text(indicator, Property::x_opencti_main_observable_type, main_type(type));
  bundle.set_number(indicator, Property::x_opencti_score, candidate.score);
  relate(work, indicator, RelationshipType::based_on, candidate.object, candidate.at);
  relate(work, indicator, RelationshipType::indicates, candidate.incident, candidate.at);
  link_malware(work, indicator, candidate);
}

}  // namespace map_stix
