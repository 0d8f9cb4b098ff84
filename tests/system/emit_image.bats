#!/usr/bin/env bats
# What `warder emit oci-image` makes, given to the programs that read image layouts.

load helpers
load podman

# net_bind_service, permitted and effective
CAPABILITY='import os, struct, sys; name, value = "security.capability", struct.pack("<5I", 0x2000001, 1 << 10, 0, 0, 0); '

setup_file()
{
	make_store emitimage <<-EOF
	$(busybox_conf <<-CONF
		plain { exec.service = "/bin/sleep", "1000"; run.dirs = "thing 7:8 0750"; }
		writes {
			exec.service = "/bin/sh", "-c", "id -u; for at in / /etc/ /usr/local/ /s/ /t/ /var/ /tmp/; do touch \\\${at}new && echo \"written \\\$at\"; done 2>&1; cat /var/spool/own/kept; echo \\\$A";
			exec.environment = "A=b c";
			pins = "/var/spool/own";
			stop.signal = INT;
		}
		asuser { exec.service = "/bin/id", "-u"; exec.jail_user = nobody; }
		going { exec.service = "/bin/true"; }
		idle {}
	CONF
	)
	EOF
	engines_before
	make_jail plain writes asuser idle
	local s=$ROOT/s/plain/usr-local
	mkdir -p "$s/lib/deep" "$ROOT/s/writes/pins/var/spool/own"
	echo pinned > "$ROOT/s/writes/pins/var/spool/own/kept"
	cp /bin/true "$s/able"
	python3 -c "$(printf %s "$CAPABILITY"; echo 'os.setxattr(sys.argv[1], name, value)')" "$s/able"
	ln "$s/able" "$s/lib/able"
	: > "$s/$(printf 'n%.0s' {1..150})"
	: > "$s/"$'odd\n\xff'
	ln -s "$(printf '../%.0s' {1..60})etc/passwd" "$s/long"
	ln -s ../../etc/passwd "$s/lib/to-skeleton"
	ln -s ../../../bin/sh "$s/lib/to-base"
	chown 7:2200000 "$s/lib/deep"
	python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$s/lib/socket"
}
setup() { use_store emitimage; need_jails; }
teardown()
{
	rm -rf "$DIR/out" "$DIR/again"
	nothing_left
}
teardown_file() { use_store emitimage; engines_after; remove_store; }

image() { warder emit oci-image "$@" -o "$DIR/out"; }
manifest() { jq -r --arg n "$1" '.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == $n) | .digest[7:]' "$DIR/out/index.json"; }
blob() { cat "$DIR/out/blobs/sha256/$1"; }
layer() { blob "$(manifest "$1")" | jq -r ".layers[$2].digest[7:]"; }

@test "the same jails are the same layout, byte for byte, and every blob is what its name says" {
	image plain writes
	warder emit oci-image plain writes -o "$DIR/again"
	diff -r "$DIR/out" "$DIR/again"
	# what only root may read is in it
	[ "$(stat -c %a "$DIR/out")" = 700 ]
	for b in "$DIR"/out/blobs/sha256/*; do
		[ "$(sha256sum < "$b")" = "${b##*/}  -" ]
	done
	# another time is another image
	rm -rf "$DIR/again"
	SOURCE_DATE_EPOCH=86400 warder emit oci-image plain writes -o "$DIR/again"
	! cmp -s "$DIR/out/index.json" "$DIR/again/index.json"
	tar --utc -tvf "$DIR/again/blobs/sha256/$(jq -r '.manifests[0].digest[7:]' "$DIR/again/index.json" |
		(cd "$DIR/again/blobs/sha256" && xargs cat) | jq -r '.layers[0].digest[7:]')" > "$DIR/list"
	! grep -v ' 1970-01-02 00:00 ' "$DIR/list"
	run env SOURCE_DATE_EPOCH=-1 "$WARDER" --root "$ROOT" -f "$CONF" emit oci-image plain -o "$DIR/out"
	expect 64 SOURCE_DATE_EPOCH
}

