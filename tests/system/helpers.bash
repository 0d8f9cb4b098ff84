# What every system test needs: a scratch store with a base of busybox, made once for each file, and a way to look at
# the host before and after.  The tests run the real program; nothing of the host outside $ROOT is changed, except
# the bridge that they name, which warder makes and removes.

export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8
: "${WARDER:?set by tests/run}" "${WARDER_BUILD:?}" "${WARDER_SOURCE:?}"
PROBE=$WARDER_BUILD/tools/probe
PROBE_IN=/usr/local/libexec/probe

warder() { "$WARDER" --root "$ROOT" -f "$CONF" "$@"; }

# A skip with its reason where the machine cannot run jails at all.
need_jails()
{
	[ "$(id -u)" -eq 0 ] || skip "not root"
	[ -x "$WARDER" ] || skip "warder is not built"
	if ! why=$("$WARDER" --root "$ROOT" doctor --json 2>&1); then
		skip "this machine cannot run jails: $(echo "$why" |
			jq -r '[.findings[] | select(.required and .have == "no") | .name] | join(", ")' 2> /dev/null)"
	fi
}

# use_store NAME: $ROOT and $CONF of this file; called in setup_file and, for the variables, in setup.
use_store()
{
	export DIR=$WARDER_BUILD/test-$1
	export ROOT=$DIR/root CONF=$DIR/warder.conf
}

# make_store NAME < CONFIGURATION: the store, the base `small` of busybox.
make_store()
{
	use_store "$1"
	mkdir -p "$ROOT"
	need_jails
	without_what_is_missing > "$CONF"
	"$WARDER" --root "$ROOT" init -q
	! grep -q '^base small' "$CONF" || warder base create -q small
	host_state > "$DIR/before"
}

# Before Linux 6.3 a jail with wx = deny is refused: what is tested there is the rest.
offers() { "$WARDER" --root "$ROOT" doctor --json | jq -e --arg n "$1" '.findings[] | select(.name == $n) | .have == "yes"' > /dev/null; }

without_what_is_missing() { if offers "wx = deny"; then cat; else sed 's/\bwx = deny;//'; fi; }

# The configuration that the files share: what follows it on standard input is added.
busybox_conf()
{
	echo 'base small { from = "busybox"; }'
	echo 'base = small;'
	echo 'bridge = wdrtest0;'
	cat
}

remove_store()
{
	[ -d "$DIR" ] || return 0
	[ ! -d "$ROOT/.warder" ] || warder stop -q --kill --all || :
	rm -rf --one-file-system "$DIR"
}

# make_jail NAME...: created, with the probe.
make_jail()
{
	local j
	for j in "$@"; do
		warder create -q "$j"
		mkdir -p "$ROOT/s/$j/usr-local/libexec"
		cp "$PROBE" "$ROOT/s/$j/usr-local/libexec/probe"
	done
}

# What a jail can leave on the host, one line each; other people's jails are not ours to look at.
host_state()
{
	ip -o link | grep -oFf <(own_interfaces) | sed 's/^/interface /' || :
	awk -v d="$DIR/" 'index($5, d) == 1 { print "mount " $5 }' /proc/self/mountinfo
	own_processes
	find /sys/fs/cgroup -maxdepth 6 -type d -path "*/warder/$(own_groups)-*" 2> /dev/null | sed 's/^/group /' || :
	stat -c '%n is of %u:%g, %a' /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty
}

# What the names of this store's control groups begin with: a hash of its root.
own_groups()
{
	local hash=0xcbf29ce484222325 i
	for ((i = 0; i < ${#ROOT}; i++)); do
		hash=$(((hash ^ $(printf %d "'${ROOT:i:1}")) * 0x100000001b3))
	done
	printf %08x $(((hash ^ (hash >> 32 & 0xffffffff)) & 0xffffffff))
}

# The host's ends of this store's jails, as their plans say; others run tests with bridges and jails, too.
own_interfaces()
{
	local j
	for j in "$ROOT"/s/*; do
		warder plan "${j##*/}" 2> /dev/null || :
	done | grep -o 'wdr[0-9a-f]\{12\}' | sort -u
}

# Processes that have a file of this store open: pid 1 of a jail its log, a command of warder its lock.
own_processes()
{
	find /proc/[0-9]*/fd -lname "$ROOT/.warder/*" 2> /dev/null | sed 's|^/proc/\([0-9]*\)/.*|process \1|' | sort -u
}

nothing_left()
{
	local left
	left=$(comm -13 <(sort "$DIR/before") <(host_state | sort))
	[ -z "$left" ] || { echo "left behind: $left"; return 1; }
}

# pid_of JAIL: pid 1 as the host sees it.
pid_of() { warder list --json "$1" | jq -r '.jails[0].pid'; }

# Fails, saying so, unless $status is $1 and $output holds $2.
expect()
{
	[ "$status" -eq "$1" ] || { echo "status $status, not $1: $output"; return 1; }
	[[ "$output" == *"${2:-}"* ]] || { echo "no '${2:-}' in: $output"; return 1; }
}

# The attacks in jail $1 that the further arguments name are refused: none of them succeeds.
refused()
{
	local jail=$1
	shift
	run warder exec "$jail" -- "$PROBE_IN" attacks "$@"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq $# ]
}
