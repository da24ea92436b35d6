// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Modules of images and hosts, as TCB Info judges them. */
#include "context.h"

struct tcb_module context_tcb_image(const struct ss_image *image)
{
	const struct ss_sigstruct *sig = &image->sig;
	struct tcb_module module = {
		.major = sig->svn_major, .minor = sig->svn_minor, .has_attributes = true,
	};
	unsigned int i;

	for (i = 0; i < sizeof(module.attributes); i++)
		module.attributes[i] = (uint8_t)(sig->attributes >> 8 * i);
	return module;
}

bool context_tcb_running(const struct context *c, struct tcb_module *module)
{
	const struct ss_compat_host *h = &c->facts.compat;

	*module = (struct tcb_module){ .major = h->svn_major, .minor = h->svn_minor };
	return h->has_module_svn;
}
