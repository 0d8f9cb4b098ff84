# Limits hold where they are declared, and a start without them is refused.
load helpers

setup_file()
{
	busybox_conf <<-'EOT' > "$BATS_FILE_TMPDIR/conf"
		few { pids = 20; }
		lean { memory = 32M; }
		slow { cpu = 20; }
		files { nofile = 64; }
		busy { exec.service = "/bin/sh", "-c", "sleep 1000 & (sleep 1001; :) & wait"; }
		loose { pids = 20; limits = best-effort; }
	EOT
	make_store limits < "$BATS_FILE_TMPDIR/conf"
	make_jail few lean slow files busy loose
}
setup() { use_store limits; }
teardown() { warder stop -q --kill --all || :; }
teardown_file() { use_store limits; remove_store; }

@test "pids: a fork bomb ends at the limit" {
	run warder start few
	[ "$status" -ne 69 ] || skip "the machine has no controller for pids: $output"
	run warder exec few -- /bin/sh -c 'for i in $(seq 60); do sleep 5 & done; wait'
	[ "$status" -ne 0 ] || [[ "$output" == *fork* ]]
	run warder exec few -- /bin/sh -c 'ls -d /proc/[0-9]* | wc -l'
	[ "$status" -ne 0 ] || [ "$output" -le 21 ]
	run warder stop few
	expect 0
	nothing_left
}

@test "memory: a process that takes more is killed, the jail's pid 1 stays" {
	run warder start lean
	[ "$status" -ne 69 ] || skip "the machine has no controller for memory: $output"
	run warder exec lean -- /bin/dd if=/dev/zero of=/dev/null bs=200M count=1
	[ "$status" -ne 0 ]
	[ "$(warder list --json lean | jq -r '.jails[0].state')" = running ]
}

@test "memory: what it may use is not made larger by swap" {
	run warder start lean
	[ "$status" -ne 69 ] || skip "the machine has no controller for memory: $output"
	local found=0 file
	for file in $(find /sys/fs/cgroup -maxdepth 4 -path '*/warder/*-lean/memory.swap.max'); do
		[ "$(cat "$file")" = 0 ] && found=1
	done
	for file in $(find /sys/fs/cgroup -maxdepth 4 -path '*/warder/*-lean/memory.memsw.limit_in_bytes'); do
		[ "$(cat "$file")" = 33554432 ] && found=1
	done
	[ -n "$file" ] || skip "this kernel does not account for swap"
	[ $found = 1 ]
}

@test "cpu: a busy loop gets no more than its share" {
	run warder start slow
	[ "$status" -ne 69 ] || skip "the machine has no controller for cpu: $output"
	run warder exec slow -- /bin/sh -c 'time timeout 2 sh -c "while :; do :; done"'
	echo "$output"
	local used
	used=$(echo "$output" | awk '/^(user|sys)/ { split($NF, t, "m"); sub("s", "", t[2]); n += $2 ~ /m/ ? t[2] : $2 } END { print n }')
	awk -v u="$used" 'BEGIN { exit !(u < 1.0) }'
}

@test "nofile: the limit holds" {
	warder start -q files
	[ "$(warder exec files -- /bin/sh -c 'ulimit -Hn')" = 64 ]
}

@test "a limit that no controller can hold refuses the start with 69, unless best-effort" {
	# A machine without control groups, seen from a mount namespace of its own.
	bare() { unshare -m sh -euc 'mount -t tmpfs none /sys/fs/cgroup; exec "$0" "$@"' "$WARDER" --root "$ROOT" -f "$CONF" "$@"; }
	for jail in few lean slow; do
		run bare start $jail
		expect 69 "$jail"
		[ "$(warder list --json $jail | jq -r '.jails[0].state')" = stopped ]
	done
	nothing_left
	run bare start files
	expect 0
	run bare start loose
	expect 0 "warder: loose: limits that this machine cannot hold: pids"
	run warder status loose
	expect 0 "pids (not held: best-effort)"
	[ "$(warder status --json loose | jq -c '.jails[0].limits_not_held')" = '["pids"]' ]
	[ "$(warder status --json files | jq -c '.jails[0].limits_not_held')" = '[]' ]
}

# group_of JAIL: where its pid 1 is in the hierarchy that stands for sessions: version 2's, else that of systemd.
group_of() { awk -F: -v n="${2:-0::}" 'index($0, n) == 1 || index($0, ":" n) { print $3 }' "/proc/$(pid_of "$1")/cgroup"; }

@test "a jail without limits has a group of its own too: it does not go with the session that started it" {
	[ -e /sys/fs/cgroup/cgroup.procs ] || [ -e /sys/fs/cgroup/unified/cgroup.procs ] || skip "no version 2 here"
	warder start -q files
	[[ "$(group_of files)" == "/warder/$(own_groups)-files" ]] || { cat "/proc/$(pid_of files)/cgroup"; return 1; }
	run warder exec files -- /bin/cat /proc/self/cgroup
	grep -qx '0::/' <<< "$output" || { echo "$output"; return 1; }
	warder stop -q files
	[ -z "$(find /sys/fs/cgroup -maxdepth 3 -path '*/warder/*-files')" ]
}

@test "with version 1 alone a jail and what it has begun are moved once it runs" {
	[ -e /sys/fs/cgroup/systemd/cgroup.procs ] || skip "no hierarchy for sessions here"
	local old='umount /sys/fs/cgroup/unified 2> /dev/null; exec "$0" "$@"'
	unshare -m sh -uc "$old" "$WARDER" --root "$ROOT" -f "$CONF" start -q busy
	[[ "$(group_of busy name=systemd:)" == /warder/*-busy ]] || { cat "/proc/$(pid_of busy)/cgroup"; return 1; }
	local group=$(echo /sys/fs/cgroup/systemd/warder/*-busy/cgroup.procs)
	[ "$(wc -l < "$group")" -eq 5 ] || { cat "$group"; return 1; }
	warder stop -q busy
	[ -z "$(find /sys/fs/cgroup -maxdepth 3 -path '*/warder/*-busy')" ]
}

@test "a machine without control groups, or where they cannot be changed, starts a jail without limits" {
	unshare -m sh -euc 'for m in $(findmnt -nrlo TARGET -t cgroup,cgroup2); do mount -o remount,bind,ro $m; done; exec "$0" "$@"' \
		"$WARDER" --root "$ROOT" -f "$CONF" start -q files
	warder stop -q files
}

@test "a best-effort limit that can be held is held, and nothing is said of it" {
	offers "limits" || skip "the machine has no controller"
	run warder start loose
	[[ "$output" != *"cannot hold"* ]]
	[ "$(warder status --json loose | jq -c '.jails[0].limits_not_held')" = '[]' ]
}
