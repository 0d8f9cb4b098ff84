# What a jail can do, measured from inside by warder's own probe: exact lists for a plain jail; each kind of widening is
# first seen in the list and then told with status 2; and what processes of the jail do to the probe never makes a jail
# look better than it is.
load helpers

setup_file()
{
	busybox_conf <<-'EOT' > "$BATS_FILE_TMPDIR/conf"
		j { exec.service = "/bin/sleep", "1000"; }
		tight {
			exec.service = "/bin/busybox", "sleep", "1000"; exec.jail_user = "65534";
			exec.allow = "/bin/busybox", "/bin/sleep"; wx = deny; capabilities = setgid, setuid; nofile = 32;
		}
		bare { }
		crowded { exec.service = "/bin/sleep", "1000"; pids = 12; }
		wide {
			exec.service = "/bin/sleep", "1000";
			capabilities.force = net_raw, sys_ptrace; shm = 1M; sysvshm = new;
		}
	EOT
	make_store surface < "$BATS_FILE_TMPDIR/conf"
	make_jail j tight wide bare crowded
}
setup()
{
	use_store surface
	declared=$CONF
}
teardown() { CONF=$declared; warder stop -q --kill --all || :; }
teardown_file() { use_store surface; remove_store; }

# facts JAIL KIND: the list, one line each.
facts() { warder surface --json "$1" | jq -r --arg k "$2" '.facts[$k][]'; }

# same EXPECTED ACTUAL
same() { diff <(printf '%s\n' "$1") <(printf '%s\n' "$2"); }

# wider JAIL KIND TEXT THAN: the surface has this fact, and is too wide because of it.
wider()
{
	run warder surface --json "$1"
	[ "$status" -eq 2 ] || { echo "status $status: $output"; return 1; }
	echo "$output" | jq -e --arg k "$2" --arg t "$3" '.facts[$k] | index($t)' > /dev/null ||
		{ echo "no fact $2 $3:"; echo "$output" | jq -c --arg k "$2" '.facts[$k]'; return 1; }
	echo "$output" | jq -e --arg k "$2" --arg t "$3" --arg than "$4" \
		'.as_expected == false and any(.wider[]; .kind == $k and .text == $t and .[$than])' > /dev/null ||
		{ echo "not told:"; echo "$output" | jq -c .wider; return 1; }
}

# instead_of FROM TO: from now on the declaration is another one.
instead_of()
{
	sed "s/$1/$2/" "$declared" > "$DIR/changed.conf"
	CONF=$DIR/changed.conf
}

# The names that the policy lets through for a jail without shared memory.
policy()
{
	python3 - "$WARDER_SOURCE/src/seccomp/policy.h" <<-'EOT'
		import re, sys
		s = open(sys.argv[1]).read()
		part = re.sub(r"/\*.*?\*/", "", re.search(r"policy_allowed\[\] =(.*?);\n\n", s, re.S).group(1), flags=re.S)
		names = set(" ".join(re.findall(r'"([^"]*)"', part)).split())
		checks = re.search(r"policy_checks\[\] = \{(.*?)\n\};", s, re.S).group(1)
		for group in re.findall(r'\{\{((?:"[a-z0-9_]+"(?:, )?)+)\}', checks):
		    names |= set(re.findall(r'"([a-z0-9_]+)"', group))
		print("\n".join(sorted(names - {"memfd_create", "shmget", "shmat", "shmctl", "shmdt"})))
	EOT
}

# in_view JAIL < PYTHON: as root of the host, in the jail's pid namespace, and from enter() on in its mount namespace.
in_view()
{
	local pid
	pid=$(pid_of "$1")
	nsenter -t "$pid" -p python3 - "$pid" <<-EOT
		import ctypes, os, stat, sys
		libc = ctypes.CDLL(None, use_errno=True)
		def do(r):
		    if r < 0:
		        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
		    return r
		ns = os.open("/proc/%s/ns/mnt" % sys.argv[1], os.O_RDONLY)
		def enter():
		    do(libc.setns(ns, 0x20000))
		    os.chroot("/")
		$(cat)
	EOT
}

