/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Documents of TCB Info for tests: real ones from files, others signed here. */
#ifndef TESTS_TCB_FIXTURE_H
#define TESTS_TCB_FIXTURE_H

#include "lab/tcb_signer.h"
#include "lib/tcb/tcb.h"

/* 2025-09-10: both real documents' set, and the newer of them in force. */
#define FIXTURE_AT	1757462400

/* A root, and a signer under it whose certificate a test can spoil. */
struct tcb_fixture {
	EVP_PKEY *root_key;
	struct tcb_signer signer;
	struct tcb_anchor anchors[2];	/* Intel's, and the fixture's root */
};
void tcb_fixture_make(struct tcb_fixture *f);
void tcb_fixture_release(struct tcb_fixture *f);

/* Replaces the signer's key and certificate. @curve and @name as in a good one, or not. */
void tcb_fixture_resign(struct tcb_fixture *f, const char *curve,
			const struct tcb_certificate *wanted);

/* malloc'd collateral: @info signed by the fixture's signer. */
char *tcb_fixture_collateral(const struct tcb_fixture *f, const char *info);
/* malloc'd collateral of three parts as they are. */
char *tcb_fixture_join(const char *info, const char *signature, const char *chain);

/* malloc'd text of a file, and of the member of a JSON object in it. */
char *tcb_fixture_file(const char *path);
char *tcb_fixture_member(const char *path, const char *key);

/* tcb_read() of texts at FIXTURE_AT under the fixture's anchors. */
enum tcb_answer tcb_fixture_read(const struct tcb_fixture *f, const char *text, const char *chain,
				 struct tcb_info **info, char why[TCB_WHY]);

/* A small document; @levels of TDX_01 as JSON, e.g. TCB_LEVEL("4", "UpToDate"). malloc'd. */
char *tcb_fixture_info(const char *head, const char *levels);
#define TCB_ZEROS	"0000000000000000"
#define TCB_IDENTITY \
	"\"mrsigner\":\"" TCB_ZEROS TCB_ZEROS TCB_ZEROS TCB_ZEROS TCB_ZEROS TCB_ZEROS \
	"\",\"attributes\":\"" TCB_ZEROS "\",\"attributesMask\":\"ffffffffffffffff\""
#define TCB_LEVEL(svn, status) \
	"{\"tcb\":{\"isvsvn\":" svn "},\"tcbDate\":\"2024-03-13T00:00:00Z\",\"tcbStatus\":\"" \
	status "\"}"
#define TCB_HEAD(id, version, issued, next) \
	"\"id\":\"" id "\",\"version\":" version ",\"issueDate\":\"" issued \
	"\",\"nextUpdate\":\"" next "\","
#define TCB_GOOD_HEAD	TCB_HEAD("TDX", "3", "2025-09-02T07:41:59Z", "2025-10-02T07:41:59Z")

#endif
