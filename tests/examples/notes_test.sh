#!/bin/sh
# notes_test.sh NOTES: runs the example as two devices, which must end with both notes.
set -eu
notes=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export TIDEMARK_STATE_DIR="$dir/state"
mkdir "$dir/folder"

"$notes" "$dir/laptop.db" "$dir/folder" milk
"$notes" "$dir/desk.db" "$dir/folder" bread
"$notes" "$dir/laptop.db" "$dir/folder" salt

there=$(sqlite3 "$dir/laptop.db" 'SELECT group_concat(body) FROM (SELECT body FROM notes ORDER BY body)')
if [ "$there" != bread,milk,salt ]; then
  echo "notes_test: the laptop has '$there', not the notes of both" >&2
  exit 1
fi
if "$notes" "$dir/laptop.db" "$dir/absent" eggs 2>"$dir/err"; then
  echo "notes_test: a missing folder was no failure" >&2
  exit 1
fi
grep -q TM-E0300 "$dir/err"
