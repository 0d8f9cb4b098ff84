# What every CLI test needs: the built program, and a scratch folder inside the build folder.
# WARDER and WARDER_BUILD are set by tests/run.

setup_scratch()
{
	[ -x "$WARDER" ] || { echo "WARDER does not name the built program" >&2; return 1; }
	SCRATCH=$(mktemp -d "${WARDER_BUILD:-${TMPDIR:-/tmp}}/cli.XXXXXX")
	chmod 755 "$SCRATCH"
}

remove_scratch()
{
	rm -rf "$SCRATCH"
}

needs_root()
{
	[ "$(id -u)" = 0 ] || skip "must be root"
}

# expect STATUS TEXT...: fails, saying so, unless `run` gave this status and its output holds each text.  Not written as
# [ ] && [ ], where a failure counts only in the last line of a test.
expect()
{
	local text
	[ "$status" -eq "$1" ] || { echo "status $status, not $1: $output"; return 1; }
	shift
	for text in "$@"; do
		[[ "$output" == *"$text"* ]] || { echo "no '$text' in: $output"; return 1; }
	done
}

# in_etc SCRIPT: runs the shell script with an /etc of its own, which begins empty; the host's stays as it is.
in_etc()
{
	local new=(unshare -m)
	[ "$(id -u)" = 0 ] || new=(unshare -r -m)
	"${new[@]}" true 2> /dev/null || skip "no mount namespace of one's own here"
	"${new[@]}" sh -euc "mount -t tmpfs none /etc; mkdir -p /etc/warder; $1"
}
