/* SPDX-License-Identifier: BSD-3-Clause */
/* Disks, see blk.h. Requests are served one after the other in the device's thread. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/virtio_blk.h>
#include <linux/virtio_ids.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <util.h>

#include "vmm/dev/virtio/blk.h"
#include "vmm/dev/virtio/chain.h"
#include "vmm/lib/error.h"

#define SECTOR	     512
#define BLOCK	     4096 /* in which the file is best read and written */
#define QUEUE_SIZE   256
#define SEGMENTS_MAX (QUEUE_SIZE - 2) /* a request has a head and a status besides */
#define RANGE_MAX    (MIB(64) / SECTOR)
#define ZEROES_SIZE  KIB(64)
#define PART_MAX     MIB(64)  /* moved by one call, which nothing ends */
#define CLASS	     0x018000 /* mass storage */

struct disk {
	int fd;
	bool read_only;
	bool is_device; /* a block device of the host */
	uint64_t sectors;
	char serial[DEVICE_SERIAL];
};

/* What a request is about. */
struct request {
	const struct virtio *device;
	struct disk *disk;
	struct buffers out, in; /* without head and status */
	uint64_t sector;
	bool flush_after; /* the driver does not flush */
};

/* Whether all of a range lies on the disk. */
static bool is_on_disk(const struct disk *d, uint64_t sector, uint64_t count)
{
	return count <= d->sectors && sector <= d->sectors - count;
}

static int flush(struct disk *d)
{
	return fdatasync(d->fd) ? VIRTIO_BLK_S_IOERR : VIRTIO_BLK_S_OK;
}

/* Moves bytes at the front of the buffers, not more than a part. As the calls return it. */
static ssize_t move_part(const struct disk *d, struct buffers *b, off_t at, bool write)
{
	struct iovec *last;
	size_t count = 0, size = 0, over;
	ssize_t done;

	while (count < b->count && size < PART_MAX)
		size += b->iov[count++].iov_len;
	last = &b->iov[count - 1];
	over = size > PART_MAX ? size - PART_MAX : 0;
	last->iov_len -= over;
	done = write ? pwritev(d->fd, b->iov, (int)count, at)
		     : preadv(d->fd, b->iov, (int)count, at);
	last->iov_len += over;
	return done;
}

/*
 * All of it, or an error: a file that has become too short ends before, and so does a request that
 * is longer than its VM lives. The buffers may name the same memory again and again.
 */
static int transfer(const struct request *r, struct buffers *b, bool write)
{
	uint64_t size = buffers_size(b);
	off_t at;

	if (size % SECTOR || !is_on_disk(r->disk, r->sector, size / SECTOR))
		return VIRTIO_BLK_S_IOERR;
	at = (off_t)(r->sector * SECTOR);
	while (b->count) {
		ssize_t done = move_part(r->disk, b, at, write);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0 || virtio_has_ended(r->device))
			return VIRTIO_BLK_S_IOERR;
		buffers_skip(b, (size_t)done);
		at += done;
	}
	return VIRTIO_BLK_S_OK;
}

static int read_disk(struct request *r)
{
	return transfer(r, &r->in, false);
}

static int write_disk(struct request *r)
{
	int status;

	if (r->disk->read_only)
		return VIRTIO_BLK_S_IOERR;
	status = transfer(r, &r->out, true);
	if (status == VIRTIO_BLK_S_OK && r->flush_after)
		status = flush(r->disk);
	return status;
}

static int punch(struct disk *d, off_t at, off_t size)
{
	uint64_t range[] = {(uint64_t)at, (uint64_t)size};

	if (d->is_device)
		return ioctl(d->fd, BLKDISCARD, range);
	return fallocate(d->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at, size);
}

/* A hint: where the host cannot do it, nothing is lost. */
static int discard(struct request *r, off_t at, off_t size)
{
	if (punch(r->disk, at, size) && errno != EOPNOTSUPP && errno != ENOTTY)
		return VIRTIO_BLK_S_IOERR;
	return VIRTIO_BLK_S_OK;
}

