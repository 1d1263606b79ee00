#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The recipes of examples/cookbook.md, each with what its text says of it.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=docs_lib.sh
. "$(dirname "$0")/docs_lib.sh"
# shellcheck source=certificate_lib.sh
. "$(dirname "$0")/certificate_lib.sh"
use_chain
examples=$ROOT/examples/incidents.ndjson
cookbook=$ROOT/examples/cookbook.md
recipes=$WORK/recipes
mkdir "$recipes"
run_blocks_of "$cookbook" "$recipes/recipe"

# Each case has a folder with what a user may have: the examples, a dump, an archive of two runs; and services of its own.
begin() {
  own_folder
  cd "$WORK"
  ln -s "$ROOT/examples" examples
  cp "$examples" dump.ndjson
  mkdir archive
  # The first run saw incident 4103 as it was in August, the second what changed later.
  jq -c 'select(.id == "4103") | .lastUpdateDateTime = "2026-08-31T23:59:59.9Z" | .displayName = "as it was in August"' dump.ndjson |
    zstd -q -o archive/incidents-20260901T000000Z-1.ndjson.zst
  zstd -q dump.ndjson -o archive/incidents-20260909T000000Z-1.ndjson.zst
  zstd -q dump.ndjson -o all.ndjson.zst
  start_stand_in --incidents "$examples" "$@"
  use_stand_in
}

block_of() {
  local found=("$recipes"/recipe-????-"$1".sh)
  [ -e "${found[0]}" ] || fail "the cookbook has no block $1"
  echo "${found[0]}"
}
# recipe NAME  runs that block; its output goes to the files out and log.
recipe() {
  local block
  block=$(block_of "$1")
  touch "${block%.sh}.run"
  timeout 120 bash -euo pipefail "$block" >out 2>log </dev/null
}
expect_recipe() { expect_status 0 recipe "$1"; }

# The numbers of the incidents in these receipts, in order; those of the platform's bundles.
incidents_of() { jq -r .incident "$@" | tr '\n' ' '; }
pushed() { jq -r '.objects[] | select(.type == "case-incident") | .external_references[0].external_id' "$STAND_IN_RECORD/bundles.ndjson" | tr '\n' ' '; }
state() { push-opencti --print-state; }
requests_of() { jq -c --arg service "$1" 'select(.service == $service)' "$STAND_IN_RECORD/requests.ndjson"; }

