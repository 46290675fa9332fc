/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * As much of Linux as granule/, mem/ and vcpu/pmu.c of the module use, for tests that run them
 * natively. All headers of the kernel that these include lead here (build.mk). kernel.c has simple
 * pages, files, sparse arrays and trees of ranges that check their callers. A test brings the rest
 * of the module, and those functions of the kernel whose calls it wants to see.
 */
#ifndef UNIT_HOST_KERNEL_H
#define UNIT_HOST_KERNEL_H

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/types.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int64_t s64;
typedef unsigned int gfp_t;
typedef unsigned long pgoff_t;
typedef u64 phys_addr_t;

/* ---- language ---- */

#define __user
#define __rcu
#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))
#define READ_ONCE(x)			(*(volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v)		(*(volatile __typeof__(x) *)&(x) = (v))
#define GENMASK_ULL(hi, lo)		((~0ULL >> (63 - (hi))) & (~0ULL << (lo)))
#define BIT(n)				(1UL << (n))
#define FIELD_GET(mask, v)		(((v) & (mask)) / ((mask) & -(mask)))
#define FIELD_PREP(mask, v)		(((v) * ((mask) & -(mask))) & (mask))
#define array_index_nospec(i, n)	(i)
#define struct_size(p, member, n)	(sizeof(*(p)) + sizeof((p)->member[0]) * (n))
#define smp_load_acquire(p)		READ_ONCE(*(p))
#define min(a, b)			((a) < (b) ? (a) : (b))
#define max(a, b)			((a) > (b) ? (a) : (b))
#define min_t(type, a, b)		min((type)(a), (type)(b))
#define max_t(type, a, b)		max((type)(a), (type)(b))
#define ALIGN_DOWN(x, size)		((x) / (size) * (size))
#define round_down(x, size)		ALIGN_DOWN(x, size)
#define cond_resched()			((void)0)
#define lockdep_assert_held(lock)	((void)(lock))
#define pr_warn_once(...)		((void)(0, ##__VA_ARGS__))
#define pr_info_once(...)		((void)(0, ##__VA_ARGS__))
#define WARN_ON_ONCE(x)			(!!(x))

#define IS_ERR(p)  ((unsigned long)(p) >= -4095UL)
#define PTR_ERR(p) ((int)(long)(p))
#define ERR_PTR(e) ((void *)(long)(e))

/* ---- locks: natively there is one thread ---- */

struct mutex {
	int held;
};
struct rw_semaphore {
	int held;
};
typedef struct {
	int held;
} spinlock_t;
struct kref {
	int count;
};
struct mm_struct;
#define kref_get(k)	     ((void)(k)->count++)
#define kref_put(k, release) ((void)(--(k)->count ? (void)0 : (release)(k)))
typedef struct {
	s64 value;
} atomic64_t;

#define mutex_init(m)	   ((void)((m)->held = 0))
#define mutex_lock(m)	   ((void)(m)->held++)
#define mutex_unlock(m)	   ((void)(m)->held--)
#define mutex_trylock(m)   ((m)->held ? false : ((m)->held++, true))
#define down_write(s)	   ((void)(s)->held++)
#define up_write(s)	   ((void)(s)->held--)
#define down_read(s)	   ((void)(s)->held++)
#define up_read(s)	   ((void)(s)->held--)
#define rcu_read_lock()	   ((void)0)
#define rcu_read_unlock()  ((void)0)
#define atomic64_add(n, v) ((void)((v)->value += (n)))
#define atomic64_inc(v)	   atomic64_add(1, v)

struct task_struct {
	bool signalled;
	struct mm_struct *mm;
	char comm[16];
};
extern struct task_struct *current;
#define signal_pending(task) ((task)->signalled)

/* ---- pages ---- */

#define PAGE_SHIFT	 12
#define PAGE_SIZE	 (1UL << PAGE_SHIFT)
#define MAX_PAGE_ORDER	 10
#define is_power_of_2(n) ((n) && !((n) & ((n)-1)))
#define ilog2(n)	 (63 - __builtin_clzll(n))
#define PAGE_ALIGNED(x)	 (((x) & (PAGE_SIZE - 1)) == 0)

