/* SPDX-License-Identifier: BSD-3-Clause */
/* Claims as JSON, see json.h. Only ever fed by the decoder, so every item is valid CBOR. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <token/json.h>

#include "lib/token/claims.h"

static json_t *marked_hex(const char *mark, const void *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	char *text = malloc(strlen(mark) + 2 * len + 1), *end;
	const uint8_t *bytes = data;
	json_t *json;

	if (!text)
		return NULL;
	end = stpcpy(text, mark);
	for (size_t i = 0; i < len; i++) {
		*end++ = digits[bytes[i] >> 4];
		*end++ = digits[bytes[i] & 0xf];
	}
	json = json_stringn(text, (size_t)(end - text));
	free(text);
	return json;
}

json_t *token_json_hex(const void *data, size_t len)
{
	return marked_hex("", data, len);
}

static json_t *item_json(struct cbor_reader *r);

static json_t *text_json(struct cbor_reader *r)
{
	size_t len = 0;
	const char *text = cbor_get_text(r, &len);

	/* Names of members end at a zero byte, so that a text with one could pass for another. */
	if (text && memchr(text, 0, len))
		return marked_hex("text-hex:", text, len);
	return text ? json_pack("s+%", "text:", text, len) : NULL;
}

static json_t *bytes_json(struct cbor_reader *r)
{
	size_t len = 0;
	const uint8_t *bytes = cbor_get_bytes(r, &len);

	return bytes ? marked_hex("hex:", bytes, len) : NULL;
}

static json_t *number_json(struct cbor_reader *r)
{
	enum cbor_major major = CBOR_SIMPLE;
	uint64_t arg = cbor_get_head(r, &major);
	char text[32];

	if (arg <= INT64_MAX)
		return json_integer(major == CBOR_UINT ? (json_int_t)arg : -1 - (json_int_t)arg);
	snprintf(text, sizeof(text), "%s:%llu", major == CBOR_UINT ? "uint" : "nint",
		 (unsigned long long)arg);
	return json_string(text);
}

/* Simple values and floating-point numbers; the latter as their bits. */
static json_t *simple_json(struct cbor_reader *r)
{
	enum cbor_major major = CBOR_SIMPLE;
	size_t start = r->pos;
	uint64_t arg = cbor_get_head(r, &major);
	char text[32];

	if (r->pos - start == 1 && arg == 20)
		return json_false();
	if (r->pos - start == 1 && arg == 21)
		return json_true();
	if (r->pos - start == 1 && arg == 22)
		return json_null();
	snprintf(text, sizeof(text), "simple:%zu:%llx", r->pos - start, (unsigned long long)arg);
	return json_string(text);
}

