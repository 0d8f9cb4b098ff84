# The management view: what it changes, what it never touches, what is left of it.
load helpers

setup_file()
{
	busybox_conf <<-'EOT' > "$BATS_FILE_TMPDIR/conf"
		a { exec.service = "/bin/sleep", "1000"; }
		b { }
		pinned { pins = "/var/lib/own"; exec.service = "/bin/sleep", "1000"; }
		slow { exec.start = "/bin/sleep 60"; exec.service = "/bin/sleep", "1000"; }
		picky { exec.allow = "/usr/local/bin/busybox"; }
	EOT
	make_store manage < "$BATS_FILE_TMPDIR/conf"
	make_jail a b pinned
}
setup() { use_store manage; }
teardown() { warder stop -q --kill --all || :; warder manage -q --discard a 2> /dev/null || :; }
teardown_file() { use_store manage; remove_store; }

# Of the jail: the generation in use.
generation() { readlink "$ROOT/s/$1" | sed 's|.*/||'; }

@test "a command's change is shown, committed, and seen by a running jail at once" {
	warder start -q a
	local before
	before=$(generation a)
	run warder manage -y a -- /bin/sh -c 'echo one > /etc/motd'
	expect 0 "etc/motd"
	[[ "$output" == *"+one"* ]]
	[[ "$output" == *"live"* ]]
	[ "$(generation a)" -eq $((before + 1)) ]
	[ "$(warder exec a -- /bin/cat /etc/motd)" = one ]
	[ "$(warder manage -q -y --live b -- /bin/sh -c 'echo > /etc/b')" = "not running" ]
	# Later ones go beneath the first and replace it (6.5); older kernels say that it comes at the next start.
	run warder manage -y a -- /bin/sh -c 'echo two > /etc/motd'
	expect 0
	if [[ "$output" == *"live"* ]]; then
		[ "$(warder exec a -- /bin/cat /etc/motd)" = two ]
		[ "$(warder exec a -- /bin/cat /proc/self/mountinfo | awk '$5 == "/s"' | wc -l)" -eq 2 ]
	else
		[[ "$output" == *"at its next start"* ]]
		[ "$(warder exec a -- /bin/cat /etc/motd)" = one ]
	fi
	warder stop -q a
	warder start -q a
	[ "$(warder exec a -- /bin/cat /etc/motd)" = two ]
	warder stop -q a
	nothing_left
}

@test "what is open in the jail stays what it was while the skeleton is replaced" {
	warder manage -q -y a -- /bin/sh -c 'echo old > /etc/held'
	warder start -q a
	warder exec a -- /bin/sh -c 'exec 3< /etc/held; while [ ! -e /var/tmp/go ]; do sleep 0.05; done; cat <&3; cat /etc/held' \
		> "$BATS_TEST_TMPDIR/out" &
	local pid=$!
	sleep 0.3
	warder manage -q -y a -- /bin/sh -c 'echo new > /etc/held'
	warder exec a -- /bin/touch /var/tmp/go
	wait $pid
	[ "$(cat "$BATS_TEST_TMPDIR/out")" = $'old\nnew' ]
}

@test "no jail ever sees half of a change" {
	warder manage -q -y a -- /bin/sh -c 'for i in 1 2 3 4 5 6 7 8; do echo 0 > /etc/part$i; done'
	warder start -q a
	warder exec a -- /bin/sh -c 'while [ ! -e /var/tmp/end ]; do cat /etc/part? | sort -u | wc -l; done | sort -u' \
		> "$BATS_TEST_TMPDIR/seen" &
	local pid=$!
	for n in 1 2 3; do
		warder manage -q -y a -- /bin/sh -c "for i in 1 2 3 4 5 6 7 8; do echo $n > /etc/part\$i; done"
	done
	warder exec a -- /bin/touch /var/tmp/end
	wait $pid
	# Reading eight files one after another may fall on both sides of a switch, so one or two values; each file is whole.
	! grep -qv '^[12]$' "$BATS_TEST_TMPDIR/seen"
}

@test "a command that fails leaves a draft and changes nothing; --resume goes on with it" {
	local before
	before=$(generation a)
	run warder manage -y a -- /bin/sh -c 'echo half > /etc/half; mkdir /var/lib/half; exit 3'
	expect 1 "ended with 3"
	[[ "$output" == *"--resume a"* ]]
	[ "$(generation a)" -eq "$before" ]
	run warder manage -y a -- /bin/true
	expect 1 "draft already"
	run warder manage -y --resume a -- /bin/sh -c 'cat /etc/half; ls -d /var/lib/half'
	expect 0 /var/lib/half
	[ "$(generation a)" -eq $((before + 1)) ]
	run warder manage -y --resume a -- /bin/true
	expect 1 "no draft"
}