#define GFP_KERNEL	    1u
#define GFP_HIGHUSER	    2u
#define __GFP_ACCOUNT	    4u
#define __GFP_NORETRY	    8u
#define __GFP_NOWARN	    16u
#define __GFP_RETRY_MAYFAIL 32u
#define __GFP_NOFAIL	    64u
#define __GFP_ZERO	    128u
#define GFP_KERNEL_ACCOUNT  (GFP_KERNEL | __GFP_ACCOUNT)
#define NR_FREE_CMA_PAGES   0

struct page {
	bool allocated;
	bool inside; /* of an allocation that is not split, and not its first */
	unsigned int order;
	int references; /* of get_user_pages_fast() and get_page() */
	bool dirty, dirty_when_put, accessed;
	bool locked, poisoned;
	unsigned long private;
	bool offline; /* PageOffline */
	bool hidden;  /* not in the linear map */
	bool away;    /* the RMM says it is in another world */
};

#define KERNEL_PAGES 4096
extern struct page kernel_memory[KERNEL_PAGES];

struct page *alloc_pages(gfp_t gfp, unsigned int order);
#define alloc_page(gfp) alloc_pages(gfp, 0)
void __free_pages(struct page *page, unsigned int order);
#define __free_page(page) __free_pages(page, 0)
void split_page(struct page *page, unsigned int order);
u64 page_to_phys(const struct page *page);
struct page *phys_to_page(u64 pa);
#define page_address(p)	       ((void *)page_to_phys(p))
#define phys_to_virt(pa)       ((void *)(uintptr_t)(pa))
#define page_private(p)	       ((p)->private)
#define set_page_private(p, v) ((void)((p)->private = (v)))
#define PageHWPoison(p)	       ((p)->poisoned)
#define PageOffline(p)	       ((p)->offline)
#define __SetPageOffline(p)    ((void)((p)->offline = true))
#define __ClearPageOffline(p)  ((void)((p)->offline = false))
#define __get_free_page(gfp)   ((unsigned long)page_to_phys(alloc_page(gfp)))
#define free_page(address)     __free_page(phys_to_page(address))
void page_offline_begin(void);
void page_offline_end(void);
unsigned long page_to_pfn(const struct page *page);
void get_page(struct page *page);
/* The last one frees a page that was allocated by itself. */
void put_page(struct page *page);
#define page_count(p) (1 + (p)->references)
/* A test whose pages are locked by others says what happens until they are free. */
void lock_page(struct page *page);
#define unlock_page(p) ((void)((p)->locked = false))
void SetPageDirty(struct page *page);
void mark_page_accessed(struct page *page);
static inline long si_mem_available(void)
{
	return 1 << 20;
}
static inline unsigned long global_zone_page_state(int item)
{
	return 0;
}
static inline unsigned long totalram_pages(void)
{
	return 1 << 20;
}

void *kzalloc(size_t size, gfp_t gfp);
void *kcalloc(size_t n, size_t size, gfp_t gfp);
void kfree(void *p);

/* After so many allocations all others fail, but for those that must not. Negative: none fails. */
extern int kernel_fail_after;
/* Memory is fragmented, so only single pages can be had. */
extern bool kernel_no_blocks;
/* Pages that are allocated. */
unsigned int kernel_pages(void);

void *memchr_inv(const void *p, int c, size_t size);

/* ---- bits ---- */

#define BITS_TO_LONGS(bits)	   (((bits) + 63) / 64)
#define DECLARE_BITMAP(name, bits) unsigned long name[BITS_TO_LONGS(bits)]
#define find_first_bit(map, n)	   find_next_bit(map, n, 0)
#define bitmap_zero(map, bits)	   bitmap_clear(map, 0, bits)
bool test_bit(unsigned long i, const unsigned long *map);
void __set_bit(unsigned long i, unsigned long *map);
void __clear_bit(unsigned long i, unsigned long *map);
bool __test_and_set_bit(unsigned long i, unsigned long *map);
void bitmap_fill(unsigned long *map, unsigned long bits);
void bitmap_clear(unsigned long *map, unsigned long from, unsigned long n);
unsigned long find_next_bit(const unsigned long *map, unsigned long end, unsigned long i);

