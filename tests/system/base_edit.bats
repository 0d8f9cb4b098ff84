# Changes to a base: a new generation that jails take at their next start, and the way back.
load helpers

setup_file()
{
	busybox_conf <<-'EOT' > "$BATS_FILE_TMPDIR/conf"
		a { } b { }
	EOT
	make_store base_edit < "$BATS_FILE_TMPDIR/conf"
	make_jail a b
}
setup() { use_store base_edit; }
teardown() { warder stop -q --kill --all || :; warder base edit -q --discard small 2> /dev/null || :; }
teardown_file() { use_store base_edit; remove_store; }

in_use() { readlink "$ROOT/j/small" | sed 's|.*/small/||; s|/root||'; }
edit() { warder base edit "$@"; }

@test "a base is changed in a generation of its own: running jails keep theirs, the next start takes it" {
	local before
	before=$(in_use)
	warder start -q a
	run edit -y small -- /bin/sh -c 'mkdir /usr/extra; cp /bin/busybox /usr/extra/true; echo > /etc/from-base'
	expect 0 "usr/extra/true"
	[ "$(in_use)" -eq $((before + 1)) ]
	run warder exec a -- /usr/extra/true
	expect 127
	[ "$(warder list --json a | jq .jails[0].base_generation)" -eq "$before" ]
	warder restart -q a
	run warder exec a -- /usr/extra/true
	expect 0
	[ "$(warder list --json a | jq .jails[0].base_generation)" -eq $((before + 1)) ]
	# New in the pristine skeleton, so new in each jail's.
	run warder exec a -- /bin/ls /etc/from-base
	expect 0
	[ -e "$ROOT/s/b/etc/from-base" ]
}

@test "a dry run of an edit writes nothing, not even ids" {
	local before
	warder base create -q --from busybox dry
	before=$(find "$ROOT" -printf '%p %i %s %T@\n' | sort | sha256sum)
	run warder base edit -n dry -- /bin/true
	expect 0
	[ "$(find "$ROOT" -printf '%p %i %s %T@\n' | sort | sha256sum)" = "$before" ]
	warder base remove -q -y dry
}

@test "base rollback puts the former generation to use, base use a named one" {
	edit -q -y small -- /bin/sh -c 'echo > /bin/rolled'
	local second
	second=$(in_use)
	run warder base rollback small
	expect 0 "generation $((second - 1)) is in use"
	[ "$(in_use)" -eq $((second - 1)) ]
	warder start -q a
	run warder exec a -- /bin/ls /bin/rolled
	[ "$status" -ne 0 ]
	warder stop -q a
	run warder base use small "$second"
	expect 0
	warder start -q a
	run warder exec a -- /bin/ls /bin/rolled
	expect 0
	run warder base use small 99
	expect 1 "there are: "
	run warder base use nobase 1
	expect 1 "there is no such base"
	[[ $output != *"there are:"* ]]
	run warder base rollback nobase
	expect 1 "there is no such base"
	run warder base use small x
	expect 64
	run warder base rollback none
	[ "$status" -ne 0 ]
}

@test "a jail that was told to stay on a generation stays, until it is told otherwise" {
	local first
	first=$(in_use)
	run warder base use small "$first" a
	expect 0
	edit -q -y small -- /bin/sh -c 'echo > /bin/newer'
	warder start -q a b
	[ "$(warder list --json a | jq .jails[0].base_generation)" -eq "$first" ]
	[ "$(warder list --json b | jq .jails[0].base_generation)" -eq "$(in_use)" ]
	warder stop -q a b
	[ "$(warder list --json a | jq .jails[0].base_generation)" -eq "$first" ]
	# Its skeleton must not rely on a base that it does not take.
	run warder manage --base -y a -- /bin/true
	expect 1 "base use --follow small a"
	run warder base use small --follow a
	expect 0
	warder start -q a
	[ "$(warder list --json a | jq .jails[0].base_generation)" -eq "$(in_use)" ]
	run warder base use small "$(in_use)" nobody
	expect 1 nobody
}

