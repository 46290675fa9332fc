/* SPDX-License-Identifier: BSD-3-Clause */
/* Which devices a guest is to have, and what is behind them. Filled from the command line. */
#ifndef VMM_DEV_CONFIG_H
#define VMM_DEV_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DEVICE_DISKS_MAX    8
#define DEVICE_NETS_MAX	    4
#define DEVICE_SHARES_MAX   4
#define DEVICE_FORWARDS_MAX 16
#define DEVICE_FORWARD_SIZE 64	 /* of a forwarded port as passt writes it, with its end */
#define DEVICE_NAME_SIZE    1024 /* of a path, with its end */
#define DEVICE_SERIAL	    20	 /* bytes; shorter ones are followed by zeros */
#define DEVICE_TAP_SIZE	    16	 /* of an interface's name, with its end */
#define DEVICE_MAC	    6
#define DEVICE_TAG	    36 /* bytes of a share's name; shorter ones are followed by zeros */

struct disk_config {
	char path[DEVICE_NAME_SIZE];
	char serial[DEVICE_SERIAL];
	bool read_only;
};

/* A port of the host's that leads to one of the guest's. */
struct forward_config {
	bool udp;
	char ports[DEVICE_FORWARD_SIZE];
};

struct net_config {
	char tap[DEVICE_TAP_SIZE]; /* empty: user-mode networking, by passt */
	struct forward_config forwards[DEVICE_FORWARDS_MAX];
	size_t forward_count;
	uint8_t mac[DEVICE_MAC];
};

struct share_config {
	char path[DEVICE_NAME_SIZE];
	char tag[DEVICE_TAG];
};

struct device_config {
	struct disk_config disks[DEVICE_DISKS_MAX];
	size_t disk_count;
	struct net_config nets[DEVICE_NETS_MAX];
	size_t net_count;
	struct share_config shares[DEVICE_SHARES_MAX];
	size_t share_count;
	uint32_t vsock_cid; /* 0: the guest has no sockets to the host */
};

/* Whether the guest has a PCI bus: it does when there is something to put on it. */
static inline bool device_config_has_pci(const struct device_config *c)
{
	return c->disk_count || c->net_count || c->share_count || c->vsock_cid;
}

#endif
