#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The pictures of examples/: a bundle as a graph, a dump as a page; and that the text of strangers stays text in both.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

to_dot() { jq -r -f "$ROOT/examples/bundle-to-dot.jq" "$@"; }
to_html() { jq -r -f "$ROOT/examples/dump-to-html.jq" "$@"; }

# What an attacker would call an incident, an alert, a file.
hostile='</title></style><script>document.title="owned"</script><img src=x onerror="document.title=`owned`">"]; evil [label="x"]; \N \" &lt;b&gt; <b>'

hostile_incidents() {
  jq -c --arg text "$hostile" --arg url "${1:-http://127.0.0.1:9}" '
    .displayName = $text | .description = $text + "<img src=\"\($url)/v1.0/loaded\">" | .severity = $text | .status = $text
    | .classification = $text | .assignedTo = $text | .id = $text | .customTags = [$text, "style=\"background:url(\($url)/v1.0/loaded)\""]
    | .incidentWebUrl = "javascript:document.title=\"owned\"//.microsoft.com/"
    | .comments = [{comment: $text, createdByDisplayName: $text, createdDateTime: $text}]
    | .alerts[]? |= (.title = $text | .description = $text | .productName = $text | .severity = $text | .mitreTechniques = [$text]
        | .evidence[0]["@odata.type"] = $text + "Evidence")' "$ROOT/examples/incidents.ndjson"
}

hostile_bundle() {
  jq -nc --arg text "$hostile" '{type: "bundle", objects: [
    {type: "url", id: ("url--1" + $text), value: ($text + "\u202e\u0000\u001b[31m\n" + ("long" * 40))},
    {type: ("x" + $text), id: "x--2", name: $text},
    {type: "file", id: "file--3", name: ["not", "text"]},
    {type: "relationship", id: "relationship--4", relationship_type: $text, source_ref: ("url--1" + $text), target_ref: "x--2"},
    {type: "relationship", id: "relationship--5", relationship_type: "related-to", source_ref: "file--3", target_ref: "nowhere--6"}]}'
}

all_objects() {
  map-stix --quiet "$ROOT/examples/incidents.ndjson" >"$WORK/bundles"
  to_dot "$WORK/bundles" >"$WORK/dot"
  jq -rs '[.[].objects[] | select(.type | IN("relationship", "marking-definition") | not) | select(.name != "Microsoft Sentinel") | .id] | unique[]' "$WORK/bundles" | sort >"$WORK/ids"
  sed -nE 's/^  "([^"]*)" \[label=.*/\1/p' "$WORK/dot" | sort >"$WORK/drawn"
  expect_same "$WORK/ids" "$WORK/drawn"
  jq -rs '[.[].objects[] | select(.type == "relationship") | "\(.source_ref) \(.target_ref)"] | unique[]' "$WORK/bundles" | sort >"$WORK/relationships"
  sed -nE 's/^  "([^"]*)" -> "([^"]*)" .*style=solid.*/\1 \2/p' "$WORK/dot" | sort -u >"$WORK/edges"
  expect_same "$WORK/relationships" "$WORK/edges"
}
case_ok "the graph of a dump has every object and every relationship once, markings and the author apart" all_objects

graph_is_inert() {
  hostile_bundle | to_dot >"$WORK/dot"
  dot -Tjson "$WORK/dot" >"$WORK/json"
  expect_equal "$(jq '.objects | length' "$WORK/json")" 3 "number of nodes"
  expect_equal "$(jq '.edges | length' "$WORK/json")" 1 "number of edges"
  dot -Tsvg "$WORK/dot" >"$WORK/svg"
  expect_lacks "$WORK/svg" '<script'
  expect_lacks "$WORK/svg" '<img'
  expect_lacks "$WORK/svg" 'href='
  expect_contains "$WORK/svg" '&lt;/title&gt;&lt;/style&gt;&lt;script&gt;'
  if grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xe2\x80\xae' "$WORK/svg"; then fail "a control character reached the picture"; fi
  # Nothing that Graphviz would take for an escape or an entity of its own.
  expect_contains "$WORK/dot" '\\N \\\" &amp;lt;b'
}
if command -v dot >/dev/null; then
  case_ok "a hostile name in a bundle stays text in the graph" graph_is_inert
else
  skip "a hostile name in a bundle stays text in the graph" "Graphviz is missing: apt-get install graphviz"
fi

odd_dump() {
  {
    echo '{"value":[{"id":"1","displayName":"from a page","lastUpdateDateTime":"2026-09-02T00:00:00Z"}]}'
    echo '{"id":"2","displayName":"older version","lastUpdateDateTime":"2026-09-01T00:00:00Z"}'
    echo '{"id":"2","displayName":"newer version","lastUpdateDateTime":"2026-09-03T00:00:00Z","createdDateTime":"2026-99-99T99:99:99Z"}'
    echo '{"id":"3","displayName":{"odd":true},"alerts":[null,7,{"title":null,"evidence":[null,{}]}],"comments":["x"],"customTags":null,"createdDateTime":12}'
    echo '[]'
  } >"$WORK/dump"
  to_html "$WORK/dump" >"$WORK/page"
  expect_contains "$WORK/page" 'from a page'
  expect_contains "$WORK/page" 'newer version'
  expect_lacks "$WORK/page" 'older version'
  expect_contains "$WORK/page" '<b>3</b>incidents'
  : | to_html -n >"$WORK/empty"
  expect_contains "$WORK/empty" '<b>0</b>incidents'
}
case_ok "the report takes pages, repeated incidents, odd values and an empty dump" odd_dump

