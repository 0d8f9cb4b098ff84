# Scratch network namespaces: one stands for the host, the others for jails.  The real host's network is never touched.
# Each is kept by a process of ours; teardown ends those, by pid.

NET=${WARDER_BUILD:+$WARDER_BUILD/src/}warder-net
PYTHON=/usr/bin/python3 # Debian's own: another may be a slow wrapper
PROBE=$BATS_TEST_DIRNAME/net_probe.py
A_MAC=02:00:00:00:00:04 B_MAC=02:00:00:00:00:05
A_VETH=wdraaaaaaaaaaaa B_VETH=wdrbbbbbbbbbbbb

net_setup()
{
	[ "$(id -u)" = 0 ] || skip "must be root"
	command -v $PYTHON ip nft nsenter > /dev/null || skip "python3, ip, nft or nsenter is missing"
	[ -x "$NET" ] || { echo "$NET is not built" >&2; return 1; }
	KEPT=()
	keep_namespace HOST
	keep_namespace A
	keep_namespace B
	in_ns "$HOST" ip link set lo up
}

net_teardown()
{
	[ "${#KEPT[@]}" != 0 ] || return 0
	kill "${KEPT[@]}" 2> /dev/null || :
	# By pid: the timer of bats is a child of this shell too, and ends only with the test.
	wait "${KEPT[@]}" 2> /dev/null || :
}

# Sets the variable $1 to the pid of a process in a network namespace of its own, and with a /run of its own: the lock of
# another warder-net on this machine is not ours.
keep_namespace()
{
	(exec unshare -n -m sh -c 'mount -t tmpfs none /run && exec sleep 600' 3>&-) &
	KEPT+=($!)
	printf -v "$1" %s $!
	until [ "$(readlink "/proc/$!/ns/net")" != "$(readlink /proc/$$/ns/net)" ] && [ "$(cat "/proc/$!/comm")" = sleep ]; do
		sleep 0.01
	done
}

in_ns()
{
	nsenter -t "$1" -n -m "${@:2}" 3>&-
}

# warder-net in the scratch host; NET_UNDER: a command before it.
net()
{
	in_ns "$HOST" ${NET_UNDER:-} "$NET" "$@" --owner /test
}

# up_to PID VETH MAC N [OPTION...]: the jail 10.66.0.N, fd66::N on warder0.
up_to()
{
	local pid=$1 veth=$2 mac=$3 n=$4
	shift 4
	net up --netns 9 --host "$veth" --mac "$mac" --bridge warder0 --bridge-addr 10.66.0.1/24 --bridge-addr fd66::1/64 \
		--addr "10.66.0.$n/24" --addr "fd66::$n/64" --gateway 10.66.0.1 --gateway fd66::1 "$@" 9< "/proc/$pid/ns/net"
}

up_a() { up_to "$A" $A_VETH $A_MAC 4 "$@"; }
up_b() { up_to "$B" $B_VETH $B_MAC 5 "$@"; }
down_a() { net down --host $A_VETH --bridge warder0; }
down_b() { net down --host $B_VETH --bridge warder0; }

# Starts the probe in the background in $1, and returns when it is ready; its output goes to the file $2.
probe_in_background()
{
	local pid=$1 out=$2
	shift 2
	: > "$out.ready"
	(exec nsenter -t "$pid" -n -m $PYTHON "$PROBE" "$@" > "$out" 2> "$out.ready" 3>&-) &
	PROBE_PID=$!
	KEPT+=($!)
	until grep -q ready "$out.ready"; do
		kill -0 $PROBE_PID || { cat "$out.ready" >&2; return 1; }
		sleep 0.01
	done
}

# can PID ADDR OTHER: a listener in OTHER on ADDR answers PID.
can()
{
	local out=$BATS_TEST_TMPDIR/listen
	probe_in_background "$3" "$out" listen "$2" 7000
	local rc=0
	in_ns "$1" $PYTHON "$PROBE" connect "$2" 7000 || rc=$?
	kill "$PROBE_PID" 2> /dev/null
	wait "$PROBE_PID" 2> /dev/null || :
	return $rc
}

mac_of()
{
	in_ns "$1" ip -o link show "$2" | sed 's/.*link.ether \([0-9a-f:]*\).*/\1/'
}

# seen_by PID WATCH... -- FROM IF SET KEY=VALUE...: the names of the frames of SET, sent by FROM, that WATCH sees.
seen_by()
{
	local pid=$1 watch=()
	shift
	while [ "$1" != -- ]; do
		watch+=("$1")
		shift
	done
	probe_in_background "$pid" "$BATS_TEST_TMPDIR/seen" "${watch[@]}"
	in_ns "$2" $PYTHON "$PROBE" attack "${@:3}"
	kill "$PROBE_PID"
	wait "$PROBE_PID"
	cat "$BATS_TEST_TMPDIR/seen"
}

# A bridge without any rule, with jail A's eth0 on it, and B's: what an attack looks like where nothing stops it.
plain_bridge()
{
	in_ns "$HOST" ip link add plain0 type bridge
	in_ns "$HOST" ip addr add 10.66.0.1/24 dev plain0
	in_ns "$HOST" ip -6 addr add fd66::1/64 dev plain0 nodad
	plain_port "$A" plain-a $A_MAC 4
	plain_port "$B" plain-b $B_MAC 5
	in_ns "$HOST" ip link set plain0 up
	until in_ns "$HOST" ip -o link show plain0 | grep -q 'state UP'; do sleep 0.05; done
}

plain_port()
{
	in_ns "$HOST" ip link add "$2" master plain0 type veth peer name eth0 address "$3" netns "$1"
	in_ns "$HOST" ip link set "$2" up
	in_ns "$1" ip link set eth0 up
	in_ns "$1" ip addr add "10.66.0.$4/24" dev eth0
	in_ns "$1" ip -6 addr add "fd66::$4/64" dev eth0 nodad
}

# All that warder-net could leave on the host: interfaces, addresses, rules, its lock.  What only says whether a cable is
# plugged in changes by itself.
host_state()
{
	in_ns "$HOST" ip -o addr | sed 's/^[0-9]*: //'
	in_ns "$HOST" ip -o link | sed 's/^[0-9]*: //; s/<[^>]*>//; s/ state [A-Z]*//'
	in_ns "$HOST" nft list ruleset
	in_ns "$HOST" ls /run
}

# Fails, with the difference, if the host is not as it was.
unchanged_since()
{
	diff <(echo "$1") <(host_state)
}
