# Every change of a skeleton or base leaves an entry, and the chain of them holds until somebody edits it.
load helpers

setup_file()
{
	busybox_conf <<-'EOT' > "$BATS_FILE_TMPDIR/conf"
		one { } two { } three { }
	EOT
	make_store journal < "$BATS_FILE_TMPDIR/conf"
}
setup() { use_store journal; }
teardown_file() { use_store journal; remove_store; }

last() { warder journal --json "$@" | jq -r '.entries[-1] | [.action, .jail // .base, .from, .to] | map(tostring) | join(" ")'; }

@test "base create, create and destroy leave an entry each" {
	[ "$(last small)" = "base create small null 1" ]
	warder create -q one
	[ "$(last)" = "create one null 1" ]
	warder destroy -q -y one
	[ "$(last)" = "destroy one 1 null" ]
	[ "$(warder journal --json one | jq '.entries | length')" = 2 ]
	warder journal --check -q
}

@test "a new generation of a base, and its removal" {
	warder base create -q --from busybox other
	warder base create -q --from busybox other
	[ "$(last)" = "base create other 1 2" ]
	warder base remove -q -y other
	[ "$(last)" = "base remove other 2 null" ]
	warder journal --check -q
}

@test "entries carry the hashes of the manifests and count what differs" {
	local made gone
	warder create -q one
	made=$(warder journal --json one | jq -c '.entries[-1]')
	[ "$(echo "$made" | jq -r .after)" = "$(sha256sum < "$ROOT/.warder/skel/one/1.mtree" | cut -d' ' -f1)" ]
	[ "$(echo "$made" | jq -r '[.before, .added, .removed, .changed] | map(tostring) | join(" ")')" = \
		"null $(find "$ROOT/s/one/" | wc -l) 0 0" ]
	warder destroy -q -y one
	gone=$(warder journal --json one | jq -c '.entries[-1]')
	[ "$(echo "$gone" | jq -r .before)" = "$(echo "$made" | jq -r .after)" ]
	[ "$(echo "$gone" | jq -r .removed)" = "$(echo "$made" | jq -r .added)" ]
	[ "$(warder journal --json small | jq -r '.entries[-1].after')" = \
		"$(sha256sum < "$ROOT/.warder/base/small/1/seal" | cut -d' ' -f1)" ]
}

@test "an entry says who: the login and SUDO_USER" {
	SUDO_USER=alice warder create -q one
	[ "$(warder journal --json | jq -r '.entries[-1] | [.uid, .sudo_user] | join(" ")')" = "0 alice" ]
	[ "$(warder journal --json | jq -r '.entries[-1].login_uid // 4294967295')" = "$(cat /proc/self/loginuid 2> /dev/null || echo 4294967295)" ]
	[[ $(warder journal) == *alice* ]]
	warder destroy -q -y one
}

@test "what was not done leaves no entry" {
	local before
	warder create -q three
	before=$(warder journal -q | wc -l)
	run warder create -n one
	run warder destroy no-such
	run warder base remove -y small
	run warder base create no-such
	run warder create no-such
	run warder create three
	[ "$(warder journal -q | wc -l)" -eq "$before" ]
	warder destroy -q -y three
}

@test "jails made and destroyed four at a time make one chain" {
	warder create -q -j 4 one two three
	warder destroy -q -y -j 4 one two three
	[ "$(warder journal -q | tail -n 6 | wc -l)" -eq 6 ]
	warder journal --check -q
}

@test "an edited line makes --check fail with 2, and so it stays" {
	warder create -q one
	cp -a "$ROOT/.warder/journal" "$DIR/journal.good"
	sed -i '1s/base create/base CREATE/' "$ROOT/.warder/journal/journal"
	run warder journal --check
	expect 2 "entry 2"
	warder destroy -q -y one
	run warder journal --check
	expect 2 "entry 2"
	rm -r "$ROOT/.warder/journal"
	mv "$DIR/journal.good" "$ROOT/.warder/journal"
}

@test "an entry that cannot be written is an error that says what was done" {
	mv "$ROOT/.warder/journal/journal" "$DIR/journal.good"
	mkdir "$ROOT/.warder/journal/journal"
	run warder create two
	[ "$status" -ne 0 ]
	[[ "$output" == *"the create was done"* ]]
	rmdir "$ROOT/.warder/journal/journal"
	mv "$DIR/journal.good" "$ROOT/.warder/journal/journal"
	[ "$(warder list --json two | jq -r '.jails[0].state')" = stopped ]
}
