#!/usr/bin/env bats
# What `warder emit` makes, given to the programs that it is made for, on jails that warder has made.

load helpers

setup_file()
{
	make_store emit <<-EOF
	$(busybox_conf <<-CONF
		plain { exec.service = "/bin/sleep", "1000"; }
		listed { exec.service = "/bin/busybox", "sleep", "1000"; exec.allow = "/bin/busybox"; shm = 1M; }
		listedtrue { exec.service = "/bin/busybox", "true"; exec.allow = "/bin/busybox"; }
		listedother { exec.service = "/bin/busybox", "env", "/usr/local/libexec/probe", "exit", "0"; exec.allow = "/bin/busybox"; }
		attacked {
			exec.service = "/usr/local/libexec/probe", "attacks";
			exec.start = "echo started by \$(id -u)", "false || true # not the last";
			wx = deny;
		}
		shown {
			exec.service = "/bin/sh", "-c", "id; ls -ldn /run /run/thing /var/x /dev/shm; hostname; cat /proc/self/mountinfo; echo; cat /proc/self/status";
			exec.start = "echo data > /var/x";
			exec.environment = "A=b c";
			run.dirs = "thing 7:8 0750";
			capabilities = setgid, setuid;
			host.hostname = "shown.example.org";
			shm = 1M;
		}
		fails { exec.service = "/bin/true"; exec.start = "exit 7"; }
		hungry {
			exec.service = "/bin/sh", "-c", "head -c 100000000 /dev/zero | tail -c 90000000 | wc -c";
			memory = 16M;
			limits = best-effort;
		}
		asuser { exec.service = "/bin/sh", "-c", "id -u; grep CapEff /proc/self/status"; exec.jail_user = nobody; }
	CONF
	)
	EOF
	make_jail plain listed listedtrue listedother attacked shown fails hungry asuser
}
setup() { use_store emit; need_jails; }
teardown() { nothing_left; }
teardown_file() { use_store emit; remove_store; }

need() { command -v "$1" > /dev/null || skip "$1 is not installed"; }

# mounted FSTAB SCRIPT: runs the script where mount -a was given the lines, in a mount namespace that ends with it.  In
# it, `no COMMAND...` fails if the command works.
mounted()
{
	unshare -m --propagation private sh -euc '
		no() { if "$@" > /dev/null 2>&1; then echo "worked: $*"; exit 1; fi; }
		mount -a -T "$1"; cd "$2/j"; FSTAB=$1; eval "$3"' sh "$1" "$ROOT" "$2"
}

@test "mount -a: what is mounted has the options of the plan" {
	warder emit fstab --all -o "$DIR/fstab"
	run mounted "$DIR/fstab" 'findmnt -rn -o TARGET,OPTIONS | sed -n "s|^$PWD/||p" | sed "s/,.*pool.*//"'
	expect 0
	echo "$output"
	grep -q '^plain ro,nosuid,nodev,' <<< "$output"
	grep -q '^plain/s ro,nosuid,nodev,' <<< "$output"
	grep -q '^plain/t ro,nosuid,nodev,noexec,' <<< "$output"
	grep -q '^plain/t/var rw,nosuid,nodev,noexec,' <<< "$output"
	grep -q '^plain/t/tmp rw,nosuid,nodev,noexec,' <<< "$output"
	grep -q '^plain/dev ro,nosuid,noexec,' <<< "$output"
	grep -q '^listed ro,nosuid,nodev,noexec,' <<< "$output"
	grep -q '^listed/s ro,nosuid,nodev,noexec,' <<< "$output"
	grep -q '^listed/dev/shm rw,nosuid,nodev,noexec,' <<< "$output"
}

@test "mount -a: nothing but var and tmp can be written, and nothing that was written can be executed" {
	warder emit fstab plain -o "$DIR/fstab"
	mounted "$DIR/fstab" '
		chroot plain /bin/busybox true
		for at in x etc/x s/x t/x usr/x dev/x; do
			no touch plain/$at
		done
		touch plain/t/var/x plain/tmp/x
		cp plain/bin/busybox plain/t/tmp/busybox
		no chroot plain /t/tmp/busybox true
		mknod plain/t/tmp/null c 1 3
		no dd if=/dev/zero of=plain/t/tmp/null count=1 conv=notrunc
		rm plain/t/tmp/null plain/t/tmp/busybox plain/t/var/x plain/tmp/x'
}

