# podman with a storage of its own in $DIR, for those who run what `warder emit` makes.

need() { command -v "$1" > /dev/null || skip "$1 is not installed"; }

# In a mount namespace that ends with it.  crun refuses version 1 control groups beside a version 2 that has a controller:
# there version 2 has none.  Limits are below those of the machine, which may not be raised.
podman_here()
{
	local unified=/sys/fs/cgroup/unified/cgroup.controllers
	: > "$DIR/none"
	cat > "$DIR/containers.conf" <<-EOF
		[containers]
		default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
	EOF
	CONTAINERS_CONF=$DIR/containers.conf unshare -m --propagation private sh -euc '
		[ ! -e "$1" ] || mount --bind "$2/none" "$1"
		at=$2
		shift 2
		exec podman --root "$at/podman" --runroot "$at/podman.run" --tmpdir "$at/podman.tmp" --storage-driver vfs \
			--cgroup-manager cgroupfs --events-backend none --runtime crun "$@"' sh "$unified" "$DIR" "$@"
}

# What engines keep outside of any storage they are told to use: made by a test, it goes with it.
engines_before() { local at; for at in /var/lib/containers /run/crun; do [ ! -e $at ] || echo $at; done > "$DIR/engines"; }
engines_after()
{
	local at
	for at in /var/lib/containers /run/crun; do
		grep -qx $at "$DIR/engines" || rm -rf $at
	done
}

podman_remove()
{
	[ ! -e "$DIR/podman" ] || podman_here pod rm -f -a > /dev/null 2>&1 || :
	rm -rf "$DIR"/podman "$DIR"/podman.run "$DIR"/podman.tmp
	find /sys/fs/cgroup -maxdepth 3 -depth -type d -path '*/libpod_parent*' -exec rmdir {} + 2> /dev/null || :
}
