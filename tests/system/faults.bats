# R19 and R23, system call by system call: a step of a start that fails stops the start; a verb that is killed before any
# of its calls leaves nothing that the next command does not find.
load helpers
BATS_TEST_TIMEOUT=900

setup_file()
{
	command -v strace > /dev/null || skip "strace is not installed"
	busybox_conf <<-'EOT' > "$BATS_FILE_TMPDIR/conf"
		j { exec.service = "/bin/sh", "-c", "echo > /var/tmp/ran"; memory = 64M; limits = best-effort; }
		gone { }
		net { bridge = wdrfaults0; ip4.addr = 10.213.9.2/24; exec.service = "/bin/sleep", "1000"; }
	EOT
	make_store faults < "$BATS_FILE_TMPDIR/conf"
	make_jail j net
}
setup() { use_store faults; }
teardown_file() { use_store faults; remove_store; }

# with_fault SYSCALL FAULT VERB...: warder and all that it forks, with the fault in the call (strace(1), inject).  It
# returns when all of these have ended: the jail's service is one that ends at once.
with_fault()
{
	local call=$1 fault=$2
	shift 2
	strace -f -qq -o "$DIR/trace" -e trace="$call" -e signal=none -e inject="$call:$fault" \
		"$WARDER" --root "$ROOT" -f "$CONF" "$@"
}

# Every call of a start that takes something from the jail or builds its view.  A start in which it fails must not go on.
steps="clone3 setsid open_tree mount_setattr move_mount fsopen fsconfig fsmount mount pivot_root umount2 setns unshare
	sethostname setgroups setresgid setresuid getresuid landlock_create_ruleset landlock_add_rule landlock_restrict_self
	seccomp capset keyctl close_range prlimit64 execveat sched_setscheduler"

@test "R19: a start in which one call fails starts nothing" {
	local call
	for call in $steps; do
		rm -f "$ROOT/t/j/var/tmp/ran"
		run timeout 60 bash -c "$(declare -f with_fault); with_fault $call error=EPERM start -q j"
		grep -q INJECTED "$DIR/trace" || { echo "$call is not called"; return 1; }
		[ "$status" -ne 0 ] && [ "$status" -ne 124 ] || { echo "$call: status $status"; return 1; }
		[ ! -e "$ROOT/t/j/var/tmp/ran" ] || { echo "$call: the service ran"; return 1; }
		nothing_left || { echo "after $call"; return 1; }
	done
	rm -f "$DIR/trace"
}

@test "R19: a start in which any one prctl fails starts nothing" {
	local n
	for n in $(seq 200); do
		rm -f "$ROOT/t/j/var/tmp/ran"
		run timeout 60 bash -c "$(declare -f with_fault); with_fault prctl error=EPERM:when=$n start -q j"
		if ! grep -q INJECTED "$DIR/trace"; then
			warder stop -q --kill j
			[ "$n" -gt 10 ]
			return
		fi
		# The service's own are its own affair: it names itself.
		if [ "$status" -eq 0 ] && grep INJECTED "$DIR/trace" | grep -qv 'PR_[GS]ET_NAME'; then
			grep INJECTED "$DIR/trace"
			return 1
		fi
		warder stop -q --kill j
		nothing_left || { echo "after prctl $n"; return 1; }
	done
}

# ---- killed before a call ----

# points VERB...: "NAME K" for calls of warder's own process in a run of the verb, the K-th of that name, evenly spread.
points()
{
	strace -qq -o "$DIR/calls" "$WARDER" --root "$ROOT" -f "$CONF" "$@" > /dev/null 2>&1
	awk -F'(' -v most="${WARDER_KILLS:-40}" '/^[a-z0-9_]+\(/ { n++; name[n] = $1; k[n] = ++count[$1] }
		END { step = n > most ? n / most : 1; for (i = 1; i <= n; i += step) print name[int(i)], k[int(i)] }' "$DIR/calls"
}