@test "mount -a: with exec.allow the base executes nothing else" {
	warder emit fstab listed -o "$DIR/fstab"
	mounted "$DIR/fstab" 'chroot listed /bin/busybox true'
	run mounted "$DIR/fstab" 'chroot listed /usr/local/libexec/probe'
	expect 126
	# the same command works where there is no list
	warder emit fstab plain -o "$DIR/fstab"
	run mounted "$DIR/fstab" 'chroot plain /usr/local/libexec/probe'
	[ "$status" -ne 126 ]
}

@test "mount -a: the proposal's own lines, and its views for management" {
	warder emit fstab --plain --manage --all -o "$DIR/fstab"
	mounted "$DIR/fstab" '
		no touch plain/s/x
		no touch plain/x
		cd ../manage
		touch plain/s/x
		[ -e ../s/plain/x ]
		rm plain/s/x
		[ -c plain/dev/null ]'
}

@test "mount -a leaves our views for management to be mounted by hand" {
	warder emit fstab --manage plain -o "$DIR/fstab"
	mounted "$DIR/fstab" '
		cd ../manage
		no mountpoint -q plain
		for at in "" /s /t; do mount -T "$FSTAB" "$PWD/plain$at"; done
		no touch plain/x
		touch plain/s/x
		rm plain/s/x
		ln -s /etc plain/t/tmp/link
		no ls plain/t/tmp/link/
		rm plain/t/tmp/link'
}

@test "adopt reads the lines of emit: what comes out of them again is the same" {
	local os
	for os in linux freebsd; do
		warder emit fstab --os $os --manage plain shown -o "$DIR/fstab"
		"$WARDER" adopt fstab "$DIR/fstab" -o "$DIR/adopted.conf"
		"$WARDER" -f "$DIR/adopted.conf" emit fstab --os $os --manage --all -o "$DIR/again"
		diff <(grep -v '^#' "$DIR/fstab") <(grep -v '^#' "$DIR/again")
	done
}

@test "systemd-analyze verify takes the units, both kinds" {
	need systemd-analyze
	warder emit systemd plain listed -o "$DIR/units"
	warder emit systemd --native plain listed -o "$DIR/units"
	[ "$(ls "$DIR/units" | wc -l)" -eq 4 ]
	for unit in "$DIR"/units/*.service; do
		run systemd-analyze verify --man=no "$unit"
		expect 0
		[ -z "$output" ] || { echo "$unit: $output"; return 1; }
	done
	# it does find what is wrong
	sed -i 's/^KillMode=.*/KillMode=gently/' "$DIR/units/jail-plain.service"
	run systemd-analyze verify --man=no "$DIR/units/jail-plain.service"
	expect 0 gently
}

@test "systemd-analyze security finds the native unit a tight one" {
	need systemd-analyze
	warder emit systemd --native plain -o "$DIR/plain.service"
	systemd-analyze security --offline=yes --threshold=30 --no-pager "$DIR/plain.service"
}

# told NAME JAIL: what the start of the jail sends to the socket of that name.
told()
{
	local ended=0
	python3 -c '
import os, socket, subprocess, sys
name = sys.argv[1]
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("\0" + name[1:] if name[0] == "@" else name)
no = subprocess.DEVNULL
status = subprocess.run(sys.argv[2:], stdout=no, stderr=no, env=dict(os.environ, NOTIFY_SOCKET=name)).returncode
s.settimeout(0 if status else 10)
print(s.recv(4096).decode() if status == 0 else "nothing")
sys.exit(status)' "$1" "$WARDER" -f "$CONF" --root "$ROOT" start "$2" || ended=$?
	[ "${1:0:1}" = @ ] || rm -f "$1"
	return $ended
}

@test "a start tells the manager of services which process the jail is" {
	local name
	for name in "$DIR/notify" "@warder-$$-notify"; do
		run told "$name" plain
		expect 0
		[ "$output" = "MAINPID=$(pid_of plain)"$'\nREADY=1' ]
		warder stop -q plain
	done
	run told "$DIR/notify" fails
	[ "$status" -ne 0 ]
	[[ "$output" == *nothing ]]
	NOTIFY_SOCKET=notify run warder start -q plain
	expect 1 "NOTIFY_SOCKET has neither"
	[[ "$output" == *"warder stop plain"* ]]
	NOTIFY_SOCKET=$DIR/none.such run warder start -q listed
	expect 1 "No such file"
	warder stop -q plain listed
}

