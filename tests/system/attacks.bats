# The rules of the design's security page, each tried from inside with the jail's own root.  Each attack that can be
# tried without harm outside is first seen working on a plain layout: the same folders, bind mounts and chroot.
load helpers

setup_file()
{
	busybox_conf <<-'EOT' > "$BATS_FILE_TMPDIR/conf"
		loose { exec.service = "/bin/sleep", "1000"; }
		tight { exec.service = "/bin/sleep", "1000"; wx = deny; capabilities = none; }
		only { exec.allow = "/usr/local/libexec/probe"; }
		applet { exec.allow = "/bin/cat"; }
		named { exec.allow = "/bin/cat", "/bin/busybox"; }
		linked { exec.allow = "/usr/local/libexec/probe", "/usr/local/libexec/x"; }
		pinned { exec.service = "/bin/sleep", "1000"; pins = /var/keep/inner; }
		shm { exec.service = "/bin/sleep", "1000"; shm = 1M; }
		links { exec.service = "/bin/sleep", "1000"; }
		forced { exec.service = "/bin/sleep", "1000"; capabilities.force = sys_time; }
		hooked { exec.prestart = "/bin/true"; exec.service = "/bin/sleep", "1000"; }
		sysv { exec.service = "/bin/sleep", "1000"; sysvshm = new; }
		sysvtight { exec.service = "/bin/sleep", "1000"; sysvshm = new; wx = deny; }
		other { exec.service = "/bin/sleep", "1000"; }
		kept { exec.service = "/bin/sleep", "1000"; wx = deny; capabilities = none; nofile = 64;
			exec.environment = "KEPT=yes"; }
	EOT
	make_store attacks < "$BATS_FILE_TMPDIR/conf"
	make_jail loose tight only applet named linked shm hooked links forced other kept sysv sysvtight
	if warder create -q pinned 2> "$DIR/pinned"; then
		mkdir -p "$ROOT/s/pinned/usr-local/libexec"
		cp "$PROBE" "$ROOT/s/pinned/usr-local/libexec/probe"
	fi
	warder start -q loose tight only shm other
}
setup() { use_store attacks; }
teardown_file() { use_store attacks; remove_store; }