keep_archive() {
  begin
  rm archive/*
  expect_recipe keep-an-archive-1
  expect_equal "$(stat -c %a archive/*.zst)" 600
  zstdcat archive/*.zst | expect_same - dump.ndjson
  before=$(state)
  rm all.ndjson.zst
  expect_recipe keep-an-archive-2
  zstdcat all.ndjson.zst | expect_same - dump.ndjson
  expect_equal "$(state)" "$before"
}
case_ok "an archive holds what Graph gave, byte for byte, and reading all of it leaves the state" keep_archive

replay() {
  begin
  expect_recipe replay-a-month-1
  expect_equal "$(incidents_of replayed.ndjson)" "4101 4102 4103 4104 4105 4106 4107 4108 "
  expect_equal "$(state)" '{}'
  expect_lacks "$STAND_IN_RECORD/bundles.ndjson" 'as it was in August'
  # Another month, to see that the filter chooses.
  sed 's/2026-09/2026-08/' "$(block_of replay-a-month-1)" >august.sh
  bash -euo pipefail august.sh
  expect_equal "$(incidents_of replayed.ndjson)" "4103 "
  expect_contains "$STAND_IN_RECORD/bundles.ndjson" 'as it was in August'
  # Two versions of 4103 are in the archive, one is left.
  expect_recipe replay-a-month-2
  expect_equal "$(incidents_of out)" "4101 4102 4103 4104 4105 4106 4107 4108 "
  # The replay of August put the older version last; the next recipe mends that.
  expect_recipe back-to-today-1
  expect_equal "$(incidents_of out)" "4103 "
  tail -n 1 "$STAND_IN_RECORD/bundles.ndjson" >last
  expect_lacks last 'as it was in August'
  expect_equal "$(state)" '{}'
}
case_ok "a month of the archive is replayed, and what that took back is brought up to date; the state stays" replay

one_incident() {
  begin
  expect_recipe one-incident-1
  expect_equal "$(pushed)" "4102 "
  expect_equal "$(state)" '{}'
}
case_ok "one incident is imported alone" one_incident

high_severity() {
  begin
  expect_recipe only-high-severity-1
  expect_equal "$(pushed)" "4101 4102 4105 "
  expect_recipe only-high-severity-2
  expect_equal "$(incidents_of out)" "4101 4102 4105 "
  requests_of graph | jq -r .target | tail -n 1 >target
  expect_contains target "severity"
  # What becomes severe later comes then; what is downgraded is not asked for again.
  control /mutate '[{"op": "update", "id": "4103", "severity": "high", "last_update": "2026-09-10T08:00:00Z"},
    {"op": "update", "id": "4102", "severity": "low", "last_update": "2026-09-10T09:00:00Z"}]' >/dev/null
  expect_recipe only-high-severity-2
  expect_equal "$(incidents_of out)" "4103 "
}
case_ok "only incidents of high severity are imported, also those that become it" high_severity

one_product() {
  begin
  expect_recipe only-one-product-1
  expect_equal "$(pushed)" "$(grep -F '"serviceSource":"microsoftDefenderForEndpoint"' dump.ndjson | jq -r .id | tr '\n' ' ')"
  expect_recipe only-one-product-2
  tail -n 1 "$STAND_IN_RECORD/bundles.ndjson" >last
  # Incident 4101 has an alert of this product and one of another.
  expect_equal "$(jq -r '.objects[] | select(.type == "case-incident") | .external_references[0].external_id' last)" 4101
  expect_equal "$(jq '[.objects[] | select(.type == "incident")] | length' last)" 1
}
case_ok "only one product's incidents, or alerts, are imported" one_product

redact() {
  begin
  # Whoever is named: by an account, a GitHub user, a mail's recipient, or as an analyst.
  jq -r '.. | objects | .userPrincipalName?, .accountName?, .recipientEmailAddress?, .createdByDisplayName?, .assignedTo?,
    (select(has("accountName")) | .displayName), (select(has("userId")) | .login?) | strings | select(. != "build")' dump.ndjson | sort -u >names
  [ "$(wc -l <names)" -ge 12 ] || fail "the examples name too few people: $(cat names)"
  map-stix --quiet dump.ndjson >plain
  grep -qiFf names plain || fail "the bundles name nobody even without the filter"
  expect_recipe take-out-the-names-of-people-1
  expect_equal "$(pushed)" "4101 4102 4103 4105 4106 4107 4108 "
  if grep -oiFf names "$STAND_IN_RECORD/bundles.ndjson" >left; then fail "names are left: $(sort -u left)"; fi
  # One account stays one account, and different ones stay different.
  accounts() { jq -r '.objects[] | select(.type == "user-account") | .account_login' "$@" | sort -u | wc -l; }
  expect_equal "$(accounts "$STAND_IN_RECORD/bundles.ndjson")" 7
  # A repository or an organisation is nobody.
  expect_contains "$STAND_IN_RECORD/bundles.ndjson" 'contoso-data/etl-jobs'
  # Nothing is taken out but words: the filter's output has the members that its input has.
  expect_same <(jq -c 'paths' dump.ndjson) <(jq -c -f examples/redact-users.jq dump.ndjson | jq -c paths)
  # Names are text, not patterns.
  jq -nc '{id: "1", lastUpdateDateTime: "2026-01-01T00:00:00Z", alerts: [{evidence: [
    {userAccount: {accountName: "a.b*(c\\d", azureAdUserId: "7"}}, {path: "C:\\Users\\A.B*(C\\D\\x", other: "aXb*(c\\d a.b*(c\\dd"}]}]}' |
    jq -r -f examples/redact-users.jq >odd
  expect_equal "$(jq -c '.alerts[0].evidence | [.[0].userAccount.accountName, .[1].path, .[1].other]' odd)" \
    '["user-7","C:\\Users\\user-7\\x","aXb*(c\\d a.b*(c\\dd"]'
}
case_ok "no name of a person reaches the platform, and accounts stay distinct" redact

own_filter() {
  begin
  expect_recipe a-filter-of-your-own-on-a-schedule-1
  expect_equal "$(incidents_of receipts.ndjson)" "4101 4102 4105 "
  expect_equal "$(state | jq -r .last_incident_update)" 2026-09-05T02:18:44.3Z
  if grep -qiE 'kim.?akers' "$STAND_IN_RECORD/bundles.ndjson"; then fail "a name is left"; fi
  expect_recipe a-filter-of-your-own-on-a-schedule-1
  expect_equal "$(incidents_of receipts.ndjson)" ""
  control /mutate '{"op": "update", "id": "4103", "severity": "high", "last_update": "2026-09-10T08:00:00Z"}' >/dev/null
  expect_recipe a-filter-of-your-own-on-a-schedule-1
  expect_equal "$(incidents_of receipts.ndjson)" "4103 "
  expect_equal "$(state | jq -r .last_incident_update)" 2026-09-10T08:00:00Z
}
case_ok "a chain with a filter in it goes on from its own state" own_filter

# Two stand-ins; the variables and the record of the second have names of their own.
begin_two() {
  own_folder
  start_stand_in
  SECOND_URL=$STAND_IN_OPENCTI_URL second_record=$STAND_IN_RECORD
  export SECOND_URL SECOND_TOKEN=$STAND_IN_OPENCTI_TOKEN SECOND_ID=5c0e3f7a-44bb-4a7e-9d32-6a1f0c9b8e21
  begin
  # More than a pipe holds, so that a reader who goes away is noticed.
  for copy in {1..20}; do jq -c --arg copy "$copy" '.id += "-" + $copy | select(.alerts != [])' "$examples"; done >dump.ndjson
  map-stix --quiet dump.ndjson | jq -r .id >ids
}
bundles_in() { jq -r .bundle "$1" | expect_same - ids; }

two_platforms() {
  begin_two
  expect_recipe two-platforms-1
  expect_equal "$(cat out)" "first: 0, second: 0"
  bundles_in receipts.first.ndjson
  bundles_in receipts.second.ndjson
  expect_lines "$STAND_IN_RECORD/bundles.ndjson" "$(wc -l <"$second_record/bundles.ndjson")"
  # Each under its own id.
  expect_equal "$(jq -r .work_id receipts.first.ndjson | cut -d_ -f2 | sort -u)" "$CONNECTOR_ID"
  expect_equal "$(jq -r .work_id receipts.second.ndjson | cut -d_ -f2 | sort -u)" "$SECOND_ID"
}
case_ok "two platforms get the same bundles, each with its own receipts" two_platforms

second_refuses() {
  begin_two
  export SECOND_TOKEN=00000000-0000-4000-8000-000000000000
  expect_status 1 recipe two-platforms-1
  expect_equal "$(cat out)" "first: 0, second: 77"
  bundles_in receipts.first.ndjson
  expect_lines receipts.second.ndjson 0
}
case_ok "a platform that refuses at once does not stop the other" second_refuses

first_fails() {
  begin_two
  # From its second push on, so that receipts stop in the middle.
  control /fault '{"service": "opencti", "match": "stixBundlePush", "skip": 1, "times": 0, "status": 403}' >/dev/null
  expect_status 1 recipe two-platforms-1
  [[ $(cat out) =~ ^first:\ [1-9][0-9]*,\ second:\ 0$ ]] || fail "the recipe says $(cat out)"
  bundles_in receipts.second.ndjson
  [ "$(wc -l <receipts.first.ndjson)" -lt "$(wc -l <ids)" ] || fail "the first platform has receipts for all"
}
case_ok "a platform that fails in the middle does not stop the other, and its receipts say how far it came" first_fails

# A dump of several blocks, in which each line is another.
large_dump() {
  for copy in {1..60}; do jq -c --arg copy "$copy" '.id += "-" + $copy' "$examples"; done >dump.ndjson
  [ "$(stat -c %s dump.ndjson)" -gt 2500000 ] || fail "the dump is too small to be divided"
  rm all.ndjson.zst
  zstd -q dump.ndjson -o all.ndjson.zst
  map-stix --quiet dump.ndjson >one-process
}

cores() {
  begin
  large_dump
  for block in all-cores-1 all-cores-2; do
    expect_recipe "$block"
    expect_same bundles.ndjson one-process
    rm bundles.ndjson
  done
  # With a line that is no incident the others come all the same.
  sed '100s/.*/no incident/' dump.ndjson >bad
  mv bad dump.ndjson
  expect_status 65 map-stix --quiet dump.ndjson >one-process 2>/dev/null
  expect_status 1 recipe all-cores-2
  expect_same bundles.ndjson one-process
  expect_equal "$(cat rejects.*.ndjson)" 'no incident'
}
case_ok "an archive spread over the cores gives the bytes of one process" cores

