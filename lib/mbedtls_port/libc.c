/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Names of the C library that libmbedcrypto.a refers to. The heap is the arena of the running
 * context. Only code that tokens never reach uses files and time, which report failure. Locks do
 * nothing: they guard objects that no two contexts share.
 */
#include <mbedtls_port.h>
#include <string.h>

uintptr_t __stack_chk_guard = (uintptr_t)0x5bd1e995c0de07ff;

void *calloc(size_t count, size_t size);
void free(void *p);
void *__memset_chk(void *dst, int c, size_t n, size_t room);
void *__memcpy_chk(void *dst, const void *src, size_t n, size_t room);
_Noreturn void __stack_chk_fail(void);
int __printf_chk(int flag, const char *format, ...);
int puts(const char *text);
int putchar(int c);
void *fopen(const char *path, const char *mode);
int fclose(void *file);
int ferror(void *file);
char *fgets(char *text, int size, void *file);
size_t fread(void *data, size_t size, size_t count, void *file);
size_t fwrite(const void *data, size_t size, size_t count, void *file);
void *gmtime_r(const void *time, void *result);
int pthread_mutex_init(void *mutex, const void *attr);
int pthread_mutex_destroy(void *mutex);
int pthread_mutex_lock(void *mutex);
int pthread_mutex_unlock(void *mutex);

void *calloc(size_t count, size_t size)
{
	struct crypto_arena *arena = crypto_arena_current();

	return arena ? crypto_arena_calloc(arena, count, size) : NULL;
}

void free(void *p)
{
	struct crypto_arena *arena = crypto_arena_current();

	if (!p)
		return;
	if (arena)
		crypto_arena_free(arena, p);
	else
		crypto_port_panic("crypto heap: free without an arena");
}

void __stack_chk_fail(void)
{
	crypto_port_panic("crypto stack overrun");
}

void *__memset_chk(void *dst, int c, size_t n, size_t room)
{
	if (n > room)
		crypto_port_panic("crypto memset overrun");
	return memset(dst, c, n);
}

void *__memcpy_chk(void *dst, const void *src, size_t n, size_t room)
{
	if (n > room)
		crypto_port_panic("crypto memcpy overrun");
	return memcpy(dst, src, n);
}

int __printf_chk(int flag, const char *format, ...)
{
	return 0;
}

int puts(const char *text)
{
	return 0;
}

int putchar(int c)
{
	return c;
}

void *fopen(const char *path, const char *mode)
{
	return NULL;
}

int fclose(void *file)
{
	return -1;
}

int ferror(void *file)
{
	return 1;
}

char *fgets(char *text, int size, void *file)
{
	return NULL;
}

size_t fread(void *data, size_t size, size_t count, void *file)
{
	return 0;
}

size_t fwrite(const void *data, size_t size, size_t count, void *file)
{
	return 0;
}

void *gmtime_r(const void *time, void *result)
{
	return NULL;
}

int pthread_mutex_init(void *mutex, const void *attr)
{
	return 0;
}

int pthread_mutex_destroy(void *mutex)
{
	return 0;
}

int pthread_mutex_lock(void *mutex)
{
	return 0;
}

int pthread_mutex_unlock(void *mutex)
{
	return 0;
}
