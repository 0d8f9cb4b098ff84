#!/usr/bin/env bats
# What `warder emit kube` makes, held against Kubernetes' own schema, and run by podman.

load helpers
load podman
CHECK=$BATS_TEST_DIRNAME/../kube/check

setup_file()
{
	make_store emitkube <<-EOF
	$(busybox_conf <<-CONF
		web {
			exec.service = "/bin/sh", "-c", "id -u; for at in / /etc/ /usr/local/ /var/ /tmp/ /run/ /var/spool/own/; do touch \\\${at}new && echo \"written \\\$at\"; done 2>&1; cat /var/spool/own/kept; ls -dn /run/thing; grep CapBnd /proc/self/status; ls /var; touch /var/kept-on";
			run.dirs = "thing 7:8 0750";
			pins = "/var/spool/own";
			restart = no;
			capabilities = setgid, setuid;
		}
		asuser {
			exec.service = "/bin/sh", "-c", "id; grep CapEff /proc/self/status; touch /tmp/x && echo written; touch /var/x";
			exec.jail_user = nobody;
			restart = no;
		}
		odd { exec.service = "/bin/true"; exec.health = "/bin/test", "-e", "/run/o'dd: #"; pins = "/var/lib/o'dd \"x: {é # no"; shm = 1M; memory = 64M; cpu = 50; }
		CapitalS { exec.service = "/bin/true"; }
	CONF
	)
	EOF
	engines_before
	make_jail web asuser odd CapitalS
	mkdir -p "$ROOT/s/web/pins/var/spool/own"
	echo pinned > "$ROOT/s/web/pins/var/spool/own/kept"
}
setup() { use_store emitkube; need_jails; }
teardown()
{
	podman_remove
	rm -rf "$DIR/out" "$DIR/image" "$DIR/again"
	nothing_left
}
teardown_file() { use_store emitkube; engines_after; remove_store; }

kube() { warder emit kube "$@" -o "$DIR/out/"; }
need_python() { python3 -c "import $1" 2> /dev/null || skip "python3-$1 is not installed"; }
# of PATH.yaml, as JSON: an array of its documents
documents() { python3 -c 'import json, sys, yaml; json.dump(list(yaml.safe_load_all(open(sys.argv[1]))), sys.stdout)' "$1"; }

