#!/usr/bin/env bash
# What action.yml runs: installs the tool that stands beside this script, and compares PROJECT with its revision BASE.
set -euo pipefail
: "${BASE:=HEAD^1}" "${PROJECT:=.}" "${FAIL_ON:=error}" "${CAPACITY:=true}"
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=${RUNNER_TEMP:?}/gitopsgen-review
out=$work/out
mkdir -p "$out"
echo "directory=$out" >> "${GITHUB_OUTPUT:-/dev/null}"

python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  --constraint "$source/requirements/test.txt" "$source"
tool=$work/venv/bin/gitopsgen

cd "$PROJECT"
code=0
"$tool" diff --direct --base "$BASE" -o markdown --fail-on "$FAIL_ON" > "$out/review.md" || code=$?
"$tool" diff --direct --base "$BASE" -q -o sarif > "$out/review.sarif" 2> /dev/null || true
# an empty comment would read as if nothing had changed
[ -s "$out/review.md" ] ||
  printf '### What changes in the fleet\n\nIt could not be compared; the log of the run tells why.\n' > "$out/review.md"

# How the sums of the fleet move: both states are rendered in memory, and their overviews compared.
if [ "$CAPACITY" = true ] && [ "$code" -lt 2 ]; then
  git worktree add --quiet --detach "$work/base" "$BASE"
  (cd "$work/base/$(git rev-parse --show-prefix)" && "$tool" capacity -q > "$work/before.txt" 2> /dev/null) || true
  "$tool" capacity -q > "$work/after.txt" 2> /dev/null || true
  git worktree remove --force "$work/base"
  {
    printf '\n<details><summary>capacity</summary>\n\n````diff\n'
    head -n 1 "$work/after.txt" | sed 's/^/ /'
    diff -U 0 "$work/before.txt" "$work/after.txt" | tail -n +3 | grep -v '^@@' | head -n 60 || true
    printf '````\n\n</details>\n'
  } > "$work/capacity.md"
  # the comment has a limit; dangers and changes come first
  if ! cmp -s "$work/before.txt" "$work/after.txt" &&
     [ $(($(wc -c < "$out/review.md") + $(wc -c < "$work/capacity.md"))) -lt 65000 ]; then
    cat "$work/capacity.md" >> "$out/review.md"
  fi
fi
cat "$out/review.md" >> "${GITHUB_STEP_SUMMARY:-/dev/null}"
exit "$code"
