#!/usr/bin/env bash
# Publishes the files of a release on GitHub. It may run again wherever an earlier run ended: gh
# lets nobody see a release before all of its files are there, and what is published stays as it
# is.
#
# In: $1                 the folder with the files of the release, and nothing else
#     TAG                coefficients/vX.Y.Z, an annotated tag of this clone
#     GH_TOKEN, GH_REPO  for gh
set -euo pipefail

refuse() {
  echo "coefgate: $1" >&2
  exit 5
}
[[ $TAG =~ ^coefficients/v[0-9]+\.[0-9]+\.[0-9]+$ ]] ||
  refuse "'$TAG' is no tag of a release; that is coefficients/vX.Y.Z"
version=${TAG#coefficients/v}
built=("$1/coefficients-$version.json" "$1/coefficients-$version.json.sha256" "$1/index.json")
[[ $(printf '%s\n' "$1"/*) = "$(printf '%s\n' "${built[@]}")" ]] ||
  refuse "$1 holds other files than those of $TAG"

# What the tag tells people: neither its line for runners nor its signature. GitHub takes 125,000
# characters.
notes=$(git for-each-ref --format='%(contents:body)' "refs/tags/$TAG" |
  sed '/^coefgate-release: /d')

# The newest made is the latest, whatever its number: its index.json knows every release. Where
# another tag came while this run was building, the index here does not know it; that tag's own run
# makes the latest.
tags=$(gh api --paginate "repos/$GH_REPO/git/matching-refs/tags/coefficients/v" --jq '.[].ref') ||
  refuse "$TAG could not be published (above); run this workflow again"
known=$(git for-each-ref --format='%(refname)' 'refs/tags/coefficients/v*')
latest=--latest
! grep --quiet --invert-match --line-regexp --fixed-strings --file=<(echo "$known") <<<"$tags" ||
  latest=--latest=false

if gh release create "$TAG" "${built[@]}" --verify-tag "$latest" --title "coefficients $version" \
  --notes-file - <<<"${notes:0:100000}"; then
  exit
fi

there=$(mktemp -d)
trap 'rm -rf -- "$there"' EXIT
gh release download "$TAG" --dir "$there" ||
  refuse "$TAG could not be published (above); run this workflow again"
# Its index.json is of its time: releases that came later are in theirs.
[[ -f $there/index.json ]] && diff --recursive --brief --exclude=index.json -- "$1" "$there" ||
  refuse "$TAG is published with other files; nothing was overwritten. Look at them: gh release view $TAG"
echo "$TAG was published before, with the same files"
