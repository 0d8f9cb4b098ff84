# What a jail that somebody else controls, or a script that the administrator runs in a view, can do to the management.
# Each attack first works in the proposal's layout (plain.bash): one view, by chroot, with base, s and t writable.
# Package databases are in package_attacks.bats; FIFOs, devices and deep directories in cp.bats and reset.bats.
load helpers
load plain

IN=/usr/local/libexec
# busybox's crond takes a minute to look, and knows no @reboot: this does at once what cron and atd do at their start.
RUN_JOBS='for f in /var/spool/cron/* /var/spool/at/*; do [ ! -f $f ] || /bin/sh $f; done; exec sleep 1000'
export PLAIN_BASE=small PLAIN_JAIL=a

setup_file()
{
	busybox_conf <<-EOT2 > "$BATS_FILE_TMPDIR/conf"
		a { exec.service = "/bin/sleep", "1000"; }
		pinned { pins = "/var/lib/own"; exec.service = "/bin/sleep", "1000"; }
		cron { exec.service = "/bin/sh", "-c", '$RUN_JOBS'; }
		bad { exec.service = "/bin/sleep", "1000"; }
	EOT2
	make_store manage_attacks < "$BATS_FILE_TMPDIR/conf"
	make_jail a pinned cron bad
	for j in a pinned; do
		cp "$WARDER_BUILD"/tools/{reach,disturb} "$ROOT/s/$j/usr-local/libexec/"
		warder manage -q -y $j -- /bin/true
	done
}
setup() { use_store manage_attacks; }
teardown()
{
	[ -z "${view:-}" ] || kill "$view" 2> /dev/null || :
	warder stop -q --kill --all || :
	for j in a bad; do warder manage -q --discard $j 2> /dev/null || :; done
	warder base edit -q --discard small 2> /dev/null || :
}
teardown_file() { use_store manage_attacks; remove_store; }

# plain SCRIPT: what it prints, as run does.
plain() { echo "$1" > "$DIR/script"; run plain_run "$DIR/script"; }
# In the background, so that $! is warder itself.
in_background() { exec "$WARDER" --root "$ROOT" -f "$CONF" "$@" 3>&-; }
patiently() { local i; for i in $(seq 200); do if "$@"; then return 0; fi; sleep 0.05; done; return 1; }
generation() { readlink "$ROOT/s/$1" | sed 's|.*/||'; }

# ---- links ----

# What a jail leaves, and goes on doing while the administrator works.
PLANT='rm -rf /tmp/report /var/log/x /var/w /var/w2 /var/log && mkdir -p /var/log /var/w
	ln -s /etc/owned /tmp/report; ln -s /bin/owned /var/log/x; ln -s /s/owned /var/top; ln -s /etc /var/w2'
# What the administrator's programs do: they write files of names that can be guessed, and into directories of /var.
WORK='i=0; while [ $i -lt 500 ]; do i=$((i + 1))
	[ -d /var/log ] || mkdir /var/log; [ -d /var/w ] || mkdir /var/w
	echo mine > /tmp/report; echo mine > /var/log/x; echo mine > /var/top; echo mine > /var/w/swapped
	done 2> /dev/null; :'

@test "links of the jail in /tmp and /var, also swapped during the session, lead into no base, skeleton or /etc" {
	plain "
		jail /bin/sh -c '$PLANT'
		jail $IN/disturb swap /var/w /var/w2 60000 &
		manager /bin/sh -c '$WORK'
		cd \$P && ls -d s/etc/owned base/bin/owned s/owned s/etc/swapped"
	expect 0 $'base/bin/owned\ns/etc/owned\ns/etc/swapped\ns/owned'

	warder start -q a
	warder exec a -- /bin/sh -c "$PLANT"
	in_background exec a -- $IN/disturb swap /var/w /var/w2 60000 &
	local swapping=$!
	run warder manage -y a -- /bin/sh -c "$WORK; echo done > /etc/work"
	kill -0 $swapping
	warder stop -q --kill a
	wait $swapping || :
	expect 0 "+ etc/work"
	[ "$(grep -c '^[+~m-] ' <<< "$output")" -eq 1 ] || { echo "$output"; return 1; }
	[ ! -e "$ROOT/j/small/bin/owned" ]
	# What the session made in its own /var is added to the jail's where that lacks it, and never through a link.
	[ "$(cd "$ROOT/t/a" && readlink tmp/report var/top)" = $'/etc/owned\n/s/owned' ]
	[ "$(cd "$ROOT" && find s/ j/small/ .warder/skel .warder/base \( -name swapped -o -name owned \))" = "" ]
	warder manage -q -y a -- /bin/rm /etc/work
}