# engine COMMAND  what Hadoop Streaming does: a process of the command for each part of a file cut at line ends, all
# at once, with an environment of the engine's own; each part's output in a file. Fails when one ends with another status than 0.
engine() {
  local part task tasks=() failed=0 command
  read -ra command <<<"$1"
  rm -rf parts bundles
  mkdir parts bundles
  split -n l/4 -d dump.ndjson parts/part-
  for part in parts/*; do
    env -i PATH="$PATH" "${command[@]}" <"$part" >"bundles/${part##*/}" 2>>log.engine &
    tasks+=($!)
  done
  for task in "${tasks[@]}"; do wait "$task" || failed=$?; done
  return "$failed"
}

cluster() {
  begin
  large_dump
  map-stix --quiet --tlp-level amber dump.ndjson >one-process
  local hadoop
  hadoop=$(sed -nE 's/^mapred streaming .* -mapper "([^"]*)"$/\1/p' "$cookbook")
  [ -n "$hadoop" ] || fail "the cookbook shows no command of Hadoop"
  expect_status 0 engine "$hadoop"
  [ "$(find bundles -size +0 | wc -l)" -eq 5 ] || fail "not every part has bundles"
  cat bundles/part-* | expect_same - one-process
  # As Hadoop's text output has it: the line as key, a tab, an empty value.
  sed -i 's/$/\t/' bundles/part-*
  expect_recipe a-cluster-1
  # The case of a merged incident is not for a platform that does not have it.
  expect_lines receipts.ndjson "$(wc -l <one-process)"
  sed -i '7s/.*/no incident/' dump.ndjson
  expect_status 65 engine "$hadoop"
}
case_ok "processes with a part of the lines each give the bytes of one, and a bad line fails its task" cluster