@test "a unit stops its own jail, not one that was started after it had ended" {
	warder emit systemd plain -o "$DIR/plain.service"
	local stop
	stop=$(sed -n 's/^ExecStop=//p' "$DIR/plain.service" | sed 's/\$\$/$/g; s/\\/\\\\/g; s/\$/\\$/g; s/\\\\"/\\"/g')
	run sh -c "$(sed -n 's/^ExecStart=//p' "$DIR/plain.service")"
	expect 0
	run sh -c "$stop"
	expect 0
	warder status -q plain
	MAINPID=$(pid_of plain) run sh -c "$stop"
	expect 0
	run warder status plain
	expect 3
}

# oci RUNTIME JAIL [FILTER]: runs its bundle, changed by a filter of jq, in a mount namespace that ends with it.  crun
# refuses version 1 control groups beside a version 2 that has a controller: in that namespace version 2 has none.  It
# gives its standard streams to the bundle's root: they are pipes, since /dev/null would be the host's.
oci()
{
	need "$1"
	warder emit oci "$2" -o "$DIR/bundles"
	local call=("$1" --root "$DIR/state") unified=/sys/fs/cgroup/unified/cgroup.controllers
	[ "$1" != crun ] || call=(crun --cgroup-manager=disabled --root "$DIR/state")
	: > "$DIR/none"
	jq "${3:-.}" "$DIR/bundles/$2/config.json" > "$DIR/changed"
	mv "$DIR/changed" "$DIR/bundles/$2/config.json"
	run unshare -m --propagation private sh -euc '
		[ ! -e "$1" ] || mount --bind "$2" "$1"
		mount -a -T "$3/fstab"
		bundle=$3 id=$4
		shift 4
		exec "$@" run -b "$bundle" "$id"' sh "$unified" "$DIR/none" "$DIR/bundles/$2" "wdrtest-emit-$$-$2" "${call[@]}" < <(:)
	echo "$output"
}

# What a jail of warder's refuses, the bundle does, except what its annotations name.
refuses_attacks()
{
	oci "$1" attacked
	expect 1 "started by 0"
	[ "$(grep SUCCEEDED <<< "$output")" = "write memory, then execute it: SUCCEEDED" ]
	[ "${#lines[@]}" -gt 60 ]
	! offers "wx = deny" || jq -e '.annotations["org.warder.lacks.wx"] | test("warder.conf:[0-9]+: ")' "$DIR/bundles/attacked/config.json"
}

@test "crun runs a bundle as it is: every attack is refused" { refuses_attacks crun; }

@test "runc runs a bundle as it is: every attack is refused" { refuses_attacks runc; }

shows_the_plan()
{
	oci "$1" shown
	expect 0 "uid=0(root)"
	expect 0 "shown.example.org"
	grep -q '^drwxr-x--- .* 7  *8 .* /run/thing$' <<< "$output"
	grep -q '^-rw.* 0  *0  *5 .* /var/x$' <<< "$output"
	grep -q ' / ro,nosuid,nodev[ ,]' <<< "$output"
	grep -q ' /s ro,nosuid,nodev[ ,]' <<< "$output"
	grep -q ' /t ro,nosuid,nodev,noexec[ ,]' <<< "$output"
	for at in /t/var /t/tmp /t/var/run /t/var/run/thing /dev/shm; do
		grep -q " $at rw,nosuid,nodev,noexec[ ,]" <<< "$output" || { echo "not so: $at"; return 1; }
	done
	grep -q ' /dev ro,nosuid,noexec[ ,]' <<< "$output"
	grep -q ' /proc ro,nosuid,nodev,noexec[ ,].*subset=pid' <<< "$output"
	for set in 'CapInh:.0*0' 'CapEff:.00000000000000c0' 'CapBnd:.00000000000000c0' 'CapAmb:.0*0' 'NoNewPrivs:.1' 'Seccomp:.2'; do
		grep -q "^$set\$" <<< "$output" || { echo "not so: $set"; return 1; }
	done
	# the state is the jail's own, with its own ids
	[ "$(cat "$ROOT/t/shown/var/x")" = data ]
	[ "$(stat -c %u "$ROOT/t/shown/var/x")" = "$(awk '$1 == "shown" { print $2 }' "$ROOT/.warder/ids")" ]
	rm "$ROOT/t/shown/var/x"
}

