# warder verify: nothing is reported of what is as published, everything is of what is not.
load helpers

setup_file()
{
	use_store verify
	busybox_conf <<-'EOT' > "$BATS_FILE_TMPDIR/conf"
		a { exec.service = "/bin/sleep", "1000"; }
		b { }
		base second { from = "busybox"; }
	EOT
	make_store verify < "$BATS_FILE_TMPDIR/conf"
	warder create -q a b
	warder manage -q -y a -- /bin/sh -c "$(odd_tree)"
}
setup() { use_store verify; SKEL=$ROOT/.warder/skel BASE=$ROOT/.warder/base; cd "$(tree a)"; }
teardown() { cd /; warder stop -q --kill --all || :; }
teardown_file() { use_store verify; remove_store; }

# What a careless comparison stumbles over, made by a shell in the view.
odd_tree()
{
	cat <<-'EOT'
		set -e
		cd /usr/local
		mkdir -p odd/sub odd/sub-more
		printf one > "odd/$(printf 'new\nline')"
		printf two > "odd/$(printf 'tab\there')"
		printf three > "odd/$(printf '\377\376')"
		printf four > "odd/$(printf '%0255d' 0)"
		printf five > odd/sub/file
		printf six > odd/sub-more/file
		ln -s target odd/link
		mkfifo odd/fifo
		ln odd/sub/file odd/second
		printf secret > /etc/secret
		chmod 600 /etc/secret
		head -c 300000 /dev/zero > odd/large
		: > odd/empty
	EOT
}

tree() { readlink -f "$ROOT/s/$1"; }
generation() { basename "$(readlink "$ROOT/s/$1")"; }

# What is changed is put back by setting the whole tree aside.
aside() { cp -a "$(tree "$1")" "$BATS_TEST_TMPDIR/aside"; }
back()
{
	local t
	t=$(tree "$1")
	cd /
	rm -rf "$t"
	mv "$BATS_TEST_TMPDIR/aside" "$t"
	cd "$t"
}

clean()
{
	run warder verify "$@"
	expect 0 "as published"
	[[ $output != *NOT* ]]
}

# tampered LINE COMMAND...: the command is done to the tree of a, and verify reports that line and one change.
tampered()
{
	local line=$1 want=${3:-1}
	aside a
	eval "$2"
	run warder verify a
	back a
	expect 2 "$line"
	[ "$(grep -cE '^[-+~m] ' <<< "$output")" -eq "$want" ] || { echo "not $want changes: $output"; return 1; }
	[[ $output == *"expected "* || $output == *"found "* ]]
	[[ $output != *$'\e'* ]]
}

@test "nothing is reported of jails and bases as they were published" {
	clean a
	clean b
	clean --base small
	warder base create -q second
	clean --all
	[ "$(grep -c '^base small' <<< "$output")" -eq 1 ]
	[ "$(warder verify -q --all)" = "" ]
}

@test "nothing is reported after fifty cycles of start, manage and stop" {
	local i
	for ((i = 1; i <= 50; i++)); do
		warder start -q a
		warder manage -q -y a -- /bin/sh -c "echo $i > /etc/cycle"
		warder stop -q --kill a
	done
	clean --full --all
	clean --quick --all
	warder gc -q a
	clean --all
}

@test "nothing is reported after cycles of start, manage, rollback and stop" {
	local i
	for i in 1 2 3 4 5; do
		warder start -q a
		warder manage -q -y a -- /bin/sh -c "echo $i > /etc/cycle; : > /etc/cycle.$i"
		clean a
		warder stop -q a
		clean a
	done
	warder rollback -q a
	clean a
	warder base edit -q -y small -- /bin/sh -c 'mkdir -p /usr/share; echo x > /usr/share/edited'
	clean a
	warder base rollback -q small
	clean --all
}

@test "a byte changed, with size and time as before" {
	tampered '~ etc/secret' 'touch -r etc/secret "$BATS_TEST_TMPDIR/t"; printf Secret | dd of=etc/secret conv=notrunc status=none; touch -r "$BATS_TEST_TMPDIR/t" etc/secret'
	[[ $output == *"expected file, 0600, 0:0, 1 name, 6 bytes, sha256 $(printf secret | sha256sum | cut -d' ' -f1)"* ]]
	[[ $output == *"found    file, 0600, 0:0, 1 name, 6 bytes, sha256 $(printf Secret | sha256sum | cut -d' ' -f1)"* ]]
}

