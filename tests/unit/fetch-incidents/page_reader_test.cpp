// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <functional>

#include "common/json/json_text.hpp"
#include "common/program/failure.hpp"
#include "common/records/record_writer.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/fetch-incidents/fake_graph.hpp"
#include "tools/fetch-incidents/graph/graph_error.hpp"
#include "tools/fetch-incidents/graph/incident.hpp"
#include "tools/fetch-incidents/graph/rate_limit.hpp"
#include "tools/fetch-incidents/token/token_reader.hpp"
#include "tools/fetch-incidents/token/token_source.hpp"

using namespace fetch_incidents;
using fetch_incidents_test::FakeClock;

namespace {

std::string line_of(std::string_view text) {
  std::string line;
  common::append_minified(line, text);
  return line;
}

std::string newest_of(std::string_view text) {
  TokenReader reader;
  reader.feed(text);
  reader.finish();
  return reader.newest();
}

/// A pipe whose reading end is a token source's input.
struct TokenPipe {
  TokenPipe() {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
    read_end = ends[0];
    write_end = ends[1];
  }
  ~TokenPipe() {
    ::close(read_end);
    end();
  }
  void write(std::string_view text) const { common::write_all(write_end, text, "pipe"); }
  void end() {
    if (write_end >= 0) ::close(write_end);
    write_end = -1;
  }
  int read_end = -1;
  int write_end = -1;
};

int status_of(const std::function<void()>& act) {
  try {
    act();
    return 0;
  } catch (const common::Failure& failure) {
    return static_cast<int>(failure.status());
  }
}

}  // namespace

TEST_CASE("a page is split into its incidents, whose text stays as it was") {
  const Page page =
      split_page(R"({"@odata.count":7, "@odata.nextLink":"https:\/\/g\/x","value":[ {"lastUpdateDateTime":)"
                 R"("2026-01-01T00:00:00Z","id":"1","n":1.50} , 3, {"id":12}]})",
                 3);
  REQUIRE(page.incidents.size() == 2);
  CHECK(page.incidents[0].text == R"({"lastUpdateDateTime":"2026-01-01T00:00:00Z","id":"1","n":1.50})");
  CHECK(page.incidents[1].id == "12");
  CHECK_FALSE(page.incidents[1].at);
  CHECK(page.next_link == "https://g/x");
  CHECK(page.count == 7);
  CHECK(page.unreadable == 1);
  CHECK(page.full);
}

TEST_CASE("a body that is cut off or holds no list is not taken for a page") {
  for (const char* body :
       {"", "{", R"({"value":[{"id":"1"})", R"({"value":[]}x)", "<html>", "[]", R"({"value":{}})", R"({"x":1})"}) {
    INFO(body);
    CHECK_THROWS_AS(split_page(body, 50), AnswerFault);
  }
}

TEST_CASE("a single answer loses its @odata.context and nothing else") {
  const Incident incident = read_single(R"({"@odata.context":"x","@odata.etag":"y", "id":"1","n":1E-400})");
  CHECK(line_of(incident.text) == R"({"@odata.etag":"y","id":"1","n":1E-400})");
}

TEST_CASE("further alerts are appended and their link is dropped") {
  const auto joined = [](const std::string& text, std::string_view alerts) {
    return line_of(with_alerts(read_single(text), alerts).text);
  };
  CHECK(joined(R"({"id":"1","alerts":[{"a":1}],"alerts@odata.nextLink":"x","z":2})", R"({"b":2})") ==
        R"({"id":"1","alerts":[{"a":1},{"b":2}],"z":2})");
  CHECK(joined(R"({"id":"1","alerts":[ ],"alerts@odata.nextLink":"x"})", R"({"b":2})") ==
        R"({"id":"1","alerts":[{"b":2}]})");
  CHECK(joined(R"({"id":"1","alerts@odata.nextLink":"x"})", R"({"b":2})") == R"({"id":"1","alerts":[{"b":2}]})");
  CHECK(joined(R"({"id":"1","alerts":[{"a":1}],"alerts@odata.nextLink":"x"})", "") ==
        R"({"id":"1","alerts":[{"a":1}]})");
}

TEST_CASE("invalid UTF-8 becomes U+FFFD, and the incident that held it says so") {
  const Page page = split_page("{\"value\":[{\"a\": \"x\xff\xc3y\xe2\x82\"},{\"a\":\"\u20ac\U0001F600\"}]}", 50);
  REQUIRE(page.incidents.size() == 2);
  CHECK(page.incidents[0].text == "{\"a\": \"x\uFFFD\uFFFDy\uFFFD\uFFFD\"}");
  CHECK(page.incidents[0].repaired);
  CHECK(page.incidents[1].text == "{\"a\":\"\u20ac\U0001F600\"}");
  CHECK_FALSE(page.incidents[1].repaired);
  CHECK(with_alerts(page.incidents[0], "{}").repaired);
  CHECK(read_single("{\"id\":\"\xff\"}").repaired);
  CHECK_FALSE(read_single("{\"id\":\"\uFFFD\"}").repaired);
}