/* ---- lists ---- */

struct list_head {
	struct list_head *next, *prev;
};

static inline void INIT_LIST_HEAD(struct list_head *head)
{
	head->next = head->prev = head;
}

static inline void list_add(struct list_head *item, struct list_head *head)
{
	item->next = head->next;
	item->prev = head;
	head->next->prev = item;
	head->next = item;
}

static inline void list_add_tail(struct list_head *item, struct list_head *head)
{
	list_add(item, head->prev);
}

static inline void list_del(struct list_head *item)
{
	item->prev->next = item->next;
	item->next->prev = item->prev;
}

static inline bool list_empty(const struct list_head *head)
{
	return head->next == head;
}

#define list_entry(ptr, type, member) container_of(ptr, type, member)
#define list_for_each_entry(pos, head, member)                                                     \
	for (pos = list_entry((head)->next, __typeof__(*pos), member); &pos->member != (head);     \
	     pos = list_entry(pos->member.next, __typeof__(*pos), member))
#define list_for_each_entry_safe(pos, n, head, member)                                             \
	for (pos = list_entry((head)->next, __typeof__(*pos), member),                             \
	    n = list_entry(pos->member.next, __typeof__(*pos), member);                            \
	     &pos->member != (head);                                                               \
	     pos = n, n = list_entry(n->member.next, __typeof__(*n), member))

/* ---- sparse arrays and trees of ranges: the same thing here ---- */

#define RANGES 64

struct range {
	unsigned long first, last;
	void *entry;
};

struct maple_tree {
	struct range range[RANGES];
	unsigned int n;
};
struct xarray {
	struct maple_tree tree;
};

#define XA_FLAGS_ACCOUNT	 1
#define xa_init_flags(xa, flags) memset(xa, 0, sizeof(*(xa)))
#define xa_load(xa, i)		 mtree_load(&(xa)->tree, i)
void *xa_store(struct xarray *xa, unsigned long i, void *entry, gfp_t gfp);
void xa_erase(struct xarray *xa, unsigned long i);
#define xa_destroy(xa)	 __mt_destroy(&(xa)->tree)
#define xa_is_err(entry) IS_ERR(entry)
#define xa_err(entry)	 (IS_ERR(entry) ? PTR_ERR(entry) : 0)
#define xa_mk_value(v)	 ((void *)(((unsigned long)(v) << 1) | 1))
#define xa_for_each_range(xa, i, entry, first, end)                                                \
	for (i = (first), entry = mt_find(&(xa)->tree, &i, end); entry;                            \
	     i++, entry = mt_find(&(xa)->tree, &i, end))
#define xa_for_each(xa, i, entry) xa_for_each_range(xa, i, entry, 0, -1UL)

struct ma_state {
	struct maple_tree *tree;
	unsigned long index, last;
	bool ready;
};

#define MT_FLAGS_ALLOC_RANGE		 1u
#define MT_FLAGS_LOCK_EXTERN		 2u
#define mt_init_flags(tree, flags)	 ((void)((tree)->n = 0))
#define mt_set_external_lock(tree, lock) ((void)(tree), (void)(lock))
#define MA_STATE(name, t, first, end)                                                              \
	struct ma_state name = {.tree = (t), .index = (first), .last = (end)}
void *mtree_load(struct maple_tree *tree, unsigned long i);
void *mt_find(struct maple_tree *tree, unsigned long *i, unsigned long end);
void __mt_destroy(struct maple_tree *tree);
void mas_set_range(struct ma_state *mas, unsigned long first, unsigned long last);
#define mas_set(mas, i) mas_set_range(mas, i, i)
void *mas_walk(struct ma_state *mas);
int mas_preallocate(struct ma_state *mas, void *entry, gfp_t gfp);
void mas_store_prealloc(struct ma_state *mas, void *entry);
#define mt_for_each(tree, entry, i, end)                                                           \
	for (entry = mt_find(tree, &(i), end); entry; (i)++, entry = mt_find(tree, &(i), end))

