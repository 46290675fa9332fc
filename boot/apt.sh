# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# A private root for apt: own sources, lists and state, signatures checked against Debian's archive
# keyring, nothing of the machine's settings but how to reach the archive. Sourced by boot/fetch and
# boot/make-disk behind common.sh; who uses it exports APT_CONFIG=ROOT/apt.conf.

KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# Settings of the machine that say how to reach the archive; nothing else of its configuration.
transport_settings()
{
	APT_CONFIG='' apt-config dump --no-empty --format '%f "%v";%n' |
		grep -E '^Acquire::(http|https|Retries|Check-)' || true
}

# apt_source SUITE ARCHITECTURES: a line for sources.list
apt_source()
{
	echo "deb [arch=$2 signed-by=$KEYRING] $(APT_CONFIG='' mirror_uri) $1 main"
}

# apt_root ROOT ARCHITECTURE...: makes the root, in which nothing is installed. The first architecture
# is the native one.
apt_root()
{
	local root=$1
	shift
	[ -r "$KEYRING" ] || die "$KEYRING is missing (package debian-archive-keyring)"
	mkdir -p "$root/lists/partial" "$root/cache/archives/partial"
	: >"$root/status"
	{
		transport_settings
		cat <<-END
		Dir::State "$root";
		Dir::State::lists "$root/lists";
		Dir::State::status "$root/status";
		Dir::Cache "$root/cache";
		Dir::Etc::main "/dev/null";
		Dir::Etc::parts "/dev/null";
		Dir::Etc::sourcelist "$root/sources.list";
		Dir::Etc::sourceparts "/dev/null";
		Dir::Etc::preferences "/dev/null";
		Dir::Etc::preferencesparts "/dev/null";
		Dir::Etc::trusted "/dev/null";
		Dir::Etc::trustedparts "/dev/null";
		APT::Architecture "$1";
		APT::Architectures { $(printf '"%s"; ' "$@")};
		APT::Sandbox::User "root";
		APT::Update::Error-Mode "any";
		Acquire::AllowInsecureRepositories "0";
		Acquire::AllowWeakRepositories "0";
		Acquire::Languages "none";
		Acquire::GzipIndexes "true";
		END
	} >"$root/apt.conf"
}