TEST_CASE("an incident without white space between its tokens is compact") {
  const auto is_compact = [](const char* body) { return split_page(std::string(body), 50).incidents.at(0).compact; };
  CHECK(is_compact(R"({ "value" : [ {"id":"a b\n","x":[1,{"y":"é"}]} ] })"));
  CHECK_FALSE(is_compact(R"({"value":[{"id": "a"}]})"));
  CHECK_FALSE(is_compact("{\"value\":[{\"id\":\"a\",\"x\":[1,\n2]}]}"));
}

TEST_CASE("Graph's errors are told with code, message and request-id, a proxy's by their beginning") {
  common::HttpResponse response;
  response.status = 400;
  response.body = R"({"error":{"code":"BadRequest","message":"no","innererror":{"innerError":{"request-id":"r-1"}}}})";
  CHECK(read_graph_error(response).text == "HTTP status 400, BadRequest: no (request-id r-1)");
  response.headers = {{"request-id", "r-2"}};
  CHECK(read_graph_error(response).request_id == "r-2");
  response.headers.clear();
  response.body = "<html>proxy</html>" + std::string(5'000, 'x');
  CHECK(read_graph_error(response).text.starts_with("HTTP status 400: <html>proxy</html>xxx"));
  CHECK(read_graph_error(response).text.size() < 300);
}

TEST_CASE("the last whole token of a stream counts, whatever its form") {
  CHECK(newest_of("{\"access_token\":\"a\"}\n{\"access_token\":\"b\"}\n") == "b");
  CHECK(newest_of("\xef\xbb\xbf{\r\n \"accessToken\": \"a{}\\\"\",\r\n \"x\": [1]\r\n}") == "a{}\"");
  CHECK(newest_of("\xef\xbb\xbf{\r\n \"accessToken\": \"a\",\r\n \"x\": [\"}\"]\r\n}") == "a");
  CHECK(newest_of("bare.token-1\r\n") == "bare.token-1");
  CHECK(newest_of("\"quoted\"") == "quoted");
  CHECK(newest_of("two words\n") == "");
  CHECK(newest_of("{\"access_token\":\"line\\nbreak\"}") == "");
  CHECK(newest_of("{\"access_token\":\"cut") == "");
}

TEST_CASE("a token counts only once its end is seen") {
  TokenReader reader;
  reader.feed("{\"access_token\":\"a");
  CHECK(reader.newest().empty());
  reader.feed("b\"}");
  CHECK(reader.newest() == "ab");
  reader.feed("\nbare");
  CHECK(reader.newest() == "ab");
  reader.feed("\n");
  CHECK(reader.newest() == "bare");
}

TEST_CASE(
    "a refused token is replaced by a newer one that comes in time; else the run ends with 75 if it worked before, or "
    "77") {
  TokenPipe pipe;
  FakeClock clock;
  common::Log log("test", pipe.read_end);  // messages fail silently: the read end cannot be written
  TokenSource tokens({.fd = pipe.read_end, .patience = std::chrono::milliseconds(0)}, clock, log);
  pipe.write("token-1\n");
  CHECK(tokens.current() == "token-1");
  pipe.write("token-2\ntoken-3\n");
  CHECK(tokens.after_refusal("token-1", true) == "token-3");
  CHECK(status_of([&] { tokens.after_refusal("token-3", true); }) == 75);
  CHECK(status_of([&] { tokens.after_refusal("token-3", false); }) == 77);
  pipe.end();
  CHECK(status_of([&] { tokens.after_refusal("token-3", true); }) == 75);
  CHECK(status_of([&] { tokens.after_refusal("token-3", false); }) == 77);
}

TEST_CASE("a token file is read again when its token is refused, and 20 s are waited for a newer one") {
  char path[] = "/tmp/fetch-incidents-token.XXXXXX";
  const int fd = ::mkstemp(path);
  REQUIRE(fd >= 0);
  common::write_all(fd, "old\n", "file");
  FakeClock clock;
  common::Log log("test", -1);
  TokenSource tokens({.file = path}, clock, log);
  CHECK(tokens.current() == "old");
  CHECK(status_of([&] { tokens.after_refusal("old", false); }) == 77);
  CHECK(clock.elapsed() == std::chrono::seconds(20));
  common::write_all(fd, "new\n", "file");
  CHECK(tokens.after_refusal("old", true) == "new");
  ::close(fd);
  ::unlink(path);
}

TEST_CASE("no minute sees more requests than the limit allows") {
  FakeClock clock;
  RateLimit rate(3, clock);
  std::vector<std::chrono::milliseconds> sent;
  for (int i = 0; i < 10; ++i) {
    REQUIRE(rate.wait());
    sent.push_back(clock.elapsed());
    clock.sleep(std::chrono::seconds(1));
  }
  for (std::size_t i = 3; i < sent.size(); ++i) CHECK(sent[i] - sent[i - 3] >= std::chrono::minutes(1));
  CHECK(sent.back() < std::chrono::minutes(4));
  RateLimit none(0, clock);
  const auto before = clock.elapsed();
  for (int i = 0; i < 1'000; ++i) none.wait();
  CHECK(clock.elapsed() == before);
}