@test "a plain jail: exactly these mounts, places, devices, rights, and nothing else" {
	warder start -q j
	run warder surface --json j
	expect 0
	echo "$output" > "$DIR/surface.json"
	get() { jq -r "$1" "$DIR/surface.json"; }
	same "$(printf '%s\n' '/ base ro,nosuid,nodev' '/dev devices ro,nosuid,noexec' '/dev/pts devices nosuid,noexec' \
		'/proc kernel ro,nosuid,nodev,noexec' '/s skeleton ro,nosuid,nodev' '/t state ro,nosuid,nodev,noexec' \
		'/t/tmp state nosuid,nodev,noexec' '/t/var state nosuid,nodev,noexec' \
		'/t/var/spool state nosuid,nodev,noexec' '/t/var/spool/cron pins ro,nosuid,nodev,noexec')" \
		"$(get '.view[] | .target + " " + .plane + " " + .flags')"
	same "$(printf '%s\n' /t/tmp /t/var /t/var/spool)" "$(get '.facts.writable[]')"
	same "$(printf '%s\n' '/run -> /t/var/run' '/s/run -> /t/var/run' '/tmp -> /t/tmp' '/var -> /t/var')" \
		"$(get '.facts.aliases[]')"
	same "$(printf '%s\n' '/dev/full c 1:7' '/dev/null c 1:3' '/dev/pts/ptmx c 5:2' '/dev/random c 1:8' \
		'/dev/tty c 5:0' '/dev/urandom c 1:9' '/dev/zero c 1:5')" "$(get '.facts.devices[]')"
	same "chown dac_override fowner kill setgid setuid" "$(get '.facts.capabilities | join(" ")')"
	same "private memory mmap,private memory mprotect,shared memory mmap,shared memory mprotect" \
		"$(get '.facts.memory | join(",")')"
	same "" "$(get '.facts | .executable, .kernel_files, .set_id, .mounting, .namespaces, .descriptors, .roots, .covered | .[]')"
	same "kept kept given" "$(get '[.levels[].state] | join(" ")')"
	[ "$(get '.wider + .missing_mounts + .narrower | length')" -eq 0 ]
	# IPv6 may be missing.
	get '.facts.sockets[]' | grep -v inet6 > "$DIR/sockets"
	same "$(printf '%s\n' 'inet dgram' 'inet stream' 'netlink route' 'unix dgram' 'unix raw' 'unix seqpacket' 'unix stream')" \
		"$(grep -v 'inet seqpacket' "$DIR/sockets")"
}

@test "system calls: what gets through is the policy's, to the last call" {
	warder start -q j
	facts j syscalls | sort > "$DIR/measured"
	policy | sort > "$DIR/policy"
	same "" "$(comm -13 "$DIR/policy" "$DIR/measured")"
	# Of the policy's, these are not tried, need a processor that has them, or are newer than the kernel.
	comm -23 "$DIR/policy" "$DIR/measured" | grep -vxE 'sync|vfork|map_shadow_stack' > "$DIR/rest" || :
	same "" "$(grep -vxE 'cachestat|fchmodat2|futex_(wake|wait|requeue)|mseal' "$DIR/rest" || :)"
	[ ! -s "$DIR/rest" ] || [[ $(uname -r) =~ ^([0-5]|6\.[0-9]\.) ]] || { cat "$DIR/rest"; false; }
}

@test "a jail that declares less has less, and a command and the probe have the same rights" {
	warder start -q tight
	run warder surface --json tight
	expect 0
	same "setgid setuid" "$(echo "$output" | jq -r '.facts.capabilities | join(" ")')"
	[[ "$(cat "$CONF")" != *'wx = deny'* ]] || same "kept kept kept" "$(echo "$output" | jq -r '[.levels[].state] | join(" ")')"
	same "/usr/lib exec" "$(facts tight mount_rights | grep 'exec$' | grep -v busybox)"
	# setgid is 6, setuid is 7.
	status_of() { warder exec tight -- /bin/busybox awk -v k="$1:" '$1 == k { print $2 }' /proc/self/status; }
	same 00000000000000c0 "$(status_of CapBnd)"
	same 1 "$(status_of NoNewPrivs)"
}

@test "it leaves nothing, disturbs nothing, and is done within two seconds" {
	warder start -q j
	before=$(find "$ROOT/t/j" "$ROOT/.warder/skel/j/1" -printf '%p %i %s %T@\n' | sort)
	service=$(warder status --json j | jq '.jails[0].service_pid')
	for i in 1 2 3; do warder surface -q j; done
	took=$(warder surface --json j | jq .milliseconds) most=2000
	[ -z "${WARDER_EMULATED:-}" ] || most=9000
	echo "took $took ms"
	[ "$took" -lt $most ]
	same "$before" "$(find "$ROOT/t/j" "$ROOT/.warder/skel/j/1" -printf '%p %i %s %T@\n' | sort)"
	[ "$(warder status --json j | jq '.jails[0].service_pid')" = "$service" ]
	same "1" "$(warder exec j -- /bin/sh -c 'ls -d /proc/[0-9]*' | grep -cv -e '/1$' -e "/$service\$")"
	run warder stop -q j
	expect 0
	nothing_left
}

