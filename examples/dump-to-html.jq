# A report of saved incidents: one HTML page with a timeline and a table, oldest update first.
#
#   jq -r -f examples/dump-to-html.jq dump.ndjson >report.html
#
# Takes incidents one a line, and pages of Graph as well; of an incident that is there several times, the last version counts.
# The page loads nothing and runs nothing: it has no script, its content security policy allows none, and every text of an
# incident is escaped. The only links are to Microsoft's own portals.

# Control characters, and those that turn the direction of writing, are shown: they would hide text, or make it read as another.
def hexadecimal: [while(. > 0; . / 16 | floor) | . % 16 | "0123456789ABCDEF"[.:. + 1]] | reverse | join("");
def visible:
  gsub("\r\n"; "\n") | explode
  | map(if . < 32 and . != 9 and . != 10 then . + 9216  # a picture of the character
        elif (. >= 127 and . < 160) or (. >= 8234 and . <= 8238) or (. >= 8294 and . <= 8297) or . == 8206 or . == 8207 or . == 1564
        then ("[U+" + hexadecimal + "]" | explode[])
        else . end)
  | implode;
def word: if type == "string" then visible elif . == null then "" else tojson end;
def html: word | @html;

# Seconds since 1970, null where there is no such time.
def seconds: (word | capture("^(?<second>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})") | .second + "Z" | fromdateiso8601)? // null;
def moment: (word | capture("^(?<day>[0-9-]{10})T(?<minute>[0-9:]{5})") | "\(.day) \(.minute)") // html;

def severities: ["high", "medium", "low", "informational"];
# The name of a style: never a text of the incident.
def severity: (.severity | word | ascii_downcase) as $word | if severities | index($word) then $word else "other" end;

def portal($url): ($url | word) as $text
  | if $text | test("\\Ahttps://[a-z0-9.-]+\\.(microsoft|azure)\\.(com|us)/[!-~]*\\z")
    then "<a rel=\"noreferrer noopener\" href=\"\($text | @html)\">\(html)</a>" else html end;