static json_t *array_json(struct cbor_reader *r)
{
	json_t *array = json_array();
	size_t items = cbor_get_array(r);

	for (; items != 0 && array; items--) {
		if (json_array_append_new(array, item_json(r))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

/*
 * A key that contains other items, by its bytes. Its own JSON in a string would have each quote
 * doubled once more at every level of such keys, so that a small token could fill the memory.
 */
static json_t *nested_key(struct cbor_reader *r)
{
	size_t start = r->pos;

	cbor_skip(r);
	return marked_hex("cbor:", r->buf + start, r->pos - start);
}

/* A key as a string: a number by its digits, a string by its text, simple values by their JSON. */
static char *key_text(struct cbor_reader *r)
{
	enum cbor_major major = cbor_peek(r);
	bool nests = major == CBOR_ARRAY || major == CBOR_MAP || major == CBOR_TAG;
	json_t *key = nests ? nested_key(r) : item_json(r);
	char *text = NULL;

	if (json_is_string(key))
		text = strdup(json_string_value(key));
	else if (key)
		text = json_dumps(key, JSON_ENCODE_ANY | JSON_COMPACT);
	json_decref(key);
	return text;
}

static json_t *map_json(struct cbor_reader *r)
{
	json_t *object = json_object();
	size_t pairs = cbor_get_map(r);
	char *key;
	int ret;

	for (; pairs != 0 && object; pairs--) {
		key = key_text(r);
		ret = key ? json_object_set_new(object, key, item_json(r)) : -1;
		free(key);
		if (ret) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

static json_t *tag_json(struct cbor_reader *r)
{
	char text[32];
	unsigned long long tag = cbor_get_tag(r);

	snprintf(text, sizeof(text), "tag:%llu", tag);
	return json_pack("{s:o}", text, item_json(r));
}

/* As deep as the checked item, at most CBOR_NESTING_MAX. */
static json_t *item_json(struct cbor_reader *r)
{
	switch (cbor_peek(r)) {
	case CBOR_UINT:
	case CBOR_NEGINT:
		return number_json(r);
	case CBOR_BYTES:
		return bytes_json(r);
	case CBOR_TEXT:
		return text_json(r);
	case CBOR_ARRAY:
		return array_json(r);
	case CBOR_MAP:
		return map_json(r);
	case CBOR_TAG:
		return tag_json(r);
	default:
		return simple_json(r);
	}
}

static json_t *value_json(const struct token_value *value)
{
	struct cbor_reader r;

	switch (value->kind) {
	case TOKEN_BYTES:
		return token_json_hex(value->data, value->len);
	case TOKEN_TEXT:
		return json_stringn((const char *)value->data, value->len);
	case TOKEN_INT:
		/* An item that is an integer has its encoding too; both are the number. */
		return json_integer(value->number);
	case TOKEN_ITEM:
		cbor_reader_init(&r, value->data, value->len);
		r.any_width = true;
		return item_json(&r);
	default:
		return NULL;
	}
}

json_t *token_json_component(const struct token *t, size_t index)
{
	const struct token_component *component = &t->component[index];
	json_t *object = json_object();
	size_t i;

	for (i = 0; i < COMPONENT_CLAIMS; i++)
		if (component->value[i].kind != TOKEN_ABSENT)
			json_object_set_new(object, token_component_name(i),
					    value_json(&component->value[i]));
	if (component->value[COMPONENT_HASH_ALGORITHM].kind == TOKEN_ABSENT)
		json_object_set_new(object, token_component_name(COMPONENT_HASH_ALGORITHM),
				    json_string(hash_name(component->alg)));
	return object;
}

static json_t *components_json(const struct token *t)
{
	json_t *array = json_array();
	size_t i;

	for (i = 0; i < t->components; i++)
		json_array_append_new(array, token_json_component(t, i));
	return array;
}

json_t *token_json_platform(const struct token *t, enum token_platform_claim claim)
{
	const struct token_value *value = &t->platform[claim];

	if (value->kind == TOKEN_ABSENT)
		return NULL;
	if (claim == PLATFORM_COMPONENTS)
		return components_json(t);
	if (claim == PLATFORM_LIFECYCLE)
		return json_string(token_lifecycle_state(value->number));
	return value_json(value);
}

json_t *token_json_realm(const struct token *t, enum token_realm_claim claim)
{
	const struct token_value *value = &t->realm[claim];
	const char *const *words = claims_words(claim);

	if (value->kind == TOKEN_INT && words)
		return json_string(words[value->number]);
	return value_json(value);
}

static json_t *platform_json(const struct token *t)
{
	json_t *object = json_object(), *value;
	size_t i;

	for (i = 0; i < PLATFORM_CLAIMS; i++) {
		value = token_json_platform(t, i);
		if (value)
			json_object_set_new(object, token_platform_name(i), value);
		if (i == PLATFORM_LIFECYCLE)
			json_object_set_new(object, "lifecycle-value",
					    json_integer(t->platform[i].number));
	}
	return object;
}

static json_t *realm_json(const struct token *t)
{
	json_t *object = json_object(), *value;
	char name[8];
	size_t i;

	for (i = 0; i < REALM_CLAIMS; i++) {
		value = i == REALM_REMS ? NULL : token_json_realm(t, i);
		if (value)
			json_object_set_new(object, token_realm_name(i), value);
	}
	for (i = 0; i < TOKEN_REMS; i++) {
		snprintf(name, sizeof(name), "rem%zu", i);
		json_object_set_new(object, name, token_json_hex(t->rem[i].data, t->rem[i].len));
	}
	return object;
}

json_t *token_json_claims(const struct token *t)
{
	return json_pack("{s:o,s:o}", "platform", platform_json(t), "realm", realm_json(t));
}

/* jansson escapes what is below a space and above ASCII. DEL, between them, is in strings alone. */
char *token_json_text(const json_t *value, size_t flags)
{
	static const char del[] = "\\u007f";
	char *text = json_dumps(value, flags | JSON_ENSURE_ASCII), *to, *all;
	const char *from;
	size_t dels = 0;

	for (from = text; from && *from; from++)
		dels += *from == 0x7f;
	if (!dels)
		return text;
	all = to = malloc(strlen(text) + dels * (sizeof(del) - 2) + 1);
	for (from = text; all && *from; from++) {
		if (*from == 0x7f)
			to = stpcpy(to, del);
		else
			*to++ = *from;
	}
	if (all)
		*to = '\0';
	free(text);
	return all;
}
