# One layer at a time.  Most attacks meet the filter first, so that no test of a jail would notice what lies behind it
# missing: here a process enters by nsenter(1), with all capabilities of the jail's user namespace, no filter and no
# Landlock.  (Landlock alone: tests/unit/test_run_landlock.c, the filter alone: tests/unit/test_seccomp_kernel.c.)
load helpers

setup_file()
{
	busybox_conf <<-'EOT' > "$BATS_FILE_TMPDIR/conf"
		j { exec.service = "/bin/sleep", "1000"; memory = 64M; limits = best-effort; nofile = 200; }
		other { exec.service = "/bin/sleep", "1000"; }
	EOT
	make_store layers < "$BATS_FILE_TMPDIR/conf"
	make_jail j other
	warder start -q j other
}
setup() { use_store layers; }
teardown_file() { use_store layers; remove_store; }

inside() { nsenter -t "$(pid_of j)" -U -m -n -i -u -p -C -r -w -- "$@"; }
service_of() { pgrep -P "$(pid_of "$1")"; }

# The attacks that the arguments name fail without filter, Landlock and a bound on capabilities.
refused_bare()
{
	run inside "$PROBE_IN" attacks "$@"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq $# ]
}

@test "control: what enters this way has all capabilities and no filter" {
	run inside /bin/grep -E '^(CapEff|Seccomp|NoNewPrivs):' /proc/self/status
	expect 0 "Seccomp:	0"
	[[ "$output" == *"NoNewPrivs:	0"* ]]
	[[ "$(echo "$output" | awk '/CapEff/ { print $2 }')" == *1ffffffffff ]] || { echo "$output"; return 1; }
	run inside "$PROBE_IN" attacks "make a set-uid file" chroot "personality READ_IMPLIES_EXEC"
	[ "$(echo "$output" | grep -c SUCCEEDED)" -eq 3 ]
}

@test "R4: the mounts alone: read-only, noexec, nodev" {
	refused_bare "write /etc/passwd" "create in /" "create in /usr" "create in /s" "create in /usr/local" "create in /dev" \
		"create in /t" "rename /t/var" "chmod /usr/bin" "execute from /tmp" "execute from /var/tmp" "execute from /run" \
		"map a file of /tmp executable" "execute an O_TMPFILE" "make a block device" "make /dev/mem" \
		"patch program text by /proc/self/mem"
}

@test "R4, R14: every mount is locked: not even root of the jail's namespaces changes or removes one" {
	refused_bare "remount / writable" "remount /t without noexec" "unmount /t" "mount_setattr" pivot_root
	local at
	for at in $(inside /bin/cat /proc/self/mountinfo | awk '{ print $5 }'); do
		run inside /bin/umount "$at"
		[ "$status" -ne 0 ] || { echo "$at could be unmounted"; return 1; }
		run inside /bin/umount -l "$at"
		[ "$status" -ne 0 ] || { echo "$at could be detached"; return 1; }
	done
}

@test "R14: the bounds on namespaces alone refuse new ones" {
	refused_bare "unshare a user namespace" "unshare a mount namespace" "unshare a network namespace" \
		"clone into a user namespace" "open_tree clone"
}

@test "vm.memfd_noexec alone refuses to execute a memfd" {
	[ -e /proc/sys/vm/memfd_noexec ] || skip "this kernel has no vm.memfd_noexec (6.3): the filter alone does it"
	refused_bare "execute a memfd" "execute a memfd made with MFD_EXEC"
}