@test "for people: the tree of mounts, the levels, a verdict; -q says nothing of what is as expected" {
	warder start -q j
	run warder surface j
	expect 0 "        /t/var/spool             state     rw,nosuid,nodev,noexec"
	expect 0 "L1 files                                kept"
	expect 0 "j: no wider than declared, "
	[[ "$output" != *$'\e'* ]]
	run warder surface -q j
	expect 0
	[ -z "$output" ]
	run script -qec "$(printf '%q ' "$WARDER" --root "$ROOT" -f "$CONF" surface j)" /dev/null
	[[ "$output" == *$'\e[34m'* ]]
	NO_COLOR=1 run script -qec "$(printf '%q ' "$WARDER" --root "$ROOT" -f "$CONF" surface j)" /dev/null
	[[ "$output" != *$'\e['* ]]
}

@test "a jail that does not run, or is not declared, is an error and no surface" {
	run warder surface j
	expect 1 "it is not running"
	expect 1 "warder start j"
	run warder surface k
	[ "$status" -ne 0 ] && [ "$status" -ne 2 ]
}

@test "killed in the middle, it leaves no process in the jail" {
	warder start -q j
	for delay in 0.005 0.01 0.02 0.03 0.05; do
		warder surface -q j & client=$!
		sleep $delay
		kill -9 "$client" 2> /dev/null || :
		wait "$client" || :
	done
	# What /proc does not show is found by its number; the shell itself is left out.
	numbers() { warder exec j -- /bin/sh -c \
		'n=2; while [ $n -lt 9000 ]; do [ $n -ne $$ ] && kill -0 $n 2> /dev/null && echo $n; n=$((n + 1)); done'; }
	service=$(warder status --json j | jq '.jails[0].service_pid')
	for i in $(seq 20); do
		left=$(numbers | grep -vx "$service" || :)
		[ -n "$left" ] || break
		sleep 0.2
	done
	same "" "$left"
}

# ---- wider than declared ----

@test "wider: forced capabilities, shared memory and /dev/shm that the declaration no longer has" {
	warder start -q wide
	run warder surface wide
	expect 0 "L1 files                                the declaration gives more: /dev/shm"
	expect 0 "System V shared memory mprotect"
	instead_of 'capabilities.force = net_raw, sys_ptrace; shm = 1M; sysvshm = new;' ''
	wider wide capabilities sys_ptrace than_declared
	wider wide capabilities net_raw than_declared
	wider wide mounts /dev/shm than_declared
	wider wide writable /dev/shm than_declared
	wider wide memory "System V shared memory mprotect" than_declared
	wider wide syscalls shmget than_declared
	run warder surface -q wide
	expect 2 "! capability: sys_ptrace (not declared)"
	expect 2 "wide: WIDER than declared: "
}

@test "wider: memory that can be written and executed, where wx = deny is declared since" {
	offers "wx = deny" || skip "this kernel has no wx = deny"
	warder start -q j
	instead_of '^j {' 'j { wx = deny;'
	wider j memory "private memory mprotect" than_declared
	run warder surface j
	expect 2 "L3 memory of a process                  BROKEN"
}

@test "wider: programs that can be executed, where exec.allow is declared since" {
	warder start -q j
	instead_of '^j {' 'j { exec.allow = "\/bin\/busybox", "\/bin\/sleep";'
	wider j mount_rights "/ exec" than_declared
	wider j mount_rights "/s exec" than_declared
}

