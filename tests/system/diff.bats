# warder diff: what it shows of two generations, and what a hostile one cannot make it show.
load helpers

setup_file()
{
	{ busybox_conf; echo 'plain { } drafted { } hostile { } many { } first { } undone { }'; } > "$BATS_FILE_TMPDIR/conf"
	make_store diff < "$BATS_FILE_TMPDIR/conf"
	warder create -q plain drafted hostile many first
}
setup() { use_store diff; SKEL=$ROOT/.warder/skel; }
teardown_file() { use_store diff; remove_store; }

# next_generation JAIL: the one in use copied and switched to, by hand; its folder in $NEW.
next_generation()
{
	local n
	n=$(basename "$(readlink "$ROOT/s/$1")")
	NEW=$SKEL/$1/$((n + 1))
	cp -a "$SKEL/$1/$n" "$NEW"
	cp "$SKEL/$1/$n.meta" "$NEW.meta"
	ln -sfn "../.warder/skel/$1/$((n + 1))" "$ROOT/s/$1"
}

# has LINE...: each is a whole line of $output.
has()
{
	local line
	for line in "$@"; do
		grep -qxF -e "$line" <<< "$output" || { printf 'no line "%s" in:\n%s\n' "$line" "$output"; return 1; }
	done
}

@test "each kind of change is a line, text a unified diff, the last line counts" {
	next_generation plain
	printf '127.0.0.2\textra\n' >> "$NEW/etc/hosts"
	printf 'nameserver \\d\n' > "$NEW/etc/new"
	rm "$NEW/etc/group"
	chmod 600 "$NEW/etc/passwd"
	chown 5:6 "$NEW/etc/passwd"
	ln -s ../target "$NEW/etc/link"
	mkdir "$NEW/etc/dir"
	mkfifo "$NEW/etc/fifo"
	cp "$PROBE" "$NEW/usr-local/su"
	chmod 4755 "$NEW/usr-local/su"
	head -c 2000 /dev/zero > "$NEW/etc/zero"
	run warder diff plain
	expect 0
	[ "${lines[0]}" = "plain: generation 1 -> 2 (in use)" ]
	[ "${lines[-1]}" = "6 added, 1 removed, 1 changed, 1 with other rights" ]
	has '~ etc/hosts' '+ etc/new' '- etc/group' 'm etc/passwd  0644 -> 0600, 0:0 -> 5:6' '+ etc/link -> ../target' \
		'+ etc/dir/' '+ etc/fifo  fifo' '+ usr-local/su  04755, 0:0' 'etc/zero: binary, 2 KiB' \
		'--- a/etc/hosts' '+++ b/etc/hosts' $'+127.0.0.2\textra' '--- /dev/null' '+++ b/etc/new' '+nameserver \d'
	[[ $output == *"usr-local/su: large, "* && $output != *$'\e'* ]]
	run warder diff plain 2 1
	expect 0
	[ "${lines[0]}" = "plain: generation 2 (in use) -> 1" ]
	has '- etc/new' '+ etc/group' $'-127.0.0.2\textra'
	run warder diff plain 2
	expect 0
	has "no difference"
	run warder diff -q plain
	expect 0
	[ "${#lines[@]}" -eq 9 ]
	has etc/hosts etc/new etc/group
}

@test "JSON has every change with both sides, and the counts" {
	run warder diff --json plain
	expect 0
	[ "$(jq -r '"\(.version) \(.jail) \(.from) \(.to) \(.changes | length)"' <<< "$output")" = "1 plain 1 2 9" ]
	[ "$(jq -r '"\(.added) \(.removed) \(.changed) \(.rights)"' <<< "$output")" = "6 1 1 1" ]
	[ "$(jq -r '.changes[] | select(.path == "etc/passwd") | "\(.kind) \(.before.mode) \(.after.uid)"' <<< "$output")" = \
		"rights 0644 5" ]
	[ "$(jq -r '.changes[] | select(.path == "etc/hosts") | .after.sha256' <<< "$output")" = \
		"$(sha256sum < "$SKEL/plain/2/etc/hosts" | cut -d' ' -f1)" ]
}

@test "a draft is compared with what is in use, and said to be one" {
	cp -a "$SKEL/drafted/1" "$SKEL/drafted/draft"
	echo x >> "$SKEL/drafted/draft/etc/hosts"
	run warder diff drafted
	expect 0
	[ "${lines[0]}" = "drafted: generation 1 (in use) -> the draft" ]
	has '~ etc/hosts' '+x'
	run warder diff drafted draft 1
	expect 0
	has '-x'
	[ "$(warder diff --json drafted | jq -c '[.from, .to]')" = "[1,null]" ]
	run warder diff drafted 2
	expect 1 "there is no generation 2"
	[[ $output == *"generations 1, draft"* ]]
}