@test "R14: what belongs to the host's user namespace is not root's in the jail: host name, network, System V, pids" {
	refused_bare "set the hostname" "packet socket" "raw socket"
	local pid
	pid=$(pid_of j)
	run python3 -c 'import fcntl, os, sys
NS_GET_USERNS = 0xb701
def owner(pid, ns):
    fd = os.open("/proc/%s/ns/%s" % (pid, ns), os.O_RDONLY)
    return os.fstat(fcntl.ioctl(fd, NS_GET_USERNS)).st_ino
host, jail = os.stat("/proc/self/ns/user").st_ino, os.stat("/proc/%s/ns/user" % sys.argv[1]).st_ino
assert host != jail
for ns in "net", "pid", "ipc", "uts", "cgroup":
    assert owner(sys.argv[1], ns) == host, ns
assert owner(sys.argv[1], "mnt") == jail, "mnt"
print("as it should be")' "$pid"
	expect 0 "as it should be"
}

@test "R10: pid 1 runs from a sealed memfd, which nobody can change" {
	run python3 -c 'import fcntl, os, sys
exe = "/proc/%s/exe" % sys.argv[1]
F_GET_SEALS, SEAL, SHRINK, GROW, WRITE = 1034, 1, 2, 4, 8
assert os.readlink(exe).startswith("/memfd:"), os.readlink(exe)
have = fcntl.fcntl(os.open(exe, os.O_RDONLY), F_GET_SEALS)
assert have & (SEAL | SHRINK | GROW | WRITE) == SEAL | SHRINK | GROW | WRITE, have
try:
    os.open(exe, os.O_WRONLY)
    print("can be opened for writing")
except OSError:
    print("sealed")' "$(pid_of j)"
	expect 0 sealed
}

@test "R8: a command has the jail's umask, no core files, and its own session" {
	[ "$(umask 0; ulimit -c unlimited; warder exec j -- /bin/sh -c 'umask; ulimit -c; cut -d " " -f 1,6 /proc/$$/stat' |
		awk 'NR == 3 { $0 = $1 == $2 ? "own" : "shared" } { print }' | xargs)" = "0022 0 own" ]
}

@test "R12: exec has the same effective rights, limits and control groups as the service" {
	local wanted='^(CapEff|CapPrm|CapBnd|NoNewPrivs|Seccomp|Seccomp_filters):' service
	service=$(service_of j)
	diff <(warder exec j -- /bin/grep -E "$wanted" /proc/self/status) <(grep -E "$wanted" "/proc/$service/status")
	diff <(warder exec j -- /bin/cat /proc/self/limits) "/proc/$service/limits"
	[ "$(awk '/open files/ { print $4, $5 }' "/proc/$service/limits")" = "200 200" ]
	warder exec j -- /bin/sh -c 'echo > /tmp/up; exec sleep 77' &
	local client=$!
	until [ -e "$ROOT/t/j/tmp/up" ]; do sleep 0.05; done
	diff "/proc/$(pgrep -f '^sleep 77$' | while read -r p; do
		[ "$(readlink "/proc/$p/ns/pid")" != "$(readlink "/proc/$service/ns/pid")" ] || echo "$p"
	done)/cgroup" "/proc/$service/cgroup"
	kill -TERM "$client"
	wait "$client" || :
}

@test "R13: a command has default signal dispositions and an empty mask, whatever its caller's were" {
	run env --ignore-signal=USR1 --ignore-signal=PIPE --ignore-signal=HUP --block-signal=USR2 --block-signal=TERM \
		"$WARDER" --root "$ROOT" -f "$CONF" exec j -- /bin/grep -E '^Sig(Blk|Ign):' /proc/self/status
	expect 0
	[ "$(echo "$output" | awk '{ print $2 }' | sort -u)" = 0000000000000000 ] || { echo "$output"; return 1; }
}

@test "R4: a running jail has no mount in the host's namespace" {
	diff <(awk -v d="$ROOT/" 'index($5, d) == 1' /proc/self/mountinfo) /dev/null
	local jail
	jail=$(inside /bin/cat /proc/self/mountinfo)
	[ "$(echo "$jail" | wc -l)" -ge 8 ]
	[ -z "$(echo "$jail" | grep -E ' (shared|master|propagate_from):' || :)" ] || { echo "$jail"; return 1; }
}
