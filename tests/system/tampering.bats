# One table of tampering, done to a skeleton and to a base: a full verification finds each row of it, and so does a quick
# one that remembers the files as they were.
load helpers
BATS_TEST_TIMEOUT=300

setup_file()
{
	busybox_conf <<< 'a { }' > "$BATS_FILE_TMPDIR/conf"
	make_store tampering < "$BATS_FILE_TMPDIR/conf"
	warder create -q a
	warder manage -q -y a -- /bin/sh -c "$(odd_tree /usr/local/odd)"
	warder base edit -q -y small -- /bin/sh -c "$(odd_tree /usr/odd)"
	# A view gives no capabilities to files: what is published with one got it from a package.
	local able
	for able in "$(tree_of a)/usr-local/odd"/*/able "$(tree_of small)/root/usr/odd"/*/able; do set_capability "$able" 0x2000; done
	warder manage -q -y a -- /bin/sh -c ': > /etc/able'
	warder base edit -q -y small -- /bin/sh -c ': > /usr/odd/able'
}
setup() { use_store tampering; }
teardown_file() { use_store tampering; remove_store; }

# LINE|HOW MANY CHANGES|COMMAND: done in a directory of the row's own, which is @ in the line that tells of it.
rows()
{
	cat <<-'EOT'
		~ @/file|1|touch -r file "$TMP/t"; printf Secret | dd of=file conv=notrunc status=none; touch -r "$TMP/t" file
		~ @/large|1|touch -r large "$TMP/t"; printf x | dd of=large bs=1 seek=99999 conv=notrunc status=none; touch -r "$TMP/t" large
		~ @/file|1|cp -p file "$TMP/t"; printf SECRET > "$TMP/t"; touch -r file "$TMP/t"; mv "$TMP/t" file
		m @/file  0600 -> 0644|1|chmod 644 file
		m @/file  0600 -> 04600|1|chmod 4600 file
		m @/sub/  0755 -> 0777|1|chmod 777 sub
		m @/file  0:0 -> 7:8|1|chown 7:8 file
		m @/file  attributes|1|set_capability file 0x2000
		m @/able  attributes|1|setfattr_off able
		m @/able  attributes|1|set_capability able 0x200000
		~ @/link  target -> elsewhere|1|ln -sfn elsewhere link
		~ @/file  file -> link to target|1|ln -sfn target file
		+ @/extra|1|: > extra
		+ @/more/file|2|mkdir more; : > more/file
		- @/file|1|rm file
		- @/sub/file|2|rm -r sub
		m @/file  1 -> 2 names|2|ln file again
		m @/file  1 -> 2 names|1|ln file "$DIR/linked-$what"
		~ @/new\nline|1|printf ONE > $'new\nline'
		- @/tab\there|1|rm $'tab\there'
		m @/\xFF\xFE  0644 -> 0600|1|chmod 600 $'\xff\xfe'
		~ @/%255|1|printf FOUR > "$(printf %0255d 0)"
		+ @/\x1B[2J|1|: > $'\e[2J'
		+ @/\xC3(|1|: > $'\xc3('
		- @/\xFF\xFE|2|mv $'\xff\xfe' $'\xff\xfd'
	EOT
}

# A shell's script that makes a directory for each row in $1.
odd_tree()
{
	cat <<-EOT
		set -e
		umask 022
		mkdir -p $1
		for i in $(seq -s ' ' "$(rows | wc -l)"); do
			mkdir $1/\$i $1/\$i/sub
			cd $1/\$i
			printf one > "\$(printf 'new\nline')"
			printf two > "\$(printf 'tab\there')"
			printf three > "\$(printf '\377\376')"
			printf four > "\$(printf '%0255d' 0)"
			printf secret > file
			chmod 600 file
			: > able
			: > sub/file
			ln -s target link
			head -c 100000 /dev/zero > large
		done
	EOT
}

# security.capability of revision 2 (capability.h): these permitted, and effective.
set_capability() { python3 -c 'import os, struct, sys; os.setxattr(sys.argv[1], "security.capability", struct.pack("<5I", 0x02000001, int(sys.argv[2], 0), 0, 0, 0))' "$@"; }
setfattr_off() { python3 -c 'import os, sys; os.removexattr(sys.argv[1], "security.capability")' "$1"; }

# Of the jail a or the base small: the tree in use, its manifest, what a quick verification remembers, how it is named.
tree_of() { if [ "$1" = a ]; then readlink -f "$ROOT/s/a"; else dirname "$(readlink -f "$ROOT/j/small")"; fi; }
seal_of() { if [ "$1" = a ]; then echo "$(tree_of a).mtree"; else echo "$(tree_of small)/seal"; fi; }
memory_of() { echo "$(tree_of "$1").quick"; }
named() { if [ "$1" = a ]; then echo a; else echo "--base small"; fi; }

# verified WHAT MODE: $status and $output; every change is a line.
verified() { run warder verify -v "$2" $(named "$1"); }
clean() { verified "$@"; expect 0 "as published" || return 1; [[ $output != *NOT* ]]; }
bytes_read() { warder verify --json "$2" $(named "$1") | jq '[.checked[].bytes] | add'; }

# tamper WHAT DIRECTORY: each row in turn, over the earlier ones; what is remembered is of before all of them.
tamper()
{
	local what=$1 in=$2 i=0 total=0 line want command memory mode found
	local TMP=$BATS_TEST_TMPDIR
	clean "$what" --full
	sleep 2.1 # what is younger is not remembered
	clean "$what" --full
	[ "$(bytes_read "$what" --quick)" -eq 0 ]
	memory=$(memory_of "$what")
	cp -p "$memory" "$TMP/memory"
	while IFS='|' read -r line want command; do
		i=$((i + 1)) total=$((total + want))
		line=${line//@/$in/$i}
		line=${line/\%255/$(printf %0255d 0)}
		cd "$(tree_of "$what")/$in/$i"
		eval "$command"
		cd /
		for mode in --quick --full; do
			cp -p "$TMP/memory" "$memory"
			verified "$what" $mode
			expect 2 "$line" || { echo "row $i, $mode"; return 1; }
			found=$(grep -cE '^[-+~m] ' <<< "$output")
			[ "$found" -eq "$total" ] || { echo "row $i, $mode: $found changes, not $total: $output"; return 1; }
			[[ $output != *$'\e'* ]] || return 1
		done
	done < <(rows)
	[ "$i" -ge 20 ]
	# What the quick one had no cause to read, it did not.
	cp -p "$TMP/memory" "$memory"
	[ "$(bytes_read "$what" --quick)" -lt 300000 ]
	[ "$(bytes_read "$what" --full)" -gt 2000000 ]
}

# manifest WHAT: edited, cut, replaced by another's, taken away.
manifest()
{
	local seal mode change
	seal=$(seal_of "$1")
	cp -p "$seal" "$BATS_TEST_TMPDIR/seal"
	for mode in --quick --full; do
		for change in "sed -i '0,/mode=0600/s//mode=0644/' $seal" "echo './zz nonsense' >> $seal" "truncate -s 1000 $seal" \
			"cp $(seal_of "$([ "$1" = a ] && echo small || echo a)") $seal" "rm $seal"; do
			clean "$1" $mode || return 1
			eval "$change"
			verified "$1" $mode
			rm -f "$seal"
			cp -p "$BATS_TEST_TMPDIR/seal" "$seal"
			expect 2 "! its manifest" || { echo "$change, $mode"; return 1; }
		done
	done
	clean "$1" --full
}

# journal WHAT: the entry that published it taken out, and the last one cut off.
journal()
{
	local journal=$ROOT/.warder/journal/journal mode change
	cp -p "$journal" "$BATS_TEST_TMPDIR/journal"
	for mode in --quick --full; do
		for change in 2d '$d' '2s/"action":"[a-z ]*"/"action":"other"/'; do
			clean "$1" $mode || return 1
			sed -i "$change" "$journal"
			verified "$1" $mode
			cp -p "$BATS_TEST_TMPDIR/journal" "$journal"
			expect 2 "warder: check journal: " || { echo "$change, $mode"; return 1; }
		done
	done
	clean "$1" --full
}

@test "a manifest that was edited, of a skeleton" { manifest a; }
@test "a manifest that was edited, of a base" { manifest small; }
@test "an entry removed from the journal, for a skeleton" { journal a; }
@test "an entry removed from the journal, for a base" { journal small; }
@test "each row of the table done to a skeleton is found, in full and quickly" { tamper a usr-local/odd; }
@test "each row of the table done to a base is found, in full and quickly" { tamper small root/usr/odd; }