@test "--keep keeps, --discard throws away, and neither changes the jail" {
	local before
	before=$(generation a)
	run warder manage --keep a -- /bin/sh -c 'echo kept > /etc/kept'
	expect 0 "draft is kept"
	run warder manage --discard a
	expect 0 discarded
	run warder manage --discard a
	expect 1 "no draft"
	run warder manage --discard a -- /bin/sh -c 'echo gone > /etc/gone'
	expect 0 "+gone"
	[ "$(generation a)" -eq "$before" ]
	# Whatever the command came to.
	run warder manage --discard a -- /bin/sh -c 'echo gone > /etc/gone; exit 3'
	expect 1 "ended with 3; the change is discarded"
	[ ! -e "$ROOT/.warder/skel/a/draft" ]
}

@test "a reader that goes away takes no commit along, and a full one is told" {
	local before status=0
	before=$(generation a)
	"$WARDER" --root "$ROOT" -f "$CONF" manage -y a -- /bin/sh -c 'for i in 1 2 3; do echo 1 > /etc/piped$i; done' \
		2> "$BATS_TEST_TMPDIR/err" | true
	[ "$(generation a)" -eq $((before + 1)) ]
	[ ! -s "$BATS_TEST_TMPDIR/err" ]
	run bash -c '"$0" --root "$1" -f "$2" manage -y a -- /bin/sh -c "echo 2 > /etc/piped1" > /dev/full' "$WARDER" "$ROOT" "$CONF"
	expect 1 "write standard output"
	[ "$(generation a)" -eq $((before + 2)) ]
}

@test "on a full disk the draft is kept, which is said, and the generation in use is whole" {
	offers "wx = deny" || skip "before Linux 6.3 a tmpfs cannot be id-mapped"
	mkdir -p "$DIR/full"
	run unshare -m --propagation private bash -c '
		w="$0 --root $1 -f $2"
		mount -t tmpfs -o size=6m,mode=755 none "$1" && $w init -q && $w base create -q small && $w create -q a || exit 99
		$w manage -y a -- /bin/sh -c "dd if=/dev/zero of=/etc/big bs=64k 2> /dev/null; true"
		echo "status $?"
		$w verify -q a && $w manage --discard a && $w manage -q -y a -- /bin/touch /etc/small && readlink "$1/s/a"
	' "$WARDER" "$DIR/full" "$CONF"
	rmdir "$DIR/full"
	expect 0 "the draft is kept: warder manage --resume a"
	[[ "$output" == *"No space left"*"status 73"*"discarded"*/a/2 ]]
}

@test "with --json what the command prints is apart, and what became of the change is an object" {
	local before
	before=$(generation a)
	warder manage --json -y a -- /bin/sh -c 'echo noise; echo j > /etc/json' > "$BATS_TEST_TMPDIR/out" 2> "$BATS_TEST_TMPDIR/err"
	grep -qx noise "$BATS_TEST_TMPDIR/err"
	[ "$(jq -c '[.version, .action, .jail, .base, .outcome, .live, (.parts[] | .jail, .base, .from, .to, .added,
		[.changes[].path])]' "$BATS_TEST_TMPDIR/out")" = \
		'[1,"manage","a",null,"committed","not running","a",null,'"$before,$((before + 1)),1,[\"etc/json\"]]" ]
	[ "$(warder manage -q --json --keep a -- /bin/sh -c 'echo k > /etc/json' | jq -c '[.outcome, .live, .parts[].to]')" = \
		'["kept",null,null]' ]
	[ "$(warder manage -q --json --discard a | jq -r .outcome)" = discarded ]
	[ "$(warder manage -q --json -y a -- /bin/true | jq -r .outcome)" = unchanged ]
	# What failed is an object, too, and its draft is there.
	local status=0
	warder manage --json -y a -- /bin/sh -c 'echo k > /etc/json; exit 3' > "$BATS_TEST_TMPDIR/out" 2> /dev/null || status=$?
	[ "$status" -eq 1 ]
	[[ "$(jq -r .error.reason "$BATS_TEST_TMPDIR/out")" == *"ended with 3"* ]]
	warder manage -q --discard a
	[ "$(warder rollback -q --json --live a | jq -c '[.jail, .from, .to, .live]')" = \
		"[\"a\",$((before + 1)),$before,\"not running\"]" ]
	# Nobody is asked: a program would wait for ever.
	run script -qec "$WARDER --root $ROOT -f $CONF manage --json a -- /bin/true" /dev/null < /dev/null
	expect 64 "JSON is for programs"
}

