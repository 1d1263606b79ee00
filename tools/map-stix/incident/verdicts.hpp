// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string_view>
#include <tuple>
#include <vector>

#include "common/time.hpp"
#include "tools/map-stix/stix/bundle.hpp"
#include "tools/map-stix/text/text_index.hpp"

namespace map_stix {

struct IncidentScope;
struct Workspace;
struct AlertScope;

/// The kinds of objects that may get the verdict of their evidence.
enum class ScoreKind : std::uint8_t {
  address,  ///< ipv4-addr, ipv6-addr
  url,
  domain,
  file,    ///< with a hash
  sender,  ///< of a mail
};

/// Collects the objects of an incident that have a verdict, and the domains and hosts of the organisation itself.
/// settle() then sets scores and makes indicators; this has to wait until all evidence is known, because an exclusion
/// may come after what it excludes.
class Verdicts {
 public:
  /// An object whose own evidence is malicious or suspicious (`score` above 0). Where its alert or incident is
  /// classified as no threat, what an earlier bundle said of it is taken back: score 0, and the indicator revoked.
  void add(ObjectRef object, ScoreKind kind, std::int64_t score, const AlertScope& alert, common::Instant at,
           bool indicator);
  /// A file of the alert that is a sample of the malware: an indicator of the file indicates the malware too.
  void add_sample(ObjectRef malware, ObjectRef file, const AlertScope& alert);
  /// The domain of a user, mailbox or recipient (an address or a bare domain), and a name or address of a
  /// device.
  void add_own_address(std::string_view address);
  void add_device_host(std::string_view host);

  void settle(IncidentScope& incident);
  /// Removes everything, before the next incident.
  void reset();

 private:
  struct Candidate {
    ObjectRef object;
    ScoreKind kind;
    std::int64_t score;
    std::size_t alert;   // its position
    ObjectRef incident;  // its STIX incident
    common::Instant at;
    bool indicator;
    bool dismissed;  // its alert or incident is classified as no threat
  };
  struct Sample {
    std::size_t alert;
    ObjectRef file;
    ObjectRef malware;
    bool linked = false;  // to the indicator of the file
    auto operator<=>(const Sample& other) const {
      return std::tie(alert, file.index, malware.index) <=>
             std::tie(other.alert, other.file.index, other.malware.index);
    }
    bool operator==(const Sample& other) const { return (*this <=> other) == 0; }
  };

  void pass_on(IncidentScope& incident, const Candidate& candidate);
  bool is_own_domain(std::string_view domain) const;
  bool is_own_host(std::string_view host) const;
  bool is_excluded(const IncidentScope& incident, const Candidate& candidate) const;
  void make_indicator(IncidentScope& incident, const Candidate& candidate);
  void link_malware(Workspace& work, ObjectRef indicator, const Candidate& candidate);

  std::vector<Candidate> candidates_;
  std::vector<Sample> samples_;
  TextIndex given_domains_;  // of the organisation, and
  TextIndex given_hosts_;    // of its devices, as they came
  TextIndex own_domains_;    // the same as they are compared; filled by settle()
  TextIndex device_hosts_;
};

/// 90 for malicious, 60 for suspicious, 0 for any other verdict.
std::int64_t score_of(std::string_view verdict);

}  // namespace map_stix
