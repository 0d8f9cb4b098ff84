# A live renewal asserts what a start asserts: each call that gives a running jail its new skeleton is made to do nothing
# and to say that it did, and mounts are changed by another meanwhile.
load helpers
BATS_TEST_TIMEOUT=600

setup_file()
{
	busybox_conf <<-'EOT' > "$BATS_FILE_TMPDIR/conf"
		v { pins = "/var/lib/own"; exec.service = "/bin/sleep", "1000"; }
		only { exec.allow = "/usr/local/bin/busybox"; exec.service = "/usr/local/bin/busybox", "sleep", "1000"; }
	EOT
	make_store assert_renew < "$BATS_FILE_TMPDIR/conf"
	make_jail v only
	warder manage -q -y v -- /bin/sh -c 'echo one > /etc/which'
	warder manage -q -y v -- /bin/sh -c 'echo two > /etc/which'
	warder manage -q -y only -- /bin/sh -c 'mkdir -p /usr/local/bin && cp /bin/busybox /usr/local/bin/'
	warder manage -q -y only -- /bin/touch /etc/second
}
setup()
{
	use_store assert_renew
	command -v strace > /dev/null || skip "strace is not installed"
	strace -f -o "$DIR/trace" true 2> /dev/null || skip "strace may not trace here"
}
teardown() { warder stop -q --kill --all || :; }
teardown_file() { use_store assert_renew; remove_store; }

# Skeleton to and fro: warder's calls are those of a renewal alone.
toggle() { warder rollback -q "$1" "$(other "$1")"; }
other() { [ "$(readlink "$ROOT/s/$1" | sed 's|.*/||')" -eq 3 ] && echo 2 || echo 3; }

# faulted SYSCALL N JAIL: a renewal whose N-th call of it answers 0 and does nothing.
faulted()
{
	unshare -m --propagation private -- strace -f -qq -o "$DIR/fault" -e trace="$1" -e inject="$1":retval=0:when="$2" \
		"$WARDER" --root "$ROOT" -f "$CONF" rollback "$3" "$(other "$3")"
}
# The calls of it that a renewal makes.
calls()
{
	unshare -m --propagation private -- strace -f -qq -o "$DIR/trace" -e trace="$1" \
		"$WARDER" --root "$ROOT" -f "$CONF" rollback -q "$2" "$(other "$2")"
	grep -c "$1(" "$DIR/trace"
}

# The mounts of a running jail, as the host sees them.
mounts() { cut -d ' ' -f 1-6 "/proc/$(pid_of "$1")/mountinfo" | sort -n; }
# Where and how alone: which generation is another matter.
places() { cut -d ' ' -f 5,6 "/proc/$(pid_of "$1")/mountinfo" | sort; }
is_running() { [ "$(warder list --json "$1" | jq -r '.jails[0].state')" = running ]; }
# Jail $1 runs anew, and has been renewed $2 times.
running()
{
	local i
	warder stop -q --kill "$1"
	warder start -q "$1"
	for i in $(seq "$2"); do toggle "$1"; done
}
# Older kernels renew a jail once.
renews_again() { running v 1; [ "$(warder rollback -q --live v "$(other v)")" = live ]; }

# each_call SYSCALL JAIL TIMES: each call of it in turn, in a jail that was renewed so often.  The jail was ended, or it
# has what it had, or what was not done was nothing to it (a mount of the child's own).  *ended, *kept: how often.
each_call()
{
	local call=$1 jail=$2 times=$3 n i
	running "$jail" "$times"
	n=$(calls "$call" "$jail")
	places "$jail" > "$DIR/right"
	ended=0 kept=0
	for i in $(seq "$n"); do
		running "$jail" "$times"
		mounts "$jail" > "$DIR/had"
		run faulted "$call" "$i" "$jail"
		grep -q INJECTED "$DIR/fault" || break # it counts for each process
		echo "$call $i of $n, renewed $times times: $status ${lines[0]}"
		if [ "$status" -eq 0 ]; then
			places "$jail" | diff "$DIR/right" - || return 1
			continue
		fi
		expect 1 "warder: $jail: " || return 1
		if is_running "$jail"; then
			mounts "$jail" | diff "$DIR/had" - || return 1
			kept=$((kept + 1))
		else
			[[ "$output" == *"warder: $jail: assert /"* ]] || return 1
			[[ "$output" == *"it was killed, since its mounts were not what they should be"* ]] || return 1
			ended=$((ended + 1))
		fi
	done
}