@test "nothing changed: no generation, no draft" {
	local before
	before=$(generation a)
	run warder manage -y a -- /bin/true
	expect 0 "nothing was changed"
	[ "$(generation a)" -eq "$before" ]
	[ ! -e "$ROOT/.warder/skel/a/draft" ]
	[ ! -e "$ROOT/.warder/skel/a/draft.view" ]
}

@test "without a terminal it must be said what becomes of the change, before anything is done" {
	run warder manage a -- /bin/touch /etc/unsaid
	expect 64 "--keep"
	[ ! -e "$ROOT/.warder/skel/a/draft" ]
	run warder manage -y --keep a -- /bin/true
	expect 64
}

@test "on a terminal it asks: no keeps the draft, yes commits it" {
	command -v script > /dev/null || skip "no script(1)"
	# The answer must come after the command's end: what is typed before that is the command's.
	run script -qec "$WARDER --root $ROOT -f $CONF manage a -- /bin/sh -c 'tty; echo asked > /etc/asked'" /dev/null \
		< <(sleep 2; echo n; sleep 1)
	[[ "$output" == *"Commit this? [y/N]"* ]]
	[[ "$output" == */dev/pts/* ]]
	[ -e "$ROOT/.warder/skel/a/draft/etc/asked" ]
	run script -qec "$WARDER --root $ROOT -f $CONF manage --resume a -- /bin/true" /dev/null \
		< <(sleep 2; echo y; sleep 1)
	[ "$(cat "$ROOT/s/a/etc/asked")" = asked ]
	# ^C is no, and it is said what is left.
	run script -qec "$WARDER --root $ROOT -f $CONF manage a -- /bin/touch /etc/interrupted" /dev/null \
		< <(sleep 2; printf '\003'; sleep 1)
	[[ "$output" == *"Commit this?"*"the draft is kept"* ]]
}

@test "in the view the base is read-only and the jail's state is not there" {
	warder start -q a
	warder exec a -- /bin/sh -c 'echo planted > /var/tmp/planted; echo x > /tmp/x'
	run warder manage --discard a -- /bin/sh -c '
		ls /var/tmp /tmp
		touch /bin/trojan 2>&1
		touch /new 2>&1
		echo mine > /var/tmp/mine && echo "var is writable"'
	expect 0 "var is writable"
	[[ "$output" != *planted* ]]
	[ "$(grep -c 'Read-only file system' <<< "$output")" -eq 2 ]
	run warder exec a -- /bin/ls /var/tmp
	[[ "$output" != *mine* ]]
}

@test "the view has the jail's ids, namespaces of its own, and no way to new ones" {
	warder start -q a
	local first
	first=$(warder list --json a | jq .jails[0].uid_base)
	run warder manage --discard a -- /bin/sh -c 'cat /proc/self/uid_map; ls /sys/class 2>&1; unshare -m true 2>&1; mount -t tmpfs none /tmp 2>&1
		cut -d: -f1 /proc/self/net/dev | tail -n +3'
	expect 0
	[[ "${lines[0]}" =~ ^\ +0\ +$first\ +65536$ ]]
	[[ "$output" == *"ermitted"* ]]
	[ "$(grep -c '^ *lo$' <<< "$output")" -eq 1 ]
	! grep -q eth0 <<< "$output"
	for ns in mnt pid ipc uts net cgroup user; do
		run warder manage --discard a -- /bin/readlink /proc/self/ns/$ns
		[[ "$output" == *$ns:* ]]
		[[ "$output" != *"$(readlink /proc/self/ns/$ns)"* ]]
		[[ "$output" != *"$(readlink "/proc/$(pid_of a)/ns/$ns")"* ]]
	done
	run warder manage --discard --net a -- /bin/readlink /proc/self/ns/net
	[[ "$output" == *"$(readlink /proc/self/ns/net)"* ]]
}

@test "files that are made in the view belong to the host's root in the skeleton, and to the jail's in the jail" {
	warder manage -q -y a -- /bin/sh -c 'echo x > /etc/owned; chown 7:8 /etc/owned; chmod 640 /etc/owned'
	[ "$(stat -c '%u:%g %a' "$ROOT/s/a/etc/owned")" = "7:8 640" ]
	warder start -q a
	[ "$(warder exec a -- /bin/stat -c '%u:%g' /etc/owned)" = 7:8 ]
}

@test "a second manager is refused with the pid of the first and since when" {
	"$WARDER" --root "$ROOT" -f "$CONF" manage -q --discard a -- /bin/sleep 3 &
	local first=$!
	until [ -e "$ROOT/.warder/skel/a/draft" ]; do sleep 0.02; done
	run warder manage --discard a -- /bin/true
	expect 75 "process $first"
	[[ "$output" == *since* ]]
	# Another jail is another matter.
	run warder manage --discard b -- /bin/true
	expect 0
	wait $first
}

@test "a killed manager leaves a draft, nothing mounted, no process, and the lock free" {
	"$WARDER" --root "$ROOT" -f "$CONF" manage -q -y a -- /bin/sh -c \
		'echo survivor > /etc/survivor; touch /var/tmp/there; sleep 1000' &
	local first=$! child
	until [ -e "$ROOT/.warder/skel/a/draft.view/var/tmp/there" ]; do sleep 0.02; done
	child=$(pgrep -P $first)
	[ -n "$child" ]
	kill -9 $first
	wait $first 2> /dev/null || :
	for i in $(seq 50); do [ -e "/proc/$child" ] || break; sleep 0.05; done
	[ ! -e "/proc/$child" ]
	nothing_left
	run warder manage -y --resume a -- /bin/cat /etc/survivor
	expect 0 survivor
}

@test "managers killed at 20 random moments: the generation in use is whole, and the next session works" {
	local i
	for i in $(seq 20); do
		"$WARDER" --root "$ROOT" -f "$CONF" manage -q -y a -- /bin/sh -c "echo $i > /etc/k1; echo $i > /etc/k2" > /dev/null 2>&1 &
		sleep "0.0$((RANDOM % 10))$((RANDOM % 10))"
		kill -9 $! 2> /dev/null || :
		wait $! 2> /dev/null || :
		if [ -e "$ROOT/s/a/etc/k1" ]; then
			[ "$(cat "$ROOT/s/a/etc/k1")" = "$(cat "$ROOT/s/a/etc/k2")" ] || { echo "half of change $i"; return 1; }
		fi
		warder manage -q --discard a 2> /dev/null || :
		warder manage -q -y a -- /bin/sh -c "echo after $i > /etc/after" || { echo "session after kill $i"; return 1; }
		warder manage -q --discard a 2> /dev/null || :
	done
	nothing_left
}

@test "rollback: the former generation, or a named one, at once; the state stays" {
	warder manage -q -y a -- /bin/sh -c 'echo v1 > /etc/version'
	local first
	first=$(generation a)
	warder manage -q -y a -- /bin/sh -c 'echo v2 > /etc/version'
	warder start -q a
	warder exec a -- /bin/sh -c 'echo data > /var/tmp/data'
	run warder rollback a
	expect 0 "live"
	[ "$(generation a)" -eq "$first" ]
	[ "$(warder exec a -- /bin/cat /etc/version)" = v1 ]
	run warder rollback a $((first + 1))
	expect 0
	[ "$(warder exec a -- /bin/cat /var/tmp/data)" = data ]
	run warder rollback a 0
	expect 64 "not the number"
	run warder rollback a 99
	expect 1 "there are: "
	run warder rollback nobody
	expect 78
	run warder journal a
	expect 0 rollback
}

@test "a jail that is starting takes what was committed at its next start: that is done once, and no error" {
	warder create -q slow
	warder manage -q -y slow -- /bin/touch /etc/first
	"$WARDER" --root "$ROOT" -f "$CONF" start -q slow 2> /dev/null &
	local pid=$!
	until warder exec slow -- /bin/true 2> /dev/null || [ "$(warder list --json slow | jq -r '.jails[0].pid')" != null ]; do sleep 0.05; done
	run warder rollback slow
	expect 0 "in the jail: at its next start"
	warder stop -q --kill slow
	wait $pid || :
	[ "$(generation slow)" -eq 1 ]
}

@test "pins of the skeleton are writable in the view, and the jail sees the change" {
	warder start -q pinned
	run warder exec pinned -- /bin/touch /var/lib/own/x /var/spool/cron/x
	[ "$status" -ne 0 ]
	run warder manage -y pinned -- /bin/sh -c 'echo job > /var/spool/cron/root; echo mine > /var/lib/own/file'
	expect 0 live
	[ "$(warder exec pinned -- /bin/cat /var/spool/cron/root /var/lib/own/file)" = $'job\nmine' ]
	run warder exec pinned -- /bin/touch /var/lib/own/x /var/spool/cron/x
	[ "$status" -ne 0 ]
}

@test "a pin that was declared since the jail's start keeps it from no commit, and is there at its next start" {
	warder start -q a
	sed 's|^a {|a { pins = "/var/lib/late";|' "$CONF" > "$DIR/late.conf"
	CONF=$DIR/late.conf
	run warder manage -y a -- /bin/sh -c 'echo late > /var/lib/late/file'
	expect 0 "in the jail: live"
	run warder exec a -- /bin/cat /var/lib/late/file
	[ "$status" -ne 0 ]
	run warder manage -y a -- /bin/touch /etc/late
	expect 0
	warder restart -q a
	[ "$(warder exec a -- /bin/cat /var/lib/late/file)" = late ]
	warder stop -q a
}

@test "directories that are made in the view's /var are made in the jail's, and nothing there is overwritten" {
	warder start -q a
	warder exec a -- /bin/sh -c 'mkdir -p /var/lib/had && echo jail > /var/lib/had/file'
	run warder manage -y a -- /bin/sh -c 'mkdir -p /var/lib/had /var/lib/wanted && echo view > /var/lib/had/file && chown 5:6 /var/lib/wanted; echo x > /etc/x'
	expect 0
	[ "$(warder exec a -- /bin/cat /var/lib/had/file)" = jail ]
	[ "$(warder exec a -- /bin/stat -c %u:%g /var/lib/wanted)" = 5:6 ]
}

@test "with exec.allow a program that is put into the skeleton is the one that runs" {
	warder create -q picky
	warder manage -q -y picky -- /bin/sh -c 'mkdir -p /usr/local/bin && cp /bin/busybox /usr/local/bin/busybox'
	warder start -q picky
	run warder exec picky -- /usr/local/bin/busybox true
	expect 0
	run warder manage -y picky -- /bin/sh -c 'cp /bin/busybox /usr/local/bin/true; echo changed > /etc/changed'
	expect 0 live
	run warder exec picky -- /usr/local/bin/busybox cat /etc/changed
	expect 0 changed
	run warder exec picky -- /usr/local/bin/true
	expect 126
}

@test "every session has its line in the journal, with who, what and how much" {
	warder manage -q -y a -- /bin/sh -c 'echo j > /etc/journalled'
	run warder journal --json a
	expect 0
	[ "$(echo "$output" | jq -r '.entries[-1] | .action, .command[0], .added, (.before != .after)')" = $'manage\n/bin/sh\n1\ntrue' ]
	run warder journal --check
	expect 0
}

@test "bad names and operands are told before anything is done" {
	run warder manage -y nobody -- /bin/true
	expect 78 nobody
	run warder manage -y '../a' -- /bin/true
	expect 64
	run warder manage
	expect 64
	run warder manage -y a -- /no/such/program
	expect 1 127
	warder manage -q --discard a
	run warder manage -n a
	expect 0 "skel on /s"
}

@test "a draft that is no longer of the generation in use is not committed over it" {
	warder manage -q -y a -- /bin/sh -c 'echo base > /etc/over'
	warder manage -q -y a -- /bin/sh -c 'echo newer > /etc/over'
	warder manage -q --keep a -- /bin/sh -c 'echo draft > /etc/over'
	warder rollback -q a
	run warder manage -y --resume a -- /bin/true
	expect 1 "is in use now"
	[ "$(cat "$ROOT/s/a/etc/over")" = base ]
	run warder manage --discard a
	expect 0
}

@test "a draft whose description was lost can only be thrown away" {
	warder manage -q --keep a -- /bin/sh -c 'echo lost > /etc/lost'
	: > "$ROOT/.warder/skel/a/draft.meta"
	run warder manage -y --resume a -- /bin/true
	expect 1 "without its description"
	run warder manage --discard a
	expect 0
	run warder manage -y a -- /bin/sh -c 'echo again > /etc/lost'
	expect 0
}
