# Draws STIX bundles as a Graphviz graph: one digraph of all bundles read, equal objects drawn once.
#
#   map-stix incident.ndjson | jq -r -f examples/bundle-to-dot.jq | dot -Tsvg >incident.svg
#
# Left out: what hangs on everything (markings, the author) and what a case merely lists, but for the alerts that make it up.
# Names are taken for what they are, the text of strangers: nothing in them becomes a line, an attribute, an entity or a link.

# What a kind of object looks like. Any other kind of STIX cyber observable looks like the last.
def looks: {
  "case-incident":   {fill: "#1f3a5f", font: "#ffffff", shape: "folder"},
  "incident":        {fill: "#d1495b", font: "#ffffff", shape: "box"},
  "indicator":       {fill: "#8d0801", font: "#ffffff", shape: "component"},
  "malware":         {fill: "#5f0f40", font: "#ffffff", shape: "octagon"},
  "intrusion-set":   {fill: "#5f0f40", font: "#ffffff", shape: "octagon"},
  "attack-pattern":  {fill: "#edae49", font: "#000000", shape: "box"},
  "vulnerability":   {fill: "#f4d35e", font: "#000000", shape: "box"},
  "identity":        {fill: "#9fb1bc", font: "#000000", shape: "box3d"},
  "user-account":    {fill: "#b8d8ba", font: "#000000", shape: "box"},
  "email-addr":      {fill: "#b8d8ba", font: "#000000", shape: "box"},
  "note":            {fill: "#fff8dc", font: "#000000", shape: "note"},
  "":                {fill: "#cfe4f3", font: "#000000", shape: "box"}
};

# One line: no control characters, none that turn the direction of writing, none that XML forbids.
def plain:
  explode
  | map(if . < 32 or (. >= 127 and . < 160) or . == 8232 or . == 8233 or . >= 65534 and . <= 65535 then 32
        elif (. >= 8234 and . <= 8238) or (. >= 8294 and . <= 8297) or . == 8206 or . == 8207 or . == 1564 then empty
        else . end)
  | implode;

# A quoted word of the DOT language. Graphviz takes "\" for the start of an escape and "&" for that of an entity.
def quoted: gsub("\\\\"; "\\\\") | gsub("\""; "\\\"") | "\"" + . + "\"";
# At most 48 characters.
def text: plain | if length > 48 then .[:47] + "…" else . end | gsub("&"; "&amp;");
# Whole, for an id.
def whole: plain | gsub("&"; "&amp;");

# What a person calls the object.
def name:
  .name // .value // .subject // .account_login // .display_name // .user_id // .command_line // .path // .key // .string
  // .abstract // .x_mitre_id
  // (if .type == "network-traffic" then "\(.protocols // [] | map(tostring) | join("/")) \(.src_port // "?") → \(.dst_port // "?")" else null end)
  // (if .type == "note" then (.content // "" | tostring | split("\n")[0]) else null end)
  // (.hashes // {} | to_entries[0].value)
  // "";

# References of an object to others, drawn dotted: {from, to, label}.
def references:
  . as $object
  | to_entries[]
  | select((.key | test("_refs?$")) and (.key | IN("created_by_ref", "object_marking_refs", "source_ref", "target_ref") | not))
  | .key as $key
  | (.value | if type == "array" then .[] else . end)
  | select(type == "string")
  | {from: $object.id, to: ., label: ($key | sub("_refs?$"; "") | gsub("_"; " "))};

[., inputs]
| map(.objects[]? | select(type == "object" and (.id | type) == "string" and (.type | type) == "string"))
| unique_by(.id) as $objects
# The author is whom all say they are by.
| [$objects[] | .created_by_ref | select(type == "string")] | unique as $authors
| [$objects[] | select(.type | IN("relationship", "marking-definition") | not) | select(.id as $id | $authors | index($id) | not)] as $drawn
| (reduce $drawn[] as $object ({}; .[$object.id] = $object.type)) as $kinds
| ([$objects[] | select(.type == "relationship" and (.source_ref | type) == "string" and (.target_ref | type) == "string")
      | {from: .source_ref, to: .target_ref, label: (.relationship_type // "" | tostring), line: "solid"}]
   + [$drawn[] | .type as $type | references
      | select($type != "case-incident" or $kinds[.to] == "incident")
      | . + {line: "dotted"}]
   | map(select($kinds[.from] and $kinds[.to])) | unique) as $edges
| "digraph bundle {",
  "  graph [rankdir=LR, bgcolor=\"white\", nodesep=0.15, ranksep=1.1];",
  "  node [style=\"filled\", fontname=\"Helvetica,Arial,sans-serif\", fontsize=10, color=\"#444444\", margin=\"0.1,0.05\"];",
  "  edge [color=\"#777777\", fontcolor=\"#555555\", fontname=\"Helvetica,Arial,sans-serif\", fontsize=8, arrowsize=0.6];",
  ($drawn[]
   | . as $object
   | (looks[.type] // looks[""]) as $look
   | (name | tostring | text) as $name
   | (.type | text) as $type
   | (($type | quoted)[:-1] + (if $name == "" then "" else "\\n" + ($name | quoted)[1:-1] end) + "\"") as $words
   | "  \(.id | whole | quoted) [label=\($words), shape=\($look.shape), fillcolor=\"\($look.fill)\", fontcolor=\"\($look.font)\", tooltip=\("\($type) \($name)" | quoted)];"),
  ($edges[]
   | "  \(.from | whole | quoted) -> \(.to | whole | quoted) [label=\(.label | text | quoted), style=\(.line)];"),
  "}"
