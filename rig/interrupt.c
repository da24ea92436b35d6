// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Interrupts: a timer thread sends real-time signals to LPs. An LP's signal handler is interrupt
 * context.
 *
 * Like an interrupt, a signal can land between any two instructions of its thread. The handler does
 * the LP's interrupt work, except when the LP has interrupts off, is inside SEAM, or is in a
 * handler already. Then the handler leaves @irq_pending set, and the code that ends the condition
 * looks there: rig_lp_deliver(). A guest looks there too and leaves guest mode.
 *
 * Handler and thread are one thread. So between the two only the compiler must keep the order: see
 * to_handler().
 */
#include "internal.h"

#include <errno.h>
#include <signal.h>

#define NS_PER_S	1000000000ull

static __thread struct rig_lp *current_lp;

static int irq_signal(void)
{
	return SIGRTMIN + 2;
}

static inline void to_handler(void)
{
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

static bool irqs_blocked(const struct rig_lp *lp)
{
	return ss_load(&lp->irqs_off) || ss_load(&lp->in_seam) || ss_load(&lp->in_irq);
}

/*
 * A signal that comes after @in_irq was cleared runs by itself. The loop's next look sees an
 * earlier signal.
 */
void rig_lp_deliver(struct rig_lp *lp)
{
	to_handler();
	while (ss_load(&lp->irq_pending) && !irqs_blocked(lp)) {
		ss_store(&lp->in_irq, 1);
		to_handler();
		ss_store(&lp->irq_pending, 0);
		ss_store(&lp->irq_raised, 0);
		lp->host->interrupt(lp);
		count_add(&lp->irqs, 1);
		to_handler();
		ss_store(&lp->in_irq, 0);
		to_handler();
	}
}

static void irq_handler(int signal)
{
	struct rig_lp *lp = current_lp;
	int saved = errno;

	(void)signal;
	ss_store(&lp->irq_pending, 1);
	if (irqs_blocked(lp))
		count_add(&lp->irqs_pended, 1);
	else
		rig_lp_deliver(lp);
	errno = saved;
}

void rig_lp_irqs_off(struct rig_lp *lp)
{
	ss_store(&lp->irqs_off, 1);
	to_handler();
}

void rig_lp_irqs_on(struct rig_lp *lp)
{
	to_handler();
	ss_store(&lp->irqs_off, 0);
	rig_lp_deliver(lp);
}

uint64_t rig_lp_seamcall(struct rig_lp *lp, struct ss_regs *regs, uint32_t flags)
{
	uint64_t status;

	ss_store(&lp->in_seam, 1);
	to_handler();
	status = sim_seamcall(lp->host->sim, lp->id, regs, flags);
	to_handler();
	ss_store(&lp->in_seam, 0);
	rig_lp_deliver(lp);
	return status;
}

void rig_lp_set_current(struct rig_lp *lp)
{
	current_lp = lp;
}

static void *timer_main(void *arg)
{
	struct rig *h = arg;
	uint64_t random = h->config.seed, period_ns = NS_PER_S / h->config.irq_hz;
	struct rig_lp *lp;

	while (!ss_load_acquire(&h->timer_quit)) {
		ss_place_wait(&h->timer_quit, 0, period_ns);
		lp = &h->lps[rig_random_lp(h, &random)];
		/* One per LP, like an APIC's bit per vector: interrupts must not pile up. */
		if (ss_cas(&lp->irq_raised, 0, 1))
			pthread_kill(lp->thread, irq_signal());
	}
	return NULL;
}

bool rig_interrupts_start(struct rig *h)
{
	struct sigaction action = { .sa_handler = irq_handler, .sa_flags = SA_RESTART };

	if (!h->config.irq_hz || h->idle)
		return true;
	sigfillset(&action.sa_mask);
	ss_store(&h->timer_quit, 0);
	if (sigaction(irq_signal(), &action, NULL) ||
	    pthread_create(&h->timer, NULL, timer_main, h))
		return false;
	h->timer_runs = true;
	return true;
}

void rig_interrupts_finish(struct rig *h)
{
	if (!h->timer_runs)
		return;
	ss_publish(&h->timer_quit, 1);
	pthread_join(h->timer, NULL);
	h->timer_runs = false;
}
