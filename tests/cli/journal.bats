#!/usr/bin/env bats
# warder journal on a store that this test writes itself: the lines here are chained by sha256sum(1), not by warder.

load helpers
setup()
{
	needs_root
	setup_scratch
	ROOT=$SCRATCH/root
	JOURNAL=$ROOT/.warder/journal/journal HEAD=$ROOT/.warder/journal/head
	"$WARDER" --root "$ROOT" init -q
}
teardown() { [ -z "${SCRATCH:-}" ] || remove_scratch; }

warder() { "$WARDER" --root "$ROOT" "$@"; }

# entry NUMBER JAIL COMMAND-AS-JSON: one line more, and the head.
entry()
{
	local previous
	previous=$(printf '0%.0s' {1..64})
	[ "$1" -eq 1 ] || previous=$(tail -n 1 "$JOURNAL" | sha256sum | cut -d' ' -f1)
	printf '{"number":%d,"time":"2026-11-24T14:03:00Z","uid":0,"login_uid":null,"sudo_user":"alice","action":"manage",' "$1" >> "$JOURNAL"
	printf '"jail":"%s","base":null,"command":%s,"from":%d,"to":%d,"before":null,"after":null,' "$2" "$3" "$1" $(($1 + 1)) >> "$JOURNAL"
	printf '"added":1,"removed":0,"changed":2,"rights":0,"previous":"%s"}\n' "$previous" >> "$JOURNAL"
	printf 'number %d\nhash %s\n' "$1" "$(tail -n 1 "$JOURNAL" | sha256sum | cut -d' ' -f1)" > "$HEAD"
}

three() { entry 1 ns '["sh","-c","echo a"]'; entry 2 ldap '[]'; entry 3 ns '["x\u001b[2J\ny"]'; }

@test "no entry: an empty list, and a chain that holds" {
	[ "$(warder journal --json)" = '{"version":1,"entries":[]}' ]
	run warder journal --check
	[ "$status" -eq 0 ] && [ "$output" = "0 entries, the chain holds" ]
}

@test "the table shows number, who, action, of what, generations, changes and the command as a shell takes it" {
	three
	run warder journal
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == NUMBER*WHEN*WHO*ACTION*OF*GENERATIONS*CHANGES*COMMAND ]]
	[[ ${lines[1]} =~ ^\ +1\ .*\ ago\ +alice\ +manage\ +ns\ +1\ -\>\ 2\ +\+1\ -0\ ~2\ +sh\ -c\ \'echo\ a\'$ ]]
	[ "${#lines[@]}" -eq 4 ]
}

@test "escape sequences and newlines of a command reach no terminal" {
	three
	run warder journal
	[[ ${lines[3]} == *"'x\\x1B[2J\\ny'" ]] && [[ $output != *$'\e'* ]]
}

@test "JSON has every field, and times in UTC" {
	three
	run warder journal --json
	[ "$status" -eq 0 ]
	echo "$output" | jq -e '.version == 1 and (.entries | length) == 3'
	[ "$(echo "$output" | jq -c '.entries[2]')" = "$(tail -n 1 "$JOURNAL" | jq -c .)" ]
	[ "$(echo "$output" | jq -r '.entries[0] | keys_unsorted | join(" ")')" = "number time uid login_uid sudo_user action jail base command from to before after added removed changed rights previous" ]
	[ "$(echo "$output" | jq -r '.entries[2].command[0]')" = $'x\e[2J\ny' ]
}

@test "a name, -n and -q choose entries" {
	three
	[ "$(warder journal -q ns)" = $'1\n3' ]
	[ "$(warder journal -q -n 1 ns)" = 3 ]
	[ "$(warder journal -q -n 2)" = $'2\n3' ]
	[ "$(warder journal -q -n 9)" = $'1\n2\n3' ]
}

@test "a jail that was never there is an error, an impossible name 64" {
	three
	run warder journal nx
	[ "$status" -eq 1 ]
	[[ $output == *nx* ]]
	run warder journal ../x
	[ "$status" -eq 64 ]
}

@test "--check tells how many entries hold, and the hash of the last as sha256sum has it" {
	three
	run warder journal --check
	[ "$status" -eq 0 ]
	[[ $output == "3 entries, the chain holds"* ]]
	[[ $output == *"$(tail -n 1 "$JOURNAL" | sha256sum | cut -d' ' -f1)" ]]
	warder journal --check --json | jq -e '.holds and .count == 3 and .fault == null'
	[ -z "$(warder journal --check -q)" ]
}

@test "--check is 2 and names the place where an entry was edited, removed, moved, put in or cut off" {
	local change
	three
	cp "$JOURNAL" "$SCRATCH/good"
	for change in '1s/ns/nx/' '2d' '1d' '$d' '3s/ns/nx/' '1p' '3p' '1{h;d};2G' 's/manage/mangle/' '2s/.*/garbage/' '2,3d'; do
		sed "$change" "$SCRATCH/good" > "$JOURNAL"
		run warder journal --check
		[ "$status" -eq 2 ] || { echo "$change: $status $output"; return 1; }
		[[ $output == *journal:* ]] || { echo "$change: $output"; return 1; }
		warder journal --check --json 2> /dev/null | jq -e '.holds == false and (.fault | length) > 0' ||
			{ echo "$change: JSON"; return 1; }
	done
	cp "$SCRATCH/good" "$JOURNAL"
	warder journal --check -q
}

@test "--check is 1 where it could not be read" {
	three
	rm "$JOURNAL"
	mkdir "$JOURNAL"
	run warder journal --check
	[ "$status" -eq 1 ]
	rm -r "$ROOT/.warder/journal"
	run warder journal --check
	[ "$status" -eq 1 ]
}

@test "--check with a name is 64" {
	run warder journal --check ns
	[ "$status" -eq 64 ]
}

@test "a line that is no entry is told with its number, and the others are shown" {
	three
	sed -i '2s/.*/garbage/' "$JOURNAL"
	run warder journal -q
	[ "$status" -eq 1 ] && [ "${lines[0]} ${lines[1]}" = "1 3" ] && [[ $output == *"line 2"* ]]
}

@test "a FIFO or a link in the journal's place is refused, and nothing is waited for" {
	rm -f "$JOURNAL"
	mkfifo "$JOURNAL"
	run timeout 5 "$WARDER" --root "$ROOT" journal
	[ "$status" -eq 1 ]
	rm "$JOURNAL"
	ln -s /etc/passwd "$JOURNAL"
	run warder journal
	[ "$status" -eq 1 ] && [[ $output != *root:* ]]
}