# proxy_to_stand_in  a proxy on loopback that takes CONNECT for the three services of any cloud, on port 443, and connects to the
# stand-in; it wants a password, and notes the names that were asked for in the file connected. The stand-in has a certificate for
# these names, from an authority of the test.
proxy_to_stand_in() {
  local graph=$1 names=(login.microsoftonline.us graph.microsoft.us dod-graph.microsoft.us login.chinacloudapi.cn
    microsoftgraph.chinacloudapi.cn login.microsoftonline.com graph.microsoft.com opencti.example.org)
  own_folder
  authority
  certificate server ca "subjectAltName=$(printf 'DNS:%s,' "${names[@]}" | sed 's/,$//')"
  export HTTPS_CA_CERTIFICATES=$WORK/ca.pem
  begin --tls-certificate "$WORK/server.pem" --tls-key "$WORK/server.key" --graph-url "$graph"
  cat >connect <<END
#!/usr/bin/env bash
read -r method target version
allowed=
while IFS= read -r header && header=\${header%\$'\r'} && [ -n "\$header" ]; do
  [ "\$header" != 'Proxy-Authorization: Basic $(printf 'soc:p@ss/word' | base64)' ] || allowed=yes
done
if [ "\$method" != CONNECT ] || [ -z "\$allowed" ]; then
  printf 'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="proxy"\r\nContent-Length: 0\r\n\r\n'
  exit
fi
echo "\$target" >>'$WORK/connected'
case \$target in
  login.*:443) url=$STAND_IN_LOGIN_URL ;;
  opencti.*:443) url=$STAND_IN_OPENCTI_URL ;;
  *:443) url=$STAND_IN_GRAPH_URL ;;
  *) exit ;;