# killed_at NAME K VERB...
killed_at()
{
	local name=$1 k=$2
	shift 2
	strace -qq -o /dev/null -e trace="$name" -e signal=none -e inject="$name:signal=KILL:when=$k" \
		"$WARDER" --root "$ROOT" -f "$CONF" "$@" > /dev/null 2>&1 || :
}

# each_point PREPARE CHECK VERB...: for each point of the verb: prepared, killed there, checked.
each_point()
{
	local prepare=$1 check=$2 name k all
	shift 2
	$prepare
	all=$(points "$@")
	$check || { echo "not even without a kill"; return 1; }
	[ "$(echo "$all" | wc -l)" -ge 10 ]
	while read -r name k; do
		$prepare
		killed_at "$name" "$k" "$@" < /dev/null 2> /dev/null
		$check < /dev/null || { echo "killed at $name $k"; return 1; }
	done <<< "$all"
}

started() { warder start -q net; }
stops() { warder stop -q net && nothing_left; }
starts_or_runs()
{
	local i r
	# 75 is "try again": it runs, or the process that was to become its pid 1 is just dying.
	for i in $(seq 20); do
		r=0
		warder start -q net 2> "$DIR/said" || r=$?
		[ "$r" -eq 0 ] || [ "$r" -eq 75 ] || { cat "$DIR/said"; return 1; }
		[ "$(warder list --json net | jq -r '.jails[0].state')" = running ] && break
		sleep 0.1
	done
	[ "$(warder list --json net | jq -r '.jails[0].state')" = running ] && stops
}

@test "R23: a start killed before any of its calls: a stop leaves nothing" {
	each_point true stops start -q net
}

@test "R23: a start killed before any of its calls: the next start works" {
	each_point true starts_or_runs start -q net
}

@test "R23: a stop killed before any of its calls: the next stop leaves nothing" {
	each_point started stops stop -q net
}

@test "R23: a restart killed before any of its calls: the next start works, and a stop leaves nothing" {
	each_point started starts_or_runs restart -q net
}

enters()
{
	[ "$(warder exec net -- /bin/echo inside)" = inside ] && stops &&
		[ -z "$(pgrep -f -- "-f $CONF exec net" || :)" ]
}

@test "R23: an exec killed before any of its calls: the next one works, and a stop leaves no process" {
	each_point started enters exec net -- /bin/true
}

created() { warder create -q gone; }
destroyed()
{
	sed '/^ *gone {/d' "$CONF" > "$DIR/undeclared.conf"
	"$WARDER" --root "$ROOT" -f "$DIR/undeclared.conf" destroy -q -y gone 2> "$DIR/said" ||
		grep -q "no such jail" "$DIR/said" || { cat "$DIR/said"; return 1; }
	[ -z "$(find "$ROOT" -name 'gone*' ! -path '*/lock/*')" ] || { find "$ROOT" -name 'gone*'; return 1; }
}

@test "R23: a destroy killed before any of its calls: the next one finishes it, though nothing declares the jail" {
	each_point created destroyed destroy -q -y gone
}

@test "R23: a create killed before any of its calls: a destroy clears what there is" {
	each_point true destroyed create -q gone
}

base_works()
{
	warder base create -q other || { [ "$?" -eq 73 ] && [ -e "$ROOT/j/other/bin/sh" ]; } || return 1
	[ -z "$(find "$ROOT/.warder/base/other" -maxdepth 1 -name '*.tmp')" ] &&
		warder base remove -q -y other && [ ! -e "$ROOT/.warder/base/other" ]
}

@test "R23: a base create killed before any of its calls: the next one works" {
	grep -q '^base other' "$CONF" || echo 'base other { from = "busybox"; }' >> "$CONF"
	each_point true base_works base create -q other
}

@test "R23: a doctor killed before any of its calls leaves nothing" {
	each_point true nothing_left doctor
}
