# Takes the names of people out of incidents, before anything is mapped:
#
#   jq -c -f examples/redact-users.jq dump.ndjson | map-stix
#
# Each account in the evidence, each recipient of mail and each analyst gets another name, everywhere in the incident: also in
# descriptions, addresses, paths and command lines. That of an account is made from its Entra id, else from its SID, so that
# OpenCTI still tells accounts apart, and whoever may look these ids up can find the person. Rather too much goes than too little:
# an account named "build" takes that word out of the texts of its incident. What only a text names, and no evidence, stays.

# The text as a regular expression that matches it and nothing else.
def literal: gsub("(?<c>[^A-Za-z0-9 ])"; "\\\(.c)");

# [names…] to {name, instead} of each; an address stays one of its domain.
def called($instead):
  .[] | select(type == "string" and length > 0)
  | {name: ., instead: (if test("@") then $instead + "@" + sub(".*@"; "") else $instead end)};

def accounts:
  .. | objects
  | if has("userPrincipalName") or has("accountName") then
      "user-\(.azureAdUserId // .userSid // "without-id")" as $instead
      | [.userPrincipalName, .accountName, .displayName] | called($instead)
    elif has("login") and has("userId") then
      "user-\(.userId // "without-id")" as $instead | [.login, .email, .name] | called($instead)
    else [.recipientEmailAddress] | called("recipient") end;

def analysts:
  [., .alerts[]?] | map(.assignedTo, .lastModifiedBy, .resolvedBy, .comments[]?.createdByDisplayName)
  | map(select(. != null) | select(startswith("Microsoft ") | not)) | called("analyst");

# The longest first, so that an address goes before the name within it; of one name twice the account's counts.
([accounts, analysts] | map(.key = (.name | ascii_downcase)) | group_by(.key) | map(max_by(.instead)) | sort_by(-(.key | length))
  | map(.pattern = "(?<![A-Za-z0-9])" + (.name | literal) + "(?![A-Za-z0-9])")) as $names
| walk(if type == "string" then reduce $names[] as $one (.; gsub($one.pattern; $one.instead; "i")) else . end)
