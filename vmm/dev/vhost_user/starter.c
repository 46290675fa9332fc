/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The process that starts back ends and connects to them, see back_ends.h. It has one thread, and
 * nothing of the VM's: no memory, no descriptor of KVM.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vmm/dev/vhost_user/back_ends.h"

#define WORDS_MAX (16 + 2 * DEVICE_FORWARDS_MAX)
#define END_STEPS                                                                                  \
	40 /* how often it is looked whether programs have ended, before they are killed */
#define END_STEP_US 50000

/* Programs that are in no search path. */
#define VIRTIOFSD     "/usr/libexec/virtiofsd"
#define VIRTIOFSD_OLD "/usr/lib/qemu/virtiofsd"

static int failed(struct back_end_answer *a, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static int failed(struct back_end_answer *a, int err, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(a->text, sizeof(a->text), format, list);
	va_end(list);
	a->err = err;
	return err;
}

static int connect_to(const char *path, struct back_end_answer *a)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd;

	if (strlen(path) >= sizeof(address.sun_path))
		return failed(a, -ENAMETOOLONG, "%s: too long for a socket's name", path);
	memcpy(address.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return failed(a, -errno, "%s: %s", path, strerror(errno));
	if (connect(fd, (struct sockaddr *)&address, sizeof(address))) {
		failed(a, -errno, "%s: %s", path, strerror(errno));
		close(fd);
		return a->err;
	}
	return fd;
}

/* In the new process: signals as a program expects them, no input, one descriptor more. */
static void become(char *const *paths, char *const *words, int keep, int report)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), err;
	sigset_t none;

	sigemptyset(&none);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	dup2(null, STDIN_FILENO);
	/* The VMM's output may be the guest's console. */
	dup2(STDERR_FILENO, STDOUT_FILENO);
	fcntl(keep, F_SETFD, 0);
	for (; *paths; paths++)
		execvp(*paths, words);
	err = errno;
	(void)!write(report, &err, sizeof(err));
	_exit(127);
}

/* Starts the first of these programs that is there, with a descriptor. It is closed here. */
static int start(struct back_end *e, char *const *paths, char *const *words, int keep,
		 struct back_end_answer *a)
{
	int report[2], err = 0;

	if (pipe2(report, O_CLOEXEC)) {
		failed(a, -errno, "%s: %s", words[0], strerror(errno));
		close(keep);
		return a->err;
	}
	e->program = fork();
	if (e->program == 0)
		become(paths, words, keep, report[1]);
	if (e->program < 0)
		err = errno;
	close(keep);
	close(report[1]);
	if (!err && read(report[0], &err, sizeof(err)) != sizeof(err))
		err = 0;
	close(report[0]);
	if (!err)
		return 0;
	if (e->program > 0)
		waitpid(e->program, NULL, 0);
	e->program = 0;
	return failed(a, -err, "%s: %s", words[0], strerror(err));
}

static int start_passt(struct back_end *e, struct back_end_answer *a)
{
	char *paths[] = {"passt", NULL}, *words[WORDS_MAX], fd[16];
	size_t i, n = 0;
	int pair[2], ret;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return failed(a, -errno, "passt: %s", strerror(errno));
	snprintf(fd, sizeof(fd), "%d", pair[1]);
	words[n++] = "passt";
	words[n++] = "--foreground";
	words[n++] = "--quiet";
	words[n++] = "--vhost-user";
	words[n++] = "--fd";
	words[n++] = fd;
	for (i = 0; i < e->net->forward_count; i++) {
		words[n++] = e->net->forwards[i].udp ? "-u" : "-t";
		words[n++] = (char *)e->net->forwards[i].ports;
	}
	words[n] = NULL;
	ret = start(e, paths, words, pair[1], a);
	if (ret < 0) {
		close(pair[0]);
		return ret;
	}
	fcntl(pair[0], F_SETFL, O_NONBLOCK);
	return pair[0];
}

/*
 * virtiofsd takes a socket that listens. It has a name in a folder of this user's alone until this
 * process has connected to it.
 */