meddling='import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
pid, what, path = int(sys.argv[1]), sys.argv[2], sys.argv[3].encode()
NOSUID, NODEV, REMOUNT, BIND = 2, 4, 32, 4096
def done(r): assert r == 0, os.strerror(ctypes.get_errno())
owner = int(open("/proc/%d/uid_map" % pid).read().split()[1])
fd = os.open("/proc/%d/ns/mnt" % pid, os.O_RDONLY)
done(libc.setns(fd, 0))
if what == "cover": done(libc.mount(b"none", path, b"tmpfs", 0, None))
if what == "open": done(libc.mount(None, path, None, REMOUNT | BIND | NOSUID | NODEV, None))
if what == "uncover": done(libc.umount2(path, 2))
if what == "write":
    os.setresgid(*[owner] * 3)
    os.setresuid(*[owner] * 3)
    open(path, "w")'
# meddle PID cover|open|uncover|write|nothing PATH: in the mount namespace of the jail, as the host's root; write as the
# jail's.  What a start mounted is locked for this, too; what covers it since is not.
meddle() { python3 -c "$meddling" "$@"; }

# While v is renewed: behind the first mount that it is given.
meddle_meanwhile()
{
	local warder
	unshare -m --propagation private strace -f -qq -o "$DIR/fault" -e trace=move_mount \
		-e inject=move_mount:delay_exit=1500000:when=1 \
		"$WARDER" --root "$ROOT" -f "$CONF" rollback v "$(other v)" > "$DIR/out" 2>&1 &
	warder=$!
	sleep 0.7
	meddle "$(pid_of v)" "$@"
	status=0
	wait $warder || status=$?
	output=$(cat "$DIR/out")
}

@test "control: what a running jail's mounts are is asked by nobody else: they can be opened, and written" {
	local pid
	running v 1
	pid=$(pid_of v)
	run meddle "$pid" write /s/etc/written
	[[ "$output" == *"Read-only file system"* ]]
	meddle "$pid" open /s
	meddle "$pid" write /s/etc/written
	[ -e "$ROOT/s/v/etc/written" ]
	rm "$ROOT/s/v/etc/written"
	is_running v
}

@test "each mount_setattr of a renewal that does nothing leaves the jail what it has: nobody saw the mount" {
	each_call mount_setattr v 0
	[ "$ended" -eq 0 ] && [ "$kept" -ge 2 ]
	expect 1 "a mount is not as planned: ro is missing"
	each_call mount_setattr only 0
	[ "$ended" -eq 0 ] && [ "$kept" -ge 3 ]
}

@test "each move_mount of a renewal with programs of exec.allow that does nothing ends the jail or is none of its" {
	each_call move_mount only 0
	[ "$ended" -ge 3 ]
}

@test "each move_mount of a first renewal that does nothing ends the jail" {
	each_call move_mount v 0
	[ "$ended" -ge 2 ] && [ "$kept" -eq 0 ]
}

@test "each move_mount and umount2 of a later renewal that does nothing ends the jail" {
	renews_again || skip "this kernel renews a jail once"
	each_call move_mount v 1
	[ "$ended" -ge 2 ] && [ "$kept" -eq 0 ]
	each_call umount2 v 1
	[ "$ended" -ge 2 ] && [ "$kept" -eq 0 ]
}

@test "a renewal that did not enter the jail's namespace attaches nothing" {
	each_call setns v 0
	[ "$kept" -eq 1 ]
	expect 1 "assert /"
}

@test "a jail whose mounts give too much already is not renewed, and keeps what it has" {
	running v 0
	meddle "$(pid_of v)" cover /s/etc
	mounts v > "$DIR/had"
	run warder rollback v "$(other v)"
	expect 1 "assert /s/etc: a mount gives too much: planned ro,nosuid,nodev,noexec, found rw"
	is_running v
	mounts v | diff "$DIR/had" -
}

@test "what another mounts, opens or takes away while a jail is renewed ends the jail" {
	running v 0
	meddle_meanwhile cover /s/etc
	expect 1 "assert /s/etc: a mount gives too much"
	! is_running v
	running v 0
	meddle_meanwhile open /s
	expect 1 "assert /s: a mount gives too much: planned ro,"
	! is_running v
	running v 0
	meddle_meanwhile uncover /s
	expect 1 "assert /s: a mount that was renewed is not there"
	! is_running v
	[ "$(warder list --json v | jq -r '.jails[0].state')" = failed ]
	warder start -q v
	is_running v
}

@test "where nobody meddles the same delay does no harm, and fifty renewals are live" {
	local i
	running v 0
	meddle_meanwhile nothing /
	expect 0 "in the jail: live"
	is_running v
	renews_again || skip "this kernel renews a jail once"
	for i in $(seq 50); do [ "$(warder rollback -q --live v "$(other v)")" = live ]; done
	running only 3
	is_running only
	warder stop -q --all
	nothing_left
}
