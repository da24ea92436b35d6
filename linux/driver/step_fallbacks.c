// SPDX-License-Identifier: GPL-2.0-only
/* Fallback images for an update whose target fails, the oldest first. */
#include "seamstep.h"

#include <linux/sysfs.h>

#define MAX_FALLBACKS	(SS_UPDATE_MAX_IMAGES - 1)

/*
 * Writers hold both locks, so a reader needs only one: step_lock, which an update holds throughout,
 * or list_lock, which is held for a short time only.
 */
static DEFINE_MUTEX(list_lock);
static LIST_HEAD(fallbacks);

static void remove(struct step_image *image)
{
	lockdep_assert_held(&step_lock);
	lockdep_assert_held(&list_lock);
	list_del(&image->list);
	step_image_free(image);
}

void step_fallback_add(struct step_image *image)
{
	struct step_image *other, *next;
	u32 nr = 0;

	lockdep_assert_held(&step_lock);
	mutex_lock(&list_lock);
	list_for_each_entry_safe(other, next, &fallbacks, list) {
		if (memcmp(other->image.sig.seamhash, image->image.sig.seamhash, SS_SHA384_BYTES))
			nr++;
		else
			remove(other);
	}
	if (nr == MAX_FALLBACKS)
		remove(list_first_entry(&fallbacks, struct step_image, list));
	list_add_tail(&image->list, &fallbacks);
	mutex_unlock(&list_lock);
}

void step_fallbacks_forget(void)
{
	struct step_image *image, *next;

	lockdep_assert_held(&step_lock);
	mutex_lock(&list_lock);
	list_for_each_entry_safe(image, next, &fallbacks, list)
		remove(image);
	mutex_unlock(&list_lock);
}

struct step_image *step_fallback_next(struct step_image *image)
{
	struct list_head *at = image ? image->list.next : fallbacks.next;

	lockdep_assert_held(&step_lock);
	return at == &fallbacks ? NULL : list_entry(at, struct step_image, list);
}

ssize_t step_fallbacks_show(char *out)
{
	struct step_image *image;
	ssize_t n = 0;

	mutex_lock(&list_lock);
	list_for_each_entry(image, &fallbacks, list)
		n += sysfs_emit_at(out, n, "%s\n", image->name);
	mutex_unlock(&list_lock);
	return n;
}
