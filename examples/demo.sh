#!/bin/sh
# demo.sh [BIN]: three devices edit the same tables apart from each other and meet in one folder.
# BIN is where the built programs are (default: build/release/bin). Ends with 0 only if all three
# have the same digests and the same rows.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
bin=${1:-$here/../build/release/bin}
tidemark=$bin/tidemark
notes=$bin/notes
for program in "$tidemark" "$notes"; do
  [ -x "$program" ] || { echo "demo: $program is not built" >&2; exit 1; }
done

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
folder=$dir/folder
mkdir "$folder"
devices="laptop desk phone"

say() { printf '\n== %s\n' "$*"; }
sql() { sqlite3 -batch "$dir/$1.db" "$2"; }
# Each device has a state directory of its own, as it would on a machine of its own.
tm() {
  owner=$1
  verb=$2
  shift 2
  TIDEMARK_STATE_DIR=$dir/$owner.state "$tidemark" "$verb" "$dir/$owner.db" "$@"
}
# The same, shown without the temporary directory's name; a failure ends the demo.
shown() {
  tm "$@" >"$dir/out" || { cat "$dir/out"; exit 1; }
  sed "s|$dir/||g" "$dir/out"
}
new_device() { sqlite3 -batch "$dir/$1.db" <"$here/schema.sql"; }
digest_of() { tm "$1" digest --json | sed -n '/"cursors"/,$p'; }
rows_of() {
  sql "$1" ".dump packages tags depends notes" | grep '^INSERT INTO' | LC_ALL=C sort
}
agree() {
  digest_of laptop >"$dir/laptop.digest"
  for device in desk phone; do
    digest_of "$device" >"$dir/$device.digest"
    cmp -s "$dir/laptop.digest" "$dir/$device.digest" || return 1
  done
}
expect() {
  for device in $devices; do
    found=$(sql "$device" "$2")
    if [ "$found" != "$3" ]; then
      echo "demo: $1: $device has '$found', not '$3'" >&2
      exit 1
    fi
  done
  printf '   %s\n' "$1"
}

say "1. A laptop has an app with 2,439 Debian packages, their tags and dependencies"
new_device laptop
for table in packages tags depends; do
  sql laptop ".import --csv --skip 1 $here/data/$table.csv $table"
done
shown laptop init --name laptop -q
shown laptop track --all
echo
echo "The laptop publishes all of it to a folder that a file-sync client carries to other devices:"
shown laptop sync "$folder"

say "2. A desk computer and a phone join with empty tables"
for device in desk phone; do
  new_device "$device"
  shown "$device" init --name "$device" --join "$folder" -q
  tm "$device" track --all >/dev/null
  shown "$device" sync "$folder"
done
for device in $devices; do tm "$device" sync "$folder" >/dev/null; done
expect "all three have the 2,439 packages" "SELECT count(*) FROM packages" 2439

say "3. All three go offline, and each edits with the plain sqlite3 shell"
cat <<'TEXT'
   laptop  vim: new summary      nano: summary "from the laptop"   joe: deleted
   desk    vim: new homepage     nano: summary "from the desk"     joe: new summary
           dash: INSERT OR REPLACE a whole row                     packages gets a column, rating
   phone   ed: renamed to edlin  nano: summary "from the phone", written last
           zsh: upsert of its size; all tags of bash deleted, one new
TEXT
sql laptop "UPDATE packages SET summary = 'the editor on the laptop' WHERE name = 'vim';
            UPDATE packages SET summary = 'from the laptop' WHERE name = 'nano';
            DELETE FROM packages WHERE name = 'joe';
            INSERT INTO notes(body) VALUES('written on the laptop');"
sql desk "UPDATE packages SET homepage = 'https://example.org/vim' WHERE name = 'vim';
          UPDATE packages SET summary = 'from the desk' WHERE name = 'nano';
          UPDATE packages SET summary = 'still the best' WHERE name = 'joe';
          INSERT OR REPLACE INTO packages SELECT name, '9.9-desk', section, priority, installed_size,
            size, NULL, 'replaced on the desk' FROM packages WHERE name = 'dash';
          ALTER TABLE packages ADD COLUMN rating INTEGER;
          UPDATE packages SET rating = 5 WHERE name IN ('vim', 'nano', 'git');
          INSERT INTO notes(body) VALUES('written on the desk');"
