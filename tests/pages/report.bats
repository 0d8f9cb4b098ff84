# The report in a browser: readable on a telephone and on a desk, in light and in dark, and nothing in it runs.  The
# pictures stay in the build folder.
load ../system/helpers

setup_file()
{
	busybox_conf <<-'EOT' > "$BATS_FILE_TMPDIR/conf"
		ldap { exec.service = "/bin/sleep", "1000"; wx = deny; memory = 64M; limits = best-effort; }
		ns {
			exec.service = "/bin/sleep", "1000";
			exec.prestart = "true '<script>ran = 1</script><img src=x onerror=ran=1>' /usr/local/libexec/a/long/path/to/a/program/of/the/host --with=some --options";
			capabilities.force = sys_time;
			sysvshm = new;
		}
		krb { }
		a-name-that-is-as-long-as-the-name-of-a-jail-may-be-and-no-more { }
	EOT
	make_store pages < "$BATS_FILE_TMPDIR/conf"
	command -v chromium > /dev/null || skip "chromium is not installed"
	warder create -q ldap ns krb
	warder manage -q -y ldap -- /bin/sh -c 'echo x > /etc/x'
	warder start -q ldap ns
	touch "$ROOT/.warder/skel/krb/1/etc/$(printf 'n%0200d<script>ran = 1<-script>' 0)"
	export PICTURES=$WARDER_BUILD/report
	rm -rf "$PICTURES"
	mkdir -p "$PICTURES"
	warder report --html "$PICTURES/report.html" || [ $? -eq 2 ]
	warder stop -q --all
	cp "$BATS_TEST_DIRNAME/measure.html" "$PICTURES/"
}
setup() { use_store pages; command -v chromium > /dev/null || skip "chromium is not installed"; }
teardown_file() { use_store pages; rm -f "$WARDER_BUILD/report/measure.html"; remove_store; }

# browser light|dark OPTION...: as its own user data would make it, and none of it kept.
browser()
{
	local scheme=$1 data r=0
	shift
	data=$(mktemp -d)
	timeout 60 chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars --no-first-run \
		--user-data-dir="$data" --blink-settings=preferredColorScheme=$([ "$scheme" = dark ] && echo 0 || echo 1) "$@" \
		2> "$DIR/browser" || r=$?
	rm -rf "$data"
	return $r
}

# measure light|dark WIDTH
measure()
{
	browser "$1" --allow-file-access-from-files --virtual-time-budget=3000 --dump-dom "file://$PICTURES/measure.html#$2" |
		sed -n 's/.*result \({.*}\) end.*/\1/p' | sed 's/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g' > "$DIR/measured"
	cat "$DIR/measured"
	jq -e --argjson w "$2" '.width == $w and .elements > 100 and .texts > 50' "$DIR/measured"
}

@test "nothing sticks out, at 320, 360, 700 and 1200 pixels" {
	for width in 320 360 700 1200; do
		measure light $width
		jq -e '.scroll <= .width and .out == 0' "$DIR/measured"
	done
}

@test "it is dark where the reader has it dark, light else, and each text has a contrast of 4.5 at least" {
	measure dark 1200
	jq -e '.dark and .contrast >= 4.5' "$DIR/measured"
	measure light 1200
	jq -e '(.dark | not) and .contrast >= 4.5' "$DIR/measured"
}

@test "what jails, files and declarations are called is shown, and does not run" {
	measure light 360
	jq -e '(.ran | not) and .scripts == 0 and (.heads | length) == 5 and .heads[0] == "ldap"' "$DIR/measured"
}

@test "control: the same measure finds a page that is too wide, pale, and runs" {
	mkdir -p "$DIR/control"
	cp "$PICTURES/measure.html" "$DIR/control/"
	{ echo '<!DOCTYPE html><body><h2>x</h2><script>ran = 1</script><p style="color:#ccc;background:#fff;width:2000px">wide</p>'
	for i in $(seq 100); do echo "<p>$i</p>"; done; } > "$DIR/control/report.html"
	PICTURES=$DIR/control measure light 360
	jq -e '.scroll > .width and .out > 0 and .contrast < 4.5 and .ran and .scripts == 1' "$DIR/measured"
}

@test "pictures of it, and what a printer gets" {
	for scheme in light dark; do
		for width in 360 1200; do
			browser $scheme --window-size=$width,2400 --screenshot="$PICTURES/$scheme-$width.png" "file://$PICTURES/report.html"
			[ "$(od -An -tu4 --endian=big -j16 -N8 "$PICTURES/$scheme-$width.png" | xargs)" = "$width 2400" ]
		done
	done
	browser light --no-pdf-header-footer --print-to-pdf="$PICTURES/report.pdf" "file://$PICTURES/report.html"
	[ "$(head -c 5 "$PICTURES/report.pdf")" = %PDF- ]
}
