# Limits hold where they are declared, and a start without them is refused.
load helpers

setup_file()
{
	busybox_conf <<-'EOT' > "$BATS_FILE_TMPDIR/conf"
		few { pids = 20; }
		lean { memory = 32M; }
		slow { cpu = 20; }
		files { nofile = 64; }
		loose { pids = 20; limits = best-effort; }
	EOT
	make_store limits < "$BATS_FILE_TMPDIR/conf"
	make_jail few lean slow files loose
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

@test "a best-effort limit that can be held is held, and nothing is said of it" {
	offers "limits" || skip "the machine has no controller"
	run warder start loose
	[[ "$output" != *"cannot hold"* ]]
	[ "$(warder status --json loose | jq -c '.jails[0].limits_not_held')" = '[]' ]
}