@test "controls: each attack works on an unprotected layout" {
	cat > "$DIR/plain" <<-'EOT'
		set -e
		R=$1/plain-root
		mkdir -p $R
		mount -t tmpfs none $R
		mkdir -p $R/bin $R/usr/bin $R/usr/sbin $R/s/etc $R/s/usr-local $R/t/var/tmp $R/t/var/run $R/t/var/lib/dpkg \
			$R/t/tmp $R/dev $R/proc
		cp $2 $R/probe
		echo root:x:0:0::/:/bin/sh > $R/s/etc/passwd
		for l in etc=s/etc var=t/var tmp=t/tmp run=t/var/run usr/local=../s/usr-local; do ln -s ${l#*=} $R/${l%%=*}; done
		mount -t proc proc $R/proc
		chroot $R /probe attacks controls
	EOT
	run unshare -mnpiuf --kill-child bash "$DIR/plain" "$DIR" "$PROBE"
	rmdir "$DIR/plain-root"
	[ "${#lines[@]}" -ge 30 ]
	local failed
	failed=$(echo "$output" | grep -v ': SUCCEEDED$' || :)
	[ -z "$failed" ] || { echo "$failed"; return 1; }
}

@test "only /var and /tmp can be written, and nothing written can be executed (every directory tried)" {
	for j in tight only loose; do
		run warder exec $j -- "$PROBE_IN" surface
		echo "$j: $output"
		[ "$(echo "$output" | grep '^writable' | sort)" = $'writable /tmp\nwritable /var' ]
		[ -z "$(echo "$output" | grep '^executable /' || :)" ]
		[ "$(echo "$output" | awk '/^tried/ { print ($2 > 20 && $4 > 50) }')" = 1 ]
	done
}

@test "with wx = deny not even memory that was written can be executed (L1, L2, L3)" {
	offers "wx = deny" || skip "this kernel has no PR_SET_MDWE (6.3): wx = deny is refused"
	run warder exec tight -- "$PROBE_IN" surface
	[ -z "$(echo "$output" | grep '^executable' || :)" ] || { echo "$output"; return 1; }
	refused tight "write memory, then execute it" "map a memfd executable"
}

@test "a kernel without PR_SET_MDWE refuses wx = deny rather than starting a weaker jail" {
	! offers "wx = deny" || skip "this kernel has it"
	sed 's/^\(.*tight {\)/\1 wx = deny;/' "$CONF" > "$DIR/wx.conf"
	warder stop -q tight
	run "$WARDER" --root "$ROOT" -f "$DIR/wx.conf" start tight
	warder start -q tight
	[ "$status" -ne 0 ]
}

@test "R4: nothing can be mounted, remounted or unmounted" {
	refused loose "mount a tmpfs" "bind mount" "remount / writable" "remount /t without noexec" "unmount /t" \
		"mount_setattr" "open_tree clone" "fsopen" "pivot_root"
}

@test "R4: base, skeleton, /dev and /t are read-only" {
	refused loose "write /etc/passwd" "create in /" "create in /usr" "create in /s" "create in /usr/local" \
		"create in /dev" "create in /t" "chmod /usr/bin" "rename /t/var"
}

@test "executing what was written: /tmp, /var, /run, memfd, O_TMPFILE, mapped, shared memory" {
	refused loose "execute from /tmp" "execute from /var/tmp" "execute from /run" "execute a memfd" \
		"execute a memfd made with MFD_EXEC" "execute an O_TMPFILE" "map a file of /tmp executable" \
		"attach executable shared memory" "write shared memory, then execute it"
}

@test "sysvshm = new gives shared memory, which wx = deny keeps from being executed" {
	warder start -q sysv sysvtight
	run warder exec sysv -- "$PROBE_IN" attacks "write shared memory, then execute it"
	expect 1 SUCCEEDED
	refused sysv "attach executable shared memory"
	offers "wx = deny" || skip "this kernel has no PR_SET_MDWE (6.3): wx = deny is refused"
	run warder exec sysvtight -- "$PROBE_IN" attacks "write shared memory, then execute it"
	expect 0 "Permission denied"
}

@test "doctor says what refuses a memfd: the filter, with vm.memfd_noexec and without" {
	[[ "$("$WARDER" --root "$ROOT" doctor --json | jq -r '.findings[] | select(.name | test("memfd")) | .detail')" == \
		"by the filter"* ]]
	refused loose "execute a memfd" "map a memfd executable"
}

@test "a declared /dev/shm cannot be executed from" {
	run warder exec shm -- /bin/sh -c 'echo x > /dev/shm/x && cat /dev/shm/x'
	expect 0 x
	refused shm "execute from /dev/shm"
}

@test "R6: /proc is read-only: program text, sysctls and sysrq stay as they are" {
	refused loose "patch program text by /proc/self/mem" "write a sysctl" "turn off memfd_noexec" "sysrq" \
		"write the kernel's log"
}

@test "R14: no namespaces from inside" {
	refused loose "unshare a user namespace" "unshare a mount namespace" "unshare a network namespace" \
		"clone into a user namespace" "setns"
}

@test "R17: default capabilities are six, a jail with none has none" {
	run warder exec loose -- /bin/grep -E '^Cap(Bnd|Eff|Inh|Amb)' /proc/self/status
	[ "$(echo "$output" | awk '/CapBnd/ { print $2 }')" = 00000000000000eb ]
	[ "$(echo "$output" | awk '/CapInh|CapAmb/ { print $2 }' | sort -u)" = 0000000000000000 ]
	run warder exec tight -- /bin/grep -E '^Cap(Bnd|Eff|Prm)' /proc/self/status
	[ "$(echo "$output" | awk '{ print $2 }' | sort -u)" = 0000000000000000 ]
}

@test "R18: set-id files and device nodes cannot be made" {
	refused loose "make a set-uid file" "make a set-gid file" "make a block device" "make /dev/mem"
}

@test "R18: the kernel's dangerous calls are refused" {
	refused loose "ptrace pid 1" "write the memory of pid 1" "add a key" "make a bpf map" "perf_event_open" \
		"userfaultfd" "io_uring" "open by handle" "fanotify" "load a kernel module" "personality READ_IMPLIES_EXEC" \
		"set the hostname" "chroot"
}

@test "R18: no lease on a file that others open: it would hold them up" {
	refused loose "take a lease on /etc/passwd"
}

@test "R18: sockets of other families are refused" {
	refused loose "packet socket" "raw socket" "netfilter socket" "vsock" \
		"multipath TCP socket" "SCTP socket"
}

@test "R13: input cannot be pushed into the administrator's terminal" {
	run warder exec -t loose -- "$PROBE_IN" attacks "push input into a terminal (TIOCSTI)" "TIOCLINUX"
	[ "$status" -eq 0 ] || { echo "$output"; return 1; }
}

# On a terminal of its own, as an administrator has one.
on_terminal() { script -qec "$(printf '%q ' "$@")" /dev/null < /dev/null; }

@test "R13: without -t a command has no way to the administrator's terminal" {
	run on_terminal "$WARDER" --root "$ROOT" -f "$CONF" exec loose -- "$PROBE_IN" \
		attacks "open the caller's terminal by /dev/tty"
	[ "$status" -eq 0 ] || { echo "$output"; return 1; }
	[[ "$output" == *"/dev/tty: No such device or address"* ]]
}

@test "R13: an interrupt reaches all of a command, though it is in a session of its own" {
	run timeout --foreground -s INT -k 3 1 "$WARDER" --root "$ROOT" -f "$CONF" \
		exec loose -- /bin/sh -c 'sleep 987; echo went on' > /dev/null 2>&1
	[ "$status" -eq 124 ]
	run warder exec loose -- /bin/sh -c 'cat /proc/[0-9]*/cmdline | tr "\0" " "'
	[[ "$output" != *"sleep 987"* ]]
}

@test "a pin cannot be moved away with its parent" {
	[ ! -s "$DIR/pinned" ] || skip "this base's skeleton has no such path: $(cat "$DIR/pinned")"
	warder start -q pinned
	run warder exec pinned -- /bin/sh -c 'mv /var/keep /var/moved; touch /var/keep/inner/x'
	[ "$status" -ne 0 ]
	run warder exec pinned -- /bin/sh -c 'ls -d /var/moved'
	[ "$status" -ne 0 ]
}

@test "exec.allow: nothing else can be executed, no shell either" {
	run warder exec only -- /bin/sh -c 'echo ran'
	[ "$status" -ne 0 ]
	[[ "$output" != *ran* ]]
	run warder exec only -- "$PROBE_IN" exit 5
	expect 5
}

@test "exec.allow: a program that is also a shell is refused, unless the shell is named" {
	warder start -q named
	# The attack: by another name, the one file that is allowed is another program.
	warder exec named -- /bin/busybox ln -s /bin/cat /tmp/id
	[ "$(warder exec named -- /tmp/id -u)" = 0 ]
	warder stop -q named
	for words in "start applet" "plan applet"; do
		run warder $words
		expect 78 "exec.allow /bin/cat: in this base it is /bin/busybox too"
	done
	[[ "$output" == *"hint: name /bin/busybox as well, if that is meant"* ]]
}

@test "exec.allow: a link of the skeleton or the base into the state makes nothing there executable" {
	local where=$ROOT/t/linked/var/tmp/x
	cp "$PROBE" "$where"
	chmod 755 "$where"
	ln -s /var/tmp/x "$ROOT/s/linked/usr-local/libexec/x"
	run warder start linked
	if [ "$status" -eq 0 ]; then
		run warder exec linked -- /var/tmp/x exit 5
		[ "$status" -ne 5 ] || { echo "a file of the state was executed"; return 1; }
		warder stop -q linked
	else
		expect 78 /usr/local/libexec/x
	fi
}

@test "R8: no file descriptor leaks into exec" {
	exec 7< /etc/passwd 8< /
	run warder exec loose -- /bin/sh -c 'for f in /proc/self/fd/*; do readlink $f; done'
	exec 7<&- 8<&-
	[[ "$output" != *passwd* ]]
	[ "$(warder exec loose -- /bin/ls /proc/self/fd | wc -l)" -le 4 ]
}

@test "R8: no file descriptor of the host is open in the jail's processes" {
	run ls -l "/proc/$(pid_of loose)/fd"
	echo "$output"
	[[ "$output" != *"$DIR/root/s"* ]]
	[[ "$output" != *"$DIR/root/j"* ]]
}

@test "R9: the working directory is inside, whatever the caller's was" {
	cd "$DIR"
	[ "$(warder exec loose -- /bin/pwd)" = / ]
	[ "$(warder exec loose -- /bin/readlink /proc/self/cwd)" = / ]
}

@test "R8: a caller's ignored or blocked SIGCHLD changes nothing" {
	local how
	for how in --ignore-signal=CHLD --block-signal=CHLD; do
		run env $how "$WARDER" --root "$ROOT" -f "$CONF" exec loose -- /bin/sh -c 'exit 42'
		expect 42
		run env $how "$WARDER" --root "$ROOT" doctor
		expect 0
		run env $how "$WARDER" --root "$ROOT" -f "$CONF" restart hooked
		expect 0
		warder stop -q hooked
	done
}

@test "R8: neither a jail nor a command has its caller's priority" {
	local low="nice -n 7 choom -n 600 -- chrt --batch 0 ionice -c 3"
	warder stop -q hooked
	$low "$WARDER" --root "$ROOT" -f "$CONF" start -q hooked
	local service
	service=$(pgrep -P "$(pid_of hooked)")
	for p in "$(pid_of hooked)" "$service"; do
		[ "$(cat "/proc/$p/oom_score_adj") $(ps -o ni=,cls= -p "$p" | xargs) $(ionice -p "$p")" = "0 0 TS none: prio 0" ]
	done
	[ "$($low "$WARDER" --root "$ROOT" -f "$CONF" exec hooked -- /bin/sh -c \
		'cat /proc/self/oom_score_adj; cut -d " " -f 19,41 /proc/self/stat' | xargs)" = "0 0 0" ]
	warder stop -q hooked
}

@test "R13: the environment is built from nothing" {
	SECRET=abc LD_PRELOAD= run warder exec loose -- /usr/bin/env
	[[ "$output" != *SECRET* ]]
	[[ "$output" != *WARDER* ]]
	[[ "$output" == *PATH=* ]]
}

@test "R12: exec has the same rights as the service: no_new_privs, a filter, the same bounding set" {
	run warder exec loose -- /bin/grep -E '^(NoNewPrivs|Seccomp|CapBnd):' /proc/self/status
	local mine=$output
	run grep -E '^(NoNewPrivs|Seccomp|CapBnd):' "/proc/$(pgrep -P "$(pid_of loose)")/status"
	[ "$mine" = "$output" ] || { echo "exec: $mine"; echo "service: $output"; return 1; }
	[[ "$mine" == *$'NoNewPrivs:\t1'* ]]
	[[ "$mine" == *$'Seccomp:\t2'* ]]
}

@test "R12: exec has the rights that the jail was started with, whatever the configuration says since" {
	local widened='kept { exec.service = "/bin/sleep", "1000"; nofile = 4096; }'
	busybox_conf <<< "$widened" > "$DIR/widened.conf"
	busybox_conf < /dev/null > "$DIR/undeclared.conf"
	warder start -q kept
	local rights='grep CapBnd /proc/self/status; ulimit -n; echo $KEPT.'
	for conf in widened undeclared; do
		run "$WARDER" --root "$ROOT" -f "$DIR/$conf.conf" exec kept -- /bin/sh -c "$rights"
		[ "$output" = $'CapBnd:\t0000000000000000\n64\nyes.' ] || { echo "$conf: $output"; return 1; }
		! offers "wx = deny" || run "$WARDER" --root "$ROOT" -f "$DIR/$conf.conf" exec kept -- \
			"$PROBE_IN" attacks "write memory, then execute it"
		[[ "$output" != *SUCCEEDED* ]] || { echo "$conf: $output"; return 1; }
	done
	# The control: started by the changed configuration, the same command has what that gives.
	warder stop -q kept
	"$WARDER" --root "$ROOT" -f "$DIR/widened.conf" start -q kept
	run "$WARDER" --root "$ROOT" -f "$DIR/widened.conf" exec kept -- /bin/sh -c "$rights"
	[ "$output" = $'CapBnd:\t00000000000000eb\n4096\n.' ] || { echo "control: $output"; return 1; }
	warder stop -q kept
}

@test "R14: processes of the host and of other jails are not seen" {
	run warder exec loose -- /bin/sh -c 'for d in /proc/[0-9]*; do echo ${d#/proc/}; done'
	[ "${#lines[@]}" -le 4 ]
	run warder exec loose -- /bin/kill -0 "$(pid_of other)"
	[ "$status" -ne 0 ]
}

@test "R15: ids on the host are the jail's own, at least 65536, and differ between jails" {
	local a b
	a=$(warder list --json loose | jq '.jails[0].uid_base')
	b=$(warder list --json other | jq '.jails[0].uid_base')
	[ "$a" -ge 65536 ]
	[ "$b" -ge 65536 ]
	[ $((a > b ? a - b : b - a)) -ge 65536 ]
	warder exec loose -- /bin/touch /var/tmp/owner
	[ "$(stat -c %u "$ROOT/t/loose/var/tmp/owner")" -eq "$a" ]
	[ "$(awk '/^Uid:/ { print $2 }' "/proc/$(pid_of loose)/status")" -eq "$a" ]
}

@test "R15: ids differ between two stores of one host" {
	local second=$DIR/second a b
	"$WARDER" --root "$second" init -q
	"$WARDER" --root "$second" -f "$CONF" base create -q small
	"$WARDER" --root "$second" -f "$CONF" create -q loose
	a=$(warder list --json | jq '[.jails[].uid_base | numbers]')
	b=$("$WARDER" --root "$second" -f "$CONF" list --json loose | jq '.jails[0].uid_base')
	[ "$b" -ge 65536 ]
	[ "$(jq --argjson b "$b" 'index($b)' <<< "$a")" = null ] || { echo "$b is among $a"; return 1; }
	rm -rf --one-file-system "$second"
}

@test "R16: no /sys and no cgroup files; of the host's paths mountinfo names those of the jail's own trees only" {
	run warder exec loose -- /bin/ls /sys/fs
	[ "$status" -ne 0 ]
	run warder exec loose -- /bin/cat /proc/self/mountinfo
	[[ "$output" != *cgroup* ]]
	[[ "$output" != *sysfs* ]]
	# Field 4: where in its file system a mount begins.  Which of our paths is a mount of its own is not known here.
	local at="/$(basename "$DIR")/root"
	[[ "$output" == *"$at/.warder/skel/loose/"* ]] # as docs/threats.md says
	local foreign=$(awk '{ print $4 }' <<< "$output" | grep -vxE "/|.*$at/(\.warder/(base/small|skel/loose)/.*|\.warder/dev(/.*)?|t/loose(/.*)?)" || :)
	[ -z "$foreign" ] || { echo "$foreign"; return 1; }
}

# What the links of hostile_links reach, and whether it is as it was.
canary()
{
	rm -rf "$DIR/canary"
	mkdir -p "$DIR/canary/sub/.warder"
	echo kept | tee "$DIR/canary/file" "$DIR/canary/sub/file" "$DIR/canary/warder.conf" > "$DIR/canary/sub/.warder/ids"
	chmod -R a+rX "$DIR/canary"
}
look_at_canary() { (cd "$DIR/canary" && find . -printf '%p %y %m %U %T@ %s\n' | sort && find . -type f -exec md5sum '{}' + | sort); }

# Links to the canary, by absolute and by relative path, where warder or an administrator's program looks in a state.
hostile_links()
{
	warder exec "$1" -- /bin/sh -c 'set -- '"$DIR/canary"' "../../../../../../../../../../..'"$DIR/canary"'"
		for d in /t/var/run /t/var/tmp /t/var/log /t/var/lib /t/var/cache; do rm -rf $d; ln -s "$1" $d; done
		ln -s "$1" /tmp/absolute; ln -s "$2" /tmp/relative; ln -s "$1/file" /var/warder.conf; ln -s "$1/sub/.warder" /var/.warder'
}

@test "R7: links in the state reach nothing, whatever warder does with it; a program that follows them does" {
	canary
	warder start -q links
	hostile_links links
	# By a plain path, as root of the host, they lead to the canary:
	[ "$(cat "$ROOT/t/links/var/run/file" "$ROOT/t/links/tmp/absolute/sub/file" | sort -u)" = kept ]
	local before
	before=$(look_at_canary)
	warder stop -q links
	warder start -q links
	warder list > /dev/null
	warder status links > /dev/null
	warder logs links > /dev/null
	warder restart -q links
	[ -d "$ROOT/t/links/var/run" ] && [ ! -L "$ROOT/t/links/var/run" ]
	warder stop -q links
	diff <(echo "$before") <(look_at_canary)
	warder destroy -q -y links
	diff <(echo "$before") <(look_at_canary)
	[ ! -e "$ROOT/t/links" ]
}

@test "R7: files of warder's own names in the state change nothing" {
	warder start -q other 2> /dev/null || :
	local before after
	before=$(warder list --json | jq -c '[.jails[] | [.name, .base, .uid_base, .addresses]]')
	warder exec other -- /bin/sh -c 'mkdir -p /var/.warder/run /var/s /tmp/.warder
		for f in /var/warder.conf /tmp/warder.conf; do echo "evil { exec.prestart = \"touch '"$DIR/evil"'\"; }" > $f; done
		for f in ids format lock run/other; do echo "junk 1" > /var/.warder/$f; done; cp -r /var/.warder /tmp'
	warder restart -q other
	after=$(warder list --json | jq -c '[.jails[] | [.name, .base, .uid_base, .addresses]]')
	[ "$before" = "$after" ]
	[ ! -e "$DIR/evil" ]
}

@test "R21: a listing never hangs on a stopped process of a jail" {
	kill -STOP "$(pid_of shm)"
	local words
	for words in list "list --json" "status shm" "logs shm" doctor; do
		run timeout 10 "$WARDER" --root "$ROOT" -f "$CONF" $words
		[ "$status" -eq 0 ] || { kill -CONT "$(pid_of shm)"; echo "$words: $status $output"; return 1; }
	done
	kill -CONT "$(pid_of shm)"
}

@test "R22: set-uid, warder and its helpers refuse" {
	local p
	chmod 755 "$DIR"
	for p in warder warder-net warder-image; do
		cp "$WARDER_BUILD/src/$p" "$DIR/setuid"
		chown root "$DIR/setuid"
		chmod 4755 "$DIR/setuid"
		run setpriv --reuid 65534 --regid 65534 --clear-groups "$DIR/setuid" version 3>&-
		rm -f "$DIR/setuid"
		expect 77 set-uid || { echo "$p"; return 1; }
	done
}

# refused_conf FILE WORD: because of what it is, not of what is in it.
refused_conf()
{
	run "$WARDER" --root "$ROOT" -f "$1" list
	[ "$status" -eq 77 ] || [ "$status" -eq 78 ] || { echo "status $status: $output"; return 1; }
	[[ "$output" == *"$2"* ]] || { echo "no '$2' in: $output"; return 1; }
}

@test "R20: a configuration that others could have written is refused, whichever way" {
	local f=$DIR/place/c.conf mode
	mkdir -p "$DIR/place/open"
	cp "$CONF" "$f"
	run "$WARDER" --root "$ROOT" -f "$f" list
	expect 0
	for mode in 0666 0664 0646 0602; do
		chmod "$mode" "$f"
		refused_conf "$f" "others can write it"
	done
	chmod 0644 "$f"
	chown 65534 "$f"
	refused_conf "$f" "belongs to another user"
	chown 0 "$f"
	for mode in 0777 0775 0757; do
		chmod "$mode" "$DIR/place"
		refused_conf "$f" "others can replace it"
	done
	chmod 0755 "$DIR/place"
	cp "$CONF" "$DIR/place/open/real.conf"
	chmod 0777 "$DIR/place/open"
	ln -s open/real.conf "$DIR/place/link.conf"
	refused_conf "$DIR/place/link.conf" "others can replace it"
	echo ".include \"$DIR/place/open/real.conf\";" > "$f"
	refused_conf "$f" "others can replace it"
	rm "$f"
	mkfifo "$f"
	refused_conf "$f" "regular file"
	refused_conf "$DIR/place" "regular file"
	rm -r "$DIR/place"
}

@test "R17: a forced capability is seen in status and its JSON, while it runs and after the file changed" {
	warder start -q forced
	run warder status forced
	expect 0 "sys_time (forced"
	[ "$(warder status --json forced | jq -c '.jails[0].forced_capabilities')" = '["sys_time"]' ]
	sed 's/capabilities.force = sys_time;//' "$CONF" > "$DIR/unforced.conf"
	[ "$("$WARDER" --root "$ROOT" -f "$DIR/unforced.conf" status --json forced | jq -c '.jails[0].forced_capabilities')" = \
		'["sys_time"]' ]
	[ "$(warder status --json loose | jq -c '.jails[0].forced_capabilities')" = '[]' ]
	run warder exec forced -- /bin/grep CapBnd /proc/self/status
	[ $((0x${output##*	} >> 25 & 1)) -eq 1 ]
	warder stop -q forced
}