@test "what is not there is said, with what is" {
	run warder diff first
	expect 1 "there is no generation before 1"
	run warder diff plain 1 7
	expect 1 "there is no generation 7"
	[[ $output == *"generations 1, 2"* ]]
	run warder diff plain draft
	expect 1 "there is no generation draft"
	run warder diff plain 0
	expect 1 "there is no generation 0"
	run warder diff plain -1
	expect 64
	run warder diff plain 1x
	expect 64 "not the number of a generation"
	run warder diff undone
	expect 1 "warder create undone"
	run warder diff plian
	expect 1 "did you mean plain?"
	run warder diff ../plain
	expect 64
	run warder diff --base smal
	expect 1 "did you mean small?"
	run warder diff --base small
	expect 1 "there is no generation before 1"
}

@test "a base's generations are compared with their skeletons and pins" {
	warder base create -q small
	run warder diff --base small
	expect 0
	[ "${lines[0]}" = "base small: generation 1 -> 2 (in use)" ]
	has "no difference"
	cp -a "$ROOT/.warder/base/small/2" "$ROOT/.warder/base/small/3"
	rm "$ROOT/.warder/base/small/3/seal"
	echo x > "$ROOT/.warder/base/small/3/root/bin/new"
	echo x > "$ROOT/.warder/base/small/3/skel/s/etc/new"
	run warder diff --base small 2 3
	expect 0
	has '+ root/bin/new' '+ skel/s/etc/new' '2 added'
	[ "$(warder diff --base --json small 2 3 | jq -r '"\(.base) \(.added)"')" = "small 2" ]
	rm -rf "$ROOT/.warder/base/small/3"
}

# The control: diff(1) on the two trees follows the link, waits for the FIFO and prints what steers the terminal.
@test "a tree that was changed behind its seal shows nothing of the host and stops nothing" {
	echo top-secret > "$DIR/secret"
	next_generation hostile
	for f in hosts hostname group shells; do echo more >> "$NEW/etc/$f"; done
	printf 'a\033]0;title\007b\302\233\n' > "$NEW/etc/$(printf 'x\033[2J\ny')"
	local old=$SKEL/hostile/1/etc
	ln -sf "$DIR/secret" "$old/hosts"
	rm "$old/hostname"
	mkfifo "$old/hostname"
	echo changed > "$old/group"
	diff -u "$old/hosts" "$NEW/etc/hosts" | grep -q top-secret
	run timeout 1 cat "$old/hostname"
	[ "$status" -eq 124 ]
	timeout 20 diff -ruN "$old/../usr-local" "$NEW/etc" | grep -q $'\e'
	run timeout 20 "$WARDER" --root "$ROOT" -f "$CONF" diff hostile
	expect 0
	[[ $output != *top-secret* && $output != *$'\e'* && $output != *$'\a'* && $output != *$'\302\233'* ]]
	has 'etc/group: not compared: it is not what was sealed' '+++ b/etc/shells' '+a\x1B]0;title\x07b\xC2\x9B' \
		'+ etc/x\x1B[2J\ny' 'etc/hostname: not compared: not a regular file'
	[[ $output == *"etc/hosts: not compared: "* ]]
}

@test "a long list is cut, and -v shows all of it" {
	next_generation many
	mkdir "$NEW/etc/d"
	for i in $(seq 1 300); do echo "$i" > "$NEW/etc/d/$i"; done
	seq 1 1000 > "$NEW/etc/hosts"
	run warder diff many
	expect 0 "... and 102 more (-v shows all)"
	[[ $output == *" more lines (-v shows all)"* && $output == *"... and 300 more files (-v shows all)"* ]]
	[ "${#lines[@]}" -lt 620 ]
	[ "${lines[-1]}" = "301 added, 1 changed" ]
	run warder diff -v many
	expect 0
	has '+ etc/d/300' '+1000' '+++ b/etc/d/300'
	[[ $output != *"-v shows all"* ]]
}

@test "without diff(1) the changes are shown all the same" {
	run unshare -m sh -c "mount --bind /dev/null \"\$(readlink -f \"\$(command -v diff)\")\" && exec \"\$@\"" - \
		"$WARDER" --root "$ROOT" -f "$CONF" diff plain
	expect 0 "not compared: there is no diff(1)"
	has '~ etc/hosts'
	[ "$(grep -c 'no diff(1)' <<< "$output")" -eq 1 ]
	[ "${lines[-1]}" = "6 added, 1 removed, 1 changed, 1 with other rights" ]
}
