/* SPDX-License-Identifier: BSD-3-Clause */
/* Formatted output over the part's print_char(). See print.h. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <print.h>

struct conversion {
	unsigned int width;
	bool zero;
	bool is_long;
};

static void pad(const struct conversion *conv, size_t length)
{
	for (; length < conv->width; length++)
		print_char(conv->zero ? '0' : ' ');
}

static void print_string(const struct conversion *conv, const char *s)
{
	size_t length = 0;

	if (!s)
		s = "(null)";
	while (s[length])
		length++;
	pad(conv, length);
	while (*s)
		print_char(*s++);
}

static void print_number(const struct conversion *conv, uint64_t value, unsigned int base)
{
	char digits[20];
	size_t n = 0;

	do {
		digits[n++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	pad(conv, n);
	while (n)
		print_char(digits[--n]);
}

static void print_signed(const struct conversion *conv, int64_t value)
{
	if (value < 0)
		print_char('-');
	print_number(conv, value < 0 ? -(uint64_t)value : (uint64_t)value, 10);
}

static const char *parse_flags(const char *p, struct conversion *conv)
{
	if (*p == '0') {
		conv->zero = true;
		p++;
	}
	for (; *p >= '0' && *p <= '9'; p++)
		conv->width = conv->width * 10 + (unsigned int)(*p - '0');
	for (; *p == 'l' || *p == 'z'; p++)
		conv->is_long = true;
	return p;
}

void vprint(const char *format, va_list args)
{
	va_list ap;

	va_copy(ap, args);
	for (const char *p = format; *p; p++) {
		struct conversion conv = {0};

		if (*p != '%') {
			print_char(*p);
			continue;
		}
		p = parse_flags(p + 1, &conv);
		switch (*p) {
		case 's':
			print_string(&conv, va_arg(ap, const char *));
			break;
		case 'c':
			print_char((char)va_arg(ap, int));
			break;
		case 'd':
			print_signed(&conv, conv.is_long ? va_arg(ap, long) : va_arg(ap, int));
			break;
		case 'u':
		case 'x':
			print_number(&conv,
				     conv.is_long ? va_arg(ap, unsigned long)
						  : va_arg(ap, unsigned int),
				     *p == 'x' ? 16 : 10);
			break;
		case 'p':
			print_number(&conv, (uintptr_t)va_arg(ap, void *), 16);
			break;
		case '\0':
			p--;
			break;
		default:
			print_char(*p);
		}
	}
	va_end(ap);
}

void print(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprint(format, args);
	va_end(args);
}
