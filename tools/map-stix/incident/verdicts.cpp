// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/incident/verdicts.hpp"

#include <algorithm>
#include <string>

#include "tools/map-stix/incident/workspace.hpp"
#include "tools/map-stix/text/address.hpp"
#include "tools/map-stix/text/host.hpp"
#include "tools/map-stix/text/json_values.hpp"
#include "tools/map-stix/text/stix_values.hpp"
#include "tools/map-stix/text/unicode.hpp"
#include "tools/map-stix/text/url.hpp"

namespace map_stix {

namespace {

constexpr std::int64_t malicious_score = 90;
constexpr std::int64_t suspicious_score = 60;

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

// The value of an observable in the one spelling that indicators have, however Graph writes it.
std::string spelled(ObjectType type, std::string_view value) {
  switch (type) {
    case ObjectType::url: return one_spelling(value);
    case ObjectType::ipv4_addr:
    case ObjectType::ipv6_addr:
    case ObjectType::domain_name: return read_host(value);
    default: return ascii_lower(value);
  }
}

// The STIX pattern that finds the observable again; `value` is that of anything but a file.
std::string pattern_of(const Bundle& bundle, ObjectRef object, std::string_view value) {
  std::string pattern = "[";
  if (bundle.type(object) != ObjectType::file) {
    pattern.append(row_of(bundle.type(object)).name).append(":value = ");
    append_quoted(pattern, value);
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
    append_quoted(pattern, ascii_lower(text));
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
  if (!object || score == 0) return;
  candidates_.push_back({object, kind, score, alert.position, alert.object, at, indicator, !alert.scored});
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
    own_domains_.number_of(work.arena.copy(read_host(domain)));
  for (const std::string_view host : given_hosts_.texts()) {
    const std::string key = read_host(host);
    if (!key.empty()) device_hosts_.number_of(work.arena.copy(key));
  }
  std::sort(samples_.begin(), samples_.end());
  samples_.erase(std::unique(samples_.begin(), samples_.end()), samples_.end());
  // Verdicts that stand come first, because they overrule those that were taken back.
  for (const bool dismissed : {false, true}) {
    for (const Candidate& candidate : candidates_) {
      if (candidate.dismissed == dismissed && !is_excluded(incident, candidate)) pass_on(incident, candidate);
    }
  }
}

void Verdicts::pass_on(IncidentScope& incident, const Candidate& candidate) {
  Workspace& work = incident.work;
  const IndicatorLevel level = work.options.indicators;
  const bool wanted =
      level == IndicatorLevel::suspicious || (level == IndicatorLevel::malicious && candidate.score == malicious_score);
  work.bundle.set_number(candidate.object, Property::x_opencti_score, candidate.dismissed ? 0 : candidate.score);
  if (wanted && candidate.indicator) make_indicator(incident, candidate);
}

// A subdomain of an own domain is own. Names without a dot, such as NetBIOS domains, have no subdomains here.
bool Verdicts::is_own_domain(std::string_view domain) const {
  for (std::string_view name = domain;;) {
    if (own_domains_.holds(name)) return true;
    const std::size_t dot = name.find('.');
    if (dot == std::string_view::npos) return false;
    name.remove_prefix(dot + 1);
    if (name.find('.') == std::string_view::npos) return false;
  }
}

bool Verdicts::is_own_host(std::string_view host) const { return is_internal_host(host) || device_hosts_.holds(host); }

bool Verdicts::is_excluded(const IncidentScope& incident, const Candidate& candidate) const {
  const Bundle& bundle = incident.work.bundle;
  const std::string_view value = bundle.text(candidate.object, Property::value);
  switch (candidate.kind) {
    case ScoreKind::address:
    case ScoreKind::domain: return is_own_host(read_host(value));
    case ScoreKind::sender: return is_own_domain(read_host(domain_of_address(value)));
    case ScoreKind::url: return is_own_host(host_of_url(value));
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
  const std::string_view given = bundle.text(candidate.object, Property::value);
  const bool is_network = candidate.kind == ScoreKind::address && given.find('/') != std::string_view::npos;
  // A "javascript:" or "mailto:" leads to no host.
  const bool leads_nowhere = candidate.kind == ScoreKind::url && host_of_url(given).empty();
  if (main_type(type).empty() || is_network || leads_nowhere) return;
  const std::string_view value = work.arena.copy(spelled(type, given));
  const std::string_view file_name = bundle.text(candidate.object, Property::name);
  const std::string_view hash = work.arena.copy(ascii_lower(first_hash(bundle, candidate.object)));
  const std::string_view name = type != ObjectType::file ? value : !file_name.empty() ? file_name : hash;
  const std::string_view pattern = work.arena.copy(pattern_of(bundle, candidate.object, value));
  const common::Uuid uuid = work.ids.indicator(pattern);
  if (candidate.dismissed) {
    const ObjectRef standing = bundle.find(ObjectType::indicator, uuid);
    if (standing && bundle.number(standing, Property::x_opencti_score) > 0) return;
  }
  const common::Instant date = whole_second(candidate.at);
  const ObjectRef indicator = bundle.add(ObjectType::indicator, uuid, date, date);
  bundle.set_text(indicator, Property::name, name);
  bundle.set_text(indicator, Property::pattern, pattern);
  bundle.set_text(indicator, Property::pattern_type, "stix");
  bundle.set_time(indicator, Property::valid_from, whole_millisecond(candidate.at));
  bundle.add_text(indicator, Property::indicator_types, "malicious-activity");
  bundle.set_text(indicator, Property::x_opencti_main_observable_type, main_type(type));
  // The platform honours a revocation only together with the score.
  if (candidate.dismissed) bundle.set_boolean(indicator, Property::revoked, true);
  bundle.set_number(indicator, Property::x_opencti_score, candidate.dismissed ? 0 : candidate.score);
  relate(work, indicator, RelationshipType::based_on, candidate.object, candidate.at);
  relate(work, indicator, RelationshipType::indicates, candidate.incident, candidate.at);
  link_malware(work, indicator, candidate);
}

}  // namespace map_stix
