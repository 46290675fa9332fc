/* SPDX-License-Identifier: BSD-3-Clause */
/* Thin wrappers of KVM's ioctls, see kvm.h. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vmm/lib/error.h"
#include "vmm/vm/kvm.h"

#define API_VERSION 12

int kvm_ioctl(int fd, unsigned long request, const void *arg)
{
	int ret = ioctl(fd, request, arg);

	return ret < 0 ? -errno : ret;
}

int kvm_ioctl_value(int fd, unsigned long request, unsigned long arg)
{
	int ret = ioctl(fd, request, arg);

	return ret < 0 ? -errno : ret;
}

static int open_failed(const char *path, int err)
{
	if (err == ENOENT)
		return error_set(-err,
				 "%s is not there: load the module (modprobe kvm-cca); the kernel "
				 "log says why there are no Realms (dmesg | grep kvm-cca)",
				 path);
	if (err == EACCES || err == EPERM)
		return error_set(
			-err, "%s: no permission: run as root, or as a member of its group", path);
	return error_set(-err, "%s: %s", path, strerror(err));
}

int kvm_open(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	int version;

	if (fd < 0)
		return open_failed(path, errno);
	version = kvm_ioctl_value(fd, KVM_GET_API_VERSION, 0);
	if (version == API_VERSION)
		return fd;
	close(fd);
	return error_set(-ENOTTY, "%s is no KVM device", path);
}

int kvm_check(int fd, int cap)
{
	int ret = kvm_ioctl_value(fd, KVM_CHECK_EXTENSION, (unsigned long)cap);

	return ret > 0 ? ret : 0;
}

int kvm_enable_cap(int fd, unsigned int cap, uint64_t arg)
{
	struct kvm_enable_cap c = {.cap = cap, .args = {arg}};

	return kvm_ioctl(fd, KVM_ENABLE_CAP, &c);
}

int kvm_set_attr(int fd, unsigned int group, uint64_t attr, const void *value)
{
	struct kvm_device_attr a = {.group = group, .attr = attr, .addr = (uintptr_t)value};

	return kvm_ioctl(fd, KVM_SET_DEVICE_ATTR, &a);
}

int kvm_set_reg(int vcpu, uint64_t id, const void *value)
{
	struct kvm_one_reg reg = {.id = id, .addr = (uintptr_t)value};

	return kvm_ioctl(vcpu, KVM_SET_ONE_REG, &reg);
}

int kvm_get_reg(int vcpu, uint64_t id, void *value)
{
	struct kvm_one_reg reg = {.id = id, .addr = (uintptr_t)value};

	return kvm_ioctl(vcpu, KVM_GET_ONE_REG, &reg);
}
