# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Shared by the scripts of boot/: messages, the download cache's place, and the one way to find out
# which Debian mirror this machine uses. Sourced, never run.

set -Eeuo pipefail
trap 'echo "${0##*/}: error: \`$BASH_COMMAND\` failed (line $LINENO)" >&2' ERR

# Messages go to stderr: stdout belongs to what a script produces.
say()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die()
{
	say "error: $*"
	exit 1
}

cache_dir()
{
	[ -n "${XDG_CACHE_HOME:-}${HOME:-}" ] ||
		die "neither HOME nor XDG_CACHE_HOME says where the download cache is to be"
	printf '%s\n' "${XDG_CACHE_HOME:-$HOME/.cache}/kvm-cca"
}

# Runs a long command with its output in a log; shows one line with the seconds that have passed on
# a terminal, or a line every 10 s elsewhere. On failure shows the end of the log.
# progress TEXT LOG COMMAND...
progress()
{
	local text=$1 log=$2 start=$SECONDS pid status=0 shown=0
	shift 2
	"$@" >"$log" 2>&1 </dev/null &
	pid=$!
	trap 'kill '"$pid"' 2>/dev/null; exit 130' INT TERM
	while kill -0 "$pid" 2>/dev/null; do
		if [ -t 2 ]; then
			printf '\r%s: %s ... %d s ' "${0##*/}" "$text" $((SECONDS - start)) >&2
		elif [ $((SECONDS - start)) -ge $((shown + 10)) ]; then
			shown=$((SECONDS - start))
			say "$text ... $shown s"
		fi
		# A short wait that ends at once when the command does.
		timeout 1 tail --pid="$pid" -s 0.1 -f /dev/null || true
	done
	wait "$pid" || status=$?
	trap - INT TERM
	[ -t 2 ] && printf '\r\033[K' >&2
	if [ "$status" -ne 0 ]; then
		tail -n 20 "$log" >&2
		die "$text failed (status $status, log: $log)"
	fi
	say "$text: done in $((SECONDS - start)) s"
}

# The URI of the Debian archive (not of security updates) this machine takes bookworm from.
mirror_uri()
{
	local uri
	uri=$(apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 'Created-By: Packages' \
		2>/dev/null | awk '$1 == "bookworm" { print $2; exit }')
	if [ -z "$uri" ]; then
		# apt has no package lists yet: read its configuration instead.
		uri=$(cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list \
			/etc/apt/sources.list.d/*.list 2>/dev/null | awk '
			$1 == "URIs:" { uri = $2 }
			$1 == "Suites:" { for (i = 2; i <= NF; i++) if ($i == "bookworm") found = uri }
			$1 == "deb" { for (i = 2; i < NF; i++)
				if ($i ~ /^(https?|ftp|file|mirror)/ && $(i + 1) == "bookworm") found = $i }
			found { print found; exit }')
	fi
	[ -n "$uri" ] || die "no Debian 12 (bookworm) archive in this machine's apt configuration"
	printf '%s\n' "${uri%/}"
}