@test "the last byte of a large file" {
	tampered '~ usr-local/odd/large' 'printf x | dd of=usr-local/odd/large bs=1 seek=299999 conv=notrunc status=none'
}

@test "a file replaced by one of the same size" {
	tampered '~ etc/secret' 'printf SECRET > etc/x; chmod 600 etc/x; mv etc/x etc/secret'
}

@test "mode, owner, group, set-id" {
	tampered 'm etc/secret  0600 -> 0644' 'chmod 644 etc/secret'
	tampered 'm etc/secret  0:0 -> 7:8' 'chown 7:8 etc/secret'
	tampered 'm etc/secret  0600 -> 04600' 'chmod 4600 etc/secret'
	tampered 'm usr-local/odd/sub/  0755 -> 0777' 'chmod 777 usr-local/odd/sub'
}

@test "a capability added, and taken away" {
	command -v setcap > /dev/null || skip "setcap is not installed"
	tampered 'm usr-local/odd/empty  attributes' 'setcap cap_net_raw=ep usr-local/odd/empty'
	setcap cap_net_raw=ep usr-local/odd/empty
	warder manage -q -y a -- /bin/sh -c ': > /etc/capable'
	cd "$(tree a)"
	clean a
	tampered 'm usr-local/odd/empty  attributes' 'setcap -r usr-local/odd/empty'
	tampered 'm usr-local/odd/empty  attributes' 'setcap cap_sys_admin=ep usr-local/odd/empty'
}

@test "the target of a link, the type of a file" {
	tampered '~ usr-local/odd/link  target -> elsewhere' 'ln -sfn elsewhere usr-local/odd/link'
	tampered '~ usr-local/odd/fifo  fifo -> file' 'rm usr-local/odd/fifo; : > usr-local/odd/fifo'
	tampered '~ etc/secret  file -> link to /etc/shadow' 'ln -sfn /etc/shadow etc/secret'
}

@test "what is extra and what is missing, alone and whole directories" {
	tampered '+ etc/extra' ': > etc/extra'
	tampered '- etc/secret' 'rm etc/secret'
	tampered '+ zz/sub/file' 'mkdir -p zz/sub; echo x > zz/sub/file' 3
	tampered '- usr-local/odd/sub-more/file' 'rm -r usr-local/odd/sub-more' 2
	tampered '+ a' ': > a'
}

@test "a hard link added to a sealed file, in the tree and outside" {
	tampered 'm etc/secret  1 -> 2 names' 'ln etc/secret etc/again' 2
	[[ $output == *"+ etc/again"* ]]
	tampered 'm etc/secret  1 -> 2 names' 'ln etc/secret "$DIR/linked"'
}

@test "names with newlines, tabs, bytes that are no UTF-8, of 255 bytes" {
	tampered '~ usr-local/odd/new\nline' 'printf ONE > "usr-local/odd/"$'"'new\nline'"
	tampered '- usr-local/odd/tab\there' 'rm "usr-local/odd/"$'"'tab\there'"
	tampered 'm usr-local/odd/\xFF\xFE' 'chmod 600 "usr-local/odd/"$'"'\xff\xfe'"
	tampered "~ usr-local/odd/$(printf '%0255d' 0)" 'printf FOUR > usr-local/odd/$(printf %0255d 0)'
	tampered '+ \x1B[2J' ': > $'"'\e[2J'"
}

@test "a file more of 255 bytes, of bytes that are no UTF-8, one that takes another's name in other letters" {
	tampered "+ $(printf '%0255d' 1)" ': > $(printf %0255d 1)'
	tampered '+ \xC3(' ': > $'"'\xc3('"
	tampered '- etc/secret' 'mv etc/secret etc/Secret' 2
	tampered '- usr-local/odd/\xFF\xFE' 'mv usr-local/odd/$'"'\xff\xfe' usr-local/odd/"'$'"'\xff\xfd'" 2
}

@test "a mount over a file is told, and is no match" {
	aside a
	: > "$BATS_TEST_TMPDIR/over"
	mount --bind "$BATS_TEST_TMPDIR/over" etc/secret
	run warder verify a
	umount etc/secret
	back a
	[ "$status" -ne 0 ]
	[[ $output == *etc/secret* ]]
}

# seal_of JAIL: its manifest in use.
seal_of() { echo "$SKEL/$1/$(generation "$1").mtree"; }

