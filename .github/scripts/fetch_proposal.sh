#!/usr/bin/env bash
# Fetches a proposal as plain git data and says which two commits are to be judged. Nothing of the
# proposal is checked out or executed: its files stay objects in the repository.
#
# In:  REGISTRY      a folder of the target's clone
#      HEAD          the proposal's commit, in full
#      PULL_REQUEST  its number; empty for a merge group, whose head is the merge result already
#      BASE          the accepted commit, in full; empty: what is checked out
#      GITHUB_TOKEN  to fetch from a private repository
# Out: (GITHUB_OUTPUT) base and head of the gate, or conflict=true
set -euo pipefail

refuse() {
  echo "coefgate: $1" >&2
  exit 5
}
full='^[0-9a-f]{40}$'
[[ $HEAD =~ $full ]] ||
  refuse "head is '$HEAD'; a full commit is needed: github.event.pull_request.head.sha"
[[ -z $BASE || $BASE =~ $full ]] || refuse "base is '$BASE'; a full commit is needed, or nothing"
[[ -z $PULL_REQUEST || $PULL_REQUEST =~ ^[1-9][0-9]{0,9}$ ]] ||
  refuse "pull-request is '$PULL_REQUEST'; a number is needed"
# Else `cd` would take `-` for another folder, and look into CDPATH.
[[ $REGISTRY = /* ]] || REGISTRY=./$REGISTRY
cd -- "$REGISTRY"

# For this server only, and in no argument that other processes could see.
if [[ -n ${GITHUB_TOKEN:-} ]]; then
  basic=$(printf 'x-access-token:%s' "$GITHUB_TOKEN" | base64 | tr -d '\n')
  export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="http.$GITHUB_SERVER_URL/.extraheader"
  export GIT_CONFIG_VALUE_0="AUTHORIZATION: basic $basic" GIT_TERMINAL_PROMPT=0
fi
fetch=(git fetch --quiet --no-tags --no-recurse-submodules --no-write-fetch-head origin)

if [[ -z $PULL_REQUEST ]]; then
  "${fetch[@]}" "$HEAD"
  base=$(git rev-parse --verify --quiet "${BASE:-HEAD}^{commit}") ||
    refuse "base $BASE is not in this clone"
  git merge-base --is-ancestor "$base" "$HEAD" ||
    refuse "the merge group $HEAD does not stand on $base"
  printf '%s\n' "base=$base" "head=$HEAD" >>"$GITHUB_OUTPUT"
  exit
fi

base=$(git rev-parse --verify --quiet "${BASE:-HEAD}^{commit}") ||
  refuse "base $BASE is not in this clone"
"${fetch[@]}" "+refs/pull/$PULL_REQUEST/head:refs/coefgate/head"
found=$(git rev-parse --verify 'refs/coefgate/head^{commit}')
[[ $found = "$HEAD" ]] ||
  refuse "the pull request moved on to $found; the run for that commit judges it"

# The merge is made here, from the two commits that the status is about: what GitHub keeps in
# refs/pull/N/merge may be of other ones by now.
answer=0
merged=$(git merge-tree --write-tree --no-messages "$base" "$HEAD") || answer=$?
if ((answer == 1)); then
  echo "$HEAD cannot be merged into $base without conflicts" >&2
  echo 'conflict=true' >>"$GITHUB_OUTPUT"
  exit
fi
((answer == 0)) ||
  refuse "git could not merge $HEAD into $base (git merge-tree ended with $answer)"
# The same two commits give the same merge, on every machine.
at=$(git show --no-patch --format=%cI "$base")
merge=$(GIT_AUTHOR_DATE=$at GIT_COMMITTER_DATE=$at \
  git -c user.name=coefgate -c user.email=coefgate@localhost \
  commit-tree "$merged" -p "$base" -p "$HEAD" -m "Merge $HEAD into $base")
printf '%s\n' "base=$base" "head=$merge" >>"$GITHUB_OUTPUT"
