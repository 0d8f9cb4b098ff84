# What a start does, counted: it stays as fast as it is only if nothing creeps in.  How long it takes, beside other
# tools and a floor, is for `make bench`; times are not asserted, since the machine may be busy.
load helpers

# All processes of a start together: warder, the one that becomes pid 1, pid 1 to its end, the service.  It was 783 when
# this was written.  Over it: see what was added (strace -f), and raise this only for what a start needs.
BUDGET=800

setup_file()
{
	busybox_conf <<-'EOT' > "$BATS_FILE_TMPDIR/conf"
		plain { exec.service = "/bin/true"; }
	EOT
	make_store budget < "$BATS_FILE_TMPDIR/conf"
	make_jail plain
	warder start -q plain # makes what the first start of a jail makes
	warder stop -q plain
}
setup()
{
	use_store budget
	command -v strace > /dev/null || skip "strace is not installed"
	strace -f -o "$DIR/trace" true 2> /dev/null || skip "strace may not trace here"
}
teardown() { warder stop -q --kill --all || :; }
teardown_file() { use_store budget; remove_store; }

# The calls of a start, one name a line: each once, also if it was interrupted by another process's.
calls_of_a_start()
{
	strace -f -o "$DIR/trace" "$WARDER" --root "$ROOT" -f "$CONF" start -q plain
	sed -nE 's/^[0-9]+ +([a-z0-9_]+)\(.*/\1/p' "$DIR/trace"
}

@test "a start of a minimal jail keeps to its budget of system calls" {
	local calls n parts
	calls=$(calls_of_a_start)
	n=$(wc -l <<< "$calls")
	# The store is opened twice, with three calls for each part of its path: not the tree's fault where it lies deep.
	parts=$(tr -cd / <<< "$ROOT" | wc -c)
	sort <<< "$calls" | uniq -c | sort -rn | head -n 20
	echo "$n calls, $((parts * 6)) of them for the path"
	[ "$n" -gt 200 ]
	[ $((n - parts * 6)) -le "$BUDGET" ]
}

@test "a start waits for no disk, for no clock, and cuts no file short" {
	local calls found
	calls=$(calls_of_a_start)
	grep -q '^execveat$' <<< "$calls" # it is a start that was seen
	found=$(grep -xE 'fsync|fdatasync|sync|syncfs|sync_file_range|nanosleep|clock_nanosleep|f?truncate' <<< "$calls" || :)
	[ -z "$found" ] || { echo "found: $found"; return 1; }
}