@test "crun gives a bundle the plan's mounts, ids and rights" { shows_the_plan crun; }

@test "runc gives a bundle the plan's mounts, ids and rights" { shows_the_plan runc; }

allows_only()
{
	oci "$1" listedtrue
	expect 0
	oci "$1" listedother
	[ "$status" -ne 0 ]
	expect "$status" ermission
}

@test "crun: a bundle with exec.allow executes nothing else" { allows_only crun; }

@test "runc: a bundle with exec.allow executes nothing else" { allows_only runc; }

@test "a bundle whose exec.start fails runs no service" {
	oci runc fails
	expect 7
}

@test "a bundle of a service with a user of its own has no capabilities" {
	oci runc asuser
	expect 0 "CapEff:	0000000000000000"
	[ "${lines[0]}" = 65534 ]
}

@test "runc holds a bundle's limit of memory" {
	oci runc hungry 'del(.linux.resources)'
	expect 0 90000000
	oci runc hungry
	[[ $output != *90000000* ]]
	[ -z "$(find /sys/fs/cgroup -name "wdrtest-emit-$$-*")" ]
}

# nspawn JAIL: runs it, with /run/systemd and what nspawn mounts of its own in a mount namespace that ends with it.
nspawn()
{
	need systemd-nspawn
	warder emit nspawn "$1" -o "$DIR/nspawn"
	mkdir -p "$ROOT/.warder/base/small/1/root/sys"
	run unshare -m --propagation private sh -euc '
		mkdir -p /run/systemd
		mount -t tmpfs none /run/systemd
		mkdir /run/systemd/nspawn
		cp "$1/$2.nspawn" /run/systemd/nspawn/
		mount -a -T "$1/$2.fstab"
		exec systemd-nspawn -q --register=no --keep-unit --settings=yes -M "$2" -D "$3/j/$2"' \
		sh "$DIR/nspawn" "$1" "$ROOT" < /dev/null
	rmdir "$ROOT/.warder/base/small/1/root/sys"
	echo "$output"
}

@test "systemd-nspawn gives a jail the plan's mounts, ids and rights" {
	nspawn shown
	expect 0 "uid=0(root)"
	expect 0 "shown.example.org"
	grep -q '^drwxr-x--- .* 0  *0 .* /run/thing' <<< "$output"
	grep -q ' / ro,nosuid,nodev[ ,]' <<< "$output"
	grep -q ' /s ro,nosuid,nodev[ ,]' <<< "$output"
	grep -q ' /t ro,nosuid,nodev,noexec[ ,]' <<< "$output"
	for at in /t/var /t/tmp /t/var/run/thing /dev/shm; do
		grep -q " $at rw,nosuid,nodev,noexec[ ,]" <<< "$output" || { echo "not so: $at"; return 1; }
	done
	grep -q '^CapEff:.00000000000000c0' <<< "$output"
	grep -q '^CapBnd:.00000000000000c0' <<< "$output"
	grep -q '^NoNewPrivs:.1' <<< "$output"
	[ "$(stat -c %u "$ROOT/t/shown/var/x")" = "$(awk '$1 == "shown" { print $2 }' "$ROOT/.warder/ids")" ]
	rm "$ROOT/t/shown/var/x"
}

@test "jail.conf is read by whoever reads that syntax, and names the files beside it" {
	warder emit jail.conf plain listed -o "$DIR/freebsd"
	[ "$(cd "$DIR/freebsd" && echo *)" = "devfs.rules fstab.listed fstab.plain jail.conf rc.conf" ]
	run "$WARDER" adopt jail.conf "$DIR/freebsd/jail.conf"
	expect 2 "root = \"$ROOT\";"
	[ "$(grep -c 'not taken over: mount.fstab' <<< "$output")" -eq 2 ]
	[ "$(grep -c 'not taken over' <<< "$output")" -eq 2 ]
	sh -c '. "$1"; [ "$jail_list" = "plain listed" ] && [ "$jail_enable" = YES ]' sh "$DIR/freebsd/rc.conf"
	warder emit jail.conf --split plain listed -o "$DIR/split"
	[ "$(cd "$DIR/split/jail.conf.d" && echo *)" = "listed.conf plain.conf" ]
}

@test "several bundles need a directory" {
	run warder emit oci plain
	expect 64 "-o DIR"
}