/* ---- user memory ---- */

#define FOLL_WRITE	   1u
#define untagged_addr(a)   ((a)&0x00ffffffffffffffUL)
#define access_ok(p, n)	   ((u64)(n) <= 1UL << 48 && (u64)(uintptr_t)(p) <= (1UL << 48) - (u64)(n))
#define u64_to_user_ptr(a) ((void *)(uintptr_t)(a))
#define offset_in_page(p)  ((unsigned long)(p) & (PAGE_SIZE - 1))
/* A test that reads memory of user space says what is there. Bytes that are not copied. */
unsigned long copy_from_user(void *to, const void *from, unsigned long n);
unsigned long put_user_u64(u64 value, unsigned long long *to);
int put_user_int(int value, int *to);
#define put_user(value, to) _Generic((to), int * : put_user_int, default : put_user_u64)(value, to)
/* Memory of the test itself can be read, and nothing else is. */
#define get_user(to, from)  ((from) ? ((to) = *(from), 0) : -EFAULT)
int get_user_pages_fast(unsigned long start, int n, unsigned int flags, struct page **pages);

struct mmu_interval_notifier;
struct mmu_notifier_range {
	unsigned long start, end;
	bool blockable;
};
struct mmu_interval_notifier_ops {
	bool (*invalidate)(struct mmu_interval_notifier *notifier,
			   const struct mmu_notifier_range *range, unsigned long seq);
};
struct mmu_interval_notifier {
	unsigned long seq;
	const struct mmu_interval_notifier_ops *ops;
};

#define mmu_notifier_range_blockable(r)	  ((r)->blockable)
#define mmu_interval_read_begin(n)	  ((n)->seq)
#define mmu_interval_read_retry(n, value) ((n)->seq != (value))
#define mmu_interval_set_seq(n, value)	  ((void)((n)->seq = (value)))
int mmu_interval_notifier_insert(struct mmu_interval_notifier *notifier, struct mm_struct *mm,
				 unsigned long start, unsigned long size,
				 const struct mmu_interval_notifier_ops *ops);
void mmu_interval_notifier_remove(struct mmu_interval_notifier *notifier);
void kick_all_cpus_sync(void);

/* ---- tables of the kernel's own map: the test has them ---- */

typedef u64 pteval_t;
typedef struct {
	pteval_t value;
} pte_t;
typedef struct {
	bool leaf;
} pgd_t, p4d_t, pud_t, pmd_t;

#define PTE_VALID			1UL
#define PTE_CONT			(1UL << 52)
#define PTRS_PER_PTE			512UL
#define pte_val(pte)			((pte).value)
#define __pte(v)			((pte_t){v})
#define pte_index(address)		((address) >> PAGE_SHIFT & (PTRS_PER_PTE - 1))
#define read_sysreg(reg)		0UL
#define pgd_none(x)			false
#define p4d_none(x)			false
#define pud_none(x)			false
#define pmd_none(x)			false
#define pud_leaf(x)			false
#define pmd_leaf(x)			((x).leaf)
#define pgd_offset_pgd(root, address)	((void)(root), (pgd_t *)test_pmd(address))
#define p4d_offset(pgd, address)	((p4d_t *)(pgd))
#define pud_offset(p4d, address)	((pud_t *)(p4d))
#define pmd_offset(pud, address)	((pmd_t *)(pud))
#define pte_offset_kernel(pmd, address) ((void)(pmd), test_pte(address))
#define dsb(kind)			((void)0)
#define isb()				((void)0)

pmd_t *test_pmd(unsigned long address);
pte_t *test_pte(unsigned long address);
void flush_tlb_kernel_range(unsigned long start, unsigned long end);

/* ---- files ---- */

#define THIS_MODULE	     NULL
#define O_LARGEFILE	     0100000
#define FALLOC_FL_KEEP_SIZE  1
#define FALLOC_FL_PUNCH_HOLE 2
#ifndef O_RDWR
#define O_RDWR	  2
#define O_CLOEXEC 02000000
#endif
#ifndef S_IFREG
#define S_IFREG 0100000
#endif

