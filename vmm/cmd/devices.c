/* SPDX-License-Identifier: BSD-3-Clause */
/* Parses --disk, --net and --share, see devices.h: words that commas part. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/cmd/devices.h"
#include "vmm/lib/error.h"

/* From an offset of FNV-1a (32 bits) on. */
#define FNV_OFFSET 2166136261u
#define FNV_PRIME  16777619u

#define MAC_LOCAL 0x02 /* first byte: given by no maker of devices */
#define MAC_GROUP 0x01 /* first byte: not of one interface alone */

#define NET_USER    "user"
#define PORT_MAX    65535
#define SHARE_TAG   "share"
#define FORWARD_ANY "127.0.0.1" /* where a forwarded port listens that names no address */

/* A word of a value, without the comma behind it. */
struct word {
	const char *text;
	size_t size;
};

/* Takes the first word off. */
static struct word next_word(const char **rest)
{
	struct word w = {.text = *rest, .size = strcspn(*rest, ",")};

	*rest += w.size + ((*rest)[w.size] == ',');
	return w;
}

/* Whether a word is NAME=VALUE with this name; then only the value is left of it. */
static bool take_name(struct word *w, const char *name)
{
	size_t size = strlen(name);

	if (w->size <= size || strncmp(w->text, name, size) || w->text[size] != '=')
		return false;
	w->text += size + 1;
	w->size -= size + 1;
	return true;
}

static bool is(const struct word *w, const char *text)
{
	return w->size == strlen(text) && strncmp(w->text, text, w->size) == 0;
}

static int set_serial(struct disk_config *d, const struct word *w)
{
	if (w->size == 0 || w->size > DEVICE_SERIAL)
		return error_set(-EINVAL, "--disk: the serial number must have 1 to %d characters",
				 DEVICE_SERIAL);
	memset(d->serial, 0, sizeof(d->serial));
	memcpy(d->serial, w->text, w->size);
	return 0;
}

static int set_disk_word(struct disk_config *d, struct word *w)
{
	if (is(w, "ro")) {
		d->read_only = true;
		return 0;
	}
	if (take_name(w, "serial"))
		return set_serial(d, w);
	return error_set(-EINVAL, "--disk: %.*s: after the file there can be ro and serial=TEXT",
			 (int)w->size, w->text);
}

int devices_add_disk(struct device_config *c, const char *value)
{
	struct disk_config d = {0};
	struct word w = next_word(&value);
	int ret = 0;

	if (c->disk_count == DEVICE_DISKS_MAX)
		return error_set(-EINVAL, "--disk: there can be %d at most", DEVICE_DISKS_MAX);
	if (w.size == 0)
		return error_set(-EINVAL, "--disk: the name is empty");
	if (w.size >= sizeof(d.path))
		return error_set(-EINVAL, "--disk: the name is too long");
	memcpy(d.path, w.text, w.size);
	while (ret == 0 && *value) {
		w = next_word(&value);
		ret = set_disk_word(&d, &w);
	}
	if (ret == 0)
		c->disks[c->disk_count++] = d;
	return ret;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)((at - digits) % 16) : -1;
}

/* Six pairs of digits with colons between them. */
static bool parse_mac(const struct word *w, uint8_t mac[DEVICE_MAC])
{
	size_t i;

	if (w->size != 3 * DEVICE_MAC - 1)
		return false;
	for (i = 0; i < DEVICE_MAC; i++) {
		const char *at = w->text + 3 * i;
		int high = hex_digit(at[0]), low = hex_digit(at[1]);

		if (high < 0 || low < 0 || (i + 1 < DEVICE_MAC && at[2] != ':'))
			return false;
		mac[i] = (uint8_t)(high << 4 | low);
	}
	return !(mac[0] & MAC_GROUP);
}

/* The same name has the same address at every start. */
static void make_mac(struct net_config *n)
{
	const char *name = n->tap[0] ? n->tap : NET_USER;
	uint32_t hash = FNV_OFFSET;
	size_t i;

	n->mac[0] = MAC_LOCAL;
	for (i = 0; name[i]; i++)
		hash = (hash ^ (uint8_t)name[i]) * FNV_PRIME;
	n->mac[1] = (uint8_t)(hash ^ hash >> 16);
	for (i = 2; i < DEVICE_MAC; i++)
		n->mac[i] = (uint8_t)(hash >> 8 * (i - 2));
}

static int set_mac(struct net_config *n, const struct word *w)
{
	if (parse_mac(w, n->mac))
		return 0;
	return error_set(-EINVAL, "--net: mac=%.*s is no address of an interface like %s",
			 (int)w->size, w->text, "02:00:00:00:00:01");
}