@test "wider: a mount that was put in from the host's side: writable, executable, with devices" {
	warder start -q j
	mkdir -p "$ROOT/t/j/var/extra"
	in_view j <<-'EOT'
		enter()
		do(libc.mount(b"none", b"/t/var/extra", b"tmpfs", 0, b"mode=777"))
		os.mknod("/t/var/extra/disk", 0o666 | stat.S_IFBLK, os.makedev(7, 200))
		os.mknod("/t/var/extra/mem", 0o666 | stat.S_IFCHR, os.makedev(1, 1))
		os.chmod("/t/var/extra/mem", 0o666)
		os.chmod("/t/var/extra/disk", 0o666)
	EOT
	wider j mounts /t/var/extra than_declared
	wider j mount_rights "/t/var/extra rw" than_declared
	wider j mount_rights "/t/var/extra suid" than_declared
	wider j writable /t/var/extra than_declared
	wider j executable "/t/var/extra mmap" than_declared
	wider j devices "/t/var/extra/mem c 1:1" than_declared
	wider j devices "/t/var/extra/disk b 7:200" than_declared
	run warder surface j
	expect 2 "UNKNOWN"
	expect 2 "L1 files                                BROKEN: "
}

@test "wider: a mount over a part of the skeleton, and one that covers it whole" {
	warder start -q j
	in_view j <<-'EOT'
		enter()
		do(libc.mount(b"none", b"/s/etc", b"tmpfs", 0, b"mode=777"))
	EOT
	wider j mounts /s/etc than_declared
	wider j mount_rights "/s/etc rw" than_declared
	in_view j <<-'EOT'
		enter()
		do(libc.mount(b"none", b"/t/tmp", b"tmpfs", 14, b"mode=777"))
	EOT
	wider j covered /t/tmp than_declared
}

@test "wider: files of /proc, where one was mounted that can be written" {
	warder start -q j
	mkdir -p "$ROOT/t/j/var/extra"
	# An instance that is made outside: one that is made in the view is refused, for it would show more than /proc.
	in_view j <<-'EOT'
		fs = do(libc.syscall(430, b"proc", 0))
		do(libc.syscall(431, fs, 6, None, None, 0))
		proc = do(libc.syscall(432, fs, 0, 0))
		enter()
		do(libc.syscall(429, proc, b"", -100, b"/t/var/extra", 4))
	EOT
	wider j mounts /t/var/extra than_declared
	wider j kernel_files /t/var/extra/self/mem than_declared
	wider j kernel_files /t/var/extra/self/oom_score_adj than_declared
	run warder surface j
	expect 2 "L1 files                                BROKEN: "
}

@test "wider: a device node in the directory that every /dev is of" {
	warder start -q j
	mknod -m 666 "$ROOT/.warder/dev/port" c 1 4
	wider j devices "/dev/port c 1:4" than_declared
	rm "$ROOT/.warder/dev/port"
	run warder surface -q j
	expect 0
}

# ---- what was recorded ----

@test "recorded: what is declared since, and is more than was recorded, is told" {
	instead_of 'capabilities.force = net_raw, sys_ptrace; shm = 1M; sysvshm = new;' ''
	warder start -q wide
	run warder surface --record wide
	expect 0 "facts are recorded as expected"
	run warder surface wide
	expect 0 "no wider than declared and recorded"
	run warder journal --json wide
	expect 0 '"action":"surface"'
	warder stop -q wide
	CONF=$declared
	warder start -q wide
	wider wide capabilities sys_ptrace than_recorded
	run warder surface -q wide
	expect 2 "! capability: sys_ptrace (not recorded)"
	# Narrower is told, and no fault.
	warder surface -q --record wide
	warder stop -q wide
	instead_of 'shm = 1M;' ''
	warder start -q wide
	run warder surface wide
	expect 0 "writable: /dev/shm (recorded, and not there: narrower)"
}

@test "recorded: a record that was edited, put there, or taken away is told" {
	warder start -q j
	warder surface -q --record j
	cp -p "$ROOT/.warder/skel/j/surface" "$DIR/saved"
	echo "capabilities sys_admin" >> "$ROOT/.warder/skel/j/surface"
	run warder surface j
	expect 2 "! what is expected: it is not the one that the journal has"
	rm "$ROOT/.warder/skel/j/surface"
	run warder surface j
	expect 2 "! what is expected: what was recorded is not there any more"
	cp -p "$DIR/saved" "$ROOT/.warder/skel/j/surface"
	run warder surface -q j
	expect 0
	# Who edits the record can edit the journal; the chain tells.
	cp -p "$ROOT/.warder/journal/journal" "$DIR/journal"
	sed -i '1s/"uid":0/"uid":1/' "$ROOT/.warder/journal/journal"
	run warder surface j
	cp -p "$DIR/journal" "$ROOT/.warder/journal/journal"
	expect 2 "! what is expected: the journal, which has its hash, is not whole"
	warder start -q tight
	cp -p "$DIR/saved" "$ROOT/.warder/skel/tight/surface"
	run warder surface tight
	expect 2 "! what is expected: the journal has no entry of its recording"
	rm "$ROOT/.warder/skel/tight/surface"
}

