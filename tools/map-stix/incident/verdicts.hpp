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

/// What an evidence's verdict may be passed on to.
enum class ScoreKind : std::uint8_t {
  address,  ///< ipv4-addr, ipv6-addr
  url,
  domain,
  file,    ///< with a hash
  sender,  ///< of a mail
};

/// Collects, over a whole incident, the objects with a verdict and what belongs to the organisation itself;
/// settle() then gives scores and makes indicators. Both wait for the end because an exclusion may come later
/// than what it excludes.
class Verdicts {
 public:
  /// An object whose own evidence is malicious or suspicious (`score` above 0).
  void add(ObjectRef object, ScoreKind kind, std::int64_t score, const AlertScope& alert, common::Instant at,
           bool indicator);
  /// A file of the alert that is a sample of the malware: an indicator of the file indicates the malware too.
  void add_sample(ObjectRef malware, ObjectRef file, const AlertScope& alert);
  /// The domain of a user, mailbox or recipient (an address or a bare domain), and a name or address of a
  /// device.
  void add_own_address(std::string_view address);
  void add_device_host(std::string_view host);

  void settle(IncidentScope& incident);
  /// Forgets everything, for the next incident.
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