@test "jails on one base share its layer, also those that are added later" {
	image plain
	base=$(layer plain 0)
	first=$(manifest plain)
	image writes
	image asuser plain
	[ "$(jq -c '[.manifests[].annotations["org.opencontainers.image.ref.name"]]' "$DIR/out/index.json")" = '["plain","writes","asuser"]' ]
	[ "$(manifest plain)" = "$first" ]
	for jail in writes asuser; do
		[ "$(layer "$jail" 0)" = "$base" ]
		[ "$(layer "$jail" 1)" != "$(layer plain 1)" ]
	done
	# three images: a layer, and for each a layer and two documents
	[ "$(ls "$DIR/out/blobs/sha256" | wc -l)" -eq 10 ]
}

@test "an image names the jail, its generations and the manifests of its trees" {
	image writes
	blob "$(manifest writes)" | jq -r '.annotations | to_entries[] | .key + "=" + .value' > "$DIR/list"
	grep -qx 'org.warder.jail=writes' "$DIR/list"
	grep -qx 'org.warder.generation.base=1' "$DIR/list"
	grep -qx "org.warder.seal.base=sha256:$(sha256sum < "$ROOT/.warder/base/small/1/seal" | cut -c1-64)" "$DIR/list"
	grep -qx "org.warder.seal.skeleton=sha256:$(sha256sum < "$ROOT/.warder/skel/writes/1.mtree" | cut -c1-64)" "$DIR/list"
	blob "$(blob "$(manifest writes)" | jq -r '.config.digest[7:]')" > "$DIR/list"
	[ "$(jq -c '[.config.StopSignal, .config.WorkingDir, .config.User, (.config.Volumes | keys)]' "$DIR/list")" = '["SIGINT","/","0:0",["/tmp","/var"]]' ]
	[ "$(jq -r '.config.Entrypoint[1]' "$DIR/list")" = -c ]
	image asuser
	[ "$(blob "$(blob "$(manifest asuser)" | jq -r '.config.digest[7:]')" | jq -r .config.User)" = 65534:65534 ]
}

@test "skopeo reads the layout and copies an image out of it" {
	need skopeo
	image plain writes
	[ "$(skopeo inspect "oci:$DIR/out:writes" | jq -r '.Env[-1]')" = "A=b c" ]
	skopeo copy -q "oci:$DIR/out:plain" "dir:$DIR/again"
	[ -f "$DIR/again/$(layer plain 1)" ]
	# what was changed is refused
	printf x | dd of="$DIR/out/blobs/sha256/$(layer writes 1)" conv=notrunc bs=1 seek=600 status=none
	rm -rf "$DIR/again"
	run skopeo copy -q "oci:$DIR/out:writes" "dir:$DIR/again"
	[ "$status" -ne 0 ]
	rm -rf "$DIR/again"
}

@test "umoci unpacks what the jail sees: the same files, at the same paths" {
	need umoci
	image plain
	[ "$(umoci list --layout "$DIR/out")" = plain ]
	umoci unpack --image "$DIR/out:plain" "$DIR/again"
	see='cd / && find bin/ etc/ home/ root/ sbin/ srv/ usr/ usr/local/ s/usr-local/ s/etc/ -type f -exec sha256sum {} + | sort -u'
	warder start -q plain
	warder exec plain -- /bin/sh -c "$see" > "$DIR/list"
	warder stop -q plain
	chroot "$DIR/again/rootfs" /bin/sh -c "$see" | diff "$DIR/list" -
	[ "$(wc -l < "$DIR/list")" -gt 10 ]
	root=$DIR/again/rootfs
	for at in etc usr/local home var tmp run; do [ -d "$root/$at" ] && [ ! -L "$root/$at" ]; done
	[ "$(readlink "$root/s/usr-local")" = ../usr/local ]
	[ "$(readlink "$root/var/run")" = ../run ]
	[ "$(stat -c %u:%g:%a "$root/run/thing")" = 7:8:750 ]
	[ "$(stat -c %a "$root/tmp")" = 1777 ]
}

