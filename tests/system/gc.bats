# Old generations go, and none that anything uses.
load helpers

setup_file()
{
	busybox_conf <<-'EOT' > "$BATS_FILE_TMPDIR/conf"
		one { generations.keep = 2; }
		two { exec.service = "/bin/sleep", "1000"; }
	EOT
	make_store gc < "$BATS_FILE_TMPDIR/conf"
	warder create -q two
}
setup()
{
	use_store gc
	warder create -q one
}
teardown()
{
	warder stop -q --kill --all || :
	warder destroy -q -y one || :
}
teardown_file() { use_store gc; remove_store; }

numbers() { ls "$ROOT/.warder/$1" | grep -x '[0-9]*' | sort -n | tr '\n' ' '; }

# older JAIL N: N further generations of its skeleton as a commit leaves them, but made DAYS days ago.
older()
{
	local dir=$ROOT/.warder/skel/$1 n last
	last=$(numbers "skel/$1" | awk '{ print $NF }')
	for n in $(seq $((last + 1)) $((last + $2))); do
		cp -a "$dir/$last" "$dir/$n"
		cp -a "$dir/$last.mtree" "$dir/$n.mtree"
		cp -a "$dir/$last.meta" "$dir/$n.meta"
	done
	ln -sfn "../.warder/skel/$1/$n" "$ROOT/s/$1"
	aged "$1" "$3"
}
aged() { sed -i "s/^created .*/created $(($(date +%s) - $2 * 86400))/" "$ROOT/.warder/skel/$1/"*.meta; }

# hold LOCK: as a command of warder that does something at this moment; until let_go.
hold()
{
	exec 9<> "$ROOT/.warder/lock/$1"
	python3 -c 'import fcntl, struct; fcntl.fcntl(9, 37, struct.pack("hhqqi", 1, 0, 0, 0, 0))' # F_OFD_SETLK
}
let_go() { exec 9>&-; }

@test "generations.keep of the jail: the newest two stay, each other one is in the journal with its hash" {
	local hash
	older one 4 100
	hash=$(sha256sum < "$ROOT/.warder/skel/one/3.mtree" | cut -d' ' -f1)
	run warder gc one
	expect 0 "one: generation 3, 100 d old, removed"
	[ "$(numbers skel/one)" = "4 5 " ]
	[ "$(warder journal --json one | jq -c '[.entries[-3:][] | [.action, .from, .to]]')" = '[["gc",1,null],["gc",2,null],["gc",3,null]]' ]
	[ "$(warder journal --json one | jq -r '.entries[-1].before')" = "$hash" ]
	warder journal --check -q
	warder start -q one
}

@test "the default keeps five, and what is younger than thirty days" {
	older two 7 29
	run warder gc two
	expect 0 "two: nothing to remove"
	aged two 31
	run warder gc two
	[ "$(numbers skel/two)" = "4 5 6 7 8 " ]
}

@test "-n changes nothing and says what would go, -v why others stay" {
	older one 4 100
	run warder gc -n -v one
	expect 0 "generation 1, 100 d old, would be removed"
	[[ "$output" == *"generation 5, 100 d old, stays: in use"* ]]
	[[ "$output" == *"generation 4, 100 d old, stays: the one before the one in use"* ]]
	[ "$(numbers skel/one)" = "1 2 3 4 5 " ]
}

@test "what a running jail was started with stays until it is stopped" {
	warder start -q one
	older one 4 100
	warder gc -q one
	[ "$(numbers skel/one)" = "1 4 5 " ]
	warder exec one -- /bin/cat /etc/hostname
	warder stop -q one
	warder gc -q one
	[ "$(numbers skel/one)" = "4 5 " ]
}

@test "what a running jail had before its skeleton was replaced stays, too: what is open in it is whole" {
	local first second
	warder start -q one
	first=$(readlink "$ROOT/s/one")
	warder exec one -- /bin/sh -c 'cd /etc; touch /var/tmp/there; while [ ! -e /var/tmp/go ]; do sleep 0.05; done; cat hostname' \
		> "$BATS_TEST_TMPDIR/out" &
	local pid=$!
	until [ -e "$ROOT/t/one/var/tmp/there" ]; do sleep 0.05; done
	warder manage -q -y one -- /bin/touch /etc/second
	second=$(readlink "$ROOT/s/one")
	warder manage -q -y one -- /bin/touch /etc/third
	older one 2 100
	warder gc -q one
	[ -d "$ROOT/s/$first" ] && [ -d "$ROOT/s/$second" ]
	warder exec one -- /bin/touch /var/tmp/go
	wait $pid
	[ -s "$BATS_TEST_TMPDIR/out" ]
	warder stop -q one
	warder gc -q one
	[ ! -e "$ROOT/s/$first" ] && [ ! -e "$ROOT/s/$second" ]
}

@test "a base that a running jail has stays, and so does one that a skeleton descends from" {
	warder start -q one
	for i in 1 2 3 4; do warder base create -q small; done
	sed -i "s/base small {/base small { generations.keep = 1;/" "$CONF"
	warder gc -q --base small
	[ "$(numbers base/small)" = "1 4 5 " ]
	run warder gc -n -v --base small
	[[ $output =~ "base small: generation 1, "[^,]*" old, stays: a running jail has it" ]] || { echo "$output"; return 1; }
	warder exec one -- /bin/true
	warder stop -q one
	run warder gc -n -v --base small
	[[ $output =~ "base small: generation 1, "[^,]*" old, stays: a skeleton descends from it" ]] || { echo "$output"; return 1; }
	sed -i 's/^\(base_generation\|offered\) 1$/\1 5/' "$ROOT"/.warder/skel/*/*.meta
	warder gc -q --base small
	[ "$(numbers base/small)" = "4 5 " ]
	warder start -q one
}

@test "what is busy is an error by name, and passed over with --all" {
	older one 4 100
	hold jail.one
	run warder gc one
	expect 75 "jail.one"
	run warder gc --all
	expect 0 "one: passed over"
	[ "$(numbers skel/one)" = "1 2 3 4 5 " ]
	let_go
	warder gc -q --all
	[ "$(numbers skel/one)" = "4 5 " ]
}

@test "what is being managed or edited is neither collected nor destroyed" {
	older one 4 100
	hold manage.one
	run warder gc one
	expect 75 "manage.one"
	run warder gc --base small
	expect 75 "jail one is being managed on it"
	run warder destroy -y one
	expect 75 "manage.one"
	let_go
	warder base create -q --from busybox other
	hold edit.other
	run warder gc --base other
	expect 75 "edit.other"
	run warder base remove -y other
	expect 75 "edit.other"
	let_go
	warder base remove -q -y other
}

@test "a jail and a base that were collected leave no lock" {
	warder base create -q --from busybox other
	warder gc -q --base other one
	warder destroy -q -y one
	warder base remove -q -y other
	[ -z "$(find "$ROOT/.warder/lock" -name '*.one' -o -name '*.other')" ]
	warder create -q one
}

@test "what a killed gc left is cleared by the next" {
	older one 4 100
	mv "$ROOT/.warder/skel/one/2" "$ROOT/.warder/skel/one/2.gone"
	warder gc -q one
	[ "$(ls "$ROOT/.warder/skel/one" | tr '\n' ' ')" = "4 4.meta 4.mtree 5 5.meta 5.mtree " ]
}

@test "no target is 64, an unknown jail or base 1, and --base with --all 64" {
	run warder gc
	expect 64
	run warder gc no-such
	expect 1
	run warder gc --base smal
	expect 1 "did you mean small?"
	run warder gc --all --base small
	expect 64
}