/* The slow way, which every host has. */
static int write_zeroes(struct disk *d, off_t at, off_t size)
{
	static const uint8_t zeroes[ZEROES_SIZE];

	while (size) {
		size_t part = size < (off_t)sizeof(zeroes) ? (size_t)size : sizeof(zeroes);
		ssize_t done = pwrite(d->fd, zeroes, part, at);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return VIRTIO_BLK_S_IOERR;
		at += done;
		size -= done;
	}
	return VIRTIO_BLK_S_OK;
}

/* Holes of a file read as zeros; blocks that a device has discarded need not. */
static int zero(struct request *r, off_t at, off_t size, bool may_unmap)
{
	struct disk *d = r->disk;
	uint64_t range[] = {(uint64_t)at, (uint64_t)size};
	int status = VIRTIO_BLK_S_OK;

	if (may_unmap && !d->is_device && punch(d, at, size) == 0)
		return status;
	if (d->is_device ? ioctl(d->fd, BLKZEROOUT, range)
			 : fallocate(d->fd, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, at, size))
		status = write_zeroes(d, at, size);
	if (status == VIRTIO_BLK_S_OK && r->flush_after)
		status = flush(d);
	return status;
}

/* Discard and write-zeroes name their range in the buffers; one at a time was offered. */
static int change_range(struct request *r, bool to_zero)
{
	struct virtio_blk_discard_write_zeroes range;
	uint32_t may = to_zero ? VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP : 0;
	off_t at, size;

	if (r->disk->read_only || buffers_size(&r->out) != sizeof(range))
		return VIRTIO_BLK_S_IOERR;
	buffers_read(&r->out, &range, sizeof(range));
	if (range.flags & ~may)
		return VIRTIO_BLK_S_UNSUPP;
	if (range.num_sectors > RANGE_MAX || !is_on_disk(r->disk, range.sector, range.num_sectors))
		return VIRTIO_BLK_S_IOERR;
	if (range.num_sectors == 0)
		return VIRTIO_BLK_S_OK;
	at = (off_t)(range.sector * SECTOR);
	size = (off_t)((uint64_t)range.num_sectors * SECTOR);
	return to_zero ? zero(r, at, size, range.flags) : discard(r, at, size);
}

static int get_id(struct request *r)
{
	if (buffers_write(&r->in, r->disk->serial, DEVICE_SERIAL) < DEVICE_SERIAL)
		return VIRTIO_BLK_S_IOERR;
	return VIRTIO_BLK_S_OK;
}

static int handle(struct request *r, uint32_t type)
{
	switch (type) {
	case VIRTIO_BLK_T_IN:
		return read_disk(r);
	case VIRTIO_BLK_T_OUT:
		return write_disk(r);
	case VIRTIO_BLK_T_FLUSH:
		return flush(r->disk);
	case VIRTIO_BLK_T_GET_ID:
		return get_id(r);
	case VIRTIO_BLK_T_DISCARD:
		return change_range(r, false);
	case VIRTIO_BLK_T_WRITE_ZEROES:
		return change_range(r, true);
	default:
		return VIRTIO_BLK_S_UNSUPP;
	}
}

/* The first bytes are a head that the device reads, the last byte is the status that it writes. */
static uint32_t serve(struct virtio *v, struct virtio_chain *c)
{
	struct request r = {
		.device = v,
		.disk = v->owner,
		.out = {virtio_chain_out(c), c->out_count},
		.in = {virtio_chain_in(c), c->in_count},
		.flush_after = !(v->accepted & VIRTIO_FEATURE(VIRTIO_BLK_F_FLUSH)),
	};
	uint8_t *status = buffers_last(&r.in);
	struct virtio_blk_outhdr head;
	uint64_t size;
	int result;

	if (!status)
		return 0;
	if (buffers_read(&r.out, &head, sizeof(head)) < sizeof(head)) {
		*status = VIRTIO_BLK_S_IOERR;
		return 1;
	}
	r.sector = head.sector;
	size = buffers_size(&r.in);
	result = handle(&r, head.type);
	*status = (uint8_t)result;
	size = result == VIRTIO_BLK_S_OK ? size - buffers_size(&r.in) : 0;
	return (uint32_t)(size + 1);
}

static void kicked(struct virtio *v, unsigned int queue)
{
	virtio_serve(v, queue, serve);
}