# ---- pins ----

MOVE='mv /var/lib /var/moved && mkdir -p /var/lib/own && echo planted > /var/lib/own/file'

@test "the parent of a pin is renamed while the jail runs: the management view does not see another one" {
	plain "
		mkdir -p \$P/pin \$P/t/var/lib/own
		echo genuine > \$P/pin/file
		mount --bind \$P/pin \$P/view/t/var/lib/own
		mount --bind -o ro \$P/pin \$P/jail/t/var/lib/own
		jail /bin/sh -c '$MOVE'
		manager /bin/cat /var/lib/own/file"
	expect 0 planted

	warder manage -q -y pinned -- /bin/sh -c 'echo genuine > /var/lib/own/file'
	warder start -q pinned
	in_background manage -q --discard pinned -- /bin/sh -c 'until [ -e /var/tmp/go ]; do sleep 0.05; done; cat /var/lib/own/file' \
		> "$DIR/seen" &
	view=$!
	patiently test -d "$ROOT/.warder/skel/pinned/draft.view/var/tmp"
	run warder exec pinned -- /bin/sh -c "$MOVE"
	[ "$status" -ne 0 ]
	for name in lib lib/own; do
		run warder exec pinned -- /bin/mv /var/$name /var/elsewhere
		[ "$status" -ne 0 ]
	done
	touch "$ROOT/.warder/skel/pinned/draft.view/var/tmp/go"
	wait $view
	[ "$(cat "$DIR/seen")" = genuine ]
	[ "$(warder exec pinned -- /bin/cat /var/lib/own/file)" = genuine ]
}

# ---- what runs by itself ----

@test "cron tables and at jobs: a jail leaves none that its next start would run" {
	local way ways=('echo "touch /var/tmp/ran" > /var/spool/cron/root' 'echo "touch /var/tmp/ran" > /var/spool/at/a00001'
		'mv /var/spool /var/old && mkdir -p /var/spool/cron && echo "touch /var/tmp/ran" > /var/spool/cron/root'
		'mv /var/spool/cron /var/old && mkdir /var/spool/cron && echo "touch /var/tmp/ran" > /var/spool/cron/root'
		'rm -rf /var/spool; ln -s /var/tmp /var/spool && mkdir /var/tmp/at && echo "touch /var/tmp/ran" > /var/spool/at/a00001')
	for way in "${ways[@]}"; do
		plain "
			mkdir -p \$P/t/var/spool/at
			jail /bin/sh -c '$way'
			jail /bin/sh -c '$RUN_JOBS' &
			for i in \$(seq 100); do [ ! -e \$P/t/var/tmp/ran ] || break; sleep 0.1; done
			ls \$P/t/var/tmp/ran"
		expect 0 /var/tmp/ran || { echo "control: $way"; return 1; }
		warder start -q cron
		run warder exec cron -- /bin/sh -c "$way"
		[ "$status" -ne 0 ] || { echo "done: $way"; return 1; }
		warder restart -q cron
		patiently sh -c "grep -q sleep /proc/$(pgrep -P "$(pid_of cron)")/cmdline"
		[ ! -e "$ROOT/t/cron/var/tmp/ran" ] || { echo "ran: $way"; return 1; }
		warder stop -q cron
	done
	# By the door, the same table is run.
	warder manage -q -y cron -- /bin/sh -c "${ways[0]}"
	warder start -q cron
	patiently test -e "$ROOT/t/cron/var/tmp/ran"
}