controls_shown() {
  printf "%s\n" '{"id":"1","displayName":"abc\u202efdp.exe\u0001\u009b31m\u001b[0m","description":"one\r\ntwo","lastUpdateDateTime":"2026-09-02T00:00:00Z"}' |
    to_html >"$WORK/page"
  expect_contains "$WORK/page" 'abc[U+202E]fdp.exe␁[U+9B]31m␛[0m'
  if grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xe2\x80\xae|\xc2[\x80-\x9f]' "$WORK/page"; then fail "a control character reached the page"; fi
}
case_ok "the report shows control characters and those that turn the direction of writing" controls_shown

# visit FILE  the page's document as Chromium leaves it, after its scripts (if any) have run.
visit() {
  timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-background-networking --user-data-dir="$WORK/profile" \
    --no-proxy-server --virtual-time-budget=3000 --dump-dom "file://$1" 2>"$WORK/chromium.log" || fail "$(cat "$WORK/chromium.log")"
}

requests_for_it() { jq -c 'select((.path // .target // .url // tojson) | contains("/v1.0/loaded"))' "$STAND_IN_RECORD/requests.ndjson" 2>/dev/null | wc -l; }

page_is_inert() {
  start_stand_in --incidents "$ROOT/examples/incidents.ndjson"
  hostile_incidents "$STAND_IN_GRAPH_URL" >"$WORK/hostile"
  to_html "$WORK/hostile" >"$WORK/page.html"
  # Each of the two walls must hold alone: the escaping without the policy, the policy without the escaping.
  grep -v 'Content-Security-Policy' "$WORK/page.html" >"$WORK/no-policy.html"
  { cat "$WORK/page.html" && jq -r '.displayName, .description' "$WORK/hostile"; } >"$WORK/no-escape.html"
  grep -v 'Content-Security-Policy' "$WORK/no-escape.html" >"$WORK/neither.html"
  local page
  for page in page no-policy no-escape; do
    visit "$WORK/$page.html" >"$WORK/$page.dom"
    expect_contains "$WORK/$page.dom" '<title>Security incidents</title>'
  done
  for page in page no-policy; do
    expect_lacks "$WORK/$page.dom" '<script'
    expect_lacks "$WORK/$page.dom" '<img'
    expect_lacks "$WORK/$page.dom" 'href='
    expect_contains "$WORK/$page.dom" '&lt;script&gt;document.title="owned"&lt;/script&gt;'
  done
  expect_equal "$(requests_for_it)" 0 "requests that the page made"
  # With both walls gone the same texts do run and load: else this test would prove nothing.
  visit "$WORK/neither.html" >"$WORK/neither.dom"
  expect_contains "$WORK/neither.dom" '<title>owned</title>'
  [ "$(requests_for_it)" -gt 0 ] || fail "the page without walls should have loaded the picture"
}
if command -v chromium >/dev/null; then
  case_ok "a hostile incident stays text in the report, runs nothing and loads nothing (Chromium)" page_is_inert
else
  skip "a hostile incident stays text in the report, runs nothing and loads nothing" "Chromium is missing: apt-get install chromium"
fi

alone() {
  to_html "$ROOT/examples/incidents.ndjson" >"$WORK/page"
  if grep -nE '<script|<link|<img|<iframe|@import|url\(| src=| on[a-z]+=' "$WORK/page"; then fail "the report is not self-contained"; fi
  expect_contains "$WORK/page" "default-src 'none'"
  expect_contains "$WORK/page" 'href="https://security.microsoft.com/incident2/4101/overview?tid='
}
case_ok "the report is one page that needs nothing else" alone

shown_pictures() {
  "$ROOT/scripts/make-pictures" "$WORK/pictures"
  expect_same "$WORK/pictures/graph.dot" "$ROOT/examples/pictures/graph.dot"
  expect_same "$WORK/pictures/report.html" "$ROOT/examples/pictures/report.html"
  local picture
  for picture in graph.svg report.png; do
    expect_contains "$ROOT/README.md" "examples/pictures/$picture"
    [ -s "$ROOT/examples/pictures/$picture" ] || fail "examples/pictures/$picture is missing"
  done
  # Versions of Graphviz place things differently; the words and their order are those of the graph.
  if [ -e "$WORK/pictures/graph.svg" ]; then
    expect_equal "$(grep -o '<text[^>]*>[^<]*' "$ROOT/examples/pictures/graph.svg" | sed 's/.*>//' | sort)" \
      "$(grep -o '<text[^>]*>[^<]*' "$WORK/pictures/graph.svg" | sed 's/.*>//' | sort)" "the text of graph.svg"
  fi
}
case_ok "the pictures of README.md are those of the examples (scripts/make-pictures mends them)" shown_pictures

finish
