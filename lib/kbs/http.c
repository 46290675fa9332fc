/* SPDX-License-Identifier: BSD-3-Clause */
/* Heads of HTTP messages, see kbs/http.h. */
#define _GNU_SOURCE /* memmem() */
#include <kbs/http.h>
#include <string.h>
#include <strings.h>

#define SESSION_COOKIE "kbs-session-id="

/* A piece of the head. */
struct text {
	const char *at;
	size_t len;
};

size_t http_head_len(const char *buf, size_t len)
{
	const char *end = len < 4 ? NULL : memmem(buf, len, "\r\n\r\n", 4);

	return end ? (size_t)(end - buf) + 4 : 0;
}

static bool text_is(struct text t, const char *want)
{
	return t.len == strlen(want) && memcmp(t.at, want, t.len) == 0;
}

static bool name_is(struct text t, const char *want)
{
	return t.len == strlen(want) && strncasecmp(t.at, want, t.len) == 0;
}

/* Takes what stands before a separator off the front of a text; false if it is not there. */
static bool cut(struct text *from, const char *separator, struct text *piece)
{
	size_t len = strlen(separator);
	const char *found = memmem(from->at, from->len, separator, len);

	if (!found)
		return false;
	*piece = (struct text){from->at, (size_t)(found - from->at)};
	from->len -= piece->len + len;
	from->at = found + len;
	return true;
}

static struct text trim(struct text t)
{
	while (t.len && (t.at[0] == ' ' || t.at[0] == '\t'))
		t = (struct text){t.at + 1, t.len - 1};
	while (t.len && (t.at[t.len - 1] == ' ' || t.at[t.len - 1] == '\t'))
		t.len--;
	return t;
}

/* Letters, digits and marks, without blanks and control characters. */
static bool is_visible(struct text t)
{
	size_t i;

	for (i = 0; i < t.len; i++)
		if (t.at[i] <= ' ' || t.at[i] > '~')
			return false;
	return t.len != 0;
}

/* A line's end or a zero byte within a value is where other readers of HTTP see another field. */
static bool has_controls(struct text t)
{
	size_t i;

	for (i = 0; i < t.len; i++)
		if (((unsigned char)t.at[i] < ' ' && t.at[i] != '\t') || t.at[i] == 0x7f)
			return true;
	return false;
}

/* ---- header fields ---- */

static int take_length(struct http_head *h, struct text value, bool *seen)
{
	size_t i;

	if (*seen || value.len == 0)
		return 400;
	*seen = true;
	for (i = 0; i < value.len; i++) {
		if (value.at[i] < '0' || value.at[i] > '9')
			return 400;
		h->body = h->body * 10 + (size_t)(value.at[i] - '0');
		if (h->body > HTTP_BODY_MAX)
			return 413;
	}
	return 0;
}

static bool is_session(struct text t)
{
	size_t i;

	for (i = 0; i < t.len; i++)
		if (!strchr("0123456789abcdef", t.at[i]) || !t.at[i])
			return false;
	return t.len == HTTP_SESSION_LEN;
}

/* Among several cookies, or before the attributes of a Set-Cookie. */
static int take_cookies(struct http_head *h, struct text value)
{
	size_t name = strlen(SESSION_COOKIE);
	struct text cookie;

	do {
		if (!cut(&value, ";", &cookie)) {
			cookie = value;
			value.len = 0;
		}
		cookie = trim(cookie);
		if (cookie.len < name || memcmp(cookie.at, SESSION_COOKIE, name) != 0)
			continue;
		cookie = (struct text){cookie.at + name, cookie.len - name};
		if (h->session[0] || !is_session(cookie))
			return 400;
		memcpy(h->session, cookie.at, HTTP_SESSION_LEN);
	} while (value.len);
	return 0;
}

static int take_field(struct http_head *h, struct text line, const char *cookie, bool *has_length)
{
	struct text name, value = line;

	if (!cut(&value, ":", &name) || !is_visible(name) || has_controls(value))
		return 400;
	value = trim(value);
	if (name_is(name, "content-length"))
		return take_length(h, value, has_length);
	if (name_is(name, "transfer-encoding"))
		return 501;
	if (name_is(name, "connection"))
		h->close = h->close || name_is(value, "close");
	return name_is(name, cookie) ? take_cookies(h, value) : 0;
}

/* All lines behind the first. rest ends with the empty line. */
static int take_fields(struct http_head *h, struct text rest, const char *cookie, bool *has_length)
{
	struct text line;
	size_t count = 0;
	int status = 0;

	while (status == 0 && cut(&rest, "\r\n", &line) && line.len) {
		if (count++ == HTTP_FIELDS_MAX)
			return 431;
		status = take_field(h, line, cookie, has_length);
	}
	return status;
}

/* ---- first lines ---- */

static int take_request_line(struct http_head *h, struct text line)
{
	struct text method, target;

	if (!cut(&line, " ", &method) || !cut(&line, " ", &target) || !is_visible(target) ||
	    target.at[0] != '/')
		return 400;
	if (!text_is(line, "HTTP/1.1"))
		return line.len == 8 && memcmp(line.at, "HTTP/", 5) == 0 ? 505 : 400;
	h->post = text_is(method, "POST");
	if (!h->post && !text_is(method, "GET"))
		return 405;
	if (target.len >= sizeof(h->target))
		return 414;
	memcpy(h->target, target.at, target.len);
	return 0;
}

int http_parse_request(const char *head, size_t len, struct http_head *h)
{
	struct text rest = {head, len}, line;
	bool has_length = false;
	int status;

	memset(h, 0, sizeof(*h));
	if (len > HTTP_HEAD_MAX)
		return 431;
	if (!cut(&rest, "\r\n", &line))
		return 400;
	status = take_request_line(h, line);
	if (status == 0)
		status = take_fields(h, rest, "cookie", &has_length);
	if (status == 0 && h->post && !has_length)
		status = 411;
	return status;
}

/* "HTTP/1.1 200 OK" */
static bool take_status_line(struct http_head *h, struct text line)
{
	static const char start[] = "HTTP/1.1 ";
	size_t at = strlen(start), i;

	if (line.len < at + 3 || memcmp(line.at, start, at) != 0)
		return false;
	for (i = at; i < at + 3; i++) {
		if (line.at[i] < '0' || line.at[i] > '9')
			return false;
		h->status = h->status * 10 + line.at[i] - '0';
	}
	return line.len == at + 3 || line.at[at + 3] == ' ';
}

const char *http_parse_answer(const char *head, size_t len, struct http_head *h)
{
	struct text rest = {head, len}, line;
	bool has_length = false;

	memset(h, 0, sizeof(*h));
	if (len > HTTP_HEAD_MAX || !cut(&rest, "\r\n", &line) || !take_status_line(h, line))
		return "it is not HTTP/1.1";
	if (take_fields(h, rest, "set-cookie", &has_length))
		return "its head is not well-formed, or too long";
	return has_length ? NULL : "it does not say how long its body is";
}
