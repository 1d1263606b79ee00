// SPDX-License-Identifier: Apache-2.0
// Every property that Graph documents, in an instance with all of them filled, must be found in the bundle.
// The list is data (tests/golden/map-stix/properties.tsv); a property that Graph adds is one line there.
#include <cctype>
#include <fstream>
#include <map>
#include <sstream>

#include "common/json/json_writer.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/map-stix/mapped.hpp"

using common::Json;

namespace {

struct PropertyRow {
  std::string name;
  std::string form;
  std::string sample;
};
using PropertyTable = std::map<std::string, std::vector<PropertyRow>>;

PropertyTable read_table() {
  std::ifstream file("tests/golden/map-stix/properties.tsv");
  PropertyTable table;
  std::string line;
  while (std::getline(file, line)) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream cells(line);
    std::string type;
    PropertyRow row;
    std::getline(cells, type, '\t');
    std::getline(cells, row.name, '\t');
    std::getline(cells, row.form, '\t');
    std::getline(cells, row.sample, '\t');
    table[type].push_back(row);
  }
  if (table.empty())
    throw std::runtime_error("tests/golden/map-stix/properties.tsv is missing: run the tests in the project's folder");
  return table;
}

/// A value that was put into an instance.
struct Filled {
  std::string path;
  std::string member;  ///< its own name, with the position in a list
  std::string value;
  bool common_word;  ///< a word or truth value, which may be found by chance: it must stand beside its name
};

/// Writes instances in which every property has a value of its own.
class Filler {
 public:
  explicit Filler(const PropertyTable& table) : table_(table) {}

  std::string evidence(const std::string& type) { return object(type, type, true, 0); }
  std::string object(const std::string& type, const std::string& path, bool is_evidence, int depth) {
    std::string json = "{";
    if (is_evidence) {
      json += R"("@odata.type":"#microsoft.graph.security.)" + type + "\"";
      for (const PropertyRow& row : table_.at("alertEvidence")) member(json, row, path, depth);
    }
    for (const PropertyRow& row : table_.at(type)) member(json, row, path, depth);
    return json + "}";
  }
  const std::vector<Filled>& filled() const { return filled_; }

 private:
  void member(std::string& json, const PropertyRow& row, const std::string& path, int depth) {
    const bool list = row.form.front() == '[';
    const std::string form = list ? row.form.substr(1, row.form.size() - 2) : row.form;
    const bool nested = table_.contains(form) || form == "alertEvidence";
    if (nested && depth == 2) return;
    if (json.size() > 1) json += ',';
    common::append_json_string(json, row.name.empty() ? "free" + std::to_string(++count_) : row.name);
    json += list ? ":[" : ":";
    for (int i = 0; i < (list ? 2 : 1); ++i) {
      if (i > 0) json += ',';
      const std::string own = list ? row.name + "." + std::to_string(i) : row.name;
      json += value(form, row, own, path + "." + own, depth);
    }
    if (list) json += ']';
  }

  std::string value(const std::string& form, const PropertyRow& row, const std::string& own, const std::string& path,
                    int depth) {
    if (form == "alertEvidence") return object("azureResourceEvidence", path, true, depth + 1);
    if (table_.contains(form)) return object(form, path, form.ends_with("Evidence"), depth + 1);
    ++count_;
    if (form == "integer") return note(own, path, std::to_string(1000 + count_), false, false);
    if (form == "number") return note(own, path, std::to_string(count_) + ".0625", false, false);
    if (form == "boolean") return note(own, path, count_ % 2 == 0 ? "true" : "false", true, false);
    if (form == "date")
      return note(own, path, "2026-03-02T08:10:00." + std::to_string(1000000 + count_) + "Z", false, true);
    if (form == "guid")
      return note(own, path, "8f0e5ad2-2f1c-4a0f-9f6e-0000" + std::to_string(10000000 + count_), false, true);
    if (form == "open") return note("x", path, "free text " + std::to_string(count_), false, true);
    if (form.find('|') != std::string::npos) return note(own, path, word(form), true, true);
    return note(own, path, row.sample.empty() ? row.name + " " + std::to_string(count_) : from_sample(row.sample),
                false, true);
  }