sql phone "UPDATE packages SET name = 'edlin' WHERE name = 'ed';
           INSERT INTO packages(name, size) VALUES('zsh', 1)
             ON CONFLICT(name) DO UPDATE SET size = 4242;
           DELETE FROM tags WHERE package = 'bash';
           INSERT INTO tags VALUES('bash', 'mine::everyday');
           INSERT INTO notes(body) VALUES('written on the phone');"
# Of edits of one value the later counts, by clocks of milliseconds.
sleep 0.01
sql phone "UPDATE packages SET summary = 'from the phone' WHERE name = 'nano';"

say "4. They come online, in any order, until nothing is left to exchange"
echo "On the laptop the app is a C++ program; it adds a note and syncs through the library:"
TIDEMARK_STATE_DIR=$dir/laptop.state "$notes" "$dir/laptop.db" "$folder" "written by the C++ program"
round=0
until [ "$round" -gt 0 ] && agree; do
  round=$((round + 1))
  if [ "$round" -gt 5 ]; then
    echo "demo: no agreement after five rounds" >&2
    exit 1
  fi
  echo "round $round"
  for device in phone desk laptop; do
    printf '   %-7s' "$device"
    shown "$device" sync "$folder"
  done
done

say "5. The digests agree on all three, although two do not know the desk's new column yet"
printf '   laptop status: '
shown laptop status | grep "unknown here"
echo "The app is updated there too, and what was waiting appears:"
for device in laptop phone; do sql "$device" "ALTER TABLE packages ADD COLUMN rating INTEGER"; done
for device in $devices $devices; do tm "$device" sync "$folder" >/dev/null; done
expect "vim, nano and git are rated everywhere" \
  "SELECT group_concat(name) FROM (SELECT name FROM packages WHERE rating = 5 ORDER BY name)" git,nano,vim

say "6. What became of the edits, on every device"
expect "vim has the laptop's summary and the desk's homepage: different columns do not conflict" \
  "SELECT summary, homepage FROM packages WHERE name = 'vim'" \
  "the editor on the laptop|https://example.org/vim"
expect "nano has the phone's summary: of three edits of one value the last stays" \
  "SELECT summary FROM packages WHERE name = 'nano'" "from the phone"
expect "joe is gone: an update does not bring back what somebody deleted" \
  "SELECT count(*) FROM packages WHERE name = 'joe'" 0
expect "dash is as the desk replaced it" \
  "SELECT version, summary, homepage IS NULL FROM packages WHERE name = 'dash'" \
  "9.9-desk|replaced on the desk|1"
expect "ed is called edlin, and is there once" \
  "SELECT group_concat(name) FROM packages WHERE name IN ('ed', 'edlin')" edlin
expect "zsh has the phone's size, and kept its version" \
  "SELECT size, version IS NOT NULL FROM packages WHERE name = 'zsh'" "4242|1"
expect "bash has the one tag that the phone gave it" \
  "SELECT group_concat(tag) FROM tags WHERE package = 'bash'" mine::everyday
expect "the notes of all three and of the C++ program are there" "SELECT count(*) FROM notes" 4

say "7. The proof"
agree || { echo "demo: the digests differ" >&2; exit 1; }
for device in $devices; do rows_of "$device" >"$dir/$device.rows"; done
for device in desk phone; do
  cmp "$dir/laptop.rows" "$dir/$device.rows" || { echo "demo: the rows differ" >&2; exit 1; }
done
shown laptop digest
echo
echo "equal digests on laptop, desk and phone; $(wc -l <"$dir/laptop.rows") rows, equal by .dump"
for device in $devices; do
  printf '%-7s verify: ' "$device"
  shown "$device" verify | tail -n 1
done