@test "what the administrator changed or removed in a jail does not come back with a new base" {
	edit -q -y small -- /bin/sh -c 'echo base > /etc/both; echo base > /etc/taken'
	warder manage -q -y a -- /bin/sh -c 'echo own > /etc/both; rm /etc/taken'
	run edit -y small -- /bin/sh -c 'echo newer > /etc/both; echo newer > /etc/taken; echo > /etc/fresh'
	expect 0 "a: changed by the base, left as it is: etc/both"
	[ "$(cat "$ROOT/s/a/etc/both")" = own ]
	[ ! -e "$ROOT/s/a/etc/taken" ]
	[ -e "$ROOT/s/a/etc/fresh" ]
	[ "$(cat "$ROOT/s/b/etc/both")" = base ]
}

@test "directories that the base brings under /var are made in the jails' state" {
	run edit -y small -- /bin/sh -c 'mkdir /var/lib/brought && chown 9:9 /var/lib/brought && chmod 700 /var/lib/brought'
	expect 0
	warder start -q a
	[ "$(warder exec a -- /bin/stat -c '%u:%g %a' /var/lib/brought)" = "9:9 700" ]
}

@test "an edit that would break every jail is refused, and its draft kept" {
	local before
	before=$(in_use)
	run edit -y small -- /bin/sh -c 'rm /etc && mkdir /etc'
	expect 1 "must be a link to s/etc"
	[ "$(in_use)" -eq "$before" ]
	edit -q --discard small
	run edit -y small -- /bin/sh -c 'rmdir /var/run/* 2> /dev/null; rmdir /t/var/spool/at && ln -s /etc /t/var/spool/at'
	[ "$status" -ne 0 ]
	[ "$(in_use)" -eq "$before" ]
	edit -q --discard small 2> /dev/null || :
	run warder start b
	expect 0
}

@test "the host's resolvers are in the view and not in the base; neither is what a script left in /run and /tmp" {
	run edit -y small -- /bin/sh -c 'cat /etc/resolv.conf; echo x > /run/left; echo > /bin/y'
	expect 0
	grep -qxF "$(grep -m 1 nameserver /etc/resolv.conf)" <<< "$output"
	[ ! -e "$ROOT/.warder/base/small/$(in_use)/skel/s/etc/resolv.conf" ]
	[ ! -e "$ROOT/.warder/base/small/$(in_use)/skel/t/var/run/left" ]
}

@test "a draft that is taken up again has the host's resolvers too, and they stay out of the base; what was written there stays" {
	edit -q --keep small -- /bin/sh -c 'echo > /etc/kept'
	run edit --keep --resume small -- /bin/cat /etc/resolv.conf
	expect 0 "$(grep -m 1 nameserver /etc/resolv.conf)"
	# A session that failed leaves them in the draft; by the next one the host's are others.
	run edit --resume small -- /bin/false
	expect 64
	run edit -y --resume small -- /bin/false
	expect 1
	echo 'nameserver 192.0.2.1' > "$ROOT/.warder/base/small/draft/draft.guest"
	cp "$ROOT/.warder/base/small/draft/draft.guest" "$ROOT/.warder/base/small/draft/skel/s/etc/resolv.conf"
	run edit -y --resume small -- /bin/cat /etc/resolv.conf
	expect 0 "$(grep -m 1 nameserver /etc/resolv.conf)"
	[ ! -e "$ROOT/.warder/base/small/$(in_use)/skel/s/etc/resolv.conf" ]
	[ ! -e "$ROOT/.warder/base/small/$(in_use)/draft.guest" ]
	edit -q --keep small -- /bin/sh -c 'echo "nameserver 192.0.2.2" > /etc/resolv.conf'
	run edit -y --resume small -- /bin/cat /etc/resolv.conf
	expect 0 192.0.2.2
	grep -qx 'nameserver 192.0.2.2' "$ROOT/.warder/base/small/$(in_use)/skel/s/etc/resolv.conf"
}