struct mnt_idmap;
struct dentry;
struct iattr;
struct inode;
struct file;
struct vm_area_struct;
struct inode_operations {
	int (*setattr)(struct mnt_idmap *idmap, struct dentry *dentry, struct iattr *attr);
};
struct file_operations {
	void *owner;
	int (*release)(struct inode *inode, struct file *file);
	long (*fallocate)(struct file *file, int mode, loff_t offset, loff_t len);
	long (*unlocked_ioctl)(struct file *file, unsigned int cmd, unsigned long arg);
	int (*mmap)(struct file *file, struct vm_area_struct *vma);
	void *llseek;
};
struct inode {
	const struct inode_operations *i_op;
	unsigned int i_mode;
	loff_t i_size;
};
struct file {
	const struct file_operations *f_op;
	void *private_data;
	unsigned int f_flags;
	struct address_space *f_mapping;
	struct inode inode;
};

/* ---- mappings of files: a test may hold one ---- */

typedef unsigned int vm_fault_t;
#define VM_FAULT_SIGBUS	  0x002u
#define VM_FAULT_HWPOISON 0x010u
#define VM_FAULT_LOCKED	  0x200u
#define VM_SHARED	  1ul
#define VM_MAYSHARE	  2ul
#define VM_DONTEXPAND	  4ul
#define VM_DONTDUMP	  8ul

struct vm_fault {
	struct vm_area_struct *vma;
	pgoff_t pgoff;
	struct page *page;
};
struct vm_operations_struct {
	vm_fault_t (*fault)(struct vm_fault *vmf);
};
struct vm_area_struct {
	struct file *vm_file;
	unsigned long vm_flags;
	const struct vm_operations_struct *vm_ops;
};
#define vm_flags_set(vma, flags) ((void)((vma)->vm_flags |= (flags)))
void unmap_mapping_range(struct address_space *mapping, loff_t start, loff_t size, int cows);

#define noop_llseek	       NULL
#define file_inode(file)       (&(file)->inode)
#define get_unused_fd_flags(f) 3
#define put_unused_fd(fd)      ((void)(fd))
struct file *anon_inode_create_getfile(const char *name, const struct file_operations *fops,
				       void *data, int flags, const struct inode *context);
/* The one file there is, by any descriptor. */
extern struct file kernel_file;
#define fd_install(fd, file) ((void)(fd), (void)(file))
#define fget(fd)	     (&kernel_file)
#define fput(file)	     ((void)(file))

/* ---- KVM ---- */

#define KVM_MEM_READONLY	     (1u << 1)
#define KVM_MEM_GUEST_MEMFD	     (1u << 2)
#define KVM_MEMORY_ATTRIBUTE_PRIVATE (1u << 3)

struct kvm_userspace_memory_region2 {
	u32 slot, flags;
	u64 guest_phys_addr, memory_size, userspace_addr, guest_memfd_offset;
	u32 guest_memfd;
};
struct kvm_memory_attributes {
	u64 address, size, attributes, flags;
};
struct kvm_create_guest_memfd {
	u64 size, flags;
};
struct kvm_pre_fault_memory;
struct kvm_enable_cap;
struct kvm_create_device;
struct kvm_irq_level;

#define KVM_ARM_VCPU_PMU_V3	 3
#define KVM_ARM_VCPU_PMU_V3_CTRL 0
#define KVM_ARM_VCPU_PMU_V3_IRQ	 0
#define KVM_ARM_VCPU_PMU_V3_INIT 1

struct kvm_device_attr {
	u32 flags, group;
	u64 attr, addr;
};
#define KVM_SET_DEVICE_ATTR 1
#define KVM_GET_DEVICE_ATTR 2
#define KVM_HAS_DEVICE_ATTR 3

/* ---- what the module's headers name and these tests do not use ---- */

struct hrtimer {
	int unused;
};
struct rcuwait {
	int unused;
};

#endif