esac
printf 'HTTP/1.1 200 Connection established\r\n\r\n'
exec socat - "TCP:\${url#https://}"
END
  chmod +x connect
  socat -d -d TCP-LISTEN:0,bind=127.0.0.1,fork EXEC:"$WORK/connect" 2>proxy-log 3>&- </dev/null &
  # shellcheck disable=SC2031
  stand_in_pids+=("$!")  # ended with the case
  wait_until 20 grep -q 'listening on' proxy-log
  https_proxy=http://soc:p%40ss%2Fword@127.0.0.1:$(sed -nE 's/.*listening on .*:([0-9]+)$/\1/p' proxy-log)
  export https_proxy OPENCTI_URL=https://opencti.example.org
}
connected() { sort -u connected | tr '\n' ' '; }

# cloud GRAPH-HOST LOGIN-HOST  the settings of the cookbook's line bring a run to these hosts, and to no other.
cloud() {
  local row
  row=$(grep -F "| https://$1 |" "$cookbook") || fail "the cookbook has no cloud $1"
  proxy_to_stand_in "https://$1"
  IFS='|' read -r _ _ SENTINEL_INCIDENTS_LOGIN_URL SENTINEL_INCIDENTS_API_BASE_URL _ <<<"${row// /}"
  export SENTINEL_INCIDENTS_LOGIN_URL SENTINEL_INCIDENTS_API_BASE_URL
  expect_equal "$SENTINEL_INCIDENTS_LOGIN_URL" "https://$2"
}

whole_cloud() {
  cloud "$1" "$2"
  sentinel-incidents --once >receipts.ndjson 2>log
  expect_equal "$(incidents_of receipts.ndjson)" "4101 4102 4103 4104 4105 4106 4107 4108 "
  expect_equal "$(connected)" "$(printf '%s:443 ' "$1" "$2" opencti.example.org | tr ' ' '\n' | sort | tr '\n' ' ' | sed 's/^ //')"
}
case_ok "the addresses of the worldwide cloud bring a run" whole_cloud graph.microsoft.com login.microsoftonline.com
case_ok "the addresses of US Government L4 bring a run" whole_cloud graph.microsoft.us login.microsoftonline.us
case_ok "the addresses of US Government L5 bring a run" whole_cloud dod-graph.microsoft.us login.microsoftonline.us

cloud_recipe() {
  proxy_to_stand_in https://graph.microsoft.us
  expect_recipe national-clouds-1
  expect_equal "$(connected)" "graph.microsoft.us:443 login.microsoftonline.us:443 opencti.example.org:443 "
}
case_ok "--check works in a national cloud" cloud_recipe

china() {
  cloud microsoftgraph.chinacloudapi.cn login.chinacloudapi.cn
  control /fault '{"service": "graph", "times": 0, "status": 404, "body": {"error": {"code": "ResourceNotFound", "message": "Invalid path"}}}' >/dev/null
  fetch-token >token
  expect_status 78 fetch-incidents <token >out 2>log
  expect_contains log 'not every national cloud has incidents'
}
case_ok "where Graph has no incidents, as at 21Vianet, this is said" china

through_proxy() {
  proxy_to_stand_in https://graph.microsoft.com
  unset SENTINEL_INCIDENTS_LOGIN_URL SENTINEL_INCIDENTS_API_BASE_URL
  export no_proxy=
  expect_recipe proxy-and-private-ca-1
  expect_equal "$(grep '^{' out | jq -r .incident | tr '\n' ' ')" "4101 4102 4103 4104 4105 4106 4107 4108 "
  expect_equal "$(connected)" "graph.microsoft.com:443 login.microsoftonline.com:443 opencti.example.org:443 "
  cat out log >said
  expect_lacks said 'p%40ss'
  expect_lacks said 'p@ss'
  # Without the authority nothing is sent.
  env -u HTTPS_CA_CERTIFICATES bash -c 'fetch-token --retry-budget PT0S; [ $? -eq 69 ]' 2>log
  expect_contains log HTTPS_CA_CERTIFICATES
  # What no_proxy names is not asked of the proxy.
  rm connected
  expect_status 69 env no_proxy=opencti.example.org push-opencti --print-state --retry-budget PT0S 2>log
  [ ! -e connected ] || fail "the proxy was asked for $(connected)"
}
case_ok "the chain goes through a proxy with a password, and trusts a private authority" through_proxy

