// SPDX-License-Identifier: Apache-2.0
// The least that any mapper must do: read the input in blocks, parse every line, compute one SHA-1 an object, write the
// output's bytes. The benchmark compares map-stix with it. Reader, writer and hash are those of map-stix, so that only
// the mapping makes the difference; ids are hashed from texts of the usual lengths.
#include <simdjson.h>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/records/record_reader.hpp"
#include "common/records/record_writer.hpp"
#include "common/uuid.hpp"

int main(int argc, char* argv[]) {
  if (argc != 4) {
    std::fputs("usage: floor FILE OBJECTS BYTES\nreads FILE, hashes OBJECTS times, writes BYTES in all\n", stderr);
    return 64;
  }
  const auto objects = std::strtoull(argv[2], nullptr, 10);
  const auto bytes = std::strtoull(argv[3], nullptr, 10);
  common::RecordReader reader({.files = {argv[1]}});
  common::RecordWriter output;
  common::Record record;
  simdjson::dom::parser parser;
  std::uint64_t lines = 0;
  while (reader.next(record) == common::ReadResult::record) {
    if (parser.parse(record.text.data(), record.text.size(), false).error() != simdjson::SUCCESS) return 65;
    ++lines;
  }
  // Every second object of a bundle is a relationship; of the others many have a short id of one value.
  const std::string_view names[] = {
      R"({"relationship_type":"related-to","source_ref":"file--3464a4d6-3d57-5dda-8013-dc41242a28f4","target_ref":"incident--7145d55a-153f-50ae-a7f1-083706ce8432"})",
      R"({"value":"quarterly.report@contoso.example"})"};
  unsigned char mixed = 0;
  for (unsigned long long i = 0; i < objects; ++i)
    mixed = static_cast<unsigned char>(mixed ^ common::uuid5(names[i % 2])[0]);
  const std::string block(64 << 10, static_cast<char>('a' + (mixed & 1)));
  for (unsigned long long written = 0; written < bytes; written += block.size()) {
    const auto size = static_cast<std::size_t>(std::min<unsigned long long>(block.size(), bytes - written));
    output.buffer().append(std::string_view(block).substr(0, size));
    output.flush();
  }
  return lines > 0 ? 0 : 66;
}
