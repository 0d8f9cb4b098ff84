# The layout that the proposal draws, of bind mounts and chroot alone: for tests that first show an attack working.
#
#	plain_run SCRIPT	runs the bash script in it, as root of the host
#
# The script finds, in namespaces (mount, pid, ipc, net) that end with it, copies of $ROOT/.warder/base/$PLAIN_BASE and of the
# jail $PLAIN_JAIL's skeleton: nothing that it does reaches the store or the host.
#	$P/view			the management view: base, s and t writable, what a package's database is lies in t
#	$P/jail			what the jail sees: base and s read-only, t without set-uid, devices and execution
#	$P/base $P/s $P/t	the trees themselves
#	manager CMD..., jail CMD...	commands in the two

plain_run()
{
	local where=$DIR/plain r=0
	mkdir -p "$where"
	P=$where unshare -mpin --fork --kill-child --propagation private \
		bash -c 'set -eu; . "$1"; plain_make; . "$2"' plain "$WARDER_SOURCE/tests/system/plain.bash" "$1" || r=$?
	rmdir "$where"
	return $r
}

# What a chroot needs of /dev and /proc.
plain_devices()
{
	mount -t tmpfs -o mode=755 none "$1/dev"
	mknod -m 666 "$1/dev/null" c 1 3
	mknod -m 444 "$1/dev/urandom" c 1 9
	mount -t proc proc "$1/proc"
}

plain_make()
{
	local generation=$ROOT/.warder/base/$PLAIN_BASE
	generation=$generation/$(readlink "$ROOT/j/$PLAIN_BASE" | sed 's|.*/\([0-9]*\)/root$|\1|')
	ip link set lo up
	mount -t tmpfs -o mode=755 none "$P"
	mkdir "$P"/{upper,work,base,view,jail}
	mount -t overlay -o "lowerdir=$generation/root,upperdir=$P/upper,workdir=$P/work" none "$P/base"
	cp -a "$(readlink -f "$ROOT/s/$PLAIN_JAIL")" "$P/s"
	cp -a "$generation/skel/t" "$P/t"
	[ ! -d "$generation/pins" ] || cp -a "$generation/pins/." "$P/t"
	chmod 755 "$P/t"

	mount --bind "$P/base" "$P/view"
	mount --bind "$P/s" "$P/view/s"
	mount --bind "$P/t" "$P/view/t"
	plain_devices "$P/view"
	mount --bind "$P/base" "$P/jail"
	mount -o remount,bind,ro,nosuid,nodev "$P/jail"
	mount --bind "$P/s" "$P/jail/s"
	mount -o remount,bind,ro,nosuid,nodev "$P/jail/s"
	mount --bind "$P/t" "$P/jail/t"
	mount -o remount,bind,nosuid,nodev,noexec "$P/jail/t"
	plain_devices "$P/jail"
}

manager() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive chroot "$P/view" "$@"; }
jail() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$P/jail" "$@"; }