# ---- set-uid ----

@test "a set-uid file in t gives nobody on the host the jail's root, and nobody anybody's in a view" {
	# By a shell: setpriv(1) itself keeps the rights of root until it executes something.
	local nobody='setpriv --reuid 65534 --regid 65534 --clear-groups sh -c "\"\$0\" -u"'
	plain "
		cp /usr/bin/id \$P/t/var/tmp/id
		jail /bin/sh -c 'chown 0:0 /var/tmp/id && chmod 4755 /var/tmp/id'
		$nobody \$P/t/var/tmp/id"
	expect 0 0

	warder start -q a
	refused a "make a set-uid file" "make a set-gid file"
	# As if a kernel without the filter had let it be made: with the owner that it would have.
	local first file=$ROOT/t/a/var/tmp/id
	first=$(warder list --json a | jq .jails[0].uid_base)
	install -o "$first" -g "$first" -m 4755 /usr/bin/id "$file"
	run sh -c "$nobody '$file'"
	expect 126 "ermission denied"
	mkdir -p "$DIR/door"
	run unshare -m --propagation private sh -c "mount --bind '$ROOT/t/a/var/tmp' '$DIR/door' && $nobody '$DIR/door/id'"
	expect 0 "$first"
	rm -f "$file"
	# In a view, where packages bring such programs, they give nothing.
	run warder manage --discard a -- /bin/sh -c 'cp /bin/busybox /etc/id && chmod 4755 /etc/id && stat -c %a /etc/id
		grep NoNewPrivs /proc/self/status; grep -v nosuid /proc/self/mountinfo; :'
	[[ "$output" == $'4755\nNoNewPrivs:\t1\n+ etc/id  '* ]] || { echo "$output"; return 1; }
}

# ---- processes ----

none_reached()
{
	[ "${#lines[@]}" -eq 18 ] || { echo "$output"; return 1; }
	! grep 'REACHED$' <<< "$output" || return 1
}

@test "a process of the jail does not reach an open view: /proc, ptrace, signals, sockets, System V and POSIX ipc" {
	plain "
		manager $IN/reach serve > $DIR/served &
		until grep -q ready $DIR/served; do sleep 0.05; done
		jail $IN/reach try || :"
	[ "$(grep -c ': REACHED$' <<< "$output")" -eq 18 ] || { echo "$output"; return 1; }

	warder start -q a
	for net in "" --net; do
		: > "$DIR/served"
		in_background manage -q --discard $net a -- $IN/reach serve > "$DIR/served" 2>&1 &
		view=$!
		patiently grep -q ready "$DIR/served" || { cat "$DIR/served"; return 1; }
		run warder exec a -- $IN/reach try
		none_reached
		# By namespaces alone: the jail's root without its filter, its bounding set and Landlock.
		run nsenter -t "$(pid_of a)" -U -m -p -i -n -u -S 0 -G 0 $IN/reach try
		none_reached
		kill $view
		wait $view
		! grep reached "$DIR/served" || return 1
	done
}

# ---- the host ----

# base edit has the host's network, which is here one that only this test has.
on_own_network() { unshare -n sh -c 'ip link set lo up && exec "$@"' sh "$@"; }