@test "a manifest that was edited, alone or with the file, malformed, or removed" {
	local seal
	seal=$(seal_of a)
	cp -p "$seal" "$BATS_TEST_TMPDIR/seal"
	aside a
	chmod 644 etc/secret
	sed -i '/etc\/secret /s/mode=0600/mode=0644/' "$seal"
	run warder verify a
	expect 2 "! its manifest is not the one that was published"
	back a
	echo "./zz nonsense" >> "$seal"
	run warder verify a
	expect 2 "! its manifest is none any more"
	head -c 1000 "$BATS_TEST_TMPDIR/seal" > "$seal"
	run warder verify a
	expect 2 "! its manifest"
	rm "$seal"
	run warder verify a
	expect 2 "! its manifest is gone"
	mkfifo "$seal"
	run timeout 10 "$WARDER" --root "$ROOT" -f "$CONF" verify a
	expect 2 "! its manifest is gone"
	rm "$seal"
	mv "$BATS_TEST_TMPDIR/seal" "$seal"
	clean a
}

@test "a rollback does not make an edited manifest good" {
	local seal
	seal=$(seal_of b)
	warder manage -q -y b -- /bin/sh -c 'echo x > /etc/x'
	cp -p "$seal" "$BATS_TEST_TMPDIR/seal"
	sed -i '/etc\/passwd /s/mode=[0-7]*/mode=0666/' "$seal"
	chmod 666 "$SKEL/b/1/etc/passwd"
	warder rollback -q b 1
	run warder verify b
	expect 2 "! its manifest is not the one that was published"
	cp -p "$BATS_TEST_TMPDIR/seal" "$seal"
	chmod 644 "$SKEL/b/1/etc/passwd"
	clean b
}

@test "a base or a skeleton swapped for an older generation, by its link or by its tree" {
	local g
	warder manage -q -y a -- /bin/sh -c 'date > /etc/newest'
	g=$(generation a)
	ln -sfn "../.warder/skel/a/$((g - 1))" "$ROOT/s/a"
	run warder verify a
	expect 2 "! generation $((g - 1)) is in use, but the journal's last entry put $g to use"
	ln -sfn "../.warder/skel/a/$g" "$ROOT/s/a"
	clean a
	warder base edit -q -y small -- /bin/sh -c 'mkdir -p /usr/share; date > /usr/share/newest'
	g=$(basename "$(dirname "$(readlink "$ROOT/j/small")")")
	ln -sfn "../.warder/base/small/1/root" "$ROOT/j/small"
	run warder verify a
	expect 2 "! generation 1 is in use, but the journal's last entry put $g to use"
	ln -sfn "../.warder/base/small/$g/root" "$ROOT/j/small"
	mv "$BASE/small/$g" "$BASE/aside"
	cp -a "$BASE/small/1" "$BASE/small/$g"
	run warder verify --base small
	expect 2 "! its manifest is not the one that was published"
	rm -r "${BASE:?}/small/$g"
	run warder verify --base small
	expect 2 "! its tree is gone"
	mv "$BASE/aside" "$BASE/small/$g"
	clean --all
}

@test "the choice of a base's generation edited, taken away, put there, with --quick too; by base use it is good" {
	local choice=$SKEL/b/base
	warder base edit -q -y small -- /bin/sh -c 'mkdir -p /usr/share; date > /usr/share/choice'
	echo 1 > "$choice"
	run warder verify --quick b
	expect 2 "! it is to stay on generation 1 of its base, but by the journal's last entry to take the generation of its base in use"
	rm "$choice"
	clean b
	warder base use -q small 1 b
	[ "$(jq -r 'select(.action == "base choice") | "\(.jail) \(.to) \(.after)"' "$ROOT/.warder/journal/journal" | tail -1)" = \
		"b 1 $(sha256sum < "$BASE/small/1/seal" | cut -d' ' -f1)" ]
	clean b
	rm "$choice"
	run warder verify b
	expect 2 "! it is to take the generation of its base in use, but by the journal's last entry to stay on generation 1 of its base"
	echo nonsense > "$choice"
	run warder verify --quick b
	expect 2 "! by the journal it is to stay on generation 1 of its base, but what says so cannot be read"
	warder base use -q --follow small b
	[ ! -e "$choice" ]
	clean --all
}

