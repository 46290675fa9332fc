/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the reader share; for lib/corim/ only. */
#ifndef LIB_CORIM_READER_H
#define LIB_CORIM_READER_H

#include <corim/corim.h>

/* What is being read. The reader's end is that of the string it is in. */
struct reader {
	struct cbor_reader r;
	struct corim *corim;
	const char *part;
};

/* Points the reader at bytes of its buffer, which must be one valid item and nothing behind it. */
void reader_enter(struct reader *d, const struct corim_bytes *bytes);

/* Makes the reader fail at a place, unless it has failed. Returns false. */
bool reader_fail(struct reader *d, size_t at, const char *rule);

/* Names what is read from here on, for errors; what has failed stays. */
void reader_at(struct reader *d, const char *part);

/* A key of a map; -1, which is none of ours, after a failure. */
int64_t reader_key(struct reader *d);

/* Refuses the key before this place. */
void reader_unknown(struct reader *d, size_t at);

/* Text without a zero byte; bytes; a tag that must be this one, and the bytes behind it. */
struct corim_bytes reader_text(struct reader *d);
struct corim_bytes reader_bytes(struct reader *d);
void reader_tag(struct reader *d, uint64_t tag, const char *rule);
struct corim_bytes reader_tagged(struct reader *d, uint64_t tag, const char *rule);

/* Items of an array, at least one. */
size_t reader_array(struct reader *d);

bool reader_is_text(const struct corim_bytes *bytes, const char *text);

/* A validity map, which narrows what is valid. */
void reader_validity(struct reader *d);
void reader_not_before(struct reader *d, int64_t seconds);
void reader_not_after(struct reader *d, int64_t seconds);

/* lib/corim/signed.c: the COSE_Sign1 where the reader is; returns its payload. */
struct corim_bytes reader_sign1(struct reader *d);

/* lib/corim/comid.c: the CoMID in a string. */
void reader_comid(struct reader *d, const struct corim_bytes *comid);

/* lib/corim/measurement.c: one measurement of a platform or a Realm. */
void reader_platform_measurement(struct reader *d, struct corim_platform *platform);
void reader_realm_measurement(struct reader *d, struct corim_realm *realm);

#endif