@test "attributes, hard links, long and odd names, large ids, links that climb: as they are in the skeleton" {
	need umoci
	run image plain
	expect 0 "not in the image: /usr/local/lib/socket: a socket"
	umoci unpack --image "$DIR/out:plain" "$DIR/again"
	local at=$DIR/again/rootfs/usr/local
	python3 -c "$(printf %s "$CAPABILITY"; echo 'sys.exit(os.getxattr(sys.argv[1], name) != value)')" "$at/able"
	[ "$at/able" -ef "$at/lib/able" ]
	[ -f "$at/$(printf 'n%.0s' {1..150})" ]
	[ -f "$at/"$'odd\n\xff' ]
	[ "$(stat -c %u:%g "$at/lib/deep")" = 7:2200000 ]
	[ "$(readlink "$at/long")" = "$(readlink "$ROOT/s/plain/usr-local/long")" ]
	[ ! -e "$at/lib/socket" ]
	# to the same files as in the jail
	chroot "$DIR/again/rootfs" /bin/sh -c 'cmp /usr/local/lib/to-skeleton /etc/passwd && cmp /usr/local/lib/to-base /bin/busybox'
	# what else reads tar
	tar -tf "$DIR/out/blobs/sha256/$(layer plain 1)" > /dev/null
	! command -v bsdtar > /dev/null || bsdtar -tf "$DIR/out/blobs/sha256/$(layer plain 1)" > /dev/null
}

@test "an image has nothing of the running jail's state" {
	echo secret > "$ROOT/t/plain/var/secret"
	image plain
	! grep -r secret "$DIR/out"
	rm "$ROOT/t/plain/var/secret"
}

@test "a name that would remove a file of the base from the image is refused, and nothing is left" {
	: > "$ROOT/s/plain/etc/.wh.motd"
	run image plain
	rm "$ROOT/s/plain/etc/.wh.motd"
	expect 1 ".wh."
	[ ! -e "$DIR/out" ]
	image writes
	find "$DIR/out" | sort > "$DIR/list"
	: > "$ROOT/s/plain/etc/.wh.motd"
	run image plain
	rm "$ROOT/s/plain/etc/.wh.motd"
	expect 1 ".wh."
	find "$DIR/out" | sort | diff "$DIR/list" -
}

@test "what is removed while it is written is no image" {
	need strace
	strace -o "$DIR/trace" true 2> /dev/null || skip "strace may not trace here"
	make_jail going
	# the fifth fchmod closes the second layer: before it are those of the marker, of two directories, of the first
	strace -qq -o "$DIR/trace" -e trace=fchmod -e inject=fchmod:delay_enter=3000000:when=5 \
		"$WARDER" --root "$ROOT" -f "$CONF" emit oci-image going -o "$DIR/out" > "$DIR/list" 2>&1 &
	local pid=$!
	for _ in {1..100}; do
		[ -z "$(ls "$DIR/out/blobs/sha256" 2> /dev/null)" ] || break
		sleep 0.05
	done
	sleep 0.5
	warder destroy -y going
	wait "$pid" && { echo "an image was made"; return 1; }
	grep "meanwhile" "$DIR/list"
	[ ! -e "$DIR/out" ]
}

@test "a full disk leaves nothing" {
	mkdir "$DIR/out"
	run unshare -m --propagation private sh -euc '
		mount -t tmpfs -o size=1m none "$1"
		! "$2" --root "$3" -f "$4" emit oci-image plain -o "$1/image"
		[ -z "$(ls -A "$1")" ]' sh "$DIR/out" "$WARDER" "$ROOT" "$CONF"
	expect 0 "No space left"
}

@test "what is no layout is not written to; a jail without a service is no image" {
	mkdir "$DIR/out"
	echo mine > "$DIR/out/file"
	run image plain
	expect 73 "no image layout"
	[ "$(ls -A "$DIR/out")" = file ]
	rm "$DIR/out/file"
	image plain
	echo '{"manifests":{}}' > "$DIR/out/index.json"
	run image writes
	expect 73 index.json
	run image idle
	expect 78 "exec.service"
	run warder emit oci-image plain
	expect 64 "-o DIR"
}

@test "podman runs the service read-only from the layout: nothing but /var and /tmp is written" {
	need podman
	need crun
	image writes
	id=$(podman_here pull -q "oci:$DIR/out:writes")
	run podman_here run --rm --read-only --network none --cgroups=disabled "$id"
	podman_here volume ls -q > "$DIR/list"
	podman_remove
	expect 0 pinned
	echo "$output"
	[ "$(grep ^written <<< "$output" | tr '\n' ' ')" = "written /var/ written /tmp/ " ]
	[ "$(grep -c 'Read-only file system' <<< "$output")" -eq 5 ]
	[ "${lines[0]}" = 0 ]
	[ "${lines[-1]}" = "b c" ]
	[ ! -s "$DIR/list" ]
}
