// SPDX-License-Identifier: GPL-2.0-only
/* Private copies of images, checked before the machine is stopped. */
#include "seamstep.h"

#include "../../core/seamldr.h"
#include "step_stand_in.h"

#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

static void explain(const struct ss_image_error *e, char *why, size_t bytes)
{
	int n = scnprintf(why, bytes, "%s: %s: %s at offset %llu", e->part ?: "image",
			  ss_image_error_text(e->code), e->field ?: "contents", e->offset);

	if (e->expected)
		scnprintf(why + n, bytes - n, ": expected %s, found %#llx", e->expected, e->found);
	else
		scnprintf(why + n, bytes - n, ": expected %#llx, found %#llx", e->want, e->found);
}

/* These cover every check that INSTALL makes only after the old module is gone. */
static bool check(struct step_image *s, struct ss_image_error *e)
{
	return ss_image_check_elf(&s->image, e) &&
	       ss_image_check_signer(&s->image, &step_crypto, step_signer(), e) &&
	       ss_image_check_signature(&s->image, &step_crypto, e) &&
	       ss_image_check_hash(&s->image, &step_crypto, e);
}

static u64 page_pa(const u8 *p)
{
	return PFN_PHYS(vmalloc_to_pfn(p));
}

static bool build_params(struct step_image *s)
{
	u64 *pa = kcalloc(s->image.module_pages, sizeof(*pa), GFP_KERNEL);
	bool done;
	u32 i;

	if (!pa)
		return false;
	for (i = 0; i < s->image.module_pages; i++)
		pa[i] = page_pa(s->image.module.p + i * SS_PAGE);
	done = ss_seamldr_params_build(s->params, SS_SCENARIO_UPDATE,
				       page_pa(s->file + s->image.sigstruct_offset), pa,
				       s->image.module_pages);
	kfree(pa);
	return done;
}

static int load(struct step_image *s, size_t bytes, char *why, size_t why_bytes)
{
	struct ss_bytes file = { s->file, bytes };
	struct ss_image_error e = { };
	bool good = ss_image_parse(file, &s->image, &e);

	if (good && s->image.container_version != 0x200) {
		scnprintf(why, why_bytes, "container: version %#x, expected 0x200; use seamstep convert",
			  s->image.container_version);
		return -EINVAL;
	}
	if (!good || !check(s, &e)) {
		explain(&e, why, why_bytes);
		return e.code == SS_IMAGE_CRYPTO ? -EIO : -EINVAL;
	}
	if (!build_params(s)) {
		scnprintf(why, why_bytes, "out of memory");
		return -ENOMEM;
	}
	scnprintf(s->name, sizeof(s->name), "%08x-%*phN", s->image.sig.date, 4,
		  s->image.sig.seamhash);
	return 0;
}

struct step_image *step_image_load(const u8 *data, size_t bytes, char *why, size_t why_bytes)
{
	struct step_image *s = kzalloc(sizeof(*s), GFP_KERNEL);
	int err = -ENOMEM;

	scnprintf(why, why_bytes, "out of memory: %zu bytes", bytes);
	if (!s)
		return ERR_PTR(err);
	s->file = vmalloc(bytes);
	s->params = (u8 *)get_zeroed_page(GFP_KERNEL);
	if (s->file && s->params) {
		memcpy(s->file, data, bytes);
		err = load(s, bytes, why, why_bytes);
	}
	if (!err)
		return s;
	step_image_free(s);
	return ERR_PTR(err);
}

void step_image_free(struct step_image *s)
{
	if (!s)
		return;
	free_page((unsigned long)s->params);
	vfree(s->file);
	kfree(s);
}