@test "every object is one of Kubernetes 1.25's schema, and what is not is found" {
	need_python yaml
	need_python jsonschema
	kube web asuser odd
	run "$CHECK" "$DIR"/out/*.yaml
	expect 0
	[ "$(grep -c '^Deployment$' <<< "$output")" -eq 3 ]
	[ "$(grep -c '^PersistentVolumeClaim$' <<< "$output")" -eq 3 ]
	kube --pod --seccomp --image registry.example.org/x --storage 2Gi web asuser odd
	run "$CHECK" "$DIR"/out/*.yaml
	expect 0
	[ "$(grep -c '^Pod$' <<< "$output")" -eq 3 ]
	sed -i 's/runAsUser: 0/runAsUser: "0"/; s/readOnlyRootFilesystem/readOnlyRoot/' "$DIR/out/web.yaml"
	run "$CHECK" "$DIR/out/web.yaml"
	expect 1 "runAsUser"
	expect 1 "readOnlyRoot"
}

@test "odd texts come out of a reader of YAML as they were declared" {
	need_python yaml
	kube odd
	[ -z "$(LC_ALL=C tr -d '\n -~' < "$DIR/out/odd.yaml")" ]
	documents "$DIR/out/odd.yaml" > "$DIR/list"
	[ "$(jq -r '.[1].spec.template.spec.containers[0].volumeMounts[-1] | [.mountPath, .readOnly] | @tsv' "$DIR/list")" = "/var/lib/o'dd \"x: {é # no	true" ]
	[ "$(jq -c '.[1].spec.template.spec.containers[0].resources.limits' "$DIR/list")" = '{"cpu":"500m","memory":"67108864"}' ]
	# the shell takes it for the same path
	jq -r '.[1].spec.template.spec.initContainers[0].command[2]' "$DIR/list" > "$DIR/script"
	sh -n "$DIR/script"
	grep -qF "'/var/lib/o'\\''dd \"x: {é # no'" "$DIR/script"
}

@test "a jail with a user of its own meets the level restricted, another says what would make it so" {
	need_python yaml
	kube --pod web asuser
	grep -q '^# Pod Security "restricted" (.*warder.conf:[0-9]*): met$' "$DIR/out/asuser.yaml"
	grep -q '^# Pod Security "restricted" (.*warder.conf:[0-9]*): not met' "$DIR/out/web.yaml"
	documents "$DIR/out/asuser.yaml" > "$DIR/list"
	# the rules of that level, for every container
	jq -e '.[1].spec | .securityContext.runAsNonRoot and .securityContext.runAsUser == 65534 and
		.securityContext.seccompProfile.type == "RuntimeDefault" and (has("hostNetwork") | not) and
		([.initContainers[], .containers[]] | all(.securityContext | .allowPrivilegeEscalation == false and
			.privileged == false and .readOnlyRootFilesystem and .capabilities == {"drop": ["ALL"]}))' "$DIR/list"
	jq -e '.[1].spec | .automountServiceAccountToken == false and .enableServiceLinks == false' "$DIR/list"
}

@test "names that Kubernetes does not have, prefixes and sizes that are none are refused" {
	run warder emit kube CapitalS
	expect 78 "is no name there"
	run warder emit kube --image 'a b' web
	expect 64 "--image"
	run warder emit kube --storage 0Gi web
	expect 64 "--storage"
	run warder emit kube web asuser
	expect 64 "-o DIR"
	warder emit kube web > "$DIR/list"
	warder emit kube web | cmp - "$DIR/list"
}

# The image, under the name that the objects have for it.
pull()
{
	need podman
	need crun
	need catatonit
	warder emit oci-image "$1" -o "$DIR/image"
	podman_here tag "$(podman_here pull -q "oci:$DIR/image:$1")" "localhost/$1:1.1"
}
# play JAIL: what its service printed.
play()
{
	podman_here kube play --network none "$DIR/out/$1.yaml" > "$DIR/list" 2>&1 || { cat "$DIR/list"; return 1; }
	podman_here wait "$1-$1" > /dev/null
	podman_here logs "$1-$1" 2>&1
	podman_here pod rm -f -a > /dev/null
}

@test "podman kube play: the claim is filled, pins are read-only, nothing but /var, /tmp and /run is written" {
	pull web
	kube --pod web
	run play web
	expect 0 pinned
	echo "$output"
	[ "$(grep ^written <<< "$output" | tr '\n' ' ')" = "written /var/ written /tmp/ written /run/ " ]
	[ "$(grep -c 'Read-only file system' <<< "$output")" -eq 4 ]
	grep -q '^drwxr-x---.* 7  *8 ' <<< "$output"
	grep -q '^CapBnd:.*00000000000000c0$' <<< "$output"
	grep -qx 'spool' <<< "$output"
	! grep -qx 'kept-on' <<< "$output"
}

@test "podman kube play: a service with a user of its own has no capabilities, and its claim" {
	pull asuser
	kube --pod asuser
	run play asuser
	echo "$output"
	expect 0 "uid=65534"
	expect 0 "CapEff:	0000000000000000"
	expect 0 written
}

@test "the filter of system calls beside it is one that podman takes" {
	need podman
	need crun
	warder emit oci-image web -o "$DIR/image"
	kube --seccomp web
	grep -q 'localhostProfile: "warder/web.seccomp.json"' "$DIR/out/web.yaml"
	id=$(podman_here pull -q "oci:$DIR/image:web")
	run podman_here run --rm --read-only --network none --cgroups=disabled --entrypoint '["/bin/sh", "-c"]' \
		--cap-add SYS_ADMIN --security-opt "seccomp=$DIR/out/web.seccomp.json" "$id" 'grep Seccomp: /proc/self/status; unshare -m true'
	echo "$output"
	[ "$status" -ne 0 ]
	grep -q '^Seccomp:.2$' <<< "$output"
	grep -q 'Operation not permitted' <<< "$output"
	# without it the same works
	podman_here run --rm --read-only --network none --cgroups=disabled --entrypoint '["/bin/sh", "-c"]' \
		--cap-add SYS_ADMIN --security-opt seccomp=unconfined "$id" 'unshare -m true'
}
