#!/usr/bin/env bats
# What `warder emit` makes, given to the programs that it is made for, on jails that warder has made.

load helpers

setup_file()
{
	make_store emit <<-EOF
	$(busybox_conf <<-CONF
		plain { exec.service = "/bin/sleep", "1000"; }
		listed { exec.service = "/bin/busybox", "sleep", "1000"; exec.allow = "/bin/busybox"; shm = 1M; }
	CONF
	)
	EOF
	make_jail plain listed
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

@test "systemd-analyze verify takes the units, both kinds" {
	need systemd-analyze
	warder emit systemd --all -o "$DIR/units"
	warder emit systemd --native --all -o "$DIR/units"
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

@test "the words of a unit start and stop the jail" {
	warder emit systemd plain -o "$DIR/plain.service"
	run sh -c "$(sed -n 's/^ExecStart=//p' "$DIR/plain.service")"
	expect 0
	warder status plain
	run sh -c "$(sed -n 's/^ExecStop=//p' "$DIR/plain.service")"
	expect 0
	run warder status plain
	expect 3
}