@test "recorded: what was recorded goes with the jail" {
	warder start -q bare
	warder surface -q --record bare
	warder stop -q bare
	warder destroy -q -y bare
	warder create -q bare
	warder start -q bare
	[ "$(warder surface --json bare | jq -c '[.recorded, .record_fault]')" = '[false,null]' ]
}

@test "recorded: a live change of the skeleton is as expected, before and after" {
	warder start -q j
	warder surface -q --record j
	warder manage -q -y j -- sh -c 'echo changed > /etc/motd'
	run warder surface -q j
	expect 0
	warder manage -q -y j -- sh -c 'echo again > /etc/motd'
	run warder surface -q j
	expect 0
}

# ---- hostile processes of the jail ----

# unmeasured JAIL: an error, in bounded time, and never "fine".
unmeasured()
{
	local began=$SECONDS
	run warder surface "$1"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ "$output" == *measured* ]]
	[ $((SECONDS - began)) -lt 20 ]
}

@test "hostile: a jail that kills everything, the probe among it, is not measured" {
	warder start -q bare
	warder exec bare -- /bin/sh -c 'while :; do kill -9 -1; done' 2> /dev/null & client=$!
	sleep 0.3
	for i in 1 2 3; do unmeasured bare; done
	warder stop -q --kill bare
	wait "$client" || :
}

@test "hostile: a jail that stops everything does not hold up who measures it" {
	warder start -q j
	warder exec j -- /bin/sh -c 'while :; do kill -STOP -1; done' & client=$!
	sleep 0.3
	unmeasured j
	# Nothing of the measurement is left in the jail.
	[ -z "$(grep -l warder-probe /proc/[0-9]*/comm 2> /dev/null)" ]
	warder stop -q --kill j
	wait "$client" || :
}

@test "hostile: a jail without room for another process is not measured" {
	run warder start crowded
	[ "$status" -ne 69 ] || skip "the machine has no controller for pids: $output"
	warder surface -q crowded
	warder exec crowded -- /bin/sh -c 'for i in $(seq 30); do sleep 100 & done; wait' 2> /dev/null & client=$!
	sleep 0.5
	unmeasured crowded
	warder stop -q --kill crowded
	wait "$client" || :
}

# What a process of the jail can find out of another: it finds it by its number, for /proc may not show it, stops it, and
# looks.  "own N": a child of its own, to show that it can see; "found N" for each that it can signal; "saw N FILE".
spy='
	sleep 1000 &
	echo "own $!"
	while [ ! -e /tmp/end ]; do
		n=2
		while [ $n -lt 3000 ]; do
			if [ $n -ne $$ ] && kill -STOP $n 2> /dev/null; then
				echo "found $n"
				for f in fd/1 exe cwd; do readlink /proc/$n/$f > /dev/null 2>&1 && echo "saw $n $f"; done
				for f in environ cmdline maps comm; do cat /proc/$n/$f > /dev/null 2>&1 && echo "saw $n $f"; done
				kill -CONT $n
			fi
			n=$((n + 1))
		done
		echo round
	done
	kill %1'

@test "hostile: no process of the jail looks into the probe, not even with sys_ptrace" {
	warder start -q wide
	rm -f "$ROOT/t/wide/tmp/end"
	warder exec wide -- /bin/sh -c "$spy" > "$DIR/spy" & client=$!
	until grep -q "^round" "$DIR/spy"; do sleep 0.05; done
	own=$(sed -n 's/^own //p' "$DIR/spy")
	grep -q "^saw $own exe" "$DIR/spy"
	sed 's/ .*//' "$DIR/spy" | sort | uniq -c
	others=$(sed -n 's/^found //p' "$DIR/spy" | sort -u)
	for i in $(seq 30); do
		warder surface -q wide || [ $? -eq 1 ]
		! sed -n 's/^found //p' "$DIR/spy" | grep -qvxF "$others" || break
	done
	touch "$ROOT/t/wide/tmp/end"
	wait "$client" || :
	# It was found, and nothing of it was seen.
	sed -n 's/^found //p' "$DIR/spy" | grep -qvxF "$others"
	! grep "^saw" "$DIR/spy" | grep -v "^saw $own "
}