static int listen_once(int *connected, struct back_end_answer *a)
{
	const char *base = getenv("XDG_RUNTIME_DIR");
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char folder[sizeof(address.sun_path) - 8];
	int fd = -1, size = snprintf(folder, sizeof(folder), "%s/realm-XXXXXX", base ?: "/tmp");

	if (size >= (int)sizeof(folder) || !mkdtemp(folder))
		return failed(a, -EIO, "virtiofsd: no folder for its socket");
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/fs", folder);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 1))
		failed(a, -errno, "virtiofsd: %s: %s", address.sun_path, strerror(errno));
	else
		*connected = connect_to(address.sun_path, a);
	unlink(address.sun_path);
	rmdir(folder);
	if (a->err && fd >= 0)
		close(fd);
	return a->err ?: fd;
}

static int start_virtiofsd(struct back_end *e, struct back_end_answer *a)
{
	char *paths[] = {"virtiofsd", VIRTIOFSD, VIRTIOFSD_OLD, NULL}, number[16];
	char *words[] = {"virtiofsd",	"--fd",	 number, "--shared-dir", (char *)e->share->path,
			 "--log-level", "error", NULL};
	int connected = -1, fd, ret;
	struct stat s;

	if (stat(e->share->path, &s))
		return failed(a, -errno, "%s: %s", e->share->path, strerror(errno));
	if (!S_ISDIR(s.st_mode))
		return failed(a, -ENOTDIR, "%s: neither a folder nor a socket", e->share->path);
	fd = listen_once(&connected, a);
	if (fd < 0)
		return fd;
	snprintf(number, sizeof(number), "%d", fd);
	ret = start(e, paths, words, fd, a);
	if (ret < 0) {
		close(connected);
		return ret;
	}
	return connected;
}

/* What was started before has lost its connection: it is not needed any more. */
static void end_program(struct back_end *e)
{
	if (e->program > 0) {
		kill(e->program, SIGKILL);
		waitpid(e->program, NULL, 0);
	}
	e->program = 0;
}

static int make_connection(struct back_end *e, struct back_end_answer *a)
{
	if (e->socket)
		return connect_to(e->socket, a);
	end_program(e);
	return e->kind == BACK_END_NET ? start_passt(e, a) : start_virtiofsd(e, a);
}

static void answer(int channel, const struct back_end_answer *a, int fd)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = {0};
	struct iovec iov = {(void *)a, sizeof(*a)};
	struct msghdr h = {.msg_iov = &iov, .msg_iovlen = 1};

	if (fd >= 0) {
		h.msg_control = control.bytes;
		h.msg_controllen = sizeof(control.bytes);
		control.align.cmsg_level = SOL_SOCKET;
		control.align.cmsg_type = SCM_RIGHTS;
		control.align.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.align), &fd, sizeof(fd));
	}
	sendmsg(channel, &h, MSG_NOSIGNAL);
}

/* False: nobody can ask any more. */
static bool serve(struct back_end *e)
{
	struct back_end_answer a = {0};
	char word;
	int fd;

	if (recv(e->channel, &word, 1, 0) <= 0)
		return false;
	fd = make_connection(e, &a);
	answer(e->channel, &a, fd);
	if (fd >= 0)
		close(fd);
	return true;
}

/* They have lost their connection, and most end by themselves. */
static void end_all(struct back_ends *b)
{
	size_t i;
	int step;

	for (i = 0; i < b->count; i++) {
		if (b->list[i].program > 0)
			kill(b->list[i].program, SIGTERM);
	}
	for (step = 0; step < END_STEPS && waitpid(-1, NULL, WNOHANG) >= 0; step++)
		usleep(END_STEP_US);
	for (i = 0; i < b->count && step == END_STEPS; i++)
		end_program(&b->list[i]);
}

/* Its own session: what is typed at the VMM's terminal does not end it. */
void starter_run(struct back_ends *b)
{
	struct pollfd fds[sizeof(b->list) / sizeof(b->list[0])];
	size_t i, open = b->count;

	setsid();
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	for (i = 0; i < b->count; i++)
		fds[i] = (struct pollfd){.fd = b->list[i].channel, .events = POLLIN};
	while (open) {
		if (poll(fds, b->count, -1) < 0)
			continue;
		for (i = 0; i < b->count; i++) {
			if (!fds[i].revents || serve(&b->list[i]))
				continue;
			fds[i].fd = -1;
			open--;
		}
	}
	end_all(b);
	_exit(0);
}