@test "a change whose end a crash took is settled by verify; where it cannot write, it says of when the change is" {
	local journal=$ROOT/.warder/journal g
	cp -p "$journal/journal" "$journal/head" "$BATS_TEST_TMPDIR"
	warder manage -q -y b -- /bin/sh -c 'date > /etc/crash'
	g=$(generation b)
	tail -n 1 "$journal/journal" > "$journal/begun.jail.b"
	cp -p "$BATS_TEST_TMPDIR/journal" "$BATS_TEST_TMPDIR/head" "$journal"
	unshare -m sh -c "mount --bind $ROOT $ROOT && mount -o remount,bind,ro $ROOT && $WARDER --root $ROOT -f $CONF verify b" > "$BATS_TEST_TMPDIR/out" 2>&1 && false
	grep 'an unfinished change of 2.*Z (manage) is not in the journal yet: Read-only file system' "$BATS_TEST_TMPDIR/out"
	grep 'hint: where the store can be written: warder verify b' "$BATS_TEST_TMPDIR/out"
	clean b
	[ "$(tail -n 1 "$journal/journal" | jq -r '"\(.action) \(.jail) \(.to)"')" = "manage b $g" ]
	[ ! -e "$journal/begun.jail.b" ]
	warder journal --check
}

@test "an entry removed from the journal" {
	local journal=$ROOT/.warder/journal/journal
	cp -p "$journal" "$BATS_TEST_TMPDIR/journal"
	sed -i 2d "$journal"
	run warder verify b
	cp -p "$BATS_TEST_TMPDIR/journal" "$journal"
	expect 2 "taken out"
	clean b
}

@test "what could not be told exits with 1, a mistake with 64; a mismatch counts more" {
	run warder verify nojail
	expect 1 "no such jail"
	run warder verify --base nobase
	expect 1 "no such base"
	run warder verify
	expect 64
	run warder verify --all --base small
	expect 64
}

@test "JSON says what, which generation, how much, and each change" {
	warder verify --json --all | jq -e '.version == 1 and .journal == null and (.checked | length) > 2 and
		all(.checked[]; .match and .entries > 5 and .changes == [] and .faults == [] and .error == null)'
	aside a
	printf x > 'usr-local/odd/new'$'\n''line'
	run warder verify --json a
	back a
	[ "$status" -eq 2 ]
	echo "$output" | jq -e '.checked[0] | .kind == "skeleton" and .name == "a" and (.match | not) and .changed == 1 and
		.changes[0].path == "usr-local/odd/new\nline" and .changes[0].before.size == 3 and .changes[0].after.size == 1'
}

# settled: full verification of a, late enough that nothing is too young to be remembered.
settled()
{
	sleep 2.1
	clean a
	clean --full a
}

bytes_read() { warder verify --json "$@" | jq '[.checked[].bytes] | add'; }

@test "a quick one reads nothing of what is as it was, and only what is not" {
	settled
	[ "$(bytes_read --quick a)" -eq 0 ]
	[ "$(bytes_read --full a)" -gt 300000 ]
	touch etc/secret
	[ "$(bytes_read --quick a)" -eq 6 ]
	clean --quick a
}

@test "a quick one finds a byte with its time put back, a mode, an attribute, what is extra, missing, put in its place" {
	local change
	for change in 'cp -p etc/secret "$BATS_TEST_TMPDIR/t"; printf Secret | dd of=etc/secret conv=notrunc status=none; touch -r "$BATS_TEST_TMPDIR/t" etc/secret' \
		': > a' 'rm usr-local/odd/sub-more/file' 'printf SECRET > etc/x; chmod 600 etc/x; mv etc/x etc/secret' \
		'chmod 644 etc/secret' 'python3 -c "import os; os.setxattr(\"etc\", \"trusted.overlay.opaque\", b\"y\")"'; do
		settled
		cp -a . "$BATS_TEST_TMPDIR/aside"
		eval "$change"
		run warder verify --quick a
		back a
		expect 2 "NOT as published"
	done
}

@test "what a quick one remembers is of one manifest, is gone after a mismatch, and can be anything" {
	local memory
	settled
	memory=$SKEL/a/$(generation a).quick
	[ "$(stat -c %a "$memory")" = 600 ]
	head -c 3000 "$memory" > "$memory.x"
	mv "$memory.x" "$memory"
	clean --quick a
	head -c 3000 /dev/urandom > "$memory"
	clean --quick a
	rm "$memory"
	mkfifo "$memory"
	run timeout 10 "$WARDER" --root "$ROOT" -f "$CONF" verify --quick a
	expect 0 "as published"
	: > etc/extra
	run warder verify --quick a
	expect 2 "+ etc/extra"
	rm etc/extra
	[ ! -e "$memory" ]
	[ "$(bytes_read --quick a)" -gt 300000 ]
	run warder verify --quick --full a
	expect 64
}