# What the platform holds when a Python connector was there before: its ping is the same operation. (pycti.test.sh does the same with
# the client itself.)
ping_as_python() {
  jq -nc --arg id "$CONNECTOR_ID" --arg state "$1" '{query: "mutation Ping($id: ID!, $state: String) { pingConnector(id: $id, state: $state) { id } }",
    variables: {id: $id, state: $state}}' >ping
  curl --noproxy '*' -fsS -H "Authorization: Bearer $OPENCTI_TOKEN" -H 'Content-Type: application/json' --data-binary @ping "$OPENCTI_URL/graphql" >/dev/null
}

# under NAMESPACE  gives the settings for Microsoft the names of a Python connector.
under() {
  local name
  for name in TENANT_ID CLIENT_ID CLIENT_SECRET LOGIN_URL API_BASE_URL; do
    declare -gx "$1_$name"="$(printenv "SENTINEL_INCIDENTS_$name")"
    unset "SENTINEL_INCIDENTS_$name"
  done
}

# migrate PAGE LAST-BLOCK  runs the blocks of the page in one shell; the first run reads from a day before the old state on.
migrate() {
  local block blocks=()
  ping_as_python '{"last_incident_timestamp": 1788574724}'
  for block in 1 2; do
    touch "$(block_of "$1-$block" | sed 's/sh$/run/')"
    blocks+=("$(block_of "$1-$block")")
  done
  cat "${blocks[@]}" >page
  timeout 120 bash -euo pipefail page >out 2>log </dev/null || fail "$(cat out log)"
  grep -qF '{"last_incident_timestamp":1788574724}' out || fail "the old state was not shown: $(cat out)"
  expect_equal "$(grep -F '"bundle"' out | jq -r .incident | tr '\n' ' ')" "4103 4104 4105 4106 4107 4108 "
  # Back: its key is there, in its form.
  expect_equal "$(state | jq -c .last_incident_timestamp)" 1788900299
}

from_sentinel() {
  begin
  state >/dev/null  # registers the connector
  migrate from-sentinel-incidents
  # Ids are those of whole seconds up to the moment of the change, and the source is what it was.
  expect_contains "$STAND_IN_RECORD/bundles.ndjson" '"source":"Microsoft Sentinel"'
  # And here again, after the Python connector imported something.
  control /mutate '[{"op": "update", "id": "4101", "last_update": "2026-09-10T08:00:00Z"},
    {"op": "update", "id": "4102", "last_update": "2026-09-11T08:00:00Z"}]' >/dev/null
  ping_as_python '{"last_incident_timestamp": 1789027200}'
  SENTINEL_INCIDENTS_OVERLAP=PT0S sentinel-incidents --once >receipts.ndjson 2>log
  expect_equal "$(incidents_of receipts.ndjson)" "4101 4102 "
}
case_ok "the page for sentinel-incidents takes its state over, with a day's overlap, and can be taken back" from_sentinel

from_defender() {
  begin
  state >/dev/null
  under MICROSOFT_DEFENDER_INCIDENTS
  export MICROSOFT_DEFENDER_INCIDENTS_API_BASE_URL=$MICROSOFT_DEFENDER_INCIDENTS_API_BASE_URL/v1.0 MICROSOFT_DEFENDER_INCIDENTS_INCIDENT_PATH=/security/incidents
  migrate from-microsoft-defender-incidents
  grep -q '^SENTINEL_INCIDENTS_TENANT_ID=.*  # environment MICROSOFT_DEFENDER_INCIDENTS_TENANT_ID$' out || fail "it is not said where the tenant comes from: $(cat out)"
  expect_contains log "settings come from the names of the connector microsoft-defender-incidents"
  expect_contains "$STAND_IN_RECORD/bundles.ndjson" '"source":"Microsoft Defender"'
  expect_contains "$STAND_IN_RECORD/bundles.ndjson" '"name":"Microsoft Defender Incidents"'
}
case_ok "the page for microsoft-defender-incidents needs no setting by another name, and keeps its source and author" from_defender