@test "a script in a base's edit does not reach the host: files, devices, mounts, kernel, processes, abstract sockets" {
	local script="cat /proc/1/root$DIR/canary; mknod /tmp/disk b 254 0 && echo made disk
		mount -t tmpfs none /tmp && echo mounted; { true >> /proc/sys/kernel/core_pattern; } && echo sysctl; $IN/reach try; :"
	echo "of the host" > "$DIR/canary"
	plain "
		$WARDER_BUILD/tools/reach serve > $DIR/served &
		until grep -q ready $DIR/served; do sleep 0.05; done
		manager /bin/sh -c '$script'"
	for done in "of the host" "made disk" mounted sysctl; do [[ "$output" == *"$done"* ]] || { echo "$done: $output"; return 1; }; done
	[ "$(grep -c ': REACHED$' <<< "$output")" -ge 17 ] || { echo "$output"; return 1; }

	cat > "$DIR/edit" <<-EOT2
		$WARDER_BUILD/tools/reach serve > $DIR/served &
		until grep -q ready $DIR/served; do sleep 0.05; done
		$WARDER --root $ROOT -f $CONF base edit -q --discard small -- /bin/sh -c 'mkdir -p $IN; cat > $IN/reach
			chmod 755 $IN/reach; $script' < $WARDER_BUILD/tools/reach
		kill \$!
		wait
	EOT2
	run on_own_network bash "$DIR/edit"
	expect 0
	for done in "of the host" "made disk" mounted sysctl; do [[ "$output" != *"$done"* ]] || { echo "$done: $output"; return 1; }; done
	# What shares the network is reached by it (docs/threats.md); abstract sockets are kept apart since Linux 6.12.
	local rest="connect by the loopback network: REACHED"
	offers "abstract sockets kept apart" || rest=$'connect to its abstract socket: REACHED\n'$rest
	[ "$(grep 'REACHED$' <<< "$output")" = "$rest" ] || { echo "$output"; return 1; }
	! grep "by a signal" "$DIR/served" || return 1
}