/* A port of 1 to 65535; -1: something else. */
static long take_port(const char **at)
{
	char *end;
	long port = **at >= '0' && **at <= '9' ? strtol(*at, &end, 10) : 0;

	if (port < 1 || port > PORT_MAX)
		return -1;
	*at = end;
	return port;
}

/* As passt writes it; what it is given has been looked at. */
static bool write_forward(struct forward_config *f, const char *at)
{
	size_t address;
	const char *host;
	long from, to;

	f->udp = strncmp(at, "udp:", 4) == 0;
	if (!f->udp && strncmp(at, "tcp:", 4))
		return false;
	host = at += 4;
	address = strspn(at, "0123456789.");
	at += address;
	if (address >= 16 || *at++ != ':')
		return false;
	from = take_port(&at);
	if (from < 0 || strncmp(at, "-:", 2))
		return false;
	at += 2;
	to = take_port(&at);
	if (to < 0 || *at)
		return false;
	if (address == 0)
		address = strlen(host = FORWARD_ANY);
	snprintf(f->ports, sizeof(f->ports), "%.*s/%ld:%ld", (int)address, host, from, to);
	return true;
}

static int add_forward(struct net_config *n, const struct word *w)
{
	char text[DEVICE_FORWARD_SIZE] = "";

	if (n->forward_count == DEVICE_FORWARDS_MAX)
		return error_set(-EINVAL, "--net: more than %d ports are forwarded",
				 DEVICE_FORWARDS_MAX);
	if (w->size < sizeof(text))
		memcpy(text, w->text, w->size);
	if (!write_forward(&n->forwards[n->forward_count], text))
		return error_set(-EINVAL, "--net: hostfwd=%.*s is not like tcp:127.0.0.1:2222-:22",
				 (int)w->size, w->text);
	n->forward_count++;
	return 0;
}

static int set_net_word(struct net_config *n, struct word *w)
{
	if (take_name(w, "mac"))
		return set_mac(n, w);
	if (!n->tap[0] && take_name(w, "hostfwd"))
		return add_forward(n, w);
	return error_set(-EINVAL, "--net: %.*s: after %s there can be %smac=ADDRESS", (int)w->size,
			 w->text, n->tap[0] ? "tap=NAME" : NET_USER,
			 n->tap[0] ? "" : "hostfwd=FORWARD and ");
}

int devices_add_net(struct device_config *c, const char *value)
{
	struct net_config n = {0};
	struct word w = next_word(&value);
	int ret = 0;

	if (c->net_count == DEVICE_NETS_MAX)
		return error_set(-EINVAL, "--net: there can be %d at most", DEVICE_NETS_MAX);
	if (!is(&w, NET_USER)) {
		if (!take_name(&w, "tap") || w.size == 0 || w.size >= sizeof(n.tap))
			return error_set(-EINVAL, "--net: must begin with tap=NAME, an interface's "
						  "name, or with user");
		memcpy(n.tap, w.text, w.size);
	}
	make_mac(&n);
	while (ret == 0 && *value) {
		w = next_word(&value);
		ret = set_net_word(&n, &w);
	}
	if (ret == 0)
		c->nets[c->net_count++] = n;
	return ret;
}

static int set_share_word(struct share_config *s, struct word *w)
{
	if (!take_name(w, "tag"))
		return error_set(-EINVAL, "--share: %.*s: after the folder there can be tag=TEXT",
				 (int)w->size, w->text);
	if (w->size >= sizeof(s->tag))
		return error_set(-EINVAL, "--share: the tag has more than %d characters",
				 DEVICE_TAG - 1);
	memset(s->tag, 0, sizeof(s->tag));
	memcpy(s->tag, w->text, w->size);
	return 0;
}

int devices_add_share(struct device_config *c, const char *value)
{
	struct share_config s = {.tag = SHARE_TAG};
	struct word w = next_word(&value);
	size_t i;
	int ret = 0;

	if (c->share_count == DEVICE_SHARES_MAX)
		return error_set(-EINVAL, "--share: there can be %d at most", DEVICE_SHARES_MAX);
	if (w.size == 0 || w.size >= sizeof(s.path))
		return error_set(-EINVAL, "--share: the name is empty or too long");
	memcpy(s.path, w.text, w.size);
	while (ret == 0 && *value) {
		w = next_word(&value);
		ret = set_share_word(&s, &w);
	}
	for (i = 0; i < c->share_count && ret == 0; i++) {
		if (memcmp(c->shares[i].tag, s.tag, sizeof(s.tag)) == 0)
			ret = error_set(-EINVAL, "--share: two have the tag %s", s.tag);
	}
	if (ret == 0)
		c->shares[c->share_count++] = s;
	return ret;
}