@test "a script of a base's edit is root of nothing on the host" {
	run edit --discard small -- /bin/sh -c 'cat /proc/self/uid_map; cat /proc/1/environ 2>&1; echo x > /proc/sys/kernel/core_pattern 2>&1
		mknod /dev/sda b 8 0 2>&1; mknod /tmp/sda b 8 0 2>&1; mount -t proc none /mnt 2>&1; chroot / true 2>&1; kill -0 '"$$"' 2>&1'
	local range
	range=$(awk 'NR == 1 { print $2 }' <<< "$output")
	[ "$range" -ge 65536 ]
	[ "$(grep -c -e ermitted -e 'Read-only' -e 'No such process' -e 'denied' -e "can't" <<< "$output")" -ge 6 ]
	# Its range is no jail's.
	for j in a b; do [ "$(warder list --json $j | jq .jails[0].uid_base)" -ne "$range" ]; done
}

@test "one editor of a base at a time; a killed one leaves its draft" {
	"$WARDER" --root "$ROOT" -f "$CONF" base edit -q --discard small -- /bin/sleep 3 &
	local first=$!
	until [ -e "$ROOT/.warder/base/small/draft" ]; do sleep 0.02; done
	run edit --discard small -- /bin/true
	expect 75 "process $first"
	kill -9 $first
	wait $first 2> /dev/null || :
	run edit -y small -- /bin/true
	expect 1 "draft already"
	run edit --discard small
	expect 0
	nothing_left
}

@test "install names the flavour that it has no package tool for, and what is no package" {
	run warder install -y small tool
	expect 69 busybox
	run warder install -y a tool
	expect 69
	run warder install -y small -- --option
	expect 64
	run warder install -y small ../x
	expect 64
	run warder install small
	expect 64
}

@test "a jail that is managed while its base is edited is named, with the way to what is new in the base" {
	"$WARDER" --root "$ROOT" -f "$CONF" manage -q --discard a -- /bin/sleep 3 &
	local first=$!
	until [ -e "$ROOT/.warder/skel/a/draft" ]; do sleep 0.02; done
	run edit -y small -- /bin/sh -c 'echo > /etc/missed'
	expect 75 "a: lock manage.a: held by process $first"
	[[ "$output" == *"warder base use small $(in_use)"* ]]
	[ -e "$ROOT/s/b/etc/missed" ] && [ ! -e "$ROOT/s/a/etc/missed" ]
	wait $first
	warder base use -q small "$(in_use)"
	[ -e "$ROOT/s/a/etc/missed" ]
}

@test "of base and skeleton one alone has a draft: manage --base names it and the verb that finishes it" {
	warder manage -q --keep a -- /bin/touch /etc/half
	run warder manage --base -y --resume a -- /bin/true
	expect 1 "warder manage --resume a"
	warder manage -q --discard a
	edit -q --keep small -- /bin/touch /bin/half
	run warder manage --base -y a -- /bin/true
	expect 1 "warder base edit --resume small"
}

@test "manage --base: base, skeleton and pristine state in one view, each in a generation of its own" {
	local base skel
	base=$(in_use)
	skel=$(readlink "$ROOT/s/a")
	run warder manage --base -y a -- /bin/sh -c 'echo > /bin/together; echo > /etc/together; mkdir /var/lib/together'
	expect 0 together
	[ "$(in_use)" -eq $((base + 1)) ]
	[ "$(readlink "$ROOT/s/a")" != "$skel" ]
	warder start -q a b
	run warder exec a -- /bin/ls /bin/together /etc/together /var/lib/together
	expect 0
	run warder exec b -- /bin/ls /bin/together /var/lib/together
	expect 0
	run warder exec b -- /bin/ls /etc/together
	[ "$status" -ne 0 ]
}
