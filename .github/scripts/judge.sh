#!/usr/bin/env bash
# Runs the gate on two commits and hands on its exit code: a verdict ends this script with 0,
# whatever it says.
#
# In:  REGISTRY, BASE, HEAD  the registry's folder and the two commits
#      COEFGATE              the folder with the program (venv/) and for its report (report/)
#      STATUS                the name of the status, after which the page is named
# Out: COEFGATE/report, exit-code and page (GITHUB_OUTPUT), annotations, the summary of the run
set -euo pipefail

report=$COEFGATE/report
rm -rf -- "$report"
code=0
"$COEFGATE/venv/bin/coefgate" gate --registry "$REGISTRY" --base "$BASE" --head "$HEAD" \
  --format text --output "$report" >"$COEFGATE/gate.txt" 2>&1 || code=$?
echo "exit-code=$code" >>"$GITHUB_OUTPUT"

# The runner obeys lines that begin with `::`. What the gate printed may quote the proposal, so
# nothing in it is obeyed; of what the annotations hold, only those words get through that can do
# nothing but be shown.
word=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
printf '::stop-commands::%s\n' "$word"
cat -- "$COEFGATE/gate.txt"
printf '\n::%s::\n' "$word"
if [[ -f $report/annotations.txt ]]; then
  grep --text --extended-regexp '^::(error|warning|notice)( |::)' -- "$report/annotations.txt" ||
    true
fi
if [[ -f $report/report.md ]]; then
  head -c 1000000 -- "$report/report.md" >>"$GITHUB_STEP_SUMMARY" # GitHub takes 1 MiB
fi
# Another name for each registry, since the artifacts of a run have different ones.
if [[ -f $report/report.html && $STATUS =~ ^[A-Za-z0-9_.][A-Za-z0-9_./-]{0,99}$ ]]; then
  page=$COEFGATE/${STATUS//\//-}.html
  cp -- "$report/report.html" "$page"
  echo "page=$page" >>"$GITHUB_OUTPUT"
fi