@test "what a quick one remembers goes with its generation" {
	local g
	clean --all
	g=$(generation b)
	for i in 1 2 3 4 5 6 7; do warder manage -q -y b -- /bin/sh -c "echo $i > /etc/n"; done
	[ -e "$SKEL/b/$g.quick" ]
	sed -i 's/^b { }/b { generations.keep = 1; }/' "$CONF"
	warder gc -q b
	[ ! -e "$SKEL/b/$g" ]
	[ ! -e "$SKEL/b/$g.quick" ]
	clean b
}

@test "on a terminal a bar with rates is drawn, in a pipe nothing of it, with any number of threads" {
	local n
	run script -qec "$WARDER --root $ROOT -f $CONF verify --full a" /dev/null < /dev/null
	expect 0 "as published" "a  [" " files/s" "iB/s"
	for n in 1 2 7 64; do
		clean -j "$n" --all
		[[ $output != *files/s* && $output != *$'\r'* ]]
	done
	run warder verify -j 65 a
	expect 64 "at most 64"
	run warder verify -j 0 a
	expect 64
}

# before_start MODE: what jail b says.
before_start() { sed -i "s/^b {.*/b { exec.service = \"\/bin\/sleep\", \"1000\"; verify.before_start = $1; }/" "$CONF"; }

@test "verify.before_start: what is as published starts, what is not does not, and says what" {
	local mode journal=$ROOT/.warder/journal/journal b
	cd "$(tree b)"
	for mode in quick full; do
		before_start "$mode"
		warder start -q b
		warder stop -q b
		printf x > etc/planted
		run warder start b
		rm etc/planted
		expect 1 "+ etc/planted" "start b: its skeleton is not as it was published" "hint: warder verify b"
		run warder status b
		expect 3
		b=$ROOT/j/small/bin/planted
		printf x > "$b"
		run warder restart b
		rm "$b"
		expect 1 "+ root/bin/planted" "b: its base is not as it was published"
		cp -p "$journal" "$BATS_TEST_TMPDIR/journal"
		sed -i 2d "$journal"
		run warder start b
		cp -p "$BATS_TEST_TMPDIR/journal" "$journal"
		expect 1 "taken out"
		warder start -q b
		warder stop -q b
	done
	before_start no
	printf x > etc/planted
	warder start -q b
	rm etc/planted
	warder stop -q b
}

# calls N MODE: how many system calls a verification makes of a skeleton with N files of 10 bytes in one directory more.
calls()
{
	warder manage -q -y b -- /bin/sh -c "rm -rf /usr/local/n; mkdir /usr/local/n; i=0
		while [ \$i -lt $1 ]; do echo file \$((1000 + i)) > /usr/local/n/f\$((1000 + i)); i=\$((i + 1)); done"
	strace -f -o "$BATS_TEST_TMPDIR/trace" "$WARDER" --root "$ROOT" -f "$CONF" verify -q "$2" -j 1 b
	grep -c '(' "$BATS_TEST_TMPDIR/trace"
}

@test "a file costs seven system calls in full, one when nothing was touched" {
	command -v strace > /dev/null || skip "strace is not installed"
	local few many
	few=$(calls 100 --full) many=$(calls 600 --full)
	echo "full: $few, $many"
	# statx of the walk; openat2, fstat, flistxattr, read, fstat, close; and two for each sixteen
	[ $((many - few)) -le $((500 * 7 + 100)) ]
	[ $((many - few)) -ge 500 ]
	sleep 2.1
	warder verify -q --full b
	many=$(strace -f "$WARDER" --root "$ROOT" -f "$CONF" verify -q --quick -j 1 b 2>&1 | grep -c '(')
	warder rollback -q b
	sleep 2.1
	warder verify -q --full b
	few=$(strace -f "$WARDER" --root "$ROOT" -f "$CONF" verify -q --quick -j 1 b 2>&1 | grep -c '(')
	echo "quick: $few, $many"
	[ $((many - few)) -le $((500 + 50)) ]
}

@test "verifying leaves nothing and changes nothing" {
	local before
	before=$(find "$SKEL"/*/[0-9]* "$BASE"/*/[0-9]* ! -name '*.quick' -printf '%p %i %s %T@ %C@\n' | sort | sha256sum)
	clean --all
	[ "$(find "$SKEL"/*/[0-9]* "$BASE"/*/[0-9]* ! -name '*.quick' -printf '%p %i %s %T@ %C@\n' | sort | sha256sum)" = "$before" ]
	cd /
	nothing_left
}