@test "what the kernel refuses to a jail it refuses to a script in a view" {
	local attacks=("make a block device" "make /dev/mem" "mount a tmpfs" "bind mount" "remount / writable" mount_setattr
		"open_tree clone" fsopen chroot pivot_root "unshare a user namespace" "unshare a mount namespace" "clone into a user namespace"
		setns "ptrace pid 1" "write the memory of pid 1" "add a key" "make a bpf map" perf_event_open userfaultfd io_uring
		"open by handle" fanotify "load a kernel module" "set the hostname" "packet socket" "raw socket" "netfilter socket"
		"write a sysctl" sysrq "write the kernel's log" "patch program text by /proc/self/mem" "take a lease on /etc/passwd"
		"push input into a terminal (TIOCSTI)" "open the caller's terminal by /dev/tty")
	run warder manage --discard a -- $IN/probe attacks "${attacks[@]}"
	expect 0
	[ "${#lines[@]}" -eq $((${#attacks[@]} + 1)) ] || { echo "$output"; return 1; }
	run warder base edit -q --discard small -- /bin/sh -c 'cat > /tmp/probe; chmod 755 /tmp/probe; exec /tmp/probe attacks "$@"' \
		sh "${attacks[@]}" < "$PROBE"
	expect 0
	[ "${#lines[@]}" -eq ${#attacks[@]} ] || { echo "$output"; return 1; }
}

# ---- what is left of a session ----

# Nor a zombie, which waits to be reaped.
is_alive() { case $(ps -o stat= -p "$1") in "" | Z*) return 1 ;; esac; }

@test "what a killed manager's view still writes comes into no draft that somebody else has taken" {
	local record=$ROOT/.warder/skel/bad/draft.pid sleeper seen=no try pid1
	for try in 1 2 3; do
		in_background manage -q -y bad -- /bin/sh -c 'i=0; while [ $i -lt 100 ]; do i=$((i + 1))
			(while :; do echo x > /etc/w$i; done) & done; touch /var/tmp/up; wait' &
		view=$!
		patiently test -e "$ROOT/.warder/skel/bad/draft.view/var/tmp/up"
		pid1=$(pgrep -P $view)
		grep -qx "pid $pid1" "$record"
		kill -9 $view
		wait $view || :
		# The control: the manager has gone, and its lock; its view has not.
		! is_alive "$pid1" || seen=yes
		warder manage -q --discard bad
		! is_alive "$pid1"
		[ ! -e "$record" ]
	done
	[ $seen = yes ] || echo "views end at once on this machine"
	# One that takes its time: the next session waits for it.
	warder manage -q --keep bad -- /bin/touch /etc/kept
	sleep 2 3>&- &
	sleeper=$!
	printf 'pid %s\nticks %s\nboot_id %s\n' $sleeper "$(sed 's/.*) //' /proc/$sleeper/stat | cut -d' ' -f20)" \
		"$(cat /proc/sys/kernel/random/boot_id)" > "$record"
	warder manage -q --discard bad
	! is_alive $sleeper || { echo "the draft was taken while its view had not ended"; return 1; }
	# One that has the number of another process is none.
	warder manage -q --keep bad -- /bin/touch /etc/kept
	printf 'pid %s\nticks 1\nboot_id %s\n' $$ "$(cat /proc/sys/kernel/random/boot_id)" > "$record"
	warder manage -q --discard bad
}

# Whatever a script left in a draft of jail bad: everything else goes on, and it can be thrown away.
goes_on()
{
	local verb
	for verb in list "status bad" "diff bad" "gc bad" "start -q bad" "stop -q bad" "journal bad"; do
		# shellcheck disable=SC2086
		run timeout 30 "$WARDER" --root "$ROOT" -f "$CONF" $verb
		case $verb:$status in
		status*:3 | *:0) ;;
		*) echo "$verb: $status: $output"; return 1 ;;
		esac
	done
	run timeout 60 "$WARDER" --root "$ROOT" -f "$CONF" manage --discard bad
	expect 0 discarded
	[ "$(ls "$ROOT/.warder/skel/bad" | grep draft)" = "" ]
}

@test "a skeleton that the jail could not start on is not committed, and can be mended" {
	# The control: what such a file does to a program that opens it.
	plain "rm \$P/s/etc/passwd; mkfifo \$P/s/etc/passwd; timeout 1 cat \$P/s/etc/passwd || echo hangs"
	expect 0 hangs
	warder manage -q -y bad -- /bin/touch /etc/first
	local change before
	before=$(generation bad)
	for change in 'rm /etc/passwd; mkfifo /etc/passwd' 'rm /etc/group; ln -s group /etc/group' 'mv /s/spool /s/gone' \
		'rm -rf /s/spool/cron; mkfifo /s/spool/cron' 'rm -rf /s/*' 'rm /etc/passwd; mkdir /etc/passwd'; do
		run timeout 60 "$WARDER" --root "$ROOT" -f "$CONF" manage -y bad -- /bin/sh -c "$change; :"
		expect 1 "the draft is kept" || { echo "after: $change"; return 1; }
		[ "$(generation bad)" -eq "$before" ]
		goes_on || { echo "after: $change"; return 1; }
	done
	warder manage -q -y bad -- /bin/sh -c 'rm /etc/passwd; mkfifo /etc/passwd' || :
	run timeout 60 "$WARDER" --root "$ROOT" -f "$CONF" manage -y --resume bad -- /bin/sh -c \
		'rm /etc/passwd; echo "root:x:0:0::/root:/bin/sh" > /etc/passwd'
	expect 0 committed
	warder start -q bad
}

@test "a user that is declared and missing is made through manage" {
	sed 's/bad {/bad { exec.jail_user = "newcomer";/' "$CONF" > "$DIR/user.conf"
	local with_user=("$WARDER" --root "$ROOT" -f "$DIR/user.conf")
	run "${with_user[@]}" start bad
	expect 1 newcomer
	run "${with_user[@]}" manage -y bad -- /bin/true
	expect 0
	run "${with_user[@]}" manage -y bad -- /bin/sh -c 'echo "newcomer:x:77:77::/:/bin/sh" >> /etc/passwd'
	expect 0 committed
	run "${with_user[@]}" start bad
	expect 0
	run "${with_user[@]}" manage -y bad -- /bin/sh -c 'sed -i /newcomer/d /etc/passwd'
	expect 1 "the draft is kept"
}

@test "deep trees, sparse files, FIFOs and links as directories in a draft are walked, refused or removed" {
	local what
	# In /etc: 5,000 levels, more than a path can name; a file that nobody can read to its end.
	run warder manage -y bad -- $IN/probe exit 0
	cp "$WARDER_BUILD/tools/disturb" "$ROOT/s/bad/usr-local/libexec/"
	run warder manage -y bad -- $IN/disturb deep /etc 5000
	expect 1 "its path is too long"
	run timeout 60 "$WARDER" --root "$ROOT" -f "$CONF" diff bad
	expect 1 "its path is too long"
	run timeout 60 "$WARDER" --root "$ROOT" -f "$CONF" manage --discard bad
	expect 0
	in_background manage -q -y bad -- /bin/busybox dd if=/dev/zero of=/etc/huge bs=1 count=0 seek=8191G 2> /dev/null &
	view=$!
	patiently test -s "$ROOT/.warder/skel/bad/draft/etc/huge"
	sleep 1
	kill $view
	wait $view || :
	run timeout 60 "$WARDER" --root "$ROOT" -f "$CONF" manage --discard bad
	expect 0
	# In the manager's own /var and /tmp, of which the jail gets what it lacks.
	run timeout 60 "$WARDER" --root "$ROOT" -f "$CONF" manage -y bad -- /bin/sh -c "$IN/disturb deep /tmp 5000
		rm -rf /var/spool/at; ln -s /etc /var/cache; mkfifo /var/lib/fifo; $IN/disturb deep /var/lib 1000; echo > /etc/x"
	expect 0 committed
	[ "$(ls "$ROOT/.warder/skel/bad" | grep draft)" = "" ]
	warder start -q bad
	warder stop -q bad
	# Links where a directory was, devices refused, odd names.
	run warder manage -y bad -- /bin/sh -c 'mv /s/home /s/home2; ln -s ../../../../../../etc /s/home; ln -s /proc/self/root /s/opt
		mkfifo /s/root/f; mknod /etc/null c 1 3; chmod 6777 /bin/busybox; :'
	expect 0 "home"
	[ "$(readlink "$ROOT/s/bad/home")" = ../../../../../../etc ]
	[ ! -e "$ROOT/s/bad/etc/null" ]
	goes_on_with_it() { warder start -q bad && warder stop -q bad && warder diff bad > /dev/null && warder verify -q bad; }
	goes_on_with_it
	run warder manage -y bad -- /bin/sh -c 'rm /s/home && mv /s/home2 /s/home'
	expect 0
	# All of it goes with the jail, a draft that was kept too.
	warder manage -q --keep bad -- /bin/sh -c "$IN/disturb deep /tmp 5000; mkfifo /etc/fifo"
	warder destroy -q -y bad
	[ "$(ls -d "$ROOT"/.warder/skel/bad* "$ROOT/t/bad" 2> /dev/null)" = "" ]
	make_jail bad
}

# ---- what a script leaves in a base ----

@test "a base that no jail could be created from, or start on, is not committed" {
	local change
	for change in 'rm /etc/passwd; mkfifo /etc/passwd' 'rm -rf /s/etc; ln -s usr /s/etc' 'rm /etc/group; ln -s group /etc/group' \
		'rm -rf /s/etc; ln -s ../../../../../../../etc /s/etc' 'rm -rf /t/var/run; ln -s /etc /t/var/run' \
		'rm -rf /s/spool; echo > /s/spool' 'rm -rf /s/spool/cron; mkfifo /s/spool/cron'; do
		run timeout 60 "$WARDER" --root "$ROOT" -f "$CONF" base edit -y small -- /bin/sh -c "$change; :"
		[ "$status" -ne 0 ] || { echo "committed: $change"; return 1; }
		run warder base edit --discard small
		expect 0 discarded
	done
}

@test "whatever else a script leaves in a base: it is edited again, jails are created from it, start and go" {
	run timeout 60 "$WARDER" --root "$ROOT" -f "$CONF" base edit -y small -- /bin/sh -c '
		for f in hostname hosts resolv.conf timezone; do rm -f /etc/$f; mkfifo /etc/$f; done; mkdir -p /etc/localtime/x
		rm -rf /t/var/cache; ln -s /etc /t/var/cache; mkfifo /t/var/f /t/tmp/f /f /bin/f; ln -s /proc/self/fd /bin/fds
		touch "/etc/a
b" /t/var/-rf; ln -s / /s/root/up; mkdir -p /t/var/run/a/b /t/tmp/a/b; chmod 6777 /bin/f /t/var/-rf'
	expect 0 "is committed"
	warder destroy -q -y bad
	make_jail bad
	warder start -q bad
	[ "$(warder exec bad -- /bin/cat /etc/hostname)" = bad ]
	warder stop -q bad
	run timeout 60 "$WARDER" --root "$ROOT" -f "$CONF" base edit -y small -- /bin/touch /bin/again
	expect 0 "is committed"
	[ -p "$ROOT/.warder/base/small/$(readlink "$ROOT/j/small" | sed 's|.*/\([0-9]*\)/root|\1|')/skel/s/etc/resolv.conf" ]
	warder gc -q --base small
	warder base use -q small 1
}

# ---- what is shown ----

# Bytes that steer a terminal: C0, DEL, and C1 in UTF-8.
steers() { LC_ALL=C grep -q -P '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]'; }

@test "escape sequences in names, links and contents reach no terminal and spoil no JSON" {
	local names='d=$1/names; rm -rf $d; mkdir $d; cd $d
		touch "$(printf "a\033]0;owned\007b")" "$(printf "c\033[2Jd")" "$(printf "e\nf")" "$(printf "g\302\23331mh")" \
			"$(printf "i\377j")" "$(printf "k\rl")" "$(printf "m\010\010n")" -- "-rf"
		ln -s "$(printf "to\033[31m")" link; printf "text\033[5m\r\n" > content; chmod 4755 content' verb out
	# The controls: what lists names for pipes shows them as they are, and diff(1) contents.
	plain "mkdir \$P/old \$P/new; sh -c '$names' sh \$P/new; cd \$P; find new; diff -u /dev/null new/names/content || :"
	echo "$output" | steers

	run warder manage -y a -- /bin/sh -c "$names" sh /etc
	expect 0 '\x1B]0;owned'
	! echo "$output" | steers || { echo "$output" | cat -v; return 1; }
	run warder base edit -y small -- /bin/sh -c "$names" sh /etc
	expect 0 '\x1B]0;owned'
	! echo "$output" | steers || { echo "$output" | cat -v; return 1; }
	# The same names, changed by the base and not by the jail; and what a draft has.
	warder manage -q --keep a -- /bin/sh -c 'for f in /etc/names/*; do echo more > "$f"; done; rm /etc/names/e*'
	for verb in "diff a" "diff -v a" "diff -q a" "diff --json a" "diff --base -v small" "diff --base --json small" "journal" \
		"journal --json" "verify a" "verify --json a" "manage --discard a" "base rollback small" "gc -v a"; do
		# shellcheck disable=SC2086
		out=$("$WARDER" --root "$ROOT" -f "$CONF" $verb 2>&1) || :
		[ -n "$out" ]
		! echo "$out" | steers || { echo "$verb: $out"; return 1; }
		[[ "$verb" != *--json* ]] || jq -e . <<< "$out" > /dev/null
	done
	# An error that has such a name in it, and a command in the journal.
	run warder manage --discard a -- "$(printf '/no/\033[31m')"
	! echo "$output" | steers || { echo "$output" | cat -v; return 1; }
	run warder manage -y a -- /bin/sh -c 'for t in A B; do d=/etc/names/$t
		for i in $(seq 60); do d=$d/$(printf "\033[%d%040d" $i 0); mkdir -p "$d"; done; done; mv /etc/names/A "$d"'
	expect 1 "too long"
	! echo "$output" | steers || { echo "$output" | cat -v; return 1; }
}
