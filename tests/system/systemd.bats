#!/usr/bin/env bats
# The units of `warder emit systemd`, run by a systemd that is pid 1 of namespaces.  Only in the emulated machine: on a
# root that somebody uses it would empty /tmp, and more.

load helpers

# What has no work in there, or would change the machine.
MASKED="systemd-tmpfiles-setup.service systemd-tmpfiles-setup-dev.service systemd-tmpfiles-clean.service
	systemd-udevd.service systemd-udev-trigger.service systemd-journald.service systemd-journald.socket
	systemd-journald-dev-log.socket systemd-sysctl.service systemd-modules-load.service systemd-random-seed.service
	systemd-remount-fs.service systemd-hwdb-update.service systemd-sysusers.service systemd-update-utmp.service
	getty@tty1.service serial-getty@ttyS0.service"

setup_file()
{
	make_store systemd <<-EOF
	$(busybox_conf <<-CONF
		plain { exec.service = "/bin/sleep", "1000"; pins = "/var/spool/own"; }
		ends { exec.service = "/bin/sh", "-c", "sleep 2; exit 3"; }
	CONF
	)
	EOF
	need_machine || return 0
	make_jail plain ends
	mkdir -p "$ROOT/.warder/base/small/1/root/sys"
	local unit
	for unit in $MASKED; do ln -sf /dev/null "/etc/systemd/system/$unit"; done
	warder emit systemd plain ends -o /etc/systemd/system
	warder emit systemd --native plain -o /etc/systemd/system
	printf '[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/sleep infinity\n' > /etc/systemd/system/idle.service
	setsid unshare -fmp --mount-proc --kill-child env container=test /lib/systemd/systemd --unit=idle.service \
		> /dev/null 2>&1 < /dev/null 3>&- 4>&- &
	echo $! > "$DIR/systemd.pid"
	local i
	for ((i = 0; i < 120; i++)); do
		! inside systemctl is-active -q idle.service 2> /dev/null || return 0
		sleep 0.5
	done
	echo "systemd did not come up"
	return 1
}
setup()
{
	use_store systemd
	need_machine || skip "only in the emulated machine, with systemd"
}
teardown_file()
{
	use_store systemd
	[ ! -e "$DIR/systemd.pid" ] || { kill -9 "$(cat "$DIR/systemd.pid")" && sleep 1; } || :
	remove_store
}

need_machine() { [ -n "${WARDER_EMULATED:-}" ] && [ -e /work/vm-init ] && [ -x /lib/systemd/systemd ]; }
# A command beside the systemd: in its namespaces.
inside() { nsenter -t "$(pgrep -P "$(cat "$DIR/systemd.pid")")" -m -p "$@"; }
state() { inside systemctl show -P ActiveState "$1"; }
main_pid() { inside systemctl show -P MainPID "$1"; }
ward() { inside "$WARDER" --root "$ROOT" -f "$CONF" "$@"; }

@test "systemd starts, watches, restarts and stops a jail by the unit that drives warder" {
	inside systemctl start warder@plain
	[ "$(state warder@plain)" = active ]
	[ "$(main_pid warder@plain)" = "$(ward list --json plain | jq -r '.jails[0].pid')" ]
	local before
	before=$(main_pid warder@plain)
	inside systemctl restart warder@plain
	[ "$(main_pid warder@plain)" != "$before" ]
	inside systemctl stop warder@plain
	[ "$(state warder@plain)" = inactive ]
	run ward status -q plain
	[ "$status" -eq 3 ]
}

@test "a jail that was restarted by hand is not stopped with the unit that has ended" {
	inside systemctl start warder@plain
	ward restart -q plain
	local i
	for ((i = 0; i < 60; i++)); do
		[ "$(state warder@plain)" != inactive ] || break
		sleep 0.5
	done
	[ "$(state warder@plain)" = inactive ]
	ward status -q plain
	ward stop -q plain
}

@test "the unit of a jail whose service ends badly has failed" {
	inside systemctl start warder@ends
	local i
	for ((i = 0; i < 60; i++)); do
		[ "$(state warder@ends)" != failed ] || break
		sleep 0.5
	done
	[ "$(state warder@ends)" = failed ]
}

@test "the native unit: nothing but /var, /tmp and /run is written, and nothing of it executed" {
	inside systemctl start jail-plain
	[ "$(state jail-plain)" = active ]
	local pid
	pid=$(main_pid jail-plain)
	run inside nsenter -t "$pid" -m -r -w /bin/sh -c '
		for at in / /etc/ /root/ /home/ /s/ /t/ /usr/local/ /dev/ /sys/ /var/spool/own/ /var/spool/cron/ /var/ /tmp/ /run/ /dev/shm/; do
			touch ${at}new 2> /dev/null && echo "written $at"
		done
		for at in /var/tmp /tmp /run; do cp /bin/busybox $at/busybox && $at/busybox echo "executed $at"; done 2> /dev/null
		/bin/busybox echo end'
	echo "$output"
	[ "$(tr '\n' ' ' <<< "$output")" = "written /var/ written /tmp/ written /run/ end " ]
	inside systemctl stop jail-plain
}