def list($items): [$items[]? | word | select(. != "")] | unique | map("<span class=\"tag\">\(@html)</span>") | join(" ");
def evidence_kinds: [.evidence[]? | objects | .["@odata.type"] | word | split(".") | last // "" | sub("Evidence$"; "") | select(. != "")]
  | group_by(.) | map("\(.[0] | @html)&nbsp;×&nbsp;\(length)") | join(", ");

def style: "
  :root { color-scheme: light dark; --line: #8884; --high: #d1495b; --medium: #e08e2b; --low: #4f9d69; --informational: #5b8db8; --other: #888; }
  body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
  h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
  .figures { display: flex; gap: 1rem; flex-wrap: wrap; padding: 0; list-style: none; }
  .figures li { border-left: 4px solid var(--other); padding: .2rem .8rem; } .figures b { display: block; font-size: 1.4rem; }
  table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--line); }
  td { overflow-wrap: anywhere; } time, .id { white-space: nowrap; font-variant-numeric: tabular-nums; }
  .badge { color: #fff; border-radius: .6rem; padding: .05rem .55rem; font-size: .85rem; background: var(--other); }
  .tag { border: 1px solid var(--line); border-radius: .4rem; padding: 0 .35rem; font-size: .85rem; }
  details p { margin: .3rem 0; white-space: pre-wrap; } summary { cursor: pointer; } .quiet { opacity: .7; }
  svg { width: 100%; height: auto; } svg text { font-size: 11px; fill: currentColor; } svg .axis { stroke: var(--line); }
" + (severities + ["other"] | map("  .badge.\(.), .figures .\(.) { background-color: var(--\(.)); } .figures li.\(.) { background: none; border-color: var(--\(.)); } svg .\(.) { fill: var(--\(.)); }") | join("\n"));

# One bar an incident, from its creation to its last update; figures only, and names through html.
def timeline:
  map({incident: ., from: (.createdDateTime | seconds), to: (.lastUpdateDateTime | seconds)} | select(.from and .to)) as $bars
  | if $bars == [] then "<p class=\"quiet\">No incident with dates.</p>" else
      ($bars | map(.from, .to) | min) as $start
      | ([($bars | map(.from, .to) | max) - $start, 1] | max) as $span
      | ($bars | length * 22) as $height
      | "<svg viewBox=\"0 0 1100 \($height + 30)\" role=\"img\" aria-label=\"Incidents over time\">",
        (range(0; 5) | (150 + . * 225) as $x
          | "<line class=\"axis\" x1=\"\($x)\" x2=\"\($x)\" y1=\"0\" y2=\"\($height)\"/><text x=\"\($x)\" y=\"\($height + 18)\" text-anchor=\"\(if . == 4 then "end" else "middle" end)\">\($start + $span * . / 4 | floor | todateiso8601 | moment)</text>"),
        (range(0; $bars | length) as $row | $bars[$row]
          | (150 + (.from - $start) / $span * 900 | floor) as $x
          | ([(.to - .from) / $span * 900 | floor | if . < 0 then 0 else . end, 5] | max) as $width
          | "<text x=\"140\" y=\"\($row * 22 + 15)\" text-anchor=\"end\">\(.incident.id | word | .[:20] | @html)</text>"
            + "<rect class=\"\(.incident | severity)\" x=\"\($x)\" y=\"\($row * 22 + 4)\" width=\"\($width)\" height=\"14\" rx=\"3\"><title>\(.incident.displayName | html)</title></rect>"),
        "</svg>"
    end;

def alert: "<details><summary>\(.title | html) <span class=\"quiet\">\(.severity | html)</span></summary>"
  + (if .description | word != "" then "<p>\(.description | html)</p>" else "" end)
  + "<p class=\"quiet\">\([(.firstActivityDateTime // .createdDateTime | moment), (.productName | html), (.mitreTechniques | if type == "array" then list(.) else "" end), evidence_kinds] | map(select(. != "")) | join(" · "))</p></details>";

def row: . as $incident
  | "<tr><td class=\"id\">\(.id | portal($incident.incidentWebUrl))</td><td><span class=\"badge \(severity)\">\(.severity | html)</span></td>"
  + "<td><details><summary>\(.displayName | html)</summary><p>\(.description | html)</p>"
  + ([.comments[]? | objects | "<p>“\(.comment | html)” — \(.createdByDisplayName | html), \(.createdDateTime | moment)</p>"] | join(""))
  + "</details>\(list([.customTags[]?, .systemTags[]?]))</td>"
  + "<td>\([.alerts[]? | objects | alert] | join(""))</td>"
  + "<td class=\"id\">\(.status | html)<br><span class=\"quiet\">\(.classification | html)</span></td><td>\(.assignedTo | html)</td>"
  + "<td><time>\(.createdDateTime | moment)</time><br><time>\(.lastUpdateDateTime | moment)</time></td></tr>";

[., inputs]
| map(objects | if .value | type == "array" then .value[] | objects else . end)
| map(select(.id != null))
| reduce .[] as $incident ({}; ($incident.id | word) as $id
    | if .[$id] == null or ($incident.lastUpdateDateTime | word) >= (.[$id].lastUpdateDateTime | word) then .[$id] = $incident else . end)
| [.[]] | sort_by(.lastUpdateDateTime | word) as $incidents
| "<!DOCTYPE html>",
  "<html lang=\"en\"><head><meta charset=\"utf-8\">",
  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">",
  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"referrer\" content=\"no-referrer\">",
  "<title>Security incidents</title><style>\(style)</style></head><body>",
  "<h1>Security incidents</h1>",
  "<ul class=\"figures\"><li><b>\($incidents | length)</b>incidents</li><li><b>\([$incidents[].alerts[]? | objects] | length)</b>alerts</li>",
  (severities[] as $level | [$incidents[] | select(severity == $level)] | length | select(. > 0) | "<li class=\"\($level)\"><b>\(.)</b>\($level)</li>"),
  "</ul>",
  "<h2>Timeline</h2>", ($incidents | timeline),
  "<h2>Incidents</h2>",
  "<table><thead><tr><th>Id<th>Severity<th>Incident<th>Alerts<th>Status<th>Assigned to<th>Created, updated (UTC)</tr></thead><tbody>",
  ($incidents[] | row),
  "</tbody></table>",
  "</body></html>"