  std::string note(const std::string& own, const std::string& path, const std::string& text, bool common_word,
                   bool quoted) {
    filled_.push_back({path, own, text, common_word});
    if (!quoted) return text;
    std::string json;
    common::append_json_string(json, text);
    return json;
  }

  std::string word(const std::string& words) const {
    std::vector<std::string> all;
    std::istringstream cells(words);
    for (std::string one; std::getline(cells, one, '|');) all.push_back(one);
    return all[static_cast<std::size_t>(count_) % all.size()];
  }

  std::string from_sample(const std::string& sample) const {
    std::string text;
    for (std::size_t at = 0; at < sample.size(); ++at) {
      if (sample[at] != '%') {
        text += sample[at];
      } else if (sample.compare(at, 4, "%hex") == 0) {
        const auto size = static_cast<std::size_t>(std::stoi(sample.substr(at + 4)));
        const std::string digits = std::to_string(count_);
        text += size > digits.size() ? std::string(size - digits.size(), 'a') + digits
                                     : digits.substr(digits.size() - size);
        at += 3 + std::to_string(size).size();
      } else {
        text += sample.find(".100.%") != std::string::npos ? std::to_string(count_ % 250 + 1) : std::to_string(count_);
      }
    }
    return text;
  }

  const PropertyTable& table_;
  std::vector<Filled> filled_;
  int count_ = 0;
};

void collect(Json value, std::string& texts) {
  if (value.is(common::JsonKind::object) || value.is(common::JsonKind::array)) {
    for (const Json member : value) collect(member, texts);
  } else {
    texts.append("\n=").append(value.text()).append("=\n");
  }
}

bool holds(const std::string& texts, const Filled& filled) {
  if (!filled.common_word) return texts.find(filled.value) != std::string::npos;
  std::string label = filled.member;  // "Status: resolved", in the list at the top of a description
  label[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(label[0])));
  return texts.find(filled.member + ": " + filled.value + "`") != std::string::npos ||
         texts.find("- " + label + ": " + filled.value + "\n") != std::string::npos ||
         texts.find("\n=" + filled.value + "=\n") != std::string::npos ||
         texts.find("\"" + filled.value + "\"") != std::string::npos;  // in the JSON of a note
}

void check_all_found(Mapped& mapped, const Filler& filler) {
  std::string texts;
  for (const auto& type :
       {"case-incident", "incident",     "note",       "relationship",        "identity",   "attack-pattern", "malware",
        "vulnerability", "indicator",    "directory",  "domain-name",         "email-addr", "email-message",  "file",
        "hostname",      "ipv4-addr",    "mac-addr",   "network-traffic",     "process",    "software",       "text",
        "url",           "user-account", "user-agent", "windows-registry-key"}) {
    for (const Json object : mapped.all(type)) collect(object, texts);
  }
  REQUIRE(filler.filled().size() > 5);
  for (const Filled& filled : filler.filled()) {
    INFO(filled.path << " = " << filled.value);
    CHECK(holds(texts, filled));
  }
}

}  // namespace

TEST_CASE("every property of every evidence type is found in the bundle") {
  const PropertyTable table = read_table();
  std::size_t types = 0;
  for (const auto& [type, rows] : table) {
    if (!type.ends_with("Evidence") || type == "alertEvidence") continue;
    ++types;
    Filler filler(table);
    Mapped mapped(incident_with(filler.evidence(type)));
    check_all_found(mapped, filler);
  }
  CHECK(types == 48);
}

TEST_CASE("every property of alerts and incidents is found in the bundle") {
  PropertyTable table = read_table();
  // The parts that other cases fill.
  std::erase_if(table["alert"], [](const PropertyRow& row) { return row.name == "evidence"; });
  std::erase_if(table["incident"], [](const PropertyRow& row) { return row.name == "alerts"; });
  Filler of_alert(table);
  const std::string alert = of_alert.object("alert", "alert", false, 0);
  Filler of_incident(table);
  const std::string incident = of_incident.object("incident", "incident", false, 0);
  Mapped mapped(incident.substr(0, incident.size() - 1) + ",\"alerts\":[" + alert + "]}");
  check_all_found(mapped, of_alert);
  check_all_found(mapped, of_incident);
}