from_log_analytics() {
  begin
  login=$SENTINEL_INCIDENTS_LOGIN_URL graph=$SENTINEL_INCIDENTS_API_BASE_URL
  unset CONNECTOR_ID
  under MICROSOFT_SENTINEL_INCIDENTS
  unset MICROSOFT_SENTINEL_INCIDENTS_LOGIN_URL MICROSOFT_SENTINEL_INCIDENTS_API_BASE_URL
  export MICROSOFT_SENTINEL_INCIDENTS_SUBSCRIPTION_ID=s MICROSOFT_SENTINEL_INCIDENTS_WORKSPACE_ID=w
  # Without settings for Graph it is one sentence.
  expect_status 78 sentinel-incidents --check-settings >out 2>log
  expect_contains log 'reads Log Analytics, which this version does not read'
  expect_lacks log 'TENANT_ID (config.yml: sentinel_incidents.tenant_id) is missing'
  export SENTINEL_INCIDENTS_LOGIN_URL=$login SENTINEL_INCIDENTS_API_BASE_URL=$graph
  state >/dev/null
  CONNECTOR_ID=34936E68-9C5B-4AA9-A1DE-372D9134C534
  migrate from-microsoft-sentinel-incidents
  expect_contains "$STAND_IN_RECORD/bundles.ndjson" '"name":"Microsoft Sentinel Incidents"'
}
case_ok "the page for microsoft-sentinel-incidents goes on under its default id, and says what it needs for Graph" from_log_analytics

python_ids() {
  begin
  CONNECTOR_NAME='Microsoft Defender Incidents' map-stix --quiet dump.ndjson | jq -r '.objects[0].id' | sort -u >authors
  # uuid5 of {"identity_class":"organization","name":"microsoft defender incidents"}, as pycti makes it.
  expect_equal "$(cat authors)" identity--ec9738b6-d7e2-5e29-a34d-d9c512cdc864
  expect_contains "$cookbook" 'Microsoft Defender Incidents'
}
case_ok "the author is the one that the Python connectors made, by its name" python_ids

azure() {
  begin
  mkdir bin
  TOKEN=$(fetch-token | jq -r .access_token)
  cat >bin/az <<END
#!/usr/bin/env bash
[ "\$*" = 'account get-access-token --resource https://graph.microsoft.com' ] || exit 2
cat <<'JSON'
{
  "accessToken": "$TOKEN",
  "expiresOn": "2026-11-24 15:20:01.000000",
  "expires_on": 1795533601,
  "subscription": "00000000-0000-0000-0000-000000000000",
  "tenant": "$STAND_IN_TENANT_ID",
  "tokenType": "Bearer"
}
JSON
END
  chmod +x bin/az
  PATH=$PWD/bin:$PATH expect_recipe a-token-of-the-azure-command-line-1
  expect_equal "$(jq -r .id out | tr '\n' ' ')" "4105 4106 4107 4108 "
}
case_ok "a token in the form of the Azure command line is taken" azure

curl_page() {
  begin
  no_proxy=127.0.0.1 expect_recipe a-page-saved-with-curl-1
  expect_equal "$(jq '.value | length' page.json)" 5
  map-stix --quiet page.json | jq -r .id | expect_same - out
  jq -c '.value[]' page.json | map-stix --quiet | jq -r .id | expect_same - out
}
case_ok "a page saved with curl is mapped like its incidents" curl_page

all_run() {
  local block
  for block in "$recipes"/*.sh; do [ -e "${block%.sh}.run" ] || fail "no case runs $(basename "$block" .sh)"; done
  [ "$(find "$recipes" -name '*.sh' | wc -l)" -ge 18 ] || fail "the cookbook has too few recipes"
}
case_ok "every recipe is run" all_run

linked() {
  sed '/^## /q' "$cookbook" | grep -oE '\(#[a-z0-9-]+\)' | tr -d '(#)' | sort >"$WORK/links"
  sed -nE 's/^## (.*)/\1/p' "$cookbook" | tr '[:upper:] ' '[:lower:]-' | tr -d ',.' | sort >"$WORK/headings"
  expect_same "$WORK/links" "$WORK/headings"
}
case_ok "the list at the top of the cookbook names every recipe" linked

finish