static void close_disk(void *owner)
{
	struct disk *d = owner;

	close(d->fd);
	free(d);
}

static const struct virtio_type type = {
	.id = VIRTIO_ID_BLOCK,
	.pci_class = CLASS,
	.queues = 1,
	.queue_size = QUEUE_SIZE,
	.kicked = kicked,
	.close = close_disk,
};

/* The lock goes with the descriptor, also when the process is killed. */
static int lock(const struct disk *d, const char *path)
{
	struct flock lock = {.l_type = d->read_only ? F_RDLCK : F_WRLCK, .l_whence = SEEK_SET};

	if (fcntl(d->fd, F_OFD_SETLK, &lock) == 0)
		return 0;
	if (errno == EAGAIN || errno == EACCES)
		return error_set(-EBUSY, "--disk %s: another process has it open%s", path,
				 d->read_only ? " for writing" : "");
	return error_set(-errno, "--disk %s: it cannot be locked: %s", path, strerror(errno));
}

static int measure(struct disk *d, const char *path)
{
	struct stat st;
	off_t end;

	if (fstat(d->fd, &st))
		return error_set(-errno, "--disk %s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return error_set(-EINVAL, "--disk %s is neither a file nor a block device", path);
	d->is_device = S_ISBLK(st.st_mode);
	end = lseek(d->fd, 0, SEEK_END);
	if (end < SECTOR || end % SECTOR)
		return error_set(-EINVAL,
				 "--disk %s: its size is %lld bytes, no multiple of %d (is it a "
				 "raw image?)",
				 path, (long long)end, SECTOR);
	d->sectors = (uint64_t)end / SECTOR;
	return 0;
}

static int open_file(struct disk *d, const struct disk_config *c)
{
	int ret;

	d->fd = open(c->path, (c->read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NOCTTY);
	if (d->fd < 0)
		return error_set(-errno, "--disk %s: %s%s", c->path, strerror(errno),
				 errno == EROFS || errno == EACCES ? " (with ,ro it is only read)"
								   : "");
	d->read_only = c->read_only;
	memcpy(d->serial, c->serial, sizeof(d->serial));
	ret = measure(d, c->path);
	return ret < 0 ? ret : lock(d, c->path);
}

static void describe(struct virtio *v, const struct disk *d)
{
	const struct virtio_blk_config config = {
		.capacity = d->sectors,
		.seg_max = SEGMENTS_MAX,
		.blk_size = SECTOR,
		.physical_block_exp = 3,
		.max_discard_sectors = RANGE_MAX,
		.max_discard_seg = 1,
		.discard_sector_alignment = BLOCK / SECTOR,
		.max_write_zeroes_sectors = RANGE_MAX,
		.max_write_zeroes_seg = 1,
		.write_zeroes_may_unmap = 1,
	};

	_Static_assert(sizeof(config) <= sizeof(v->config), "the configuration has room");
	memcpy(v->config, &config, sizeof(config));
	v->config_size = sizeof(config);
	v->offered = VIRTIO_FEATURE(VIRTIO_BLK_F_SEG_MAX) | VIRTIO_FEATURE(VIRTIO_BLK_F_BLK_SIZE) |
		     VIRTIO_FEATURE(VIRTIO_BLK_F_FLUSH) | VIRTIO_FEATURE(VIRTIO_BLK_F_TOPOLOGY);
	if (d->read_only)
		v->offered |= VIRTIO_FEATURE(VIRTIO_BLK_F_RO);
	else
		v->offered |= VIRTIO_FEATURE(VIRTIO_BLK_F_DISCARD) |
			      VIRTIO_FEATURE(VIRTIO_BLK_F_WRITE_ZEROES);
}

int virtio_blk_open(struct virtio *v, const struct disk_config *c)
{
	struct disk *d = calloc(1, sizeof(*d));
	int ret;

	if (!d)
		return error_set(-ENOMEM, "out of memory");
	ret = open_file(d, c);
	if (ret < 0) {
		if (d->fd >= 0)
			close(d->fd);
		free(d);
		return ret;
	}
	v->type = &type;
	v->owner = d;
	describe(v, d);
	return 0;
}
