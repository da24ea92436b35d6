// SPDX-License-Identifier: GPL-2.0-only
/*
 * seambench.ko, for "seamstep bench window --vm" alone. In /sys/kernel/debug/seambench:
 *
 *	update    write a file below /lib/firmware: updates by a step machine like Linux 7.3's
 *	timeline  when each LP worked in the last update
 *	empty     write "ours N" or "theirs N": runs N steps without work; reads as their time in ns
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "bench_module.h"

#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#define MAX_STEPS	100000u

static DEFINE_MUTEX(lock);	/* one measurement at a time; protects its results */
static u64 empty_ns;
static struct dentry *folder;

/* Read a line of text, without its newline. */
static int read_line(char *text, size_t size, const char __user *user, size_t bytes)
{
	if (bytes >= size)
		return -EINVAL;
	if (copy_from_user(text, user, bytes))
		return -EFAULT;
	text[bytes] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return 0;
}

static ssize_t update_write(struct file *file, const char __user *user, size_t bytes, loff_t *at)
{
	char name[64];
	int err = read_line(name, sizeof(name), user, bytes);

	if (err)
		return err;
	mutex_lock(&lock);
	err = bench_update(name);
	mutex_unlock(&lock);
	return err ?: bytes;
}

static const struct file_operations update_fops = {
	.owner = THIS_MODULE,
	.write = update_write,
};

static int timeline_show(struct seq_file *m, void *unused)
{
	mutex_lock(&lock);
	bench_update_show(m);
	mutex_unlock(&lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(timeline);

static int empty_show(struct seq_file *m, void *unused)
{
	mutex_lock(&lock);
	seq_printf(m, "%llu\n", empty_ns);
	mutex_unlock(&lock);
	return 0;
}

static int empty_open(struct inode *inode, struct file *file)
{
	return single_open(file, empty_show, NULL);
}

static ssize_t empty_write(struct file *file, const char __user *user, size_t bytes, loff_t *at)
{
	char text[32], name[16];
	enum bench_way way;
	unsigned int steps;
	int err = read_line(text, sizeof(text), user, bytes);

	if (err)
		return err;
	if (sscanf(text, "%15s %u", name, &steps) != 2 || !steps || steps > MAX_STEPS)
		return -EINVAL;
	way = strcmp(name, "ours") ? BENCH_THEIRS : BENCH_OURS;
	mutex_lock(&lock);
	err = bench_empty(way, steps, &empty_ns);
	mutex_unlock(&lock);
	return err ?: bytes;
}

static const struct file_operations empty_fops = {
	.owner = THIS_MODULE,
	.open = empty_open,
	.read = seq_read,
	.write = empty_write,
	.llseek = seq_lseek,
	.release = single_release,
};

static int __init seambench_init(void)
{
	folder = debugfs_create_dir("seambench", NULL);
	debugfs_create_file("update", 0200, folder, NULL, &update_fops);
	debugfs_create_file("timeline", 0400, folder, NULL, &timeline_fops);
	debugfs_create_file("empty", 0600, folder, NULL, &empty_fops);
	return 0;
}

static void __exit seambench_exit(void)
{
	debugfs_remove_recursive(folder);
	bench_update_exit();
}

module_init(seambench_init);
module_exit(seambench_exit);
MODULE_DESCRIPTION("Steps of all CPUs in two ways beside each other, for measurement");
MODULE_LICENSE("GPL");
