# Nothing starts on mounts that are not the plan's: each call that makes the view is made to do nothing and to say that
# it did, and mounts are changed by another while the view is being made.
load helpers
BATS_TEST_TIMEOUT=600

setup_file()
{
	busybox_conf <<-'EOT' > "$BATS_FILE_TMPDIR/conf"
		v { exec.service = "/bin/sh", "-c", "cat /proc/self/mountinfo > /var/tmp/seen"; shm = 1M; pins = /var/lib/own; }
		only { exec.allow = "/bin/cat", "/bin/busybox", "/usr/local/libexec/probe"; exec.service = "/bin/busybox", "sleep", "1000"; }
	EOT
	make_store assert < "$BATS_FILE_TMPDIR/conf"
	make_jail v only
	warder start -q v
	ended
	seen > "$DIR/right"
}
setup()
{
	use_store assert
	command -v strace > /dev/null || skip "strace is not installed"
	strace -f -o "$DIR/trace" true 2> /dev/null || skip "strace may not trace here"
}
teardown() { warder stop -q --kill --all || :; warder manage -q --discard v 2> /dev/null || :; }
teardown_file() { use_store assert; remove_store; }

# Until the jail's service has ended, and the jail with it.
ended() { local i; for i in $(seq 100); do [ "$(warder list --json v | jq -r '.jails[0].state')" = running ] || return 0; sleep 0.05; done; return 1; }

# What the service saw of its mountinfo: where, how, and the file system with its options.
seen() { sed -E 's/^[0-9]+ [0-9]+ [0-9:]+ [^ ]+ //; s/ - ([^ ]+) [^ ]+ / - \1 /' "$ROOT/t/v/var/tmp/seen" | sort; }

# In a mount namespace of its own, shared with none of the host's: what a broken start lets out stays in there.
apart() { unshare -m --propagation private -- "$@"; }

# faulted SYSCALL N COMMAND...: its N-th call of it answers 0 and does nothing.  It returns when all that it began has
# ended.
faulted()
{
	local call=$1 n=$2
	shift 2
	apart strace -f -qq -o "$DIR/fault" -e trace="$call" -e inject="$call":retval=0:when="$n" \
		"$WARDER" --root "$ROOT" -f "$CONF" "$@"
}

# The calls of it that a start makes, as strace shows them.
calls()
{
	apart strace -f -qq -o "$DIR/trace" -e trace="$1" "$WARDER" --root "$ROOT" -f "$CONF" start -q v
	grep "$1(" "$DIR/trace"
}

# Each call of it in turn: the start fails and leaves nothing, or the view is what it should be.  *refusals: by assert.
each_call()
{
	local call=$1 n i
	n=$(calls "$call" | wc -l)
	refusals=0
	[ "$n" -ge 1 ]
	for i in $(seq "$n"); do
		rm -f "$ROOT/t/v/var/tmp/seen"
		run faulted "$call" "$i" start v
		grep -q INJECTED "$DIR/fault"
		echo "$call $i of $n: $status ${lines[0]}"
		if [ "$status" -eq 0 ]; then
			seen | diff "$DIR/right" - || return 1
			warder stop -q v
			continue
		fi
		[[ "$output" != *": assert "* ]] || { expect 1 "warder: v: assert /"; refusals=$((refusals + 1)); }
		[ ! -e "$ROOT/t/v/var/tmp/seen" ] && [ ! -e "$ROOT/.warder/run/v" ] || return 1
		nothing_left || return 1
	done
}

@test "control: a call that answers 0 and does nothing leaves open what it should have closed" {
	run apart sh -c 'mkdir -p "$1" && mount -t tmpfs none "$1" &&
		strace -qq -o /dev/null -e inject=mount:retval=0 mount -o remount,bind,ro "$1" && touch "$1/written"' sh "$DIR/control"
	[ "$status" -eq 0 ]
	run apart sh -c 'mount -t tmpfs none "$1" && mount -o remount,bind,ro "$1" && touch "$1/written"' sh "$DIR/control"
	expect 1 "Read-only"
}

@test "each mount_setattr that does nothing stops the start, or took nothing from the view" {
	each_call mount_setattr
	# All binds; not those that fsmount has flagged already.
	[ "$refusals" -eq "$(warder plan --json v | jq '[.steps[] | select(.op == "mount" and .type == "bind")] | length')" ]
	[ "$refusals" -ge 8 ]
}

@test "each move_mount that does nothing stops the start, or took nothing from the view" {
	each_call move_mount
	[ "$refusals" -ge 5 ]
}

