/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * libcrypto, when something needs it. Most runs of the command do not, and to load libcrypto takes
 * longer than the rest of a start. libseamstep.so does not link libcrypto: libcrypto_load.c loads
 * it. Programs that hold the library's parts in them link libcrypto, and not that file.
 */
#ifndef SS_LIB_CRYPTO_LIBCRYPTO_H
#define SS_LIB_CRYPTO_LIBCRYPTO_H

#include <stdbool.h>

/* Loads libcrypto. False, with errno ENOMEM where it is that, if there is no usable one. */
bool libcrypto_load(void) __attribute__((weak));

/* Call before the first function of libcrypto. */
static inline bool libcrypto_is_there(void)
{
	return !libcrypto_load || libcrypto_load();
}

#endif
