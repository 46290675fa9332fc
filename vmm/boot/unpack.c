/* SPDX-License-Identifier: BSD-3-Clause */
/* See unpack.h. zboot: Linux drivers/firmware/efi/libstub/zboot-header.S. */
#define ZLIB_CONST
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <util.h>
#include <zlib.h>
#include <zstd.h>

#include "vmm/boot/unpack.h"
#include "vmm/lib/error.h"

#define GZIP_WINDOW (15 + 16) /* the largest, and with gzip's header */
#define PAGE	    4096

/* What stands at the start of an EFI zboot image; little-endian. */
struct zboot {
	char mz[4];
	char magic[4]; /* "zimg" */
	uint32_t offset, size;
	uint32_t reserved[2];
	char method[32]; /* a name, "gzip" or "zstd22" */
};

struct packed {
	const uint8_t *data;
	size_t size;
};

struct room {
	uint8_t *data;
	size_t size, used;
};

/* Returns how the end was reached: true, if it is that of the packed data. */
typedef bool unpacker(const struct packed *p, struct room *r);

static bool unpack_gzip(const struct packed *p, struct room *r)
{
	z_stream z = {
		.next_in = p->data,
		.avail_in = (uInt)p->size,
		.next_out = r->data,
		.avail_out = (uInt)r->size,
	};
	bool ended;

	if (inflateInit2(&z, GZIP_WINDOW) != Z_OK)
		return false;
	ended = inflate(&z, Z_FINISH) == Z_STREAM_END;
	r->used = z.total_out;
	inflateEnd(&z);
	return ended;
}

/* A frame; Linux adds the unpacked size behind it. */
static bool unpack_zstd(const struct packed *p, struct room *r)
{
	ZSTD_inBuffer in = {.src = p->data, .size = p->size};
	ZSTD_outBuffer out = {.dst = r->data, .size = r->size};
	ZSTD_DStream *z = ZSTD_createDStream();
	size_t left = 1, before;

	do {
		before = in.pos + out.pos;
		left = ZSTD_decompressStream(z, &out, &in);
	} while (left && !ZSTD_isError(left) && in.pos + out.pos > before);
	ZSTD_freeDStream(z);
	r->used = out.pos;
	return left == 0;
}

static const struct {
	const char *method; /* of zboot: names that begin like this */
	const char *magic;
	size_t magic_len;
	unpacker *unpack;
} methods[] = {
	{"gzip", "\x1f\x8b", 2, unpack_gzip},
	{"zstd", "\x28\xb5\x2f\xfd", 4, unpack_zstd},
};

static int refuse(const char *path, const char *why)
{
	return error_set(-EINVAL, "kernel %s %s", path, why);
}

/*
 * Pages behind what was unpacked go back; the file's own mapping goes, too. What zstd writes behind
 * the end of its output, to be quick, would be measured with the last page.
 */
static void replace(struct file *f, const struct room *r)
{
	size_t kept = align_up(r->used, PAGE);

	memset(r->data + r->used, 0, kept - r->used);
	munmap(r->data + kept, r->size - kept);
	munmap((void *)f->data, f->size);
	f->data = r->data;
	f->size = r->used;
}

static int unpack(struct file *f, const char *path, const struct packed *p, unpacker *how,
		  uint64_t most)
{
	struct room r = {.size = most};
	bool ended;

	r.data = mmap(NULL, r.size, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (r.data == MAP_FAILED)
		return error_set(-errno, "kernel %s: no address space to unpack it: %s", path,
				 strerror(errno));
	ended = how(p, &r);
	if (ended && r.used) {
		replace(f, &r);
		return 0;
	}
	munmap(r.data, r.size);
	return refuse(path, r.used == r.size ? "is too large when it is unpacked"
					     : "is damaged: what is packed in it has no end");
}

static bool begins(const struct packed *p, const char *magic, size_t len)
{
	return p->size >= len && memcmp(p->data, magic, len) == 0;
}

static int unpack_zboot(struct file *f, const char *path, uint64_t most)
{
	struct packed p;
	struct zboot head;
	size_t i;

	memcpy(&head, f->data, sizeof(head));
	if (head.offset > f->size || head.size > f->size - head.offset)
		return refuse(path, "is damaged: an EFI zboot image that is cut off");
	p = (struct packed){f->data + head.offset, head.size};
	for (i = 0; i < ARRAY_SIZE(methods); i++) {
		if (strncmp(head.method, methods[i].method, strlen(methods[i].method)) == 0)
			return unpack(f, path, &p, methods[i].unpack, most);
	}
	head.method[sizeof(head.method) - 1] = '\0';
	return error_set(
		-EINVAL,
		"kernel %s is an EFI zboot image compressed by %s, not by gzip or zstd: take "
		"the Image packed in it (arch/arm64/boot/Image)",
		path, head.method);
}

int unpack_within(struct file *f, const char *path, uint64_t most)
{
	const struct packed whole = {f->data, f->size};
	size_t i;

	if (f->size > most)
		return 0;
	if (f->size >= sizeof(struct zboot) && memcmp(f->data, "MZ", 2) == 0 &&
	    memcmp(f->data + offsetof(struct zboot, magic), "zimg", 4) == 0)
		return unpack_zboot(f, path, most);
	for (i = 0; i < ARRAY_SIZE(methods); i++) {
		if (begins(&whole, methods[i].magic, methods[i].magic_len))
			return unpack(f, path, &whole, methods[i].unpack, most);
	}
	return 0;
}

int unpack_kernel(struct file *f, const char *path)
{
	return unpack_within(f, path, UNPACK_SIZE_MAX);
}