@test "each fsmount, mount, pivot_root and umount2 that does nothing stops the start, or took nothing from the view" {
	for call in fsmount mount pivot_root umount2; do each_call $call; done
}

@test "a proc that was not told to show processes only stops the start" {
	local n
	for n in $(calls fsconfig | grep -nE 'subset|hidepid' | cut -d: -f1); do
		run faulted fsconfig "$n" start v
		grep INJECTED "$DIR/fault"
		expect 1 "assert /proc: planned proc (subset=pid,hidepid=invisible)"
	done
	[ -n "$n" ]
}

@test "a view that hears of the host's mounts, since private propagation was not made, does not start" {
	run unshare -m --propagation private -- sh -c 'mount --make-rshared / && exec strace -f -qq -o "$1" -e trace=mount \
		-e inject=mount:retval=0:when=1 "$2" --root "$3" -f "$4" start v' sh "$DIR/fault" "$WARDER" "$ROOT" "$CONF"
	grep INJECTED "$DIR/fault"
	echo "$output"
	[ "$status" -ne 0 ]
	nothing_left
}

# In the mount namespace of process $1, as the host's root; a view has no program that could do it.
meddling='import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
pid, what, path = int(sys.argv[1]), sys.argv[2], sys.argv[3].encode()
NOSUID, NODEV, REMOUNT, BIND = 2, 4, 32, 4096
def done(r): assert r == 0, os.strerror(ctypes.get_errno())
fd = os.open("/proc/%d/ns/mnt" % pid, os.O_RDONLY)
done(libc.setns(fd, 0))
if what == "cover": done(libc.mount(b"none", path, b"tmpfs", 0, None))
if what == "open": done(libc.mount(None, path, None, REMOUNT | BIND | NOSUID | NODEV, None))
if what == "uncover": done(libc.umount2(path, 0))'

# meddle cover|open|uncover|nothing PATH: while the view is being made.
meddle()
{
	local warder pid=
	unshare -m --propagation private strace -f -qq -o /dev/null -e trace=sethostname -e inject=sethostname:delay_enter=1500000 \
		"$WARDER" --root "$ROOT" -f "$CONF" start v > "$DIR/out" 2>&1 &
	warder=$!
	while [ -z "$pid" ] && kill -0 $warder; do
		pid=$(pgrep -P $warder -x warder) && pid=$(pgrep -P "$pid") || pid=
		sleep 0.05
		# It is in its own tree already.
		[ -z "$pid" ] || grep -q ' /t/tmp ' "/proc/$pid/mountinfo" || pid=
	done
	python3 -c "$meddling" "$pid" "$@"
	status=0
	wait $warder || status=$?
	output=$(cat "$DIR/out")
}

@test "a mount that another slips in while the view is being made stops the start" {
	meddle cover /s/etc
	expect 1 "assert /s/etc: a mount that is not in the plan (tmpfs)"
	nothing_left
}

@test "a mount that another makes writable while the view is being made stops the start" {
	meddle open /
	expect 1 "assert /: a mount is not as planned: planned ro,nosuid,nodev,idmap, found rw,nosuid,nodev,idmap"
	meddle open /t/tmp
	expect 1 "assert /t/tmp: a mount is not as planned: planned rw,nosuid,nodev,noexec, found rw,nosuid,nodev"
	meddle uncover /t/var/lib/own
	expect 1 "assert /t/var/lib/own: a mount of the plan is not there"
	nothing_left
}

@test "where nobody meddles the same delay does no harm" {
	meddle nothing /
	expect 0
}

@test "programs that exec.allow names by links are found where they lie" {
	warder start -q only
	run warder exec only -- /bin/cat /proc/self/mountinfo
	[[ "$output" == *" /s/usr-local/libexec/probe ro"* ]]
}

@test "a management view is held against its own plan" {
	local i
	for i in 2 3 4 5 6; do # the first is of the proc that nobody sees
		run faulted mount_setattr $i manage --discard v -- /bin/true
		grep INJECTED "$DIR/fault" || break
		echo "$output"
		[ "$status" -ne 0 ] && [[ "$output" == *"assert /"* ]]
	done
	[ "$i" -eq 6 ]
	run warder manage --discard v -- /bin/true
	expect 0
	run faulted mount_setattr 2 base edit --discard small -- /bin/true
	expect 1 "assert /: a mount is not as planned: planned rw,nosuid,nodev,idmap"
	nothing_left
}
