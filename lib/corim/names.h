/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers and names of CoRIM and of its CCA profiles that are written and read; for lib/corim/
 * only. */
#ifndef LIB_CORIM_NAMES_H
#define LIB_CORIM_NAMES_H

/* CBOR tags. */
#define TAG_TIME    1
#define TAG_SIGN1   18
#define TAG_URI	    32
#define TAG_CORIM   501
#define TAG_COMID   506
#define TAG_UEID    550
#define TAG_PEM_KEY 554
#define TAG_BYTES   560
#define TAG_MASKED  563

/* Keys of the maps, one after the other: CoRIM, CoMID, triples, environment, measurement. */
enum { CORIM_ID, CORIM_TAGS, CORIM_DEPENDENT, CORIM_PROFILE, CORIM_VALIDITY, CORIM_ENTITIES };
enum { COMID_LANGUAGE, COMID_IDENTITY, COMID_ENTITIES, COMID_LINKED, COMID_TRIPLES };
enum { IDENTITY_ID, IDENTITY_VERSION };
enum { TRIPLES_REFERENCE = 0, TRIPLES_ATTEST_KEY = 3 };
enum { ENVIRONMENT_CLASS, ENVIRONMENT_INSTANCE };
enum { CLASS_ID, CLASS_VENDOR, CLASS_MODEL };
enum { MEASUREMENT_KEY, MEASUREMENT_VALUES };
enum {
	VALUE_VERSION = 0,
	VALUE_DIGESTS = 2,
	VALUE_RAW = 4,
	VALUE_MASK = 5,
	VALUE_NAME = 11,
	VALUE_KEYS = 13
};
enum { VALIDITY_NOT_BEFORE, VALIDITY_NOT_AFTER };
enum { SIGNER_NAME, SIGNER_URI };
enum { META_SIGNER, META_VALIDITY };

/* COSE header parameters, and claims of a CWT in one. */
enum {
	HEADER_ALG = 1,
	HEADER_CRIT = 2,
	HEADER_CONTENT_TYPE = 3,
	HEADER_KID = 4,
	HEADER_META = 8,
	HEADER_CWT = 15,
	HEADER_X5CHAIN = 33
};
enum { CWT_ISSUER = 1, CWT_SUBJECT = 2, CWT_EXPIRES = 4, CWT_NOT_BEFORE = 5, CWT_ISSUED = 6 };

#define CONTENT_TYPE "application/rim+cbor"

/* What a measurement is of. */
#define MKEY_COMPONENT	   "cca.software-component"
#define MKEY_CONFIG	   "cca.platform-config"
#define MKEY_MANUFACTURING "cca.platform-manufacturing-config"
#define MKEY_ROTPK	   "cca.rotpk."
#define MKEY_RIM	   "cca.rim"
#define MKEY_REM	   "cca.rem" /* and a digit */
#define MKEY_RPV	   "cca.rpv"

#endif
